"""Marble diagrams of events, in and out."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxstream import accumulate_text, coalesce
from rxstream.testing import from_marbles, probe, text_delta, to_marbles


def notes(diagram: str, **options: Any) -> list[tuple[float, str, Any]]:
    """What a diagram emits."""
    return [(note.seconds, note.kind, note.value) for note in probe(from_marbles(diagram, **options)).run().notes]


def test_each_marble_and_each_dash_takes_a_tick():
    """However wide a marble is written; blanks mean nothing."""
    assert notes("-a-bb- c|") == [(1, "next", "a"), (3, "next", "bb"), (5, "next", "c"), (6, "completed", None)]
    assert notes("-a-|", tick_seconds=0.5) == [(0.5, "next", "a"), (1.5, "completed", None)]


def test_a_group_is_one_moment():
    """With the end in it, or alone."""
    assert notes("-(a, b,c)d") == [(1, "next", "a"), (1, "next", "b"), (1, "next", "c"), (2, "next", "d")]
    assert notes("--(a,|)") == [(2, "next", "a"), (2, "completed", None)]


def test_quoted_strings_are_text_deltas_and_known_names_are_events():
    """Values of one's own come first."""
    assert notes(r'"Hel\n"')[0][2] == text_delta("Hel\n")
    assert notes('"Hel"', text=str)[0][2] == "Hel"
    assert notes("-keepalive-response.odd-")[0][2].type == "keepalive"
    assert notes("a-keepalive", values={"a": 5, "keepalive": 6}) == [(0, "next", 5), (2, "next", 6)]


def test_a_hash_is_the_error():
    """The one that is given."""
    error = ValueError("no")
    assert notes("a#", error=error)[1] == (1, "error", error)
    assert isinstance(notes("#")[0][2], RuntimeError)


def test_a_diagram_without_end_never_ends():
    """Nothing comes after the last marble."""
    source = from_marbles("-a--")
    probe(source).run().assert_items(["a"]).assert_open()
    assert source.active == 1


def test_a_pipeline_is_drawn_as_it_is_documented():
    """Events in, text out."""
    source = from_marbles('-created-"Hel"-keepalive-"lo"-completed|')
    assert to_marbles(probe(source.pipe(accumulate_text())).run()) == '---"Hel"---"Hello"--|'
    joined = from_marbles('"a""b"---"c"----|').pipe(coalesce(within_seconds=2))
    assert to_marbles(probe(joined).run()) == '--"ab"----"c"--|'


def test_what_falls_between_ticks_is_drawn_together():
    """Several items of one tick are a group; anything else than text and events is drawn as Python has it."""
    seen = probe(from_marbles("a-(b,c)|", {"a": 1, "b": None, "c": 2.5}, tick_seconds=0.5)).run()
    assert to_marbles(seen) == "1(None,2.5,|)"
    assert to_marbles(seen, {"one": 1, "no": None, "x": 2.5}, tick_seconds=0.5) == "one-(no,x)|"


TOKENS = st.sampled_from(["a", "b1", '"Hel"', '"l\\"o"', '""', "keepalive", "created"])
GROUPS = st.lists(TOKENS, min_size=2, max_size=3).map(lambda tokens: f"({','.join(tokens)})")
PARTS = st.lists(st.tuples(st.sampled_from(["-", "--", "---"]), TOKENS | GROUPS).map("".join), max_size=6).map("".join)
VALUES = {"a": 1, "b1": (2, 3)}


@given(PARTS, st.sampled_from(["", "|", "-|", "#", "--#"]))
def test_what_is_read_is_drawn_the_same(parts: str, end: str):
    """A diagram that is emitted, probed and drawn is the diagram again."""
    diagram = parts + end
    assert to_marbles(probe(from_marbles(diagram, VALUES)).run(), VALUES) == diagram


@pytest.mark.parametrize(
    "diagram",
    ["-a-|-b", "(a", "a)", "((a))", "(a-b)", "(a b)", "()", "(a,)", "(,a)", '-"a', "-a,b", "-?-", "|#", '"\\x"'],
)
def test_what_is_no_diagram_is_told_at_the_call(diagram: str):
    """With the diagram in the message."""
    with pytest.raises(ValueError, match="expected") as wrong:
        from_marbles(diagram)
    assert diagram in str(wrong.value) or repr(diagram) in str(wrong.value)


@pytest.mark.parametrize("tick", [0, -1, float("inf"), float("nan")])
def test_a_tick_takes_time(tick: float):
    """Wrong arguments are told at the call, of both directions."""
    for call in (from_marbles, to_marbles):
        with pytest.raises(ValueError, match="expected a tick above 0 seconds"):
            call("", tick_seconds=tick)  # type: ignore[operator]


def test_dashes_after_the_end_are_allowed():
    """Time goes on after the end; nothing else does."""
    assert notes("a|---")[-1] == (1, "completed", None)
