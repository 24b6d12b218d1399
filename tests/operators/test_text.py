"""Operators for text, refusals and reasoning."""

from __future__ import annotations

from typing import Any

import pytest

from rxstream import accumulate_text, collect_now, reasoning_deltas, refusal_deltas, text_deltas
from tests.marbles import END, emit, event, message, text


def done(whole: str, index: int = 0, **fields: Any) -> Any:
    """The event that says what a text is."""
    return event("output_text.done", output_index=index, content_index=0, text=whole, **fields)


def completed(*items: dict[str, Any], **fields: Any) -> Any:
    """The terminal event with these items."""
    return event("completed", response={"status": "completed", "output": list(items)}, **fields)


HEL, LO = text("Hel"), text("lo")


def both(*events: Any) -> tuple[list[str], list[str]]:
    """The pieces and the texts so far."""
    return collect_now(text_deltas(), events), collect_now(accumulate_text(), events)


def test_text_deltas_come_when_their_events_come():
    """Marble: each delta at its time, what only ``.done`` brings at its time, then the completion."""
    result = emit(text_deltas(), (210, HEL), (220, LO), (230, done("Hello!")), (240, END))
    assert result.marbles == [(210, "Hel"), (220, "lo"), (230, "!"), (240, END)]
    assert result.subscriptions == [(200, 240)]


def test_accumulated_text_comes_when_it_grows():
    """Marble: the text so far at the time of each piece; nothing for events that add nothing."""
    result = emit(
        accumulate_text(), (10, HEL), (20, LO), (30, done("Hello")), (40, done("Hello!")), (50, END), cold=True
    )
    assert result.marbles == [(210, "Hel"), (220, "Hello"), (240, "Hello!"), (250, END)]
    assert result.subscriptions == [(200, 250)]


def test_an_error_comes_at_its_time_after_the_text():
    """Marble: no piece is lost, and nothing is added to what came."""
    error = ConnectionError("reset")
    result = emit(text_deltas(), (210, HEL), (215, text("\ud83d")), (220, error))
    assert result.marbles == [(210, "Hel"), (220, error)]
    assert result.marbles[1][1] is error


@pytest.mark.parametrize(
    "late",
    [
        done("Hello"),
        event("content_part.done", output_index=0, content_index=0, part={"type": "output_text", "text": "Hello"}),
        event("output_item.done", output_index=0, item=message("Hello")),
        completed(message("Hello")),
    ],
    ids=lambda late: late.type,
)
def test_what_only_a_later_event_brings_is_emitted_with_it(late: Any):
    """``.done``, a part, an item and the terminal event each bring the rest, once."""
    assert both(HEL, late, late) == (["Hel", "lo"], ["Hel", "Hello"])


def test_a_text_without_deltas_comes_with_its_done():
    """Some servers send no delta at all."""
    assert both(done("Hello"), completed(message("Hello"))) == (["Hello"], ["Hello"])


def test_a_contradiction_is_corrected_once_in_the_text_so_far_and_never_in_pieces():
    """A piece cannot be taken back; the text so far can. Events that bring no text do not repeat the correction."""
    events = [HEL, done("Help"), done("Hilfe"), event("keepalive"), event("in_progress", response={}), completed()]
    assert both(*events) == (["Hel", "p"], ["Hel", "Help", "Hilfe"])


def test_text_goes_on_after_a_correction():
    """The next message is appended to the corrected text."""
    assert both(HEL, done("Hi"), text(" you", 1)) == (["Hel", " you"], ["Hel", "Hi", "Hi you"])


def test_halves_of_a_character_wait_for_each_other():
    """A surrogate pair cut between two deltas comes as one character, with the delta that makes it whole."""
    result = emit(text_deltas(), (210, text("a\ud83d")), (220, text("\ude00b")), (230, END))
    assert result.marbles == [(210, "a"), (220, "😀b"), (230, END)]


def test_halves_of_two_items_do_not_mix():
    """Items that are written at once keep their halves apart."""
    events = [text("\ud83d", 0), text("\ud83d", 1), text("\ude00", 0), text("\ude01", 1)]
    assert collect_now(text_deltas(), events) == ["😀", "😁"]


def test_a_half_that_stays_alone_comes_at_the_completion():
    """Nothing that the server sent is lost; the half is emitted as it is."""
    assert emit(text_deltas(), (210, text("a\ud83d")), (220, END)).marbles == [(210, "a"), (220, "\ud83d"), (220, END)]


@pytest.mark.parametrize("again", [1, 2, 3])
def test_replayed_events_lead_to_nothing(again: int):
    """Events that come again with their numbers are known by them, however many they are."""
    events = [text(letter, sequence_number=number) for number, letter in enumerate("abc")]
    pieces, texts = both(*events, *events[-again:], text("d", sequence_number=3))
    assert pieces == ["a", "b", "c", "d"]
    assert texts == ["a", "ab", "abc", "abcd"]


def test_numbers_that_mean_nothing_lose_no_text():
    """A server that numbers every event 0 sends new text all the same."""
    assert collect_now(text_deltas(), [text(letter, sequence_number=0) for letter in "abc"]) == ["a", "b", "c"]


def test_a_second_response_begins_a_new_text():
    """``response.created`` with another id starts anew; the same one again does not."""
    created = [event("created", response={"id": name}) for name in ("r1", "r1", "r2")]
    events = [created[0], HEL, created[1], LO, created[2], text("New")]
    assert both(*events) == (["Hel", "lo", "New"], ["Hel", "Hello", "New"])


def test_interleaved_messages_end_in_the_order_of_the_final_response():
    """Pieces stand in order of arrival; the terminal event puts the accumulated text in order."""
    events = [text("a", 0), text("x", 1), text("b", 0), completed(message("ab"), message("x"))]
    assert both(*events) == (["a", "x", "b"], ["a", "ax", "axb", "abx"])


def test_an_empty_final_output_takes_nothing_back():
    """Some servers send an empty output in the end, although text was streamed."""
    assert both(HEL, LO, completed()) == (["Hel", "lo"], ["Hel", "Hello"])


def test_refusals_and_reasoning_come_when_their_events_come():
    """Marble: each operator takes its own kind and leaves the others."""
    notes = [
        (210, event("reasoning_summary_text.delta", output_index=0, summary_index=0, delta="First")),
        (220, event("reasoning_text.delta", output_index=0, content_index=0, delta=", add")),
        (230, text("Hel", 1)),
        (240, event("refusal.delta", output_index=1, content_index=1, delta="No")),
        (250, event("refusal.done", output_index=1, content_index=1, refusal="No.")),
        (260, END),
    ]
    assert emit(reasoning_deltas(), *notes).marbles == [(210, "First"), (220, ", add"), (260, END)]
    assert emit(refusal_deltas(), *notes).marbles == [(240, "No"), (250, "."), (260, END)]
    assert emit(text_deltas(), *notes).marbles == [(230, "Hel"), (260, END)]


@pytest.mark.parametrize("make", [text_deltas, accumulate_text, refusal_deltas, reasoning_deltas])
def test_text_operators_take_no_arguments(make: Any):
    """A wrong argument raises at the call."""
    with pytest.raises(TypeError):
        make(0)
