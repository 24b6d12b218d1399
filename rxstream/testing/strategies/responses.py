"""Whole, valid streams: a model of the protocol that draws what it says."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from itertools import count
from typing import Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from rxstream.models.base import JSONObject
from rxstream.testing.strategies import calls, hosted, messages
from rxstream.testing.strategies.alphabet import load_unicode
from rxstream.testing.strategies.chosen import chosen
from rxstream.testing.strategies.generated import GeneratedStream
from rxstream.testing.strategies.whole import WHOLE_ITEMS
from rxstream.testing.strategies.writer import ItemWriter

__all__ = ["DOCUMENTED_KINDS", "ENDINGS", "KINDS", "numbered", "responses"]

# Those with the fewest events come first, because examples shrink towards them.
_WRITERS: dict[str, Callable[[ItemWriter], None]] = {
    **WHOLE_ITEMS,
    "compaction": hosted.compaction,
    "audio": hosted.audio,
    "function_call": calls.function_call,
    "custom_tool_call": calls.custom_tool_call,
    "mcp_list_tools": hosted.mcp_list_tools,
    "web_search_call": hosted.web_search_call,
    "file_search_call": hosted.file_search_call,
    "image_generation_call": hosted.image_generation_call,
    "reasoning": messages.reasoning,
    "message": messages.message,
    "mcp_call": calls.mcp_call,
    "code_interpreter_call": calls.code_interpreter_call,
    "shell_call": calls.shell_call,
    "shell_call_output": calls.shell_call_output,
    "apply_patch_call": calls.apply_patch_call,
}

KINDS = tuple(_WRITERS)
"""What a response can be made of: the types of output items, and ``audio``, which belongs to no item."""

DOCUMENTED_KINDS = tuple(kind for kind in KINDS if kind != "apply_patch_call")
"""The kinds whose events OpenAI's own SDK knows."""

ENDINGS = ("completed", "incomplete", "failed", "error")
"""How a response can end: by its terminal event, or cut short by an ``error`` event."""

# Drawn in half of the cases, because most operators look at these.
_EVERYDAY = ("function_call", "message", "reasoning", "message")

_CUT_SHORT = {"message", "reasoning", "function_call", "custom_tool_call", "mcp_call", "code_interpreter_call"}
_TEXTS = st.text(st.sampled_from('abc \n.,"\\{}é€😀'), max_size=12)
_BEGINNINGS = [("created",), ("created", "in_progress"), ("created", "queued", "in_progress")]
_FAILURE = {"code": "server_error", "message": "The model failed."}


def responses(
    *,
    kinds: Collection[str] = DOCUMENTED_KINDS,
    min_items: int = 0,
    max_items: int = 3,
    endings: Collection[str] = ENDINGS,
    interleaved: bool = True,
    texts: SearchStrategy[str] | None = None,
    response_id: str = "resp_1",
) -> SearchStrategy[GeneratedStream]:
    """Draw whole, valid streams, as OpenAI documents them.

    ::

        responses(kinds=["message"]) draws, for instance,
        --created--item added--part added--"Hel"--"lo"--done("Hello")--part done--item done--completed--|

    Each event passes the strict types of OpenAI's SDK (those of ``apply_patch_call`` excepted, which it does not know).
    Joined deltas, ``.done`` events, whole items and the final response agree; sequence numbers count from 0. A response
    that is ``incomplete`` may stop in the middle of its last item. One that ``failed`` has ended the items that it
    began; ``error`` alone cuts a stream off anywhere and leaves it without a final response. Streams shrink to
    few events: no items, no ``in_progress``, one delta for a text, items one after the other.

    Args:
        kinds: What the response may be made of, of :data:`KINDS`; several items may be of the same kind. Messages,
            function calls and reasoning are drawn more often than others. Name the kinds that your operator looks at:
            of all kinds, some three in ten streams have text.
        min_items: How many items there are at least; with ``error``, how many were meant.
        max_items: How many items there are at most.
        endings: How the response may end, of :data:`ENDINGS`.
        interleaved: Several items may be open at once.
        texts: What the model says in messages, reasoning, code and input; short texts with quotes, line ends and
            characters of up to four bytes where it is not given.
        response_id: The response's id.

    Returns:
        A strategy of :class:`GeneratedStream`: a list of events.

    Raises:
        ValueError: A kind or an ending that is not known, none at all, or more items at least than at most.

    Example:
        >>> from hypothesis import find
        >>> stream = find(responses(kinds=["function_call"]), lambda stream: bool(stream.output))
        >>> for event in stream:
        ...     print(event.sequence_number, event.type)
        0 response.created
        1 response.output_item.added
        2 response.function_call_arguments.delta
        3 response.function_call_arguments.done
        4 response.output_item.done
        5 response.completed
        >>> stream.final_response.output[0].arguments
        '{}'

        >>> from hypothesis import given
        >>> from rxstream import accumulate_text, collect_now
        >>> @given(responses(endings=["completed"]))
        ... def the_last_text_is_that_of_the_response(stream):
        ...     assert collect_now(accumulate_text(), stream)[-1:] in ([stream.final_response.output_text], [])
        >>> the_last_text_is_that_of_the_response()
    """
    chosen_kinds, chosen_endings = chosen("kinds", kinds, KINDS), chosen("endings", endings, ENDINGS)
    if not 0 <= min_items <= max_items:
        raise ValueError(f"expected 0 <= min_items <= max_items, but got {min_items} and {max_items}")
    load_unicode()
    return _responses(
        _Items(chosen_kinds, _TEXTS if texts is None else texts, min_items, max_items),
        st.sampled_from(chosen_endings),
        interleaved=interleaved,
        response_id=response_id,
    )


class _Items(NamedTuple):
    """What the items are drawn from."""

    kinds: list[str]
    texts: SearchStrategy[str]
    least: int
    most: int


@st.composite
def _responses(
    draw: DrawFn, items: _Items, endings: SearchStrategy[str], *, interleaved: bool, response_id: str
) -> GeneratedStream:
    ending = draw(endings)
    beginning = draw(st.sampled_from(_BEGINNINGS))
    writers = _written(draw, items, may_be_cut=ending == "incomplete")
    runs = [writer.events for writer in writers]
    if interleaved and len(runs) > 1 and draw(st.booleans()):
        body = _interleaved(draw, runs)
    else:
        body = [event for run in runs for event in run]
    response = _response(response_id)
    wire = [*(_lifecycle(stage, response) for stage in beginning), *body]
    if ending == "error":
        # Drawn from the end, so that it shrinks to the whole.
        lost = draw(st.integers(0, len(body)))
        return GeneratedStream(numbered([*wire[: len(wire) - lost], _error()]))
    if ending == "failed" and draw(st.booleans()):
        wire.append(_error())
    output = [writer.item for writer in writers if writer.item]
    final = {**response, **_endings(draw, ending), "output": output, "usage": _usage(len(body))}
    return GeneratedStream(numbered([*wire, {"type": f"response.{ending}", "response": final}]))


def _written(draw: DrawFn, items: _Items, *, may_be_cut: bool) -> list[ItemWriter]:
    places = count()
    cuttable = [kind for kind in items.kinds if kind in _CUT_SHORT]
    is_cut = may_be_cut and bool(cuttable) and items.most > 0 and draw(st.booleans())
    whole = _item(items.kinds, items.texts, places, is_cut=False)
    writers = draw(st.lists(whole, min_size=max(items.least - is_cut, 0), max_size=items.most - is_cut))
    if is_cut:
        writers.append(draw(_item(cuttable, items.texts, places, is_cut=True)))
    return writers


@st.composite
def _item(
    draw: DrawFn, kinds: list[str], texts: SearchStrategy[str], places: Iterator[int], *, is_cut: bool
) -> ItemWriter:
    writer = ItemWriter(draw, texts, places, is_cut=is_cut)
    everyday = [kind for kind in _EVERYDAY if kind in kinds]
    # Two draws: the shrinker lowers one by one, which must lead from any kind to one with fewer events.
    is_everyday = len(kinds) > len(set(everyday)) > 0 and draw(st.booleans())
    _WRITERS[draw(st.sampled_from(everyday if is_everyday else kinds))](writer)
    return writer


def _interleaved(draw: DrawFn, runs: list[list[JSONObject]]) -> list[JSONObject]:
    merged: list[JSONObject] = []
    waiting, opened = [list(reversed(run)) for run in runs], list[list[JSONObject]]()
    while waiting or opened:
        # The next of those not begun is one more choice, so that items begin in the order of their places.
        choices = [*opened, *waiting[:1]]
        at = draw(st.integers(0, len(choices) - 1)) if len(choices) > 1 else 0
        run = choices[at]
        if at == len(opened):
            opened.append(waiting.pop(0))
        merged.append(run.pop())
        if not run:
            opened.remove(run)
    return merged


def _response(response_id: str) -> JSONObject:
    return {
        "id": response_id,
        "object": "response",
        "created_at": 0,
        "status": "in_progress",
        "model": "gpt-5",
        "output": [],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "error": None,
        "incomplete_details": None,
        "usage": None,
    }


def _lifecycle(stage: str, response: JSONObject) -> JSONObject:
    status = "queued" if stage == "queued" else "in_progress"
    return {"type": f"response.{stage}", "response": {**response, "status": status}}


def _error() -> JSONObject:
    return {"type": "error", **_FAILURE, "param": None}


def _endings(draw: DrawFn, ending: str) -> dict[str, Any]:
    if ending == "failed":
        return {"status": ending, "error": dict(_FAILURE)}
    if ending == "incomplete":
        reason = draw(st.sampled_from(["max_output_tokens", "content_filter"]))
        return {"status": ending, "incomplete_details": {"reason": reason}}
    return {"status": ending}


def _usage(output_tokens: int) -> JSONObject:
    return {
        "input_tokens": 1,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": output_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 1 + output_tokens,
    }


def numbered(wire: list[JSONObject]) -> list[JSONObject]:
    """Number events in their order, from the first one's number or 0."""
    first = wire[0].get("sequence_number", 0) if wire else 0
    return [_at(number, event) for number, event in enumerate(wire, first)]


def _at(number: int, event: JSONObject) -> JSONObject:
    others = {key: value for key, value in event.items() if key not in ("type", "sequence_number")}
    return {"type": event["type"], "sequence_number": number, **others}
