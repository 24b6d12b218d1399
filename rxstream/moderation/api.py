"""A check by the API itself: ``POST /v1/moderations``."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, cast, overload

from rxstream.errors import StreamError
from rxstream.moderation.verdict import Verdict
from rxstream.sources import AsyncClient, Client

__all__ = ["moderation_check"]

_Thresholds = Mapping[str, float]


@overload
def moderation_check(
    client: Client, *, model: str = ..., thresholds: _Thresholds | None = ...
) -> Callable[[str], Verdict]: ...


@overload
def moderation_check(
    client: AsyncClient, *, model: str = ..., thresholds: _Thresholds | None = ...
) -> Callable[[str], Awaitable[Verdict]]: ...


def moderation_check(
    client: Client | AsyncClient, *, model: str = "omni-moderation-latest", thresholds: _Thresholds | None = None
) -> Callable[[str], Verdict] | Callable[[str], Awaitable[Verdict]]:
    """Make a check that asks the API's moderation, with the key and the connections of a client.

    A check of a :class:`~rxstream.Client` blocks while it asks; in asyncio, give an :class:`~rxstream.AsyncClient`. It
    waits for an answer as long as the client does (``timeout``), and asks once. Where the API cannot be asked, the
    check raises, and :func:`~rxstream.moderate` shows nothing that it should have passed.

    Args:
        client: The client; it stays yours.
        model: The moderation model.
        thresholds: For these categories, the score from which on a text is flagged. For all others, and where an answer
            has no score, the API decides.

    Returns:
        A check for :func:`~rxstream.moderate`; its verdict has the categories that are flagged, and the scores of all.

    Raises:
        TypeError: That is no client.

    Errors:
        Raised by the check. :class:`~rxstream.errors.APIStatusError`, :class:`~rxstream.errors.APIConnectionError`: as
        for any request. :class:`~rxstream.errors.StreamError`: the answer has no result.

    Example:
        >>> import httpx, rxstream
        >>> from rxstream.simulated import SimulatedTransport
        >>> with httpx.Client(transport=SimulatedTransport()) as http_client:
        ...     client = rxstream.Client(base_url="http://simulated/v1", http_client=http_client)
        ...     check = moderation_check(client)
        ...     check("Hello").flagged, check("FLAG-ME:violence").categories
        (False, ('violence',))
    """
    limits = dict(thresholds or {})

    def body(text: str) -> dict[str, Any]:
        return {"model": model, "input": _whole_characters(text)}

    if isinstance(client, AsyncClient):
        given = client

        async def ask(text: str) -> Verdict:
            return _verdict(await given.post("/moderations", body(text)), limits)

        return ask
    if not isinstance(client, Client):  # pyright: ignore[reportUnnecessaryIsInstance] # of callers without types
        raise TypeError(f"expected a Client or an AsyncClient, but got {type(client).__name__}")
    return lambda text: _verdict(client.post("/moderations", body(text)), limits)


def _whole_characters(text: str) -> str:
    """Return a text that UTF-8 can hold: half of a surrogate pair becomes a replacement character."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _verdict(answer: Mapping[str, Any], thresholds: _Thresholds) -> Verdict:
    results = answer.get("results")
    if not isinstance(results, list) or not results:
        raise StreamError(f"expected a moderation with results, but got the fields {', '.join(answer) or 'none'}")
    categories: list[str] = []
    scores: dict[str, float] = {}
    flagged = False
    for result in cast("list[Any]", results):
        if not isinstance(result, dict) or not isinstance(cast("dict[str, Any]", result).get("flagged"), bool):
            raise StreamError(f"expected a moderation result that says whether it is flagged, but got {result!r:.200}")
        found, said = _decide(cast("dict[str, Any]", result), thresholds)
        flagged = flagged or bool(found) or said
        categories += found
        scores |= _numbers(cast("dict[str, Any]", result).get("category_scores"))
    return Verdict(flagged=flagged, categories=tuple(dict.fromkeys(categories)), scores=scores)


def _decide(result: dict[str, Any], thresholds: _Thresholds) -> tuple[list[str], bool]:
    """Return the categories that count, and whether the result is flagged beside them."""
    scores = _numbers(result.get("category_scores"))
    named = result.get("categories")
    named = cast("dict[str, Any]", named) if isinstance(named, dict) else {}
    said = [name for name, value in named.items() if value is True]
    limits = {name: limit for name, limit in thresholds.items() if name in scores}  # without a score, the API decides
    by_score = [name for name, limit in limits.items() if scores[name] >= limit]
    found = [*(name for name in said if name not in limits), *by_score]
    # Flagged for no category that it names: then no threshold speaks against it.
    return found, result["flagged"] and not said


def _numbers(value: Any) -> dict[str, float]:
    items = cast("dict[str, Any]", value).items() if isinstance(value, dict) else ()
    return {name: float(score) for name, score in items if type(score) in (int, float) and not math.isnan(score)}
