"""Strings within ``minLength``, ``maxLength``, ``pattern`` and ``format``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from rxstream.simulated.schemas.hints import Hints
from rxstream.simulated.schemas.patterns import sample_pattern

__all__ = ["sample_string"]

_WORDS = re.findall(
    r"\w+", "amber birch cedar delta ember fjord grove heron inlet juniper kelp lagoon maple nectar opal"
)
_ATTEMPTS = 50
_LONGEST = 100_000


def _day(random: Random) -> date:
    return date(2025, 1, 1) + timedelta(days=random.randrange(365))


def _moment(random: Random) -> str:
    moment = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=random.randrange(525_600))
    return moment.isoformat().replace("+00:00", "Z")


_FORMATS: dict[str, Callable[[Random], str]] = {
    "date": lambda random: _day(random).isoformat(),
    "date-time": _moment,
    "time": lambda random: f"{random.randrange(24):02}:{random.randrange(60):02}:00Z",
    "duration": lambda random: f"PT{random.randrange(1, 60)}M",
    "email": lambda random: f"{random.choice(_WORDS)}@example.com",
    "hostname": lambda random: f"{random.choice(_WORDS)}.example.com",
    "ipv4": lambda random: f"192.0.2.{random.randrange(1, 255)}",
    "ipv6": lambda random: f"2001:db8::{random.randrange(1, 9999)}",
    "uri": lambda random: f"https://example.com/{random.choice(_WORDS)}",
    "url": lambda random: f"https://example.com/{random.choice(_WORDS)}",
    "uuid": lambda random: str(UUID(int=random.getrandbits(128), version=4)),
}


def sample_string(schema: Mapping[str, Any], name: str, random: Random, hints: Hints) -> str:
    """Draw a string for the parameter ``name`` that satisfies the schema.

    Example:
        >>> sample_string({"type": "string"}, "city", Random(0), Hints.of("How is it in Oslo?"))
        'Oslo'
    """
    shortest = int(schema.get("minLength", 0))
    longest = min(int(schema.get("maxLength", _LONGEST)), _LONGEST)
    if shortest > longest:
        raise ValueError(f"expected minLength at most {longest}, but got {shortest}")
    if isinstance(schema.get("pattern"), str):
        return _matching(schema["pattern"], shortest, longest, random, hints)
    written = _FORMATS.get(str(schema.get("format")))
    if written is not None:
        return written(random)
    return hints.string(name, max(1, shortest), longest) or _invented(name, shortest, longest, random)


def _matching(pattern: str, shortest: int, longest: int, random: Random, hints: Hints) -> str:
    matcher = re.compile(pattern)
    hinted = next((text for text in hints.names if shortest <= len(text) <= longest and matcher.search(text)), None)
    if hinted is not None:
        return hinted
    text = ""
    for _ in range(_ATTEMPTS):
        text = sample_pattern(pattern, random)
        if len(text) < shortest and not pattern.endswith("$"):
            text += "x" * (shortest - len(text))
        if shortest <= len(text) <= longest and matcher.search(text):
            break
    return text


def _invented(name: str, shortest: int, longest: int, random: Random) -> str:
    subject = re.sub(r"[^a-z0-9]+", " ", name.lower()).strip()
    text = f"{random.choice(_WORDS)} {subject}".strip()[:longest]
    while len(text) < shortest:
        text += f" {random.choice(_WORDS)}"
    return text[:longest]
