"""Words, sentences and lines of a stream; how text is cut is tried in ``tests/segmentation``."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

import rxstream as rxs
from rxstream.simulated import SimulatedTransport
from tests.laws.probes import Boom, Source, Subscriber
from tests.marbles import END, emit, event


def test_words_come_when_the_next_one_begins():
    """The last one comes at the end."""
    found = emit(rxs.words(), (210, "Don't pa"), (220, "nic (y"), (230, "et)!"), (240, END))
    assert found.marbles == [(210, "Don't "), (220, "panic "), (240, "(yet)!"), (240, END)]


def test_sentences_wait_for_what_makes_them_sure():
    """A number goes on after a full stop; a letter decides."""
    found = emit(rxs.sentences(), (210, "It costs 3."), (220, "5 euros. "), (230, "W"), (240, "ow!"), (250, END))
    assert found.marbles == [(230, "It costs 3.5 euros. "), (250, "Wow!"), (250, END)]


def test_a_place_that_is_open_at_the_end_makes_two_sentences():
    """No small letter came after the full stop."""
    found = emit(rxs.sentences(), (210, "Pi is 3. 14"), (220, END))
    assert found.marbles == [(220, "Pi is 3. "), (220, "14"), (220, END)]


def test_lines_keep_their_ends_and_a_carriage_return_waits():
    """Whether it is an end of its own is said by what follows."""
    found = emit(rxs.lines(), (210, "a\nb\r"), (220, "\nc\r"), (230, "d"), (240, END))
    assert found.marbles == [(210, "a\n"), (220, "b\r\n"), (230, "c\r"), (240, "d"), (240, END)]


@pytest.mark.parametrize("operator", [rxs.words, rxs.sentences, rxs.lines])
@pytest.mark.parametrize("item", [event("created"), b"Hel", ["Hel"], None])
def test_what_is_no_text_is_refused(operator: Any, item: Any):
    """Whoever forgot ``text_deltas`` is told so."""
    with pytest.raises(TypeError, match=rf"text_deltas.* but got {type(item).__name__}"):
        rxs.collect_now(operator(), [item])


def test_they_follow_text_deltas_in_a_plain_loop_and_in_asyncio():
    """Over the simulated model, joined, the words, sentences and lines are its text."""

    async def read() -> list[str]:
        async with httpx.AsyncClient(transport=SimulatedTransport()) as http:
            client = rxs.AsyncClient(base_url="http://simulated/v1", http_client=http)
            stream = client.stream(model="gpt-5", input="Say 'one two. Three' twice.")
            async with rxs.iterate(stream.pipe(rxs.text_deltas(), rxs.words())) as words:
                return [word async for word in words]

    client = rxs.Client(base_url="http://simulated/v1", http_client=httpx.Client(transport=SimulatedTransport()))
    stream = client.stream(model="gpt-5", input="Say 'one two. Three' twice.")
    whole = "".join(stream.pipe(rxs.text_deltas()))
    assert asyncio.run(read()) == ["one ", "two. ", "Three, ", "one ", "two. ", "Three"]
    for operator in (rxs.words, rxs.sentences, rxs.lines):
        assert "".join(stream.pipe(rxs.text_deltas(), operator())) == whole


@pytest.mark.parametrize("operator", [rxs.words, rxs.sentences, rxs.lines])
def test_what_is_held_back_is_emitted_before_an_error(operator: Any):
    """What came before a fault is delivered before the error, be the unit whole or not."""
    error = Boom()
    source, subscriber = Source(), Subscriber()
    operator()(source).subscribe(subscriber)
    for piece in ("One. T", "wo"):
        source.next(piece)
    source.error(error)
    assert "".join(subscriber.items) == "One. Two"
    assert subscriber.ends == [error]
