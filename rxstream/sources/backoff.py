"""How long to wait before a request is sent again: pure."""

from __future__ import annotations

import random

from rxstream.errors import APIStatusError, StreamError
from rxstream.sources.limits import BACKOFF_SECONDS, MAX_BACKOFF_SECONDS, MAX_RETRY_AFTER_SECONDS

__all__ = ["Attempts", "backoff_seconds", "checked_max_retries"]


def backoff_seconds(failures: int, chance: float) -> float:
    """Return the seconds to wait after so many failures: they double each time up to a bound, less up to a quarter.

    The numbers are those of OpenAI's SDK 3.54. They are so few that a library for them would be the larger dependency.

    Args:
        failures: How often it failed, from 1.
        chance: From 0 to 1; what keeps clients that failed together from coming back together.

    Example:
        >>> [backoff_seconds(failures, 0.0) for failures in (1, 2, 3, 4, 5, 6, 5000)]
        [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
        >>> backoff_seconds(1, 1.0)
        0.375
    """
    doublings = min(failures - 1, 16)  # far beyond the bound, and no float overflows
    return min(BACKOFF_SECONDS * 2**doublings, MAX_BACKOFF_SECONDS) * (1 - 0.25 * chance)


class Attempts:
    """Counts failures in a row, and says how long to wait after each.

    Attributes:
        failures: How many there have been since the last success.

    Example:
        >>> attempts = Attempts(max_retries=1)
        >>> attempts.seconds_after(2.5), attempts.seconds_after(None)
        (2.5, None)
    """

    def __init__(self, max_retries: int) -> None:
        self._max_retries = max_retries
        self.failures = 0

    def seconds_after(self, retry_after: float | None) -> float | None:
        """Note a failure; return the seconds to wait before the next try, or ``None`` if there is to be none.

        Args:
            retry_after: What the server asked for. Who is asked to wait very long is told so instead of waiting, and
                nothing is no wait: the server's clock may be behind ours.
        """
        self.failures += 1
        if self.failures > self._max_retries:
            return None
        if not retry_after:
            return backoff_seconds(self.failures, random.random())
        return retry_after if retry_after <= MAX_RETRY_AFTER_SECONDS else None

    def seconds_after_error(self, error: StreamError) -> float | None:
        """Note a failure as :meth:`seconds_after` does; what the server asked for is what the error says."""
        return self.seconds_after(error.retry_after if isinstance(error, APIStatusError) else None)

    def succeeded(self) -> None:
        """Begin to count anew."""
        self.failures = 0


def checked_max_retries(max_retries: object) -> int:
    """Return a number of retries, if it is one.

    Raises:
        TypeError: It is no whole number.
        ValueError: It is below 0.
    """
    if not isinstance(max_retries, int) or isinstance(max_retries, bool):
        raise TypeError(f"expected max_retries to be a whole number, but got {max_retries!r}")
    if max_retries < 0:
        raise ValueError(f"expected max_retries to be 0 or more, but got {max_retries}")
    return max_retries
