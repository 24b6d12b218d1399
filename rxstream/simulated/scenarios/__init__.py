"""The named scenarios: what the simulated model can be told to do.

Example:
    >>> SCENARIOS["refusal"].description
    'A message that refuses, by response.refusal events.'
    >>> [name for name, scenario in SCENARIOS.items() if scenario.http]
    ['status', 'flaky', 'html', 'json_error', 'redirect']
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rxstream.simulated.scenarios import http_faults, oddities, outputs
from rxstream.simulated.scenarios.default import default_plan, tool_plan
from rxstream.simulated.scenarios.endings import (
    complete,
    complete_without_output,
    end_silently,
    fail,
    send_error,
    send_nested_error,
)
from rxstream.simulated.scenarios.scene import End, Plan, Scenario, Scene
from rxstream.simulated.scenarios.tool_turns import plan_tool_turns

__all__ = ["SCENARIOS", "Scenario", "Scene"]


def _odd(name: str, description: str, plan: Plan, end: End = complete) -> Scenario:
    return Scenario(name, description, plan, end, conforming=False)


def _http(name: str, description: str, plan: Plan, parameter: str | None = None) -> Scenario:
    return Scenario(name, description, plan, complete, parameter=parameter, http=True)


_ALL = (
    Scenario("text", "What the request asks for: text, calls, JSON, reasoning.", default_plan, complete),
    Scenario("refusal", "A message that refuses, by response.refusal events.", outputs.plan_refusal, complete),
    Scenario("failed", "Some text, then response.failed with code server_error.", oddities.plan_cut, fail),
    Scenario("error", "Some text, then an error event of the documented, flat form.", oddities.plan_cut, send_error),
    _odd("error_nested", "An error event that holds an object, then failed.", oddities.plan_cut, send_nested_error),
    Scenario(
        "incomplete", "Text cut by the token limit or REASON.", outputs.plan_incomplete, complete, parameter="REASON"
    ),
    Scenario("annotations", "A web search, then text with URL and file citations.", outputs.plan_annotations, complete),
    Scenario("web_search", "A web search, then text that cites pages.", tool_plan("web_search"), complete),
    Scenario("file_search", "A file search with results, then text that cites.", tool_plan("file_search"), complete),
    Scenario("code_interpreter", "Code, its output, then text.", tool_plan("code_interpreter"), complete),
    Scenario("mcp", "An MCP server's tools listed, one called.", tool_plan("mcp", require_approval="never"), complete),
    Scenario("mcp_approval", "An MCP call that waits for approval.", tool_plan("mcp"), complete),
    Scenario("image", "An image with partial images.", tool_plan("image_generation", partial_images=2), complete),
    Scenario("reasoning", "Reasoning with two summary parts, then text.", outputs.plan_reasoning_summary, complete),
    Scenario("reasoning_text", "Reasoning in the open, then text.", outputs.plan_reasoning_text, complete),
    Scenario("parallel_calls", "Several function calls, one after the other.", outputs.plan_parallel_calls, complete),
    Scenario("interleaved", "Several function calls open at once.", outputs.plan_interleaved, complete),
    Scenario("tool_turns", "One call a turn, COUNT times, then text.", plan_tool_turns, complete, parameter="COUNT"),
    Scenario("custom_tool", "A call of a custom tool, whose input is text.", outputs.plan_custom_tool, complete),
    Scenario("shell", "A shell call, its output, then text.", tool_plan("shell"), complete),
    _odd("apply_patch", "A patch, by events that OpenAI's SDK does not list.", tool_plan("apply_patch")),
    Scenario("audio", "Audio and its transcript, then the same text.", outputs.plan_audio, complete),
    Scenario("compaction", "Text, then a compaction item.", outputs.plan_compaction, complete),
    _odd("unknown_events", "Events and an item of unknown types among the known.", oddities.plan_unknown_events),
    _odd("surrogates", "Deltas that hold half of a surrogate pair each.", oddities.plan_surrogates),
    Scenario(
        "slow_start", "SECONDS of silence, then the rest.", oddities.plan_slow_start, complete, parameter="SECONDS"
    ),
    Scenario(
        "stall", "SECONDS of silence before the terminal event.", oddities.plan_stall, complete, parameter="SECONDS"
    ),
    _odd("empty_output", "A final response without the streamed output.", default_plan, complete_without_output),
    _odd("no_terminal", "Some text, then the end of the stream.", oddities.plan_cut, end_silently),
    Scenario("long", "Text of COUNT deltas.", outputs.plan_long, complete, parameter="COUNT"),
    _http("status", "An HTTP error: status:429:SECONDS has retry-after.", http_faults.plan_status, "STATUS[:SECONDS]"),
    _http("flaky", "HTTP 500 for the model's first COUNT requests.", http_faults.plan_flaky, "COUNT"),
    _http("html", "HTTP 200 with an HTML page.", http_faults.plan_html),
    _http("json_error", "HTTP 200 with an API error in JSON.", http_faults.plan_json_error),
    _http("redirect", "HTTP 307 to another host.", http_faults.plan_redirect),
)

SCENARIOS: Mapping[str, Scenario] = MappingProxyType({scenario.name: scenario for scenario in _ALL})
