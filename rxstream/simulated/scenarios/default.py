"""What the model does when nothing else is asked of it: think, call tools, answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rxstream.simulated.conversation import last_prompt
from rxstream.simulated.items.images import image_generation
from rxstream.simulated.items.messages import Citation, message, reasoning
from rxstream.simulated.items.programs import apply_patch, code_interpreter, shell
from rxstream.simulated.items.searches import FILE, PAGES, file_search, web_search
from rxstream.simulated.items.servers import mcp_approval_request, mcp_call, mcp_list_tools
from rxstream.simulated.replies import reply_to, reply_with_outputs
from rxstream.simulated.scenarios.calling import call_tools, offered_tools
from rxstream.simulated.scenarios.documents import json_text, write_document
from rxstream.simulated.scenarios.scene import Plan, Scene
from rxstream.simulated.schemas import Hints
from rxstream.simulated.script import Step

__all__ = [
    "answer",
    "answer_text",
    "cited_answer",
    "default_plan",
    "plan_mcp",
    "plan_reasoning",
    "tool_plan",
]

_HIDDEN_TOKENS = {"none": 0, "minimal": 0, "low": 16, "medium": 32, "high": 64, "xhigh": 96, "max": 128}
_CODE = "numbers = [1, 2, 3]\nprint(sum(numbers))"
_DIFF = "+Hello from a patch\n+A second line\n"
_COMMANDS = (("echo hello", "hello\n"), ("ls", "notes.txt\nreport.txt\n"))


def default_plan(scene: Scene) -> list[Step]:
    """Plan a response as the request wants it."""
    thinking = plan_reasoning(scene)
    if scene.outputs:
        return [*thinking, answer(scene)]
    calls = call_tools(scene) or _use_tools(scene)
    return [*thinking, *(calls or [answer(scene)])]


def plan_reasoning(scene: Scene) -> list[Step]:
    """Plan a reasoning item if the request asks for one."""
    effort, summary = scene.request.reasoning.get("effort"), scene.request.reasoning.get("summary")
    if effort == "none" or (effort is None and summary is None):
        return []
    hidden = _HIDDEN_TOKENS.get(str(effort), _HIDDEN_TOKENS["medium"])
    encrypted = "reasoning.encrypted_content" in scene.request.include
    return [reasoning(_summary(scene) if summary else [], hidden_tokens=hidden, encrypted=encrypted)]


def _summary(scene: Scene) -> list[str]:
    words = len(last_prompt(scene.conversation).split())
    return [
        f"**Reading the prompt**\n\nThe user wrote {words} words, so the answer should be short.",
        "**Choosing the words**\n\nA plain paragraph will do; nothing has to be looked up.",
    ]


def answer(scene: Scene) -> Step:
    """Plan the message, in the format that the request wants."""
    return message(answer_text(scene))


def answer_text(scene: Scene) -> str:
    """Write the text of the message: a paragraph, or JSON."""
    return _FORMATS.get(str(scene.request.text_format.get("type")), _plain_text)(scene)


def _plain_text(scene: Scene) -> str:
    return reply_with_outputs(scene.outputs) if scene.outputs else reply_to(scene.prompt, scene.random)


def _schema_text(scene: Scene) -> str:
    schema: Mapping[str, Any] = scene.request.text_format.get("schema") or {"type": "object"}
    hints = Hints.of(" ".join([scene.prompt, *scene.outputs]))
    return write_document(schema, scene.random, hints, param="text.format.schema", code="invalid_json_schema")


_FORMATS: dict[str, Callable[[Scene], str]] = {
    "json_schema": _schema_text,
    "json_object": lambda scene: json_text({"answer": _plain_text(scene)}),
}


def cited_answer(scene: Scene, *sources: dict[str, Any]) -> Step:
    """Plan a message with a cited sentence for each source."""
    cited: list[Citation] = [(f" Source {n} says so.", source) for n, source in enumerate(sources, 1)]
    return message(answer_text(scene), *cited)


def plan_mcp(scene: Scene, tool: Mapping[str, Any]) -> list[Step]:
    """Plan the listing of a server's tools, and a call or, where it needs one, the request for approval."""
    label = str(tool.get("server_label", "simulated"))
    arguments = json_text({"question": scene.prompt})
    decisions = [item.get("approve") for item in scene.conversation if item["type"] == "mcp_approval_response"]
    if decisions and not decisions[-1]:
        return [answer(scene)]
    if decisions or tool.get("require_approval", "always") == "never":
        return [mcp_list_tools(label), mcp_call(label, arguments, "Streams are sequences of events."), answer(scene)]
    return [mcp_list_tools(label), mcp_approval_request(label, arguments)]


_BUILT_IN: dict[str, Callable[[Scene, Mapping[str, Any]], list[Step]]] = {
    "web_search": lambda scene, tool: [web_search(scene.prompt), cited_answer(scene, *PAGES)],
    "file_search": lambda scene, tool: [file_search(scene.prompt), cited_answer(scene, FILE)],
    "code_interpreter": lambda scene, tool: [code_interpreter(_CODE, "6\n"), answer(scene)],
    "image_generation": lambda scene, tool: [image_generation(scene.prompt, tool.get("partial_images") or 0)],
    "shell": lambda scene, tool: [shell(_COMMANDS), answer(scene)],
    "apply_patch": lambda scene, tool: [apply_patch("hello.txt", _DIFF)],
    "mcp": plan_mcp,
}


def _use_tools(scene: Scene) -> list[Step]:
    """Plan the use of the first built-in tool that is offered; dated names such as web_search_preview count."""
    for tool in offered_tools(scene):
        for name, plan in _BUILT_IN.items():
            if str(tool["type"]).startswith(name):
                return plan(scene, tool)
    return []


def tool_plan(name: str, **settings: Any) -> Plan:
    """Make a plan that uses a built-in tool, whether or not the request declares it."""
    return lambda scene: [*plan_reasoning(scene), *_BUILT_IN[name](scene, settings)]
