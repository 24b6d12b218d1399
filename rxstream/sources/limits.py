"""How long is waited: for what may yet come, though the answer is decided, and before something is tried again."""

from __future__ import annotations

__all__ = [
    "BACKOFF_SECONDS",
    "BODY_SECONDS",
    "END_SECONDS",
    "FAILED_SECONDS",
    "MAX_BACKOFF_SECONDS",
    "MAX_POLLING_SECONDS",
    "MAX_RETRY_AFTER_SECONDS",
]

FAILED_SECONDS = 1.0  # for the `response.failed` that may follow an `error`
BODY_SECONDS = 1.0  # for the body of an answer that is no event stream
END_SECONDS = 0.02  # for the end of the body behind the terminal event: only then can the connection be used again
BACKOFF_SECONDS = 0.5  # before the first retry
MAX_BACKOFF_SECONDS = 8.0  # between any two
MAX_RETRY_AFTER_SECONDS = 120.0  # a server that asks for more is not asked again
MAX_POLLING_SECONDS = 600.0  # for the end of a response whose events cannot be had any more
