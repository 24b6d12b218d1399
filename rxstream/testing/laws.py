"""The laws of this library's operators, for those of its users."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from typing import Any, cast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from reactivex import Observable, abc

from rxstream.testing.checks import CHECKS, LAWS, OF_BOTH
from rxstream.testing.differences import indented, shown
from rxstream.testing.example import Example
from rxstream.testing.influence import Influence, lost_last
from rxstream.testing.rig import Declared, Endless, HandSource, LawBroken, alone
from rxstream.testing.shelf import shelf_for

__all__ = ["LawBroken", "check_operator_laws"]

_SHRINKING_SECONDS = 30.0
_ENDLESS_SECONDS = 1.0
"""How long smaller examples are looked for; where timers go on for ever, each costs some tenths of a second."""


def check_operator_laws(
    operator_factory: Callable[[], Callable[[Observable[Any]], Observable[Any]]],
    strategy: st.SearchStrategy[list[Any]],
    *,
    expected: Callable[[list[Any]], Iterable[Any]] | None = None,
    held_back: bool = False,
    lets_go: bool = False,
    ends_early: bool = False,
    errors_are_values: bool = False,
    handles_errors: bool = False,
    returns_refusals: bool = False,
    multicasts: bool = False,
    drops_last: bool = False,
    own_errors: type[Exception] | tuple[type[Exception], ...] = (),
    poison: Callable[[Exception], Any] | None = None,
    silent: bool = False,
    seconds_between: float = 0.0,
    max_examples: int = 50,
) -> None:
    """Assert that an operator keeps the laws that all operators of this library keep.

    ::

        2   cold: two subscriptions are independent
        3   prompt: what is emitted depends on what has come, on all of it, and comes at once
        4   an error of the source passes once, unchanged
        5   an error of its own goes to on_error, and the source is released
        6   dispose reaches the source and the timers at once, and silences the operator
        7   it ends once, and nothing comes after the end
        12  what is emitted is a value, which nothing changes later
        13  the source is given the scheduler of the subscription

    The numbers are those of the list of laws by which the library itself is tested. Everything runs in virtual time, on
    the scheduler with which the operator is subscribed to. What no law can know is which items are the right ones: give
    ``expected`` where that is easily said of a list.

    Hypothesis is set up as for any other test: by the profile that is loaded, and by the ``@settings`` of the test that
    calls this (health checks, phases, database and so on), save for ``max_examples`` and the deadline, of which there
    is none. From its database, the next run takes an example that broke a law, and tries it first; ``st.just`` of a
    list tries that one only. Within a ``@given`` of your own, suppress ``HealthCheck.nested_given`` there.

    Args:
        operator_factory: Makes the operator: ``my_operator``, or ``lambda: my_operator(3)``.
        strategy: A Hypothesis strategy of lists of items, at which the operator has something to emit:
            ``responses(kinds=["message"])`` rather than ``responses()``, of which three in ten have text.
        expected: What the operator emits for a list of items, by the time it has completed.
        held_back: At completion it may emit what waited.
        lets_go: It does so before an error too.
        ends_early: It may complete before its source, and releases it then.
        errors_are_values: Errors are emitted as items, and it completes.
        handles_errors: It does something about an error of its source, as ``retry`` and ``catch`` do.
        returns_refusals: What an observer raises may come back to it by ``on_error``, as it does in ``flat_map``, where
            a source of Rx emits.
        multicasts: All subscribers share one subscription to the source; what came is told to those who come late.
        drops_last: What it emits is about earlier items, and the last one never counts.
        own_errors: Errors that it may end with, of items that the strategy makes.
        silent: It never emits anything. Where that is not declared, and nothing is emitted in any example, the laws
            would hold of nothing: that is an error.
        poison: Makes an item at which the operator raises the error that is given. By default an object, or an event,
            that raises when anything in it is read.
        seconds_between: How far virtual time goes on after each item. It stands still by default, and nothing is ever
            too late; above what the operator waits, whatever it has set out to do is done before the next item comes.
        max_examples: How many examples each law is tried on.

    Raises:
        LawBroken: An ``AssertionError`` that names the law and shows the smallest example that was found.
        TypeError: There is no factory (but an operator, for instance), or no strategy of lists.
        ValueError: Nothing was emitted in any example.

    Example:
        >>> from hypothesis import strategies as st
        >>> from reactivex import operators as rx
        >>> check_operator_laws(lambda: rx.map(lambda number: 2 * number), st.lists(st.integers()), max_examples=10)
        >>> def total():
        ...     sums = [0]  # lives as long as the operator, which is longer than a subscription
        ...     def add(number):
        ...         sums[0] += number
        ...         return sums[0]
        ...     return rx.map(add)
        >>> check_operator_laws(total, st.lists(st.integers(0, 3)))
        Traceback (most recent call last):
        rxstream.testing.rig.LawBroken: law 2 is broken (cold: two subscriptions are independent)
        expected a second subscription to emit what the first one did, [1], but got [2]
        items:
          1
    """
    if not callable(operator_factory):
        raise TypeError(f"expected a function that makes the operator, but got {type(operator_factory).__name__}")
    if not isinstance(cast(object, strategy), st.SearchStrategy):
        raise TypeError(f"expected a Hypothesis strategy of lists, but got {type(strategy).__name__}")
    declared = Declared(
        make=operator_factory,
        held_back=held_back,
        lets_go=lets_go,
        ends_early=ends_early,
        errors_are_values=errors_are_values,
        handles_errors=handles_errors,
        returns_refusals=returns_refusals,
        multicasts=multicasts,
        drops_last=drops_last,
        own_errors=own_errors if isinstance(own_errors, tuple) else (own_errors,),
        poison=poison,
        expected=expected,
        seconds_between=seconds_between,
    )
    _check_factory(operator_factory)
    _search(declared, strategy, max_examples, silent=silent)


def _check_factory(operator_factory: Callable[[], Any]) -> None:
    """Make the operator and apply it once, before anything is drawn.

    Raises:
        TypeError: That cannot be done; most likely an operator was given, not what makes one.
    """
    expected = "expected a function without arguments that makes an operator, such as `lambda: my_operator()`"
    try:
        operator = operator_factory()
    except TypeError as error:
        raise TypeError(f"{expected}, but calling it raised {error}") from error
    if not callable(operator):
        raise TypeError(f"{expected}, but it makes {shown(operator)}")
    try:
        applied: object = operator(HandSource())
    except TypeError as error:
        raise TypeError(f"{expected}, but applying what it makes to an Observable raised {error}") from error
    if not isinstance(applied, abc.ObservableBase):
        raise TypeError(f"{expected}, but what it makes returns {type(applied).__name__}, not an Observable")


def _search(declared: Declared, strategy: st.SearchStrategy[list[Any]], max_examples: int, *, silent: bool) -> None:
    influence = Influence(declared)
    seen: list[LawBroken] = []
    broken_by: list[Callable[[Declared, Example], None]] = []
    is_silent, latest = True, math.inf

    @settings(
        max_examples=max_examples,
        deadline=None,  # of an example that is tried on all laws, a time limit would say nothing
        report_multiple_bugs=False,
        suppress_health_check={*settings().suppress_health_check, HealthCheck.too_slow, HealthCheck.data_too_large},
        **cast(Any, shelf_for(declared.make)),
    )
    @given(_examples(strategy))
    def holds(example: Example) -> None:
        nonlocal is_silent, latest
        if time.monotonic() > latest:
            return
        for check in broken_by or CHECKS:
            try:
                check(declared, example)
            except LawBroken as broken:
                seen.append(_told(broken, example.items, example.others if check in OF_BOTH else []))
                if not broken_by:
                    broken_by.append(check)  # of smaller examples, it is asked whether they break that law
                    latest = time.monotonic() + (
                        _ENDLESS_SECONDS if isinstance(broken, Endless) else _SHRINKING_SECONDS
                    )
                raise seen[-1] from broken.__cause__
        is_silent = is_silent and not emits(declared, example.items)
        if not declared.drops_last:
            influence.look(example)

    try:
        holds()
    except LawBroken as broken:
        broken.__notes__ = []  # what Hypothesis adds says the same again
        raise
    except Flaky as error:
        if not seen:  # what differs from run to run is not a law: the strategy, or something that is no law at all
            raise
        # State that outlives a subscription makes an example pass the second time, and so does the end of patience.
        smallest = min(seen, key=lambda broken: len(str(broken)))
        smallest.__notes__ = []
        raise smallest from smallest.__cause__ or error
    lost = influence.check()
    if lost is not None and not declared.drops_last:
        raise _told(lost_last(), lost, [])
    if is_silent and not silent:
        raise ValueError(
            f"expected a strategy at which the operator emits something, but in {max_examples} examples it did not: "
            "the laws would hold of nothing (silent=True declares an operator that never emits)"
        )


@st.composite
def _examples(draw: st.DrawFn, strategy: st.SearchStrategy[list[Any]]) -> Example:
    drawn: list[Any] = [draw(strategy), draw(strategy)]
    for each in drawn:
        if not isinstance(each, (list, tuple)):
            raise TypeError(f"expected a Hypothesis strategy of lists of items, but it made {shown(each)}")
    items, others = map(list, drawn)
    order = draw(st.permutations([0] * len(items) + [1] * len(others)))
    return Example(items, others, list(order), draw(st.integers(0, len(items))))


def emits(declared: Declared, items: list[Any]) -> bool:
    """Tell whether an operator emits anything of some items."""
    try:
        return bool(alone(declared, items, complete=True).views())
    except LawBroken:
        return True


def _told(broken: LawBroken, items: list[Any], others: list[Any]) -> LawBroken:
    lines = [f"law {broken.law} is broken ({LAWS[broken.law]})", broken.what]
    if settings().database is not None:
        lines.append("(the next run tries these items first)")
    elif not settings().derandomize:
        lines.append("(the settings of Hypothesis keep no examples: st.just([...]) as the strategy tries these again)")
    lines += ["items:", indented(items)]
    if others:
        lines += ["items of a second source:", indented(others)]
    return LawBroken(broken.law, broken.what, "\n".join(lines))
