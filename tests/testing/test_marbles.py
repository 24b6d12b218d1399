"""Marble diagrams of events, in and out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxstream import accumulate_text, coalesce
from rxstream.testing import completed, created, event, from_marbles, probe, script, text_delta, to_marbles


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


def test_names_that_follow_each_other_stay_apart() -> None:
    """Without a blank, two names would be read as one."""
    values = {"a": 1, "b": 2}
    assert to_marbles(probe(script([1, 2], delays=1)).run(), values) == "-a(b,|)"
    assert to_marbles(probe(script([1, 2, 1], delays=[0, 1, 1, 1])).run(), values) == "a b a|"
    assert to_marbles(probe(script([created(), "x", completed()], delays=[0, 1, 1])).run()) == 'created"x"(completed,|)'
    assert to_marbles(probe(script([1, 2.5, None], delays=[0, 1, 1], never_ends=True)).run()) == "1 2.5 None"


@dataclass(frozen=True)
class Odd:
    """An item that is printed as anything."""

    printed: str

    def __repr__(self) -> str:
        return self.printed


@pytest.mark.parametrize("printed", ["-5", "(1, 2)", "Decimal('5')", "a b", "", "|", "#", '"a"', "[1]", "<x>", "f(1)"])
def test_what_cannot_be_read_is_not_read_otherwise(printed: str) -> None:
    """An item that is printed as a piece of a diagram is drawn in a form that ``from_marbles`` refuses."""
    drawn = to_marbles(probe(script(["a", Odd(printed), 7], delays=[0, 1, 1])).run())
    assert drawn == f'"a"<{printed}>(7,|)'
    with pytest.raises(ValueError, match="expected a marble at column"):
        from_marbles(drawn)


NAMED = {"a": 1, "b1": (2, 3), "c.d": None, "_": 2.5, "é": created()}
ITEMS = st.sampled_from([*NAMED.values(), text_delta("Hi"), text_delta('"\\\n'), completed(), event("keepalive")])
TICKS = st.sampled_from([1 / 3, 1 / 7, 0.1, 0.7, 1.0, 2 / 3, 1e-6, 3e-6, 0.001, 12.345, 86_400.0])


@given(st.lists(st.tuples(st.integers(0, 3), ITEMS), max_size=12), st.sampled_from(["|", "#", ""]), TICKS, st.data())
def test_what_is_drawn_is_read_the_same(
    timeline: list[tuple[int, Any]], end: str, tick: float, data: st.DataObject
) -> None:
    """Any items at any ticks, drawn and read, are the same items and the same end at the same ticks."""
    pauses = [pause for pause, _ in timeline] + [data.draw(st.integers(0, 3))]
    error = ValueError("no") if end == "#" else None
    source = script(
        [item for _, item in timeline],
        delays=[pause * tick for pause in pauses],
        error=error,
        never_ends=not end,
    )
    seen = probe(source).run()
    drawn = to_marbles(seen, NAMED, tick_seconds=tick)
    read = probe(from_marbles(drawn, NAMED, tick_seconds=tick, error=error)).run()
    ticks = list(accumulate(pauses))[: len(timeline) + bool(end)]

    assert [(round(note.seconds / tick), note.kind, note.value) for note in read.notes] == [
        (tick_of_note, note.kind, note.value) for tick_of_note, note in zip(ticks, seen.notes, strict=True)
    ]
    assert read.times == seen.times
    assert to_marbles(read, NAMED, tick_seconds=tick) == drawn


@pytest.mark.parametrize("tick", [1 / 3, 1 / 7, 0.1, 0.7])
def test_a_long_diagram_keeps_its_ticks(tick: float) -> None:
    """Rounding to the microseconds of clocks does not add up."""
    diagram = '"a"' * 1000 + "|"
    assert to_marbles(probe(from_marbles(diagram, tick_seconds=tick)).run(), tick_seconds=tick) == diagram
