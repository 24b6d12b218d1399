"""How persistent a stream is: how often it tries again, and whether it goes on where it broke off."""

from __future__ import annotations

from dataclasses import dataclass

from rxstream.sources.backoff import checked_max_retries
from rxstream.sources.http import Arguments
from rxstream.sources.notices import OnReconnect, check_listener

__all__ = ["DEFAULT_MAX_RETRIES", "Persistence"]

DEFAULT_MAX_RETRIES = 2


@dataclass(frozen=True)
class Persistence:
    """What a caller asked for.

    Attributes:
        max_retries: How often a request is sent again in a row, none of which brought an event.
        resume: Go on after a drop.
        on_reconnect: Told of each drop and each resumption.
    """

    max_retries: int
    resume: bool
    on_reconnect: OnReconnect | None

    @classmethod
    def of(cls, given: Arguments, max_retries: int, *, resume: bool = False) -> Persistence:
        """Take the options of one request; what it does not say is as given here.

        Raises:
            TypeError: An option is of the wrong type.
            ValueError: ``max_retries`` is below 0; ``on_reconnect`` would never be called.
        """
        if not isinstance(given.get("resume", resume), bool):
            raise TypeError(f"expected resume to be True or False, but got {given['resume']!r}")
        resume = given.get("resume", resume)
        on_reconnect = given.get("on_reconnect")
        if on_reconnect is not None:
            check_listener("on_reconnect", on_reconnect)
        if on_reconnect is not None and not resume:
            raise ValueError("expected resume=True with on_reconnect: without it, nothing is reconnected")
        return cls(checked_max_retries(given.get("max_retries", max_retries)), resume, on_reconnect)
