"""Messages: text with or without annotations, refusals, reasoning, audio."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from rxstream.simulated.script import ItemWriter, ResponseScript, Step
from rxstream.simulated.tokens import split_tokens

__all__ = ["Citation", "audio", "begin_message", "message", "reasoning", "reasoning_text", "refusal"]

# Text, and what it is cited from: an annotation without its position, which depends on the text before it.
Citation = tuple[str, dict[str, Any] | None]


def message(*segments: str | Citation) -> Step:
    """Write a message whose text is the segments, with an annotation after each one that is cited."""
    cited: list[Citation] = [(part, None) if isinstance(part, str) else part for part in segments]

    def write(script: ResponseScript) -> None:
        writer = begin_message(script)
        tokens, annotations = _write_segments(writer, cited)
        text, logprobs = "".join(tokens), _logprobs(script, tokens)
        part = {"type": "output_text", "annotations": annotations, "logprobs": logprobs, "text": text}
        writer.emit("response.output_text.done", content_index=0, text=text, logprobs=logprobs)
        writer.emit("response.content_part.done", content_index=0, part=part)
        writer.close(status=script.item_status, content=[part])

    return write


def begin_message(script: ResponseScript) -> ItemWriter:
    """Begin a message with one text part, to be filled and ended by the caller."""
    writer = ItemWriter(script, _message(script))
    part: dict[str, Any] = {"type": "output_text", "annotations": [], "logprobs": [], "text": ""}
    writer.emit("response.content_part.added", content_index=0, part=part)
    return writer


def _message(script: ResponseScript) -> dict[str, Any]:
    return {
        "id": script.ids.new("msg"),
        "type": "message",
        "status": "in_progress",
        "content": [],
        "role": "assistant",
    }


def _write_segments(writer: ItemWriter, segments: Sequence[Citation]) -> tuple[list[str], list[dict[str, Any]]]:
    written, annotations = list[str](), list[dict[str, Any]]()
    for text, source in segments:
        start = len("".join(written))
        tokens = writer.script.spend(split_tokens(text))
        for token in tokens:
            logprobs = _logprobs(writer.script, [token])
            writer.emit("response.output_text.delta", 1, content_index=0, delta=token, logprobs=logprobs)
        written += tokens
        if source is None or writer.script.exhausted:
            continue
        annotation = {**source, **_position(source, start, len("".join(written)))}
        writer.emit(
            "response.output_text.annotation.added",
            content_index=0,
            annotation_index=len(annotations),
            annotation=annotation,
        )
        annotations.append(annotation)
    return written, annotations


def _logprobs(script: ResponseScript, tokens: Sequence[str]) -> list[dict[str, Any]]:
    if script.top_logprobs is None:
        return []
    # Made from the token alone, so that the deltas and the whole agree.
    scored = [
        {"token": token, "bytes": list(token.encode("utf-8", "surrogatepass")), "logprob": -len(token) / 100}
        for token in tokens
    ]
    return [{**score, "top_logprobs": [score][: script.top_logprobs]} for score in scored]


def _position(source: dict[str, Any], start: int, end: int) -> dict[str, int]:
    spans = source["type"] in ("url_citation", "container_file_citation")
    return {"start_index": start, "end_index": end} if spans else {"index": end}


def refusal(text: str) -> Step:
    """Write a message that refuses."""

    def write(script: ResponseScript) -> None:
        writer = ItemWriter(script, _message(script))
        writer.emit("response.content_part.added", content_index=0, part={"type": "refusal", "refusal": ""})
        part = {"type": "refusal", "refusal": writer.stream("response.refusal", text, "refusal", content_index=0)}
        writer.emit("response.content_part.done", content_index=0, part=part)
        writer.close(status=script.item_status, content=[part])

    return write


def reasoning(summary: Sequence[str], *, hidden_tokens: int, encrypted: bool) -> Step:
    """Write a reasoning item with its summary parts; ``encrypted`` adds opaque ``encrypted_content``."""

    def write(script: ResponseScript) -> None:
        opaque = {"encrypted_content": script.ids.opaque()} if encrypted else {}
        item: dict[str, Any] = {"id": script.ids.new("rs"), "type": "reasoning", "summary": [], **opaque}
        writer = ItemWriter(script, item)
        script.think(hidden_tokens)
        parts = [_summary_part(writer, index, text) for index, text in enumerate(summary) if not script.exhausted]
        # The ciphertext of a real item is another at its end than at its beginning.
        opaque = {"encrypted_content": script.ids.opaque()} if encrypted else {}
        writer.close(summary=parts, **opaque)

    return write


def _summary_part(writer: ItemWriter, index: int, text: str) -> dict[str, str]:
    writer.emit("response.reasoning_summary_part.added", summary_index=index, part={"type": "summary_text", "text": ""})
    before = writer.script.output_tokens
    written = writer.stream("response.reasoning_summary_text", text, "text", summary_index=index)
    writer.script.reasoning_tokens += writer.script.output_tokens - before
    part = {"type": "summary_text", "text": written}
    writer.emit("response.reasoning_summary_part.done", summary_index=index, part=part)
    return part


def reasoning_text(text: str) -> Step:
    """Write a reasoning item whose text is shown as it is, as open models do."""

    def write(script: ResponseScript) -> None:
        item: dict[str, Any] = {"id": script.ids.new("rs"), "type": "reasoning", "summary": [], "content": []}
        writer = ItemWriter(script, item)
        empty = {"type": "reasoning_text", "text": ""}
        writer.emit("response.content_part.added", content_index=0, part=empty)
        before = script.output_tokens
        written = writer.stream("response.reasoning_text", text, "text", content_index=0)
        script.reasoning_tokens += script.output_tokens - before
        part = {"type": "reasoning_text", "text": written}
        writer.emit("response.content_part.done", content_index=0, part=part)
        writer.close(content=[part])

    return write


def audio(transcript: str) -> Step:
    """Write audio and its transcript, which belong to no item, and a message of the same text."""

    def write(script: ResponseScript) -> None:
        for token in split_tokens(transcript):
            sound = b64encode(script.ids.random.randbytes(48)).decode("ascii")
            script.emit("response.audio.delta", 1, delta=sound)
            script.emit("response.audio.transcript.delta", delta=token)
        script.emit("response.audio.done")
        script.emit("response.audio.transcript.done")
        message(transcript)(script)

    return write
