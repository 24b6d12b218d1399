"""How long is waited for what may yet come, though the answer is decided; in seconds."""

from __future__ import annotations

__all__ = ["BODY_SECONDS", "END_SECONDS", "FAILED_SECONDS"]

FAILED_SECONDS = 1.0  # for the `response.failed` that may follow an `error`
BODY_SECONDS = 1.0  # for the body of an answer that is no event stream
END_SECONDS = 0.02  # for the end of the body behind the terminal event: only then can the connection be used again
