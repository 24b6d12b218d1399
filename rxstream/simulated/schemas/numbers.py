"""Numbers within ``minimum``, ``maximum`` and ``multipleOf``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from random import Random
from typing import Any

from rxstream.simulated.schemas.hints import Hints

__all__ = ["sample_integer", "sample_number"]

_SPAN = 100


def sample_integer(schema: Mapping[str, Any], random: Random, hints: Hints) -> int:
    """Draw an integer that satisfies the schema."""
    step = _step(schema, whole=True)
    return int(_sample(schema, random, hints, step, whole=True))


def sample_number(schema: Mapping[str, Any], random: Random, hints: Hints) -> int | float:
    """Draw a number that satisfies the schema; a whole one is given as an integer."""
    value = _sample(schema, random, hints, _step(schema, whole=False), whole=False)
    return int(value) if value.denominator == 1 else float(value)


def _step(schema: Mapping[str, Any], *, whole: bool) -> Fraction:
    wanted = Fraction(str(schema["multipleOf"])) if "multipleOf" in schema else None
    if wanted is None:
        return Fraction(1) if whole else Fraction(1, 2)
    # A whole multiple of p/q, in lowest terms, is a multiple of p.
    return Fraction(wanted.numerator) if whole else wanted


def _sample(schema: Mapping[str, Any], random: Random, hints: Hints, step: Fraction, *, whole: bool) -> Fraction:
    low, high = _bound(schema, "minimum", "exclusiveMinimum"), _bound(schema, "maximum", "exclusiveMaximum")
    lowest, highest = _limits(schema, low, high, step)
    if lowest > highest and "multipleOf" not in schema and not whole:
        # A gap narrower than the step: its middle lies strictly inside.
        return ((low or Fraction(0)) + (high or Fraction(0))) / 2
    hinted = hints.number(
        -math.inf if low is None else float(lowest), math.inf if high is None else float(highest), whole
    )
    if hinted is not None and ("multipleOf" not in schema or (Fraction(str(hinted)) / step).denominator == 1):
        return Fraction(str(hinted))
    return lowest + step * random.randint(0, max(0, int((highest - lowest) // step)))


def _bound(schema: Mapping[str, Any], inclusive: str, exclusive: str) -> Fraction | None:
    found = [Fraction(str(schema[key])) for key in (inclusive, exclusive) if isinstance(schema.get(key), int | float)]
    return (max if inclusive == "minimum" else min)(found) if found else None


def _limits(
    schema: Mapping[str, Any], low: Fraction | None, high: Fraction | None, step: Fraction
) -> tuple[Fraction, Fraction]:
    if low is None:
        low = Fraction(0) if high is None or high > 0 else high - _SPAN * step
    if high is None:
        high = low + _SPAN * step
    first, last = math.ceil(low / step) * step, math.floor(high / step) * step
    if first == low and _is_excluded(schema, "exclusiveMinimum", low):
        first += step
    if last == high and _is_excluded(schema, "exclusiveMaximum", high):
        last -= step
    return first, last


def _is_excluded(schema: Mapping[str, Any], key: str, bound: Fraction) -> bool:
    return isinstance(schema.get(key), int | float) and Fraction(str(schema[key])) == bound
