"""What two items are compared by."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
import reactivex

from rxstream.testing.view import view


class Status(Enum):
    """A choice."""

    OK = 1
    BAD = 2


@dataclass
class Row:
    """One that may hold itself."""

    status: Status
    next: Any = None


class Node:
    """One of a tree, which knows its parent."""

    def __init__(self, number: int, parent: Node | None = None) -> None:
        self.number = number
        self.parent = parent
        self.children = [] if parent else [Node(number + 1, self)]


class Slotted:
    """Nothing but a slot, and one that is empty."""

    __slots__ = ("empty", "number")

    def __init__(self, number: int) -> None:
        self.number = number


class Array:
    """As those of numpy: whether two are equal is not one answer."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, number: int) -> None:
        self.numbers = [number]

    def __eq__(self, other: object) -> Any:
        raise ValueError("the truth value of an array with more than one element is ambiguous")


def _ring(number: int) -> Row:
    row = Row(Status(number))
    row.next = row
    return row


def _deep(number: int) -> list[Any]:
    made: list[Any] = [number]
    for _ in range(5000):
        made = [made]
    return made


MAKERS: list[Callable[[int], Any]] = [
    Status,
    Row,
    Node,
    Slotted,
    Array,
    _ring,
    lambda number: {Slotted(number)},
    Decimal,
]


@pytest.mark.parametrize("make", MAKERS)
def test_two_items_that_say_the_same_are_equal_and_others_are_not(make: Callable[[int], Any]):
    """Whatever the items are, and whether they can be compared themselves or not."""
    assert view(make(1)) == view(make(1))
    assert view(make(1)) != view(make(2))


@pytest.mark.parametrize(
    "make",
    [
        lambda: iter([1]),
        lambda: (number for number in (1,)),
        lambda: reactivex.of(1),
        threading.Lock,
        object,
        lambda: Decimal("nan"),
        lambda: _deep(1),
    ],
    ids=["iterator", "generator", "observable", "lock", "object", "nan", "deep"],
)
def test_what_does_not_let_one_look_is_not_told_apart(make: Callable[[], Any]):
    """Two of them are equal, rather than different each time."""
    assert view(make()) == view(make())


@pytest.mark.parametrize("kind", [Status, Row, Node, int, pytest])
def test_a_class_is_itself(kind: Any):
    """It is not taken for one of its instances."""
    assert view(kind) is kind


@pytest.mark.parametrize(
    ("item", "change"),
    [
        (deque([1]), lambda item: item.append(2)),
        (bytearray(b"a"), lambda item: item.append(2)),
        (Slotted(1), lambda item: setattr(item, "number", 2)),
        (Node(1), lambda item: item.children.clear()),
    ],
    ids=["deque", "bytearray", "slots", "tree"],
)
def test_a_later_change_of_the_item_does_not_reach_its_view(item: Any, change: Callable[[Any], None]):
    """So that the change can be seen."""
    before = view(item)
    change(item)
    assert view(item) != before
