"""Model text cannot steer the terminal."""

from __future__ import annotations

import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from rxstream.accumulators import Outcome, ResponseAccumulator
from rxstream.cli.terminal import escape_json, plain_text
from rxstream.cli.views import TextView
from rxstream.events import parse_event

ANY_TEXT = st.text(st.characters(), max_size=40) | st.text("\x1b[]0;31mA\x07\x9b\r\n\u202e\ud83d", max_size=40)


@given(ANY_TEXT)
def test_no_control_character_is_left(text: str) -> None:
    """Of the categories Cc and Cs only tab and line feed pass; nothing else is changed."""
    plain = plain_text(text)
    assert all(unicodedata.category(char) not in ("Cc", "Cs") for char in plain if char not in "\t\n")
    kept = iter(text)
    assert all(char in kept for char in plain)


@given(st.lists(ANY_TEXT, max_size=6))
def test_a_sequence_that_is_cut_between_deltas_does_not_come_together(pieces: list[str]) -> None:
    """The pieces, made plain one by one, are as plain as the whole."""
    assert "".join(map(plain_text, pieces)) == plain_text("".join(pieces))


@given(ANY_TEXT)
def test_escaped_json_means_the_same(text: str) -> None:
    """``--events`` and ``--final`` print JSON that a terminal cannot take for commands either."""
    escaped = escape_json(json.dumps({"text": text}, ensure_ascii=False))
    assert json.loads(escaped) == {"text": text}
    assert plain_text(escaped) == escaped


def test_the_view_writes_no_escape_sequence(capsys: object) -> None:
    """An escape sequence in two deltas reaches stdout without its ESC."""
    view = TextView()
    for delta in ("\x1b", "[31mred", "\x1b]0;title\x07"):
        view.show(parse_event({"type": "response.output_text.delta", "output_index": 0, "delta": delta}))
    view.end(Outcome(status="truncated", response=ResponseAccumulator().snapshot()))
    out = capsys.readouterr().out  # type: ignore[attr-defined]
    assert out == "[31mred]0;title\n"
