"""The decoder against ``../shared/conformance/sse_cases.json`` and the recorded streams."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from rxstream.sse import ServerSentEvent, SSEDecoder, is_event_stream
from tests.shared_data import SHARED, corpus_streams, load_lines, load_sse, needs_shared, shared_path

pytestmark = needs_shared

CASE_COUNT, REJECT_COUNT, TIMELY_COUNT, BODY_COUNT = 102, 4, 5, 263


@cache
def load_cases() -> list[dict[str, Any]]:
    if SHARED is None:
        return []
    return json.loads(shared_path("conformance", "sse_cases.json").read_text(encoding="utf-8"))["cases"]


def chunks_of(case: dict[str, Any]) -> list[bytes]:
    return [base64.b64decode(chunk) for chunk in case["chunks"]]


def decode(chunks: Iterable[bytes]) -> list[ServerSentEvent]:
    decoder = SSEDecoder()
    events = [event for chunk in chunks for event in decoder.feed(chunk)]
    return events + decoder.close()


def comparable(events: Iterable[ServerSentEvent], expected: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Turn events into the case file's form; what it does not compare becomes ``"*"`` here too."""
    found = [event._asdict() for event in events]
    for have, want in zip(found, expected, strict=False):
        if want["retry"] == "*":
            have["retry"] = "*"
    return found


def all_cuts(chunks: list[bytes]) -> Iterator[list[bytes]]:
    """The cuts that the README of the conformance folder names."""
    whole = b"".join(chunks)
    yield chunks
    yield [whole]
    yield [whole[at : at + 1] for at in range(len(whole))]
    if len(whole) < 2000:
        yield from ([whole[:at], whole[at:]] for at in range(1, len(whole)))
    yield [part for chunk in chunks for part in (b"", chunk, b"")]
    yield [part for at in range(len(whole)) for part in (whole[at : at + 1], b"")]
    random_cuts = random.Random(92_6)
    for _ in range(100):
        count = random_cuts.randint(0, min(len(whole), 40))
        places = [0, *sorted(random_cuts.randint(0, len(whole)) for _ in range(count)), len(whole)]
        yield [whole[a:b] for a, b in pairwise(places)]


EVENT_CASES = [case for case in load_cases() if case["outcome"] == "events"]
REJECT_CASES = [case for case in load_cases() if case["outcome"] == "reject"]
TIMELY_CASES = [case for case in load_cases() if "emitted_after" in case]


def named(case: dict[str, Any]) -> str:
    return case["name"]


def test_the_case_file_is_the_whole_one():
    """No case is lost on the way: every one is run below, under one of the two outcomes."""
    assert len(EVENT_CASES) + len(REJECT_CASES) == CASE_COUNT
    assert (len(REJECT_CASES), len(TIMELY_CASES)) == (REJECT_COUNT, TIMELY_COUNT)


@pytest.mark.parametrize("case", EVENT_CASES, ids=named)
def test_each_case_gives_its_events_under_every_cut(case: dict[str, Any]):
    """Law: any cut of the same bytes gives the events of WHATWG HTML 9.2.6."""
    for chunks in all_cuts(chunks_of(case)):
        assert comparable(decode(chunks), case["expected"]) == case["expected"], chunks[:50]


@pytest.mark.parametrize("case", EVENT_CASES, ids=named)
def test_the_content_type_of_each_good_case_is_accepted(case: dict[str, Any]):
    """Law: neither case nor parameters of the MIME type matter."""
    assert is_event_stream(case["content_type"])


@pytest.mark.parametrize("case", REJECT_CASES, ids=named)
def test_the_content_type_of_each_bad_case_is_refused(case: dict[str, Any]):
    """Law: a body of another MIME type never reaches the decoder."""
    assert not is_event_stream(case["content_type"])


@pytest.mark.parametrize("case", TIMELY_CASES, ids=named)
def test_an_event_is_out_as_soon_as_its_blank_line_is_complete(case: dict[str, Any]):
    """Law: no event waits for a chunk that comes after its blank line."""
    decoder = SSEDecoder()
    emitted: list[int] = []
    for chunk in chunks_of(case):
        emitted.append(len(decoder.feed(chunk)) + (emitted[-1] if emitted else 0))
    assert emitted == case["emitted_after"]


BODIES = [name for name in corpus_streams(core_only=False) if load_sse(name) is not None]


def events_sent(body: bytes) -> list[bytes]:
    """The data of each event of a recorded body, without the sentinel, which is no event of the API."""
    seven = [body[at : at + 7] for at in range(0, len(body), 7)]
    whole = decode([body])
    assert decode(seven) == whole
    return [event.data.encode() for event in whole if event.data != "[DONE]"]


def test_the_recorded_bodies_are_all_here():
    """The corpus keeps the exact body of 263 streams; each is decoded below."""
    assert len(BODIES) == BODY_COUNT


@pytest.mark.parametrize("name", BODIES)
def test_a_recorded_body_decodes_to_the_events_that_were_recorded(name: str):
    """Law: real bodies, whole and in chunks of 7 bytes, give exactly the JSON that the server sent."""
    body = load_sse(name)
    assert body is not None
    assert events_sent(body) == load_lines(name)
