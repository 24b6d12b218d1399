"""What the model says and thinks: messages and reasoning."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import count
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from rxstream.models.base import JSONObject
from rxstream.testing.strategies.writer import MOST_PIECES, ItemWriter, pieces_of

__all__ = ["message", "reasoning"]

_PHASES = st.sampled_from([{}, {"phase": "commentary"}, {"phase": "final_answer"}])
# As many as a text has pieces at most, however many it has: so the choice stays when the text becomes shorter.
_PIECES_ANNOTATED = st.lists(st.integers(0, MOST_PIECES - 1), max_size=2)


def message(writer: ItemWriter) -> None:
    """Write a message of texts and refusals."""
    writer.open("msg", "message", role="assistant", status="in_progress", content=[], **writer.draw(_PHASES))
    content = writer.draw(st.lists(_part(writer, count()), min_size=1, max_size=2))
    writer.close(status=writer.status, content=content)


@st.composite
def _part(draw: DrawFn, writer: ItemWriter, places: Iterator[int]) -> JSONObject:
    # Each part is drawn as one element of the list, so that the shrinker can take it out with all that it drew.
    return draw(st.sampled_from([_text, _text, _refusal]))(writer, next(places))


def _text(writer: ItemWriter, place: int) -> JSONObject:
    draw, where = writer.draw, {"content_index": place}
    empty: JSONObject = {"type": "output_text", "annotations": [], "logprobs": [], "text": ""}
    writer.emit("response.content_part.added", **where, part=empty)
    scored = draw(st.booleans())
    text, logprobs = writer.afford(writer.text()), list[JSONObject]()
    pieces, length, annotations = pieces_of(draw, text), 0, list[JSONObject]()
    annotated = Counter(number % max(1, len(pieces)) for number in draw(_PIECES_ANNOTATED))
    for number, piece in enumerate(pieces):
        scores = [_logprob(piece)] if scored else []
        writer.emit("response.output_text.delta", **where, delta=piece, logprobs=scores)
        logprobs += scores
        length += len(piece)
        annotations += _annotations(writer, where, len(annotations), annotated[number], length)
    if not pieces:
        annotations += _annotations(writer, where, 0, annotated.total(), length)
    writer.emit("response.output_text.done", **where, text=text, logprobs=logprobs)
    part = {**empty, "text": text, "annotations": annotations, "logprobs": logprobs}
    writer.emit("response.content_part.done", **where, part=part)
    return part


def _logprob(token: str) -> JSONObject:
    score = {"token": token, "bytes": list(token.encode("utf-8", "surrogatepass")), "logprob": -0.5}
    return {**score, "top_logprobs": [score]}


def _annotations(writer: ItemWriter, where: dict[str, int], first: int, times: int, length: int) -> list[JSONObject]:
    written = [_annotation(writer.draw, length) for _ in range(times)]
    for number, annotation in enumerate(written, first):
        writer.emit("response.output_text.annotation.added", **where, annotation_index=number, annotation=annotation)
    return written


def _annotation(draw: DrawFn, length: int) -> JSONObject:
    start = draw(st.integers(0, length))
    end = draw(st.integers(start, length))
    file: JSONObject = {"file_id": "file_1", "filename": "notes.md"}
    choices: list[JSONObject] = [
        {"type": "url_citation", "url": "https://example.com", "title": "", "start_index": start, "end_index": end},
        {"type": "file_citation", **file, "index": start},
        {"type": "container_file_citation", **file, "container_id": "c_1", "start_index": start, "end_index": end},
        {"type": "file_path", "file_id": "file_1", "index": start},
    ]
    return draw(st.sampled_from(choices))


def _refusal(writer: ItemWriter, place: int) -> JSONObject:
    writer.emit("response.content_part.added", content_index=place, part={"type": "refusal", "refusal": ""})
    text = writer.stream("response.refusal", writer.text(), "refusal", content_index=place)
    part: JSONObject = {"type": "refusal", "refusal": text}
    writer.emit("response.content_part.done", content_index=place, part=part)
    return part


def reasoning(writer: ItemWriter) -> None:
    """Write reasoning: hidden, as ciphertext; as a summary of up to five parts; or as it is."""
    encrypted: dict[str, Any] = writer.draw(st.sampled_from([{}, {"encrypted_content": "gAAAAAB0"}]))
    shown, has_status = writer.draw(st.booleans()), writer.draw(st.booleans())
    begun: JSONObject = {"status": "in_progress"} if has_status else {}
    ended: JSONObject = {"status": writer.status} if has_status else {}
    writer.open("rs", "reasoning", summary=[], **({"content": []} if shown else {}), **encrypted, **begun)
    if shown:
        writer.close(content=[_reasoning_text(writer)], **ended)
        return
    parts = writer.draw(st.integers(0, 2) | st.integers(3, 5))
    writer.close(summary=[_summary_part(writer, place) for place in range(parts)], **ended)


def _reasoning_text(writer: ItemWriter) -> JSONObject:
    writer.emit("response.content_part.added", content_index=0, part={"type": "reasoning_text", "text": ""})
    text = writer.stream("response.reasoning_text", writer.text(), "text", content_index=0)
    part = {"type": "reasoning_text", "text": text}
    writer.emit("response.content_part.done", content_index=0, part=part)
    return part


def _summary_part(writer: ItemWriter, place: int) -> JSONObject:
    where, empty = {"summary_index": place}, {"type": "summary_text", "text": ""}
    writer.emit("response.reasoning_summary_part.added", **where, part=empty)
    part = {**empty, "text": writer.stream("response.reasoning_summary_text", writer.text(), "text", **where)}
    writer.emit("response.reasoning_summary_part.done", **where, part=part)
    return part
