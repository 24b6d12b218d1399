"""Target: text on its way to a terminal."""

from __future__ import annotations

import contextlib
import io
import json
import unicodedata

from rxstream.accumulators import Outcome, ResponseAccumulator
from rxstream.cli.terminal import ascii_json, escape_json, plain_text
from rxstream.cli.views import EventsView, FinalView, TextView
from rxstream.events import ResponseStreamEvent, parse_event
from tests.fuzzing.cutting import chance, cut, text_of

_STEERING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}  # Unicode's names of their classes


def terminal(data: bytes) -> None:
    """Make text plain, whole and cut; then show it in all that the command line shows."""
    text = text_of(data)
    random = chance(data)
    pieces = cut(text, random)
    plain = plain_text(text)
    _check(plain)
    assert "".join(map(plain_text, pieces)) == plain
    kept = iter(text)
    assert all(character in kept for character in plain), "something was added"
    # JSON joins the halves of a surrogate pair that stand side by side.
    joined = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
    document = json.dumps({text: text}, ensure_ascii=False)
    for written in (escape_json(document), ascii_json(document), escape_json(ascii_json(document))):
        assert json.loads(written) == {joined: joined}
    _check(escape_json(document))
    assert ascii_json(document).isascii()
    if random.random() < 0.3:  # it takes ten times as long as all else
        _show(pieces, text)


def _show(pieces: list[str], text: str) -> None:
    accumulator = ResponseAccumulator()
    stdout, stderr = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(stdout), contextlib.redirect_stderr(stderr):
        views = TextView(), EventsView(), FinalView()
        for event in _events(pieces, text):
            accumulator.feed(event)
            for view in views:
                view.show(event)
        for view in views:
            view.end(Outcome(status="completed", response=accumulator.snapshot()))
    _check(stdout.getvalue())
    _check(stderr.getvalue())


def _events(pieces: list[str], text: str) -> list[ResponseStreamEvent]:
    call = {"type": "function_call", "name": text, "arguments": text, "call_id": text}
    kinds = ("response.output_text.delta", "response.refusal.delta", "response.reasoning_summary_text.delta")
    return [
        *(
            parse_event({"type": kinds[at % 3], "output_index": at % 3, "delta": piece})
            for at, piece in enumerate(pieces)
        ),
        parse_event({"type": "response.output_item.added", "output_index": 3, "item": {**call, "arguments": ""}}),
        parse_event({"type": "response.output_item.done", "output_index": 3, "item": call}),
        parse_event({"type": "response.output_item.done", "output_index": 4, "item": {"type": text, "action": [text]}}),
        parse_event({"type": text, text: text}),
    ]


def _check(shown: str) -> None:
    for character in shown:
        assert character in "\t\n" or unicodedata.category(character) not in ("Cc", "Cs"), repr(shown)
        assert unicodedata.bidirectional(character) not in _STEERING, repr(shown)
