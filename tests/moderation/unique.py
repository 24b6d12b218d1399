"""Streams of which no character comes twice, but where the API repeats it: each can be told from all others."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from rxstream.events import ResponseStreamEvent, parse_event
from tests.strategies import JSON, Draw

_FIRST, _LAST = 0x4E00, 0x9FFF


@dataclass
class Spoken:
    """A stream.

    Attributes:
        events: Its events.
        texts: The texts of its parts, by place of the item and of the part.
    """

    events: list[ResponseStreamEvent]
    texts: dict[tuple[int, int], str]


def characters(item: Any) -> set[str]:
    """Return the characters of texts that an item holds anywhere."""
    whole = item if isinstance(item, str) else json.dumps(item.to_dict(), ensure_ascii=False) + item.to_json()
    return {character for character in whole if _FIRST <= ord(character) <= _LAST}


class Alphabet:
    """Gives texts of characters that were not used before."""

    def __init__(self) -> None:
        self._codes = itertools.count(_FIRST)

    def text(self, length: int) -> str:
        """A text of new characters."""
        return "".join(chr(next(self._codes)) for _ in range(length))


def cut(draw: Draw, text: str) -> list[str]:
    """Cut a text at random."""
    places = sorted(draw(st.sets(st.integers(1, max(1, len(text) - 1)), max_size=6))) if len(text) > 1 else []
    return [text[start:end] for start, end in itertools.pairwise([0, *places, len(text)])]


def _part(draw: Draw, text: str, index: int, place: int) -> list[JSON]:
    at = {"output_index": index, "content_index": place}
    events = [{"type": "response.output_text.delta", "delta": piece, "logprobs": [], **at} for piece in cut(draw, text)]
    if draw(st.booleans()):
        for event in events:
            event["logprobs"] = [{"token": event["delta"], "logprob": -0.5, "bytes": []}]
    note = {"type": "url_citation", "url": "https://a.example", "start_index": 0, "end_index": 1, "title": "A"}
    if draw(st.integers(0, 3)) == 0:
        events.insert(
            draw(st.integers(0, len(events))),
            {"type": "response.output_text.annotation.added", "annotation": note, "annotation_index": 0, **at},
        )
    part = {"type": "output_text", "text": text, "annotations": [note]}
    whole = [
        {"type": "response.output_text.done", "text": text, "logprobs": [], **at},
        {"type": "response.content_part.done", "part": part, **at},
    ]
    return [*events, *whole[draw(st.integers(0, 2)) :]]


def _made_sloppy(draw: Draw, alphabet: Alphabet, event: JSON) -> JSON:
    """Let an event say something else than the events before it, or not say something."""
    if event["type"].endswith(".delta"):
        fault = draw(st.integers(0, 5))
        if fault == 0:
            event = {**event, "logprobs": [{"token": alphabet.text(2), "logprob": -0.5, "bytes": []}]}
        if fault == 1:
            event = {**event, "type": "response.telepathy.delta"}
        return event
    text = event.get("text") or event.get("part", {}).get("text") or ""
    chosen = draw(st.sampled_from([text, text + alphabet.text(3), alphabet.text(5), text[1:], ""]))
    if "text" in event:
        return {**event, "text": chosen}
    return {**event, "part": {**event["part"], "text": chosen}} if "part" in event else event


@st.composite
def spoken_streams(draw: Draw, *, sloppy: bool = False) -> Spoken:
    """Messages of several parts, interleaved, with all events that repeat what was said, or some of them."""
    alphabet, texts, runs = Alphabet(), dict[tuple[int, int], str](), list[list[JSON]]()
    output: list[JSON] = []
    for index in range(draw(st.integers(1, 3))):
        item: JSON = {"type": "message", "id": f"msg_{index}", "role": "assistant", "content": []}
        run: list[JSON] = [{"type": "response.output_item.added", "output_index": index, "item": {**item}}]
        content: list[JSON] = []
        for place in range(draw(st.integers(1, 2))):
            text = texts[index, place] = alphabet.text(draw(st.integers(0, 24)))
            run += _part(draw, text, index, place)
            content.append({"type": "output_text", "text": text, "annotations": []})
        output.append({**item, "content": content})
        if draw(st.booleans()):
            run.append({"type": "response.output_item.done", "output_index": index, "item": output[-1]})
        runs.append(run)
    order = draw(st.permutations([number for number, run in enumerate(runs) for _ in run]))
    if sloppy:
        runs = [[_made_sloppy(draw, alphabet, event) for event in run] for run in runs]
        runs = [draw(st.permutations(run)) if draw(st.integers(0, 3)) == 0 else run for run in runs]
    rests = [iter(run) for run in runs]
    response = {"id": "resp_1", "object": "response", "status": "completed", "output": output}
    wire = [
        {"type": "response.created", "response": {**response, "status": "in_progress", "output": []}},
        *(next(rests[number]) for number in order),
        {"type": "response.completed", "response": response},
    ]
    return Spoken([parse_event(json.dumps({**one, "sequence_number": n})) for n, one in enumerate(wire)], texts)
