"""A model that needs several turns."""

from __future__ import annotations

from rxstream.simulated.scenarios.calling import call_tools
from rxstream.simulated.scenarios.default import answer
from rxstream.simulated.scenarios.scene import Scene
from rxstream.simulated.script import Step

__all__ = ["plan_tool_turns"]

_TURNS = 3


def plan_tool_turns(scene: Scene) -> list[Step]:
    """Call one tool, then one more when its output has come, and so on; then answer."""
    calls = call_tools(scene)[:1] if len(scene.outputs) < scene.number(_TURNS) else []
    return calls or [answer(scene)]
