"""Which tools the model calls, and with what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, cast

from rxstream.simulated.items.calls import custom_tool_call, function_call
from rxstream.simulated.prompts import find_names, find_numbers
from rxstream.simulated.scenarios.documents import write_document
from rxstream.simulated.scenarios.scene import Scene
from rxstream.simulated.schemas import Hints
from rxstream.simulated.script import Step

__all__ = ["arguments_for", "call_tools", "offered_tools"]

_CALLABLE = ("function", "custom")
_MOST_CALLS = 8
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
# Words of so many function names that they do not tell one function from another.
_COMMON = set(
    re.findall(
        r"\w+", "get set find fetch look lookup list search create make do run call the a an of for to in by and"
    )
)


def call_tools(scene: Scene) -> list[Step]:
    """Plan the calls of functions and custom tools that suit the prompt; empty if there are none to call."""
    tools = [tool for tool in offered_tools(scene) if tool["type"] in _CALLABLE]
    chosen = [tool for tool in tools if _suits(tool["name"], scene.prompt)] or tools[:1]
    parallel = scene.request.flag("parallel_tool_calls", True)
    if not parallel:
        return [_call(scene, tool, find_names(scene.prompt)) for tool in chosen[:1]]
    groups = _groups_of_names(scene, chosen[0]) if len(chosen) == 1 else [find_names(scene.prompt)]
    return [_call(scene, tool, names) for tool in chosen for names in groups][:_MOST_CALLS]


def offered_tools(scene: Scene) -> list[dict[str, Any]]:
    """The declared tools that ``tool_choice`` lets the model call."""
    choice, tools = scene.request.tool_choice, scene.request.tools
    if isinstance(choice, str):
        return [] if choice == "none" else tools
    if choice.get("type") == "allowed_tools":
        allowed = [(tool.get("type"), tool.get("name")) for tool in choice.get("tools") or ()]
        return [tool for tool in tools if (tool["type"], tool.get("name")) in allowed]
    wanted = "name" if "name" in choice else "type"
    return [tool for tool in tools if tool.get(wanted) == choice.get(wanted)]


def _suits(name: str, prompt: str) -> bool:
    if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", prompt):
        return True
    words = {_singular(word) for word in _WORD.findall(name)}
    return bool((words - _COMMON) & {_singular(word) for word in re.findall(r"\w+", prompt)})


def _singular(word: str) -> str:
    return word.lower().removesuffix("s")


def _groups_of_names(scene: Scene, tool: Mapping[str, Any]) -> list[list[str]]:
    """Share the prompt's names out: one call for "Paris" and one for "Rome" if the function takes one string."""
    names, wanted = find_names(scene.prompt), _free_strings(tool)
    if not wanted or len(names) < 2 * wanted:
        return [names]
    return [names[start : start + wanted] for start in range(0, len(names), wanted)]


def _free_strings(tool: Mapping[str, Any]) -> int:
    if tool["type"] == "custom":
        return 1
    parameters: dict[str, Any] = tool.get("parameters") or {}
    properties: dict[str, Any] = parameters.get("properties", {})
    parts = [cast("dict[str, Any]", part) for part in properties.values() if isinstance(part, dict)]
    return sum(part.get("type") == "string" and not part.keys() & {"enum", "const"} for part in parts)


def _call(scene: Scene, tool: Mapping[str, Any], names: list[str]) -> Step:
    if tool["type"] == "custom":
        return custom_tool_call(tool["name"], " ".join(names) or scene.prompt or "go on")
    return function_call(tool["name"], arguments_for(scene, tool, names))


def arguments_for(scene: Scene, tool: Mapping[str, Any], names: list[str]) -> str:
    """Write the arguments of one call, with these names and the prompt's numbers where they fit."""
    hints = Hints(scene.prompt, list(names), find_numbers(scene.prompt))
    schema: dict[str, Any] = tool.get("parameters") or {"type": "object", "properties": {}}
    return write_document(
        schema, scene.random, hints, param=f"tools.{tool['name']}.parameters", code="invalid_function_parameters"
    )
