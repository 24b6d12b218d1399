"""``POST /v1/moderations``: what the simulated model says of a text, by a rule that a test can foretell."""

from __future__ import annotations

import hashlib
import re
from typing import Any, cast

from rxstream.simulated.http_errors import SimulatedHTTPError, api_error

__all__ = ["CATEGORIES", "moderate_input"]

CATEGORIES = (
    "harassment",
    "harassment/threatening",
    "hate",
    "hate/threatening",
    "illicit",
    "illicit/violent",
    "self-harm",
    "self-harm/instructions",
    "self-harm/intent",
    "sexual",
    "sexual/minors",
    "violence",
    "violence/graphic",
)
_OF_TEXT_ALONE = ("harassment", "hate", "illicit", "sexual/minors")
_WORDS = {"idiot": "harassment", "bomb": "illicit/violent", "kill": "violence", "murder": "violence"}
_MARK = re.compile(r"FLAG-ME(?::([a-z/-]+))?")
_WORD = re.compile(r"\w+")
_MODELS = ("omni-moderation-latest", "omni-moderation-2024-09-26", "text-moderation-latest", "text-moderation-stable")


def moderate_input(body: Any) -> dict[str, Any]:
    """Answer the body of a moderation request.

    A text is flagged for ``violence`` where it has ``FLAG-ME``, for another category where it has
    ``FLAG-ME:CATEGORY``, and where it has one of the words ``idiot`` (harassment), ``bomb`` (illicit/violent),
    ``kill`` or ``murder`` (violence). The score of a flagged category is 0.9; all others are below 0.01.

    Args:
        body: The parsed JSON of the request: ``input`` is a text, several texts (a result for each), or parts of
            type ``text`` and ``image_url`` (one result; images are never flagged).

    Raises:
        SimulatedHTTPError: It is no such request.

    Example:
        >>> answer = moderate_input({"input": "I will kill the process"})
        >>> [name for name, flagged in answer["results"][0]["categories"].items() if flagged]
        ['violence']
    """
    if not isinstance(body, dict):
        raise api_error(400, "Invalid request: expected an object.")
    request = cast("dict[str, Any]", body)
    model = request.get("model", _MODELS[0])
    if not isinstance(model, str) or model not in _MODELS:
        raise api_error(404, f"The model '{model}' does not exist.", param="model", code="model_not_found")
    results = [_result(*given) for given in _inputs(request.get("input"))]
    digest = hashlib.sha256(repr((model, request["input"])).encode("utf-8", "surrogatepass")).hexdigest()
    return {"id": f"modr-{digest[:32]}", "model": model, "results": results}


def _inputs(value: Any) -> list[tuple[str, tuple[str, ...]]]:
    """Return the text of each input, and the types of what it was made of."""
    if isinstance(value, str):
        return [(value, ("text",))]
    if not isinstance(value, list) or not value:
        raise _invalid("a string or an array that is not empty")
    given_parts = cast("list[Any]", value)
    if all(isinstance(one, str) for one in given_parts):
        return [(one, ("text",)) for one in given_parts]
    texts: list[str] = []
    types: list[str] = []
    for given in given_parts:
        part = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
        text = part.get("text")
        if part.get("type") == "text" and isinstance(text, str):
            texts.append(text)
            types.append("text")
        elif part.get("type") == "image_url":
            types.append("image")
        else:
            raise _invalid("strings, or parts of type text or image_url")
    return [("\n".join(texts), tuple(dict.fromkeys(types)))]


def _invalid(expected: str) -> SimulatedHTTPError:
    return api_error(400, f"Invalid 'input': expected {expected}.", param="input", code="invalid_type")


def _result(text: str, types: tuple[str, ...]) -> dict[str, Any]:
    found = {match[1] or "violence" for match in _MARK.finditer(text)}
    found |= {_WORDS[word] for word in _WORD.findall(text.lower()) if word in _WORDS}
    flagged = {category: category in found for category in CATEGORIES}
    return {
        "flagged": any(flagged.values()),
        "categories": flagged,
        "category_scores": {
            category: 0.9 if is_flagged else _low_score(category, text) for category, is_flagged in flagged.items()
        },
        "category_applied_input_types": {
            category: [kind for kind in types if kind == "text" or not category.startswith(_OF_TEXT_ALONE)]
            for category in CATEGORIES
        },
    }


def _low_score(category: str, text: str) -> float:
    digest = hashlib.sha256(f"{category}:{text}".encode("utf-8", "surrogatepass")).digest()
    return digest[0] / 25_600
