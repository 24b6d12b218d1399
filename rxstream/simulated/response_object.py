"""The ``response`` object of the lifecycle events: the request's settings echoed, with the API's defaults."""

from __future__ import annotations

from typing import Any

from rxstream.simulated.requests import ResponseRequest

__all__ = ["new_response", "usage"]

_DEFAULTS: dict[str, Any] = {
    "background": False,
    "instructions": None,
    "max_output_tokens": None,
    "max_tool_calls": None,
    "parallel_tool_calls": True,
    "previous_response_id": None,
    "prompt_cache_key": None,
    "prompt_cache_retention": None,
    "safety_identifier": None,
    "service_tier": "auto",
    "store": True,
    "temperature": 1.0,
    "tool_choice": "auto",
    "tools": [],
    "top_logprobs": 0,
    "top_p": 1.0,
    "truncation": "disabled",
    "user": None,
    "metadata": {},
}


def new_response(request: ResponseRequest, response_id: str, created_at: float) -> dict[str, Any]:
    """Make the response object of a request that has just come in.

    Example:
        >>> from rxstream.simulated.requests import parse_request
        >>> response = new_response(parse_request({"model": "gpt-5", "input": "Hi"}), "resp_1", 0)
        >>> response["status"], response["output"], response["temperature"]
        ('in_progress', [], 1.0)
    """
    given = {key: request.body[key] for key in _DEFAULTS if request.body.get(key) is not None}
    echoed = {**_DEFAULTS, **given, "tools": [_echoed_tool(tool) for tool in request.tools]}
    settings: dict[str, Any] = request.body.get("text") or {}
    text: dict[str, Any] = {
        "format": _echoed_format(request),
        "verbosity": settings.get("verbosity") or "medium",
    }
    return {
        "id": response_id,
        "object": "response",
        "created_at": created_at,
        "status": "in_progress",
        "completed_at": None,
        "error": None,
        "incomplete_details": None,
        "model": request.body["model"],
        "output": [],
        **echoed,
        "reasoning": {"effort": None, "summary": None, **request.reasoning},
        "text": text,
        "usage": None,
    }


def _echoed_tool(tool: dict[str, Any]) -> dict[str, Any]:
    if tool["type"] != "function":
        return tool
    return {"description": None, "parameters": None, "strict": True, **tool}


def _echoed_format(request: ResponseRequest) -> dict[str, Any]:
    if request.text_format.get("type") != "json_schema":
        return dict(request.text_format)
    return {"description": None, "strict": False, **request.text_format}


def usage(input_tokens: int, output_tokens: int, reasoning_tokens: int) -> dict[str, Any]:
    """Make the ``usage`` object.

    Example:
        >>> usage(3, 4, 0)["total_tokens"]
        7
    """
    return {
        "input_tokens": input_tokens,
        "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
        "output_tokens": output_tokens,
        "output_tokens_details": {"reasoning_tokens": reasoning_tokens},
        "total_tokens": input_tokens + output_tokens,
    }
