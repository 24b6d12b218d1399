"""One value, or all, out of an Observable."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar, overload

import reactivex
from reactivex import Observable
from reactivex.internal.exceptions import SequenceContainsNoElementsError

from rxstream.reactive.iterate import iterate
from rxstream.reactive.iterate_sync import iterate_sync
from rxstream.reactive.lift import Operator

__all__ = ["collect", "collect_now", "collect_sync", "first", "first_sync", "last", "last_sync"]

_A = TypeVar("_A")
_B = TypeVar("_B")
_D = TypeVar("_D")
_T = TypeVar("_T")

_NONE: Any = object()


@overload
async def first(source: Observable[_T]) -> _T: ...
@overload
async def first(source: Observable[_T], *, default: _D) -> _T | _D: ...
async def first(source: Observable[_T], *, default: Any = _NONE) -> Any:
    """Return the first item, and dispose.

    Args:
        source: The Observable.
        default: What to return where it completes without an item.

    Raises:
        SequenceContainsNoElementsError: The Observable completed without an item, and there is no default.
        Exception: The error of the Observable, where it comes first.

    Example:
        >>> import asyncio, reactivex
        >>> asyncio.run(first(reactivex.of(1, 2, 3)))
        1
    """
    async with iterate(source, limit=1) as items:
        async for item in items:
            return item
    return _only([], default)


@overload
async def last(source: Observable[_T]) -> _T: ...
@overload
async def last(source: Observable[_T], *, default: _D) -> _T | _D: ...
async def last(source: Observable[_T], *, default: Any = _NONE) -> Any:
    """Return the last item, when the Observable completes.

    Args:
        source: The Observable.
        default: What to return where it completes without an item.

    Raises:
        SequenceContainsNoElementsError: The Observable completed without an item, and there is no default.
        Exception: The error of the Observable.

    Example:
        >>> import asyncio, reactivex
        >>> asyncio.run(last(reactivex.of(1, 2, 3)))
        3
    """
    found: list[_T] = []
    async with iterate(source) as items:
        async for item in items:
            found[:] = [item]
    return _only(found, default)


async def collect(source: Observable[_T]) -> list[_T]:
    """Return all items, when the Observable completes.

    Raises:
        Exception: The error of the Observable.

    Example:
        >>> import asyncio, reactivex
        >>> asyncio.run(collect(reactivex.of(1, 2, 3)))
        [1, 2, 3]
    """
    async with iterate(source) as items:
        return [item async for item in items]


@overload
def first_sync(source: Observable[_T]) -> _T: ...
@overload
def first_sync(source: Observable[_T], *, default: _D) -> _T | _D: ...
def first_sync(source: Observable[_T], *, default: Any = _NONE) -> Any:
    """Return the first item, and dispose; :func:`first` without asyncio.

    Example:
        >>> import reactivex
        >>> first_sync(reactivex.of(1, 2, 3))
        1
    """
    with iterate_sync(source) as items:
        for item in items:
            return item
    return _only([], default)


@overload
def last_sync(source: Observable[_T]) -> _T: ...
@overload
def last_sync(source: Observable[_T], *, default: _D) -> _T | _D: ...
def last_sync(source: Observable[_T], *, default: Any = _NONE) -> Any:
    """Return the last item, when the Observable completes; :func:`last` without asyncio.

    Example:
        >>> import reactivex
        >>> last_sync(reactivex.of(1, 2, 3)), last_sync(reactivex.empty(), default=0)
        (3, 0)
    """
    found: list[_T] = []
    with iterate_sync(source) as items:
        for item in items:
            found[:] = [item]
    return _only(found, default)


def collect_sync(source: Observable[_T]) -> list[_T]:
    """Return all items, when the Observable completes; :func:`collect` without asyncio.

    Example:
        >>> import reactivex
        >>> collect_sync(reactivex.of(1, 2, 3))
        [1, 2, 3]
    """
    with iterate_sync(source) as items:
        return list(items)


def collect_now(operator: Operator[_A, _B], items: Iterable[_A]) -> list[_B]:
    """Apply an operator to a list of items and return what it emits: for tests, prototypes and examples.

    Args:
        operator: The operator, or several that were joined by ``reactivex.compose``.
        items: What the source emits before it completes; nothing is demanded of them.

    Raises:
        Exception: The error that the operator emits.

    Example:
        >>> from reactivex import operators
        >>> collect_now(operators.map(str), [1, 2])
        ['1', '2']
    """
    return collect_sync(operator(reactivex.from_iterable(items)))


def _only(found: list[_T], default: Any) -> Any:
    if found:
        return found[0]
    if default is _NONE:
        raise SequenceContainsNoElementsError
    return default
