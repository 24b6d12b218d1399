"""``moderate``: nothing is shown before its check has passed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxstream import ModerationError, collect_now, moderate
from rxstream.moderation import Verdict, word_check
from tests.laws.probes import COMPLETED, Boom
from tests.laws.registry import law
from tests.moderation.unique import Spoken, characters, cut, spoken_streams
from tests.moderation.virtual import Played, flagged_places, lottery, play, replaced
from tests.strategies import Draw, streams

REPLACEMENT = "[x]"
_ANNOTATION = "response.output_text.annotation.added"
windows = st.integers(1, 9)


@st.composite
def schedules(draw: Draw, items: list[Any]) -> list[tuple[float, Any]]:
    """When the source emits each of the items."""
    gaps = draw(st.lists(st.integers(0, 4), min_size=len(items), max_size=len(items)))
    return [(sum(gaps[: place + 1]), item) for place, item in enumerate(items)]


@st.composite
def latencies(draw: Draw) -> Any:
    """How long each check takes."""
    some = draw(st.lists(st.integers(1, 30), min_size=1, max_size=5))
    return lambda number: some[number % len(some)]


def options(draw: Draw) -> dict[str, Any]:
    """Draw a window, and a number of checks."""
    return {"window": draw(windows), "max_concurrent_checks": draw(st.integers(1, 4))}


def assert_checked(played: Played) -> None:
    """Each character that was shown had passed a check by then, and all checks of it that had been begun."""
    passed: set[str] = set()
    waiting: list[str] = []
    for what, thing in played.log:
        if what == "asked":
            waiting.append(thing)
        elif what == "passed":
            passed.update(thing)
            waiting.remove(thing)
        elif what == "shown":
            assert characters(thing) <= passed
            assert characters(thing).isdisjoint("".join(waiting))
    for text in played.of("flagged"):
        assert not any(characters(item) & set(text) for item in played.shown)


@law
@given(data=st.data())
def test_no_character_is_shown_before_its_checks_have_passed(data: st.DataObject):
    """With any cuts, latencies, verdicts, modes, ends and disposals: what is shown has passed; what is flagged is not.

    It holds for all that an event says, as an object and as JSON.
    """
    stream: Spoken = data.draw(spoken_streams())
    notes = data.draw(schedules(stream.events))
    cutoff = data.draw(st.integers(0, len(notes)))
    played = play(
        notes[:cutoff],
        lottery(data.draw(st.integers(0, 1000)), one_in=data.draw(st.sampled_from([2, 6, 30]))),
        data.draw(latencies()),
        end=data.draw(st.sampled_from([COMPLETED, Boom(), None])),
        disposed=data.draw(st.sampled_from([5, 20, 60, 100_000])),
        on_flagged=data.draw(st.sampled_from(["stop", "replace"])),
        replacement=REPLACEMENT,
        **options(data.draw),
    )
    assert_checked(played)


@law
@given(data=st.data())
def test_whatever_a_sloppy_server_says_is_shown_after_a_check_and_bad_words_never_are(data: st.DataObject):
    """Wholes that go on where the deltas end, or contradict them, or say what no delta did; pieces after the end.

    Log probabilities of other words, and events that are not known, are no way around either.
    """
    stream: Spoken = data.draw(spoken_streams(sloppy=True))
    said = sorted(set().union(*map(characters, stream.events)))
    bad = set(data.draw(st.lists(st.sampled_from(said), max_size=3))) if said else set()
    played = play(
        data.draw(schedules(stream.events)),
        lambda text: bool(bad & set(text)),
        data.draw(latencies()),
        on_flagged=data.draw(st.sampled_from(["stop", "replace"])),
        replacement=REPLACEMENT,
        **options(data.draw),
    )
    passed: set[str] = set()
    for what, thing in played.log:
        if what == "passed":
            passed.update(thing)
        elif what == "shown":
            assert characters(thing) <= passed - bad
    assert isinstance(played.end, ModerationError) or played.end is COMPLETED
    assert (played.end is COMPLETED) or bad


@law
@given(data=st.data())
def test_everything_passes_in_order_when_all_checks_pass(data: st.DataObject):
    """Whatever the stream, valid or sloppy: the same events, none lost, in the same order, then the same end."""
    events = data.draw(streams()).events
    end = data.draw(st.sampled_from([COMPLETED, Boom()]))
    kinds = data.draw(st.sets(st.sampled_from(["text", "refusal", "reasoning", "arguments"])))
    notes = data.draw(schedules(events))
    chosen = options(data.draw)
    played = play(notes, lambda text: None, data.draw(latencies()), end=end, kinds=kinds, **chosen)
    assert [id(event) for event in played.shown] == [id(event) for event in events]
    assert played.end is end
    assert played.most_at_once <= chosen["max_concurrent_checks"]
    assert played.left_running == 0


@law
@given(data=st.data())
def test_stopping_shows_what_comes_before_the_flagged_text_and_nothing_else(data: st.DataObject):
    """Where nothing is flagged the stream completes. Else: whole items up to the text, then the error."""
    stream: Spoken = data.draw(spoken_streams())
    verdict = lottery(data.draw(st.integers(0, 1000)), one_in=12)
    chosen = options(data.draw)
    played = play(data.draw(schedules(stream.events)), verdict, data.draw(latencies()), **chosen)
    assert played.shown == stream.events[: len(played.shown)]
    assert (played.left_running, played.released) == (0, True)
    if not played.of("flagged"):
        assert (played.end, len(played.shown)) == (COMPLETED, len(stream.events))
        return
    assert isinstance(played.end, ModerationError)
    assert played.end.text in played.of("flagged")
    assert played.end.response_id == "resp_1"
    flagged = {
        text[place] for text in stream.texts.values() for place in flagged_places(text, chosen["window"], verdict)
    }
    first = next(place for place, event in enumerate(stream.events) if characters(event) & flagged)
    assert len(played.shown) <= first


@law
@given(data=st.data())
def test_replacing_shows_all_that_no_flagged_window_covers(data: st.DataObject):
    """Deltas, ``.done``, parts, items and the response say the same: the text, each flagged run replaced once."""
    stream: Spoken = data.draw(spoken_streams())
    verdict = lottery(data.draw(st.integers(0, 1000)), one_in=5)
    chosen = options(data.draw)
    notes = data.draw(schedules(stream.events))
    played = play(notes, verdict, data.draw(latencies()), on_flagged="replace", replacement=REPLACEMENT, **chosen)
    assert played.end is COMPLETED
    expected = {
        place: replaced(text, flagged_places(text, chosen["window"], verdict), REPLACEMENT)
        for place, text in stream.texts.items()
    }
    said = dict.fromkeys(expected, "")
    for event in played.shown:
        place = (getattr(event, "output_index", None), getattr(event, "content_index", None))
        if event.type == "response.output_text.delta":
            said[place] += event.delta
            assert "".join(one.token for one in event.logprobs) in ("", event.delta)
        elif event.type == "response.output_text.done":
            assert event.text == expected[place]
        elif event.type == "response.content_part.done":
            assert event.part.text == expected[place]
            assert bool(event.part.annotations) == (expected[place] == stream.texts[place])
        elif event.type == "response.output_item.done":
            assert [part.text for part in event.item.content] == [
                text for (index, _), text in expected.items() if index == event.output_index
            ]
    assert said == expected
    assert played.shown[-1].response.output_text == "".join(expected.values())
    assert [
        event.sequence_number for event in played.shown if event.type != "response.output_text.annotation.added"
    ] == [event.sequence_number for event in stream.events if event.type != "response.output_text.annotation.added"]


def _numbers(events: list[Any]) -> list[int]:
    return [event.sequence_number for event in events if event.type != _ANNOTATION]


@law
@given(data=st.data())
def test_a_phrase_that_straddles_windows_is_caught_before_any_of_it_is_shown(data: st.DataObject):
    """A phrase of up to half a window is found wherever it stands, however it is cut; nothing of it is shown."""
    window = data.draw(st.integers(2, 16))
    phrase = "EVILDEED"[: window // 2]
    before, after = data.draw(st.text("ab ", max_size=40)), data.draw(st.text("ab ", max_size=40))
    pieces = cut(data.draw, f"{before}{phrase}{after}")
    mode = data.draw(st.sampled_from(["stop", "replace"]))
    played = play(
        data.draw(schedules(pieces)),
        lambda text: phrase in text,
        data.draw(latencies()),
        window=window,
        on_flagged=mode,
        replacement="*",
    )
    shown = "".join(played.shown)
    assert not set(shown) & set(phrase)
    if mode == "stop":
        assert isinstance(played.end, ModerationError)
        assert before.startswith(shown)
    else:
        assert played.end is COMPLETED
        assert shown.count("*") == 1
        assert len(before) + len(after) - (len(shown) - 1) <= 2 * window


@law
@given(data=st.data())
def test_after_dispose_nothing_is_shown_and_nothing_runs(data: st.DataObject):
    """Leaving at any time cancels the checks that run, releases the source, and is followed by silence."""
    stream: Spoken = data.draw(spoken_streams())
    at = data.draw(st.integers(0, 60))
    played = play(
        data.draw(schedules(stream.events)),
        lambda text: None,
        data.draw(latencies()),
        disposed=at,
        **options(data.draw),
    )
    assert (played.left_running, played.released) == (0, True)
    assert played.shown == stream.events[: len(played.shown)]
    assert played.end is (COMPLETED if len(played.shown) == len(stream.events) else None)


@law
@given(data=st.data())
def test_an_error_of_the_source_comes_after_what_came_before_it(data: st.DataObject):
    """What came is checked and shown; then the error, unchanged: as at a completion."""
    stream: Spoken = data.draw(spoken_streams())
    error = Boom()
    notes = data.draw(schedules(stream.events))[: data.draw(st.integers(0, len(stream.events)))]
    played = play(notes, lambda text: None, data.draw(latencies()), end=error, **options(data.draw))
    assert played.shown == [event for _, event in notes]
    assert played.end is error


_WORDS = ["ass", "brute", "bad word"]


@given(st.data())
def test_a_check_that_says_where_has_only_that_replaced(data: st.DataObject):
    """Law: what comes of word_check and "replace" is the text with the words replaced, however it was cut."""
    parts = st.sampled_from(
        [*_WORDS, "class", "assert", "Ass", "bad  word", "good", "é", "😀", " ", ", ", "\n", "bad "]
    )
    text = "".join(data.draw(st.lists(parts, max_size=12)))
    places = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=8)))
    pieces = [text[start:end] for start, end in zip([0, *places], [*places, len(text)], strict=True)]
    window = data.draw(st.integers(20, 60))
    shown = collect_now(moderate(word_check(_WORDS), window=window, on_flagged="replace", replacement="###"), pieces)
    assert "".join(shown) == re.sub(r"(?i)(?<!\w)(?:ass|brute|bad\s+word)(?!\w)", "###", text)


@pytest.mark.parametrize("spans", [((3, 2),), ((-1, 2),), ((0, 99),), (("a", "b"),)])
def test_spans_that_cannot_be_are_taken_for_the_whole_window(spans: Any):
    """What cannot be understood is flagged whole: nothing of it is shown."""
    check: Any = lambda text: Verdict(flagged=True, spans=spans)  # noqa: E731
    assert collect_now(moderate(check, window=100, on_flagged="replace", replacement="#"), ["some text"]) == ["#"]
