"""Streams of servers and gateways that do not keep to the letter of the protocol."""

from __future__ import annotations

from collections.abc import Collection

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from rxstream.testing.strategies.chosen import some_of
from rxstream.testing.strategies.generated import GeneratedStream, streams_of
from rxstream.testing.strategies.responses import KINDS, responses
from rxstream.testing.strategies.sloppiness import CHANGES

__all__ = ["SLOPPINESS", "gateway_streams"]

SLOPPINESS = tuple(CHANGES)
"""The names of the kinds of sloppiness."""


def gateway_streams(
    *,
    sloppiness: Collection[str] = SLOPPINESS,
    streams: SearchStrategy[GeneratedStream] | GeneratedStream | None = None,
    max_changes: int = 3,
) -> SearchStrategy[GeneratedStream]:
    """Draw streams that are valid but sloppy, with everything that was seen in recordings of real servers.

    Nothing that the model says is lost: the ``output`` of the drawn stream still is what it tells of. The names:

    - ``empty_final_output``: the terminal event says ``output: []``.
    - ``changed_call_ids``: ``output_item.added`` has another ``call_id`` than ``output_item.done``.
    - ``added_as_completed``: ``output_item.added`` says ``status: completed`` already.
    - ``rotating_ids``: ids of the response and of its items change with each event.
    - ``late_item_done``: an ``output_item.done`` comes just before the end.
    - ``missing_item_done``: an item's end is told by the final response alone.
    - ``fresh_ciphertext``: ciphertext is another in each event.
    - ``no_argument_deltas``: arguments of functions come with ``.done`` alone.
    - ``erased_logprobs``: ``content_part.done`` has no log probabilities, though the deltas had.
    - ``no_logprobs``: text events have no ``logprobs``.
    - ``split_surrogates``: a delta ends in half a surrogate pair, the next begins with the other half.
    - ``nested_error``: the ``error`` event holds an ``error`` object; ``response.failed`` follows.
    - ``unlisted_events``: ``keepalive``, ``codex.rate_limits`` and other types that are not documented.
    - ``resumed``: no ``response.created``; the stream begins with ``response.queued``, numbered 1.
    - ``no_item_ids``, ``no_sequence_numbers``: these fields are absent.
    - ``undocumented_fields``: such as ``obfuscation``.
    - ``large_event``: one event of 100 kB.
    - ``type_last``: ``type`` is the last key of the JSON.

    What servers do besides is valid: several items open at once, shell events without ``item_id``, empty reasoning,
    parallel calls are drawn by :func:`responses`; comments, ``[DONE]`` and missing ``event:`` lines by
    :func:`sse_bytes`.

    Args:
        sloppiness: The names of what the servers may do, of :data:`SLOPPINESS`.
        streams: What they make sloppy, a strategy or one stream, which may be a part of a response; any
            :func:`responses`, with ``apply_patch_call``, where it is not given.
        max_changes: How many kinds of sloppiness one stream has at most; it has one at least, though one that needs
            what the stream has not (an argument delta, a log probability) leaves it as it is.

    Returns:
        A strategy of :class:`GeneratedStream`; its ``oddities`` are the names of what changed the stream.

    Raises:
        TypeError: ``sloppiness`` is a string, or ``streams`` is neither a strategy nor a stream.
        ValueError: A name that is not known, none at all, or ``max_changes`` below 1.

    Example:
        >>> from hypothesis import find
        >>> stream = find(gateway_streams(sloppiness=["resumed"]), lambda stream: True)
        >>> [(event.sequence_number, event.type) for event in stream], stream.oddities
        ([(1, 'response.queued'), (2, 'response.completed')], ('resumed',))
    """
    applied = some_of("sloppiness", sloppiness, SLOPPINESS, max_changes)
    return _sloppy(responses(kinds=KINDS) if streams is None else streams_of(streams), applied)


@st.composite
def _sloppy(
    draw: DrawFn, streams: SearchStrategy[GeneratedStream], applied: SearchStrategy[list[str]]
) -> GeneratedStream:
    stream, names = draw(streams), draw(applied)
    wire, oddities = stream.wire, list(stream.oddities)
    for name in sorted(set(names), key=SLOPPINESS.index):
        changed = CHANGES[name](draw, wire) if wire else wire
        # By their items, because the order of keys is one of the changes.
        if [list(event.items()) for event in changed] != [list(event.items()) for event in wire]:
            wire, oddities = changed, [*oddities, name]
    return GeneratedStream(wire, output=stream.output, oddities=oddities)
