"""Plans for streams that break off, fall silent, or carry what no client knows."""

from __future__ import annotations

from typing import Any

from rxstream.simulated.items.messages import begin_message
from rxstream.simulated.scenarios.default import answer, answer_text, default_plan
from rxstream.simulated.scenarios.scene import Scene
from rxstream.simulated.script import ItemWriter, ResponseScript, Step
from rxstream.simulated.tokens import split_tokens

__all__ = ["plan_cut", "plan_slow_start", "plan_stall", "plan_surrogates", "plan_unknown_events"]

_SILENT_SECONDS = 2.0


def plan_cut(scene: Scene) -> list[Step]:
    """Write half of the answer, in a message that is never ended."""
    tokens = split_tokens(answer_text(scene))
    half = "".join(tokens[: max(1, len(tokens) // 2)])

    def write(script: ResponseScript) -> None:
        begin_message(script).deltas("response.output_text", half, content_index=0, logprobs=[])

    return [write]


def plan_unknown_events(scene: Scene) -> list[Step]:
    """Answer between events of types that no SDK lists, and an item of an unknown type."""

    def oddities(script: ResponseScript) -> None:
        script.emit("keepalive")
        limits = {"used_percent": 12.5, "window_minutes": 300}
        script.emit("codex.rate_limits", plan_type="pro", rate_limits={"allowed": True, "primary": limits})
        item = {"id": script.ids.new("dr"), "type": "dream_call", "status": "in_progress", "mood": "calm"}
        writer = ItemWriter(script, item)
        writer.emit("response.dream_call.delta", delta="zzz")
        writer.close(status="completed")

    return [oddities, answer(scene), lambda script: script.emit("response.keep_alive")]


def plan_surrogates(scene: Scene) -> list[Step]:
    """Write a message whose emoji is cut into the two halves of its surrogate pair."""

    def write(script: ResponseScript) -> None:
        writer = begin_message(script)
        for delta in script.spend(["A", " smile", ":", " ", "\ud83d", "\ude00", "!"]):
            writer.emit("response.output_text.delta", 1, content_index=0, delta=delta, logprobs=[])
        part: dict[str, Any] = {"type": "output_text", "annotations": [], "logprobs": [], "text": "A smile: 😀!"}
        writer.emit("response.output_text.done", content_index=0, text=part["text"], logprobs=[])
        writer.emit("response.content_part.done", content_index=0, part=part)
        writer.close(status=script.item_status, content=[part])

    return [write]


def plan_slow_start(scene: Scene) -> list[Step]:
    """Fall silent before the first content."""
    seconds = scene.number(_SILENT_SECONDS)
    return [lambda script: script.pause(seconds), *default_plan(scene)]


def plan_stall(scene: Scene) -> list[Step]:
    """Fall silent before the terminal event."""
    seconds = scene.number(_SILENT_SECONDS)
    return [*default_plan(scene), lambda script: script.pause(seconds)]
