"""Going on with a response that was begun before, by another stream or another program."""

from __future__ import annotations

from typing import cast

from rxstream.sources.course import Course
from rxstream.sources.cursor import checked_starting_after
from rxstream.sources.http import Arguments, Endpoint
from rxstream.sources.malformed import checked_on_malformed
from rxstream.sources.persistence import Persistence
from rxstream.sources.request import Timeout, plain_timeout
from rxstream.sources.retrieval import Retrieval, is_response_id
from rxstream.sources.splice import Splice

__all__ = ["Resumption"]

_OPTIONS = (
    "extra_headers",
    "extra_query",
    "include",
    "include_obfuscation",
    "max_retries",
    "on_malformed",
    "on_reconnect",
    "timeout",
)


class Resumption:
    """What is to be resumed, as often as it is subscribed to.

    Raises:
        TypeError: An argument is of the wrong type, or none of ours.
        ValueError: ``response_id`` can be none, or ``starting_after`` or ``max_retries`` is below 0.
        ConfigurationError: A header or the timeout cannot be used.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        timeout: Timeout,
        max_retries: int,
        response_id: object,
        starting_after: object,
        given: Arguments,
    ) -> None:
        unknown = [name for name in given if name not in _OPTIONS]
        if unknown:
            raise TypeError(f"expected options of resume ({', '.join(_OPTIONS)}), but got {', '.join(unknown)}")
        self._response_id = _checked_id(response_id)
        self._after = checked_starting_after(starting_after)
        self._persistence = Persistence.of(given, max_retries, resume=True)
        self._on_malformed = checked_on_malformed(given.get("on_malformed"))
        self._retrieval = Retrieval(
            endpoint,
            plain_timeout(given.get("timeout", timeout)),
            given,
            include=_checked_include(given.get("include")),
            include_obfuscation=_checked_include_obfuscation(given.get("include_obfuscation")),
        )

    def course(self, max_event_bytes: int | None) -> Course:
        """Begin for one subscription."""
        splice = Splice(self._response_id, self._after)
        return Course(None, self._retrieval, self._persistence, splice, max_event_bytes, self._on_malformed)


def _checked_id(response_id: object) -> str:
    if not isinstance(response_id, str):
        raise TypeError(f"expected response_id to be a string, but got {type(response_id).__name__}")
    if not is_response_id(response_id):
        raise ValueError(f"expected response_id to be the id of a response, as resp_1, but got {response_id!r}")
    return response_id


def _checked_include(include: object) -> list[str] | None:
    if include is None:
        return None
    if isinstance(include, (list, tuple)):
        names = list(cast("list[object]", include))
        if all(isinstance(name, str) for name in names):
            return cast("list[str]", names)
    raise TypeError(f"expected include to be a list of strings, but got {include!r}")


def _checked_include_obfuscation(value: object) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise TypeError(f"expected include_obfuscation to be True or False, but got {value!r}")
