"""Plans for output that a plain request does not bring about: other items, other shapes, other sizes."""

from __future__ import annotations

from typing import Any

from rxstream.simulated.items.calls import custom_tool_call, function_call, interleaved_function_calls
from rxstream.simulated.items.compactions import compaction
from rxstream.simulated.items.messages import audio, message, reasoning, reasoning_text, refusal
from rxstream.simulated.items.searches import FILE, PAGES, web_search
from rxstream.simulated.prompts import find_names
from rxstream.simulated.scenarios.calling import arguments_for, offered_tools
from rxstream.simulated.scenarios.default import answer, answer_text, cited_answer, default_plan
from rxstream.simulated.scenarios.scene import Scene
from rxstream.simulated.script import ResponseScript, Step
from rxstream.simulated.tokens import count_tokens

__all__ = [
    "plan_annotations",
    "plan_audio",
    "plan_compaction",
    "plan_custom_tool",
    "plan_incomplete",
    "plan_interleaved",
    "plan_long",
    "plan_parallel_calls",
    "plan_reasoning_summary",
    "plan_reasoning_text",
    "plan_refusal",
]

_MOST_DELTAS = 200_000
_CITIES = ("Paris", "Rome", "Oslo")
_WEATHER: dict[str, Any] = {
    "name": "get_weather",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
_SUMMARY = (
    "**Understanding the question**\n\nIt is short, so its words can be taken as they are.",
    "**Planning the answer**\n\nOne paragraph, with a reference to the prompt.",
)


def plan_refusal(scene: Scene) -> list[Step]:
    """Refuse."""
    return [refusal("I'm sorry, but I can't help with that request.")]


def plan_incomplete(scene: Scene) -> list[Step]:
    """Answer with half as many tokens as the answer needs."""
    text = answer_text(scene)

    def tighten(script: ResponseScript) -> None:
        script.limit(max(1, count_tokens(text) // 2))
        script.incomplete_reason = scene.parameter or script.incomplete_reason

    return [tighten, message(text)]


def plan_annotations(scene: Scene) -> list[Step]:
    """Search, then cite pages and a file."""
    return [web_search(scene.prompt), cited_answer(scene, *PAGES, FILE)]


def plan_reasoning_summary(scene: Scene) -> list[Step]:
    """Think with a summary of two parts, then answer."""
    encrypted = "reasoning.encrypted_content" in scene.request.include
    return [reasoning(_SUMMARY, hidden_tokens=24, encrypted=encrypted), answer(scene)]


def plan_reasoning_text(scene: Scene) -> list[Step]:
    """Think in the open, then answer."""
    return [reasoning_text("The prompt is short. I can answer it in one paragraph."), answer(scene)]


def plan_parallel_calls(scene: Scene) -> list[Step]:
    """Call functions several times, one call after the other."""
    if scene.outputs:
        return default_plan(scene)
    return [function_call(name, arguments) for name, arguments in _calls(scene)]


def plan_interleaved(scene: Scene) -> list[Step]:
    """Call functions several times, all calls open at once."""
    return default_plan(scene) if scene.outputs else [interleaved_function_calls(_calls(scene))]


def _calls(scene: Scene) -> list[tuple[str, str]]:
    tools = [tool for tool in offered_tools(scene) if tool["type"] == "function"] or [_WEATHER]
    names = find_names(scene.prompt)
    return [
        (tool["name"], arguments_for(scene, tool, [name]))
        for tool in tools
        for name in (names if len(names) > 1 else _CITIES)
    ]


def plan_custom_tool(scene: Scene) -> list[Step]:
    """Call a custom tool."""
    if scene.outputs:
        return default_plan(scene)
    names = [tool["name"] for tool in offered_tools(scene) if tool["type"] == "custom"]
    return [custom_tool_call(names[0] if names else "write_note", f"Note: {scene.prompt}")]


def plan_audio(scene: Scene) -> list[Step]:
    """Speak the answer."""
    return [audio(answer_text(scene))]


def plan_compaction(scene: Scene) -> list[Step]:
    """Answer, then compact the conversation."""
    return [answer(scene), compaction()]


def plan_long(scene: Scene) -> list[Step]:
    """Count, one number a delta."""
    count = min(_MOST_DELTAS, max(1, int(scene.number(2_000))))
    return [message(" ".join(map(str, range(count))))]
