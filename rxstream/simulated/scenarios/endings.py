"""The last events of a response: completed, incomplete, failed, an error, or none at all."""

from __future__ import annotations

from rxstream.simulated.response_object import usage
from rxstream.simulated.script import ResponseScript

__all__ = [
    "complete",
    "complete_without_output",
    "end_silently",
    "fail",
    "send_error",
    "send_nested_error",
]

_MESSAGE = "The server had an error processing your request. Sorry about that!"
_ERROR = {"code": "server_error", "message": _MESSAGE}


def complete(script: ResponseScript) -> None:
    """End with ``response.completed``, or ``response.incomplete`` if the token budget did not suffice."""
    spent = usage(script.input_tokens, script.output_tokens, script.reasoning_tokens)
    if script.exhausted:
        reason = {"reason": script.incomplete_reason}
        script.lifecycle(
            "response.incomplete", status="incomplete", incomplete_details=reason, output=script.output, usage=spent
        )
        return
    completed_at = script.response["created_at"] + round(script.seconds)
    script.lifecycle(
        "response.completed", status="completed", completed_at=completed_at, output=script.output, usage=spent
    )


def complete_without_output(script: ResponseScript) -> None:
    """End with a ``response.completed`` whose output is empty, whatever was streamed."""
    complete(script)
    script.events[-1]["response"]["output"] = []


def fail(script: ResponseScript) -> None:
    """End with ``response.failed``."""
    script.lifecycle("response.failed", status="failed", error=dict(_ERROR), output=script.output)


def send_error(script: ResponseScript) -> None:
    """End with an ``error`` event of the documented, flat form."""
    script.emit("error", code="server_error", message=_MESSAGE, param=None)
    script.response.update(status="failed", error=dict(_ERROR))


def send_nested_error(script: ResponseScript) -> None:
    """End with an ``error`` event that holds an object, as some servers send, and ``response.failed``."""
    script.emit("error", error={"type": "server_error", "param": None, **_ERROR})
    fail(script)


def end_silently(script: ResponseScript) -> None:
    """End without a terminal event."""
    script.response["output"] = script.output
