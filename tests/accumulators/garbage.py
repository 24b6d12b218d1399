"""Events that are almost right: strategies that spoil valid ones."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.accumulators.script import EVERY_FAMILY

EXAMPLES: list[dict[str, Any]] = list({event["type"]: event for event in EVERY_FAMILY}.values())
"""One event of each type."""

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A busy machine fails no property."""

HALVES = st.sampled_from(["\ud83d", "\ude00", "a\ud83d", "\ude00b", "\ud83dx\ude00"])

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([-1, 2**63, 10**4_000, 1e308, 5e-324])
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | HALVES
)
json_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        found += _paths(child, (*path, key))
    return found


def _parent(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path[:-1]:
        value = value[key]
    return value


@st.composite
def mangled(draw: st.DrawFn, examples: st.SearchStrategy[dict[str, Any]], most: int = 3) -> dict[str, Any]:
    """An event of which some values, anywhere in it, are replaced, removed or added to."""
    value = copy.deepcopy(draw(examples))
    for _ in range(draw(st.integers(0, most))):
        paths = _paths(value)
        if not paths:
            break
        path = draw(st.sampled_from(paths))
        parent = _parent(value, path)
        what = draw(st.sampled_from(["replace", "remove", "add"]))
        if what == "replace":
            parent[path[-1]] = draw(json_values)
        elif what == "remove":
            del parent[path[-1]]
        elif isinstance(parent, dict):
            parent[draw(st.text(max_size=5) | HALVES | st.sampled_from(["type", "id", "value"]))] = draw(json_values)
        else:
            parent.insert(path[-1], draw(json_values))
    return value


@st.composite
def with_halves(draw: st.DrawFn, examples: st.SearchStrategy[dict[str, Any]]) -> dict[str, Any]:
    """An event of which some strings, anywhere but in a type, hold half of a surrogate pair."""
    value = copy.deepcopy(draw(examples))
    value[draw(HALVES)] = [draw(HALVES), {draw(HALVES): draw(HALVES)}]
    for path in _paths(value):
        parent = _parent(value, path)
        if isinstance(parent[path[-1]], str) and path[-1] != "type" and draw(st.booleans()):
            parent[path[-1]] = draw(HALVES)
    return value
