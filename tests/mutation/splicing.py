"""Putting an error into functions that are there already, so that nothing has to be imported again."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from types import CodeType, FunctionType

__all__ = ["functions_of", "splice"]

_Place = tuple[str, int]
"""The qualified name of a function, and its first line."""


def functions_of(file: str) -> dict[_Place, list[FunctionType]]:
    """Find the functions that came from a file.

    Args:
        file: Its absolute path.
    """
    found: dict[_Place, list[FunctionType]] = {}
    for thing in gc.get_objects():
        if type(thing) is FunctionType and thing.__code__.co_filename == file:
            found.setdefault(_place(thing.__code__), []).append(thing)
    return found


def splice(original: CodeType, mutated: CodeType, functions: Mapping[_Place, list[FunctionType]]) -> bool:
    """Give functions the code of a mutated module; return whether that has put the error in.

    Args:
        original: The compiled module.
        mutated: The same with an error, each function in its old place.
        functions: Those of the module.
    """
    before, after = _by_place(original), _by_place(mutated)
    changed = False
    for place, holders in functions.items():
        old, new = before[place], after.get(place, [])
        if old == new:
            continue
        if len(old) != 1 or len(new) != 1 or old[0].co_freevars != new[0].co_freevars:
            return False  # two on one line, or other variables round it: only an import gets that right
        for function in holders:
            function.__code__ = new[0]
        changed = True
    return changed


def _by_place(module: CodeType) -> dict[_Place, list[CodeType]]:
    found: dict[_Place, list[CodeType]] = {}
    for code in _codes(module):
        found.setdefault(_place(code), []).append(code)
    return found


def _place(code: CodeType) -> _Place:
    return code.co_qualname, code.co_firstlineno


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)
