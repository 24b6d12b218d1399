"""Operators that choose events."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any, TypeVar, overload

from rxstream.events import ResponseEvent, ResponseStreamEvent
from rxstream.events.base import EVENT_CLASSES
from rxstream.reactive import NOTHING, IterableOperator, Nothing, lift_step

__all__ = ["in_item", "of_type"]

_E1 = TypeVar("_E1", bound=ResponseEvent)
_E2 = TypeVar("_E2", bound=ResponseEvent)
_E3 = TypeVar("_E3", bound=ResponseEvent)
_E4 = TypeVar("_E4", bound=ResponseEvent)


@overload
def of_type(  # type: ignore[overload-overlap] # pyright: ignore[reportOverlappingOverload]
    event_class: type[_E1], /
) -> IterableOperator[ResponseStreamEvent, _E1]: ...


@overload
def of_type(first: type[_E1], second: type[_E2], /) -> IterableOperator[ResponseStreamEvent, _E1 | _E2]: ...


@overload
def of_type(
    first: type[_E1], second: type[_E2], third: type[_E3], /
) -> IterableOperator[ResponseStreamEvent, _E1 | _E2 | _E3]: ...


@overload
def of_type(
    first: type[_E1], second: type[_E2], third: type[_E3], fourth: type[_E4], /
) -> IterableOperator[ResponseStreamEvent, _E1 | _E2 | _E3 | _E4]: ...


@overload
def of_type(*kinds: type[ResponseEvent] | str) -> IterableOperator[ResponseStreamEvent, ResponseStreamEvent]: ...


def of_type(*kinds: type[ResponseEvent] | str) -> IterableOperator[ResponseStreamEvent, Any]:
    """Emit the events of the given types alone.

    ::

        --delta(Hel)--done(Hello)--delta(!)--|
        [      of_type(ResponseTextDeltaEvent)      ]
        --delta(Hel)---------------delta(!)--|

    Keeps: nothing.

    Args:
        kinds: Event classes, which narrow the type of what comes out, or wire names, which may hold the wildcards of
            :mod:`fnmatch`: ``"response.output_text.*"``. Any number of both.

    Returns:
        An operator from events to events of these types.

    Raises:
        TypeError: No kind was given, or one is neither an event class nor a string.

    Errors:
        None of its own; those of the source pass unchanged.

    Example:
        >>> from rxstream import collect_now
        >>> from rxstream.events import ResponseTextDeltaEvent, ResponseTextDoneEvent
        >>> events = [ResponseTextDeltaEvent(delta="Hel"), ResponseTextDoneEvent(text="Hello")]
        >>> [event.delta for event in collect_now(of_type(ResponseTextDeltaEvent), events)]
        ['Hel']
        >>> len(collect_now(of_type("response.output_text.*"), events))
        2
    """
    if not kinds:
        raise TypeError("expected at least one event class or wire name, but got none")
    classes: list[type[ResponseEvent]] = []
    names: list[str] = []
    for kind in kinds:
        if isinstance(kind, str):
            names.append(kind)
        elif isinstance(kind, type) and issubclass(kind, ResponseEvent):  # pyright: ignore[reportUnnecessaryIsInstance]
            classes.append(kind)
        else:
            raise TypeError(f"expected an event class or a wire name, but got {kind!r}")
    return lift_step(lambda: _OfType(tuple(classes), tuple(names)))


class _OfType:
    def __init__(self, classes: tuple[type[ResponseEvent], ...], names: tuple[str, ...]) -> None:
        self._classes = classes
        self._names = names
        self._known: dict[tuple[type[ResponseEvent], str], bool] = {}

    def step(self, event: ResponseStreamEvent) -> ResponseStreamEvent | Nothing:
        kind = (type(event), event.type)
        wanted = self._known.get(kind)
        if wanted is None:
            wanted = isinstance(event, self._classes) or any(fnmatchcase(event.type, name) for name in self._names)
            if event.type in EVENT_CLASSES:  # other names come from the server, without bound
                self._known[kind] = wanted
        return event if wanted else NOTHING

    def close(self) -> tuple[()]:
        return ()


def in_item(output_index: int) -> IterableOperator[ResponseStreamEvent, ResponseStreamEvent]:
    """Emit the events of one output item alone.

    ::

        --(0, Hel)--(1, x)--(0, lo)--|
        [        in_item(0)          ]
        --(0, Hel)----------(0, lo)--|

    Events of the response as a whole belong to no item and are left out.

    Keeps: nothing.

    Args:
        output_index: The item's place in the response's output, from 0.

    Returns:
        An operator from events to events.

    Raises:
        TypeError: ``output_index`` is no whole number.
        ValueError: It is negative.

    Errors:
        None of its own; those of the source pass unchanged.

    Example:
        >>> from rxstream import collect_now
        >>> from rxstream.events import ResponseTextDeltaEvent
        >>> events = [ResponseTextDeltaEvent(output_index=0, delta="Hel"),
        ...           ResponseTextDeltaEvent(output_index=1, delta="x")]
        >>> [event.delta for event in collect_now(in_item(0), events)]
        ['Hel']
    """
    if not isinstance(output_index, int):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"expected an output_index from 0, but got {output_index!r}")
    if output_index < 0:
        raise ValueError(f"expected an output_index from 0, but got {output_index}")
    return lift_step(lambda: _InItem(output_index))


class _InItem:
    def __init__(self, output_index: int) -> None:
        self._output_index = output_index

    def step(self, event: ResponseStreamEvent) -> ResponseStreamEvent | Nothing:
        return event if getattr(event, "output_index", None) == self._output_index else NOTHING

    def close(self) -> tuple[()]:
        return ()
