"""The operator that ends a response when enough has come."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from reactivex import Observable, abc
from reactivex.disposable import Disposable, SingleAssignmentDisposable

from rxstream.accumulators.budget import TextBudget
from rxstream.accumulators.content import TERMINAL
from rxstream.accumulators.pieces import split_piece
from rxstream.accumulators.response import ResponseAccumulator
from rxstream.accumulators.text import OUTPUT_TEXT, REASONING, REFUSAL
from rxstream.events import ResponseStreamEvent, parse_event
from rxstream.models.response import Response
from rxstream.operators.limits import check_limits
from rxstream.reactive import Clock, IterableObservable, IterableOperator

__all__ = ["take_until_budget"]

_SHOWN = OUTPUT_TEXT + REFUSAL
_CHARACTERS_PER_TOKEN = 4


def take_until_budget(
    *,
    characters: int | None = None,
    tokens: int | None = None,
    seconds: float | None = None,
    count_tokens: Callable[[str], int] | None = None,
    scheduler: abc.SchedulerBase | None = None,
) -> IterableOperator[ResponseStreamEvent, ResponseStreamEvent]:
    """Emit the events until a budget is used up, then ``response.incomplete``, and complete.

    ::

        --created--"Hel"--"lo"------------"!"--completed--|
        [         take_until_budget(characters=4)         ]
        --created--"Hel"--"l"incomplete|

    The delta that exceeds the budget is cut, never within a character; an event that brings such text as a whole is
    left out. The source is disposed of, which closes the request. The last event is made here: a
    ``response.incomplete`` with the response so far, whose ``incomplete_details.reason`` is ``budget_characters``,
    ``budget_tokens`` or ``budget_seconds``. A response that ends within its budget passes unchanged.

    Characters of output text and refusals are counted. Tokens are counted of the reasoning and its summaries too, where
    they are streamed; those of secret reasoning are not seen here (``max_output_tokens`` of the request counts them).
    Arguments of calls are not counted. In a stream of several responses, the budget is one for all.

    Keeps: the response.

    Args:
        characters: How many characters may come. Not limited by default.
        tokens: How many tokens may come. Without ``count_tokens`` that is an estimate, one for four characters, which
            is too low for most scripts but the Latin one. Not limited by default.
        seconds: The time from the subscription to the end of the response. Not limited by default.
        count_tokens: Returns the number of tokens of a text. Each delta is counted by itself.
        scheduler: The clock; by default the scheduler of the subscription, or else the event loop, or a thread.

    Returns:
        An operator that emits what the source emits, as far as the budget goes.

    Raises:
        ValueError: No limit is given, or one is not above 0, or ``count_tokens`` without ``tokens``.
        TypeError: A limit is not a number, or one of characters or tokens not a whole one; or ``count_tokens`` is no
            function.

    Errors:
        What ``count_tokens`` raises; those of the source pass unchanged.

    Example:
        >>> from rxstream import collect_now
        >>> from rxstream.events import ResponseTextDeltaEvent
        >>> events = [ResponseTextDeltaEvent(output_index=0, delta=delta) for delta in ("Hel", "lo", "!")]
        >>> *deltas, end = collect_now(take_until_budget(characters=4), events)
        >>> [event.delta for event in deltas]
        ['Hel', 'l']
        >>> end.response.status, end.response.incomplete_details.reason, end.response.output_text
        ('incomplete', 'budget_characters', 'Hell')
    """
    check_limits(characters=characters, tokens=tokens, seconds=seconds)
    for name, limit in (("characters", characters), ("tokens", tokens)):
        if isinstance(limit, float):
            raise TypeError(f"expected {name} to be a whole number, but got {limit}")
    if count_tokens is not None and not callable(count_tokens):
        raise TypeError(f"expected count_tokens to be a function, but got {type(count_tokens).__name__}")
    if count_tokens is not None and tokens is None:
        raise ValueError("expected tokens beside count_tokens, but got none")

    def budgets() -> dict[str, TextBudget]:
        made: dict[str, TextBudget] = {}
        if characters is not None:
            made["budget_characters"] = TextBudget(characters, _SHOWN)
        if tokens is not None and count_tokens is None:
            made["budget_tokens"] = TextBudget(tokens * _CHARACTERS_PER_TOKEN, _SHOWN + REASONING)
        elif tokens is not None and count_tokens is not None:
            made["budget_tokens"] = TextBudget(tokens, _SHOWN + REASONING, count_tokens)
        return made

    def operator(source: Observable[ResponseStreamEvent]) -> IterableObservable[ResponseStreamEvent]:
        def subscribe(
            observer: abc.ObserverBase[ResponseStreamEvent], subscribed: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            spending = _Spending(budgets(), Clock(scheduler, subscribed), observer)
            if seconds is not None:
                spending.timer.disposable = spending.clock.after(seconds, spending.on_time)
            spending.source.disposable = source.subscribe(
                spending.on_next, spending.on_error, spending.on_completed, scheduler=subscribed
            )
            return Disposable(spending.stop)

        return IterableObservable(subscribe)

    return operator


class _Spending:
    """One subscription."""

    def __init__(
        self, budgets: dict[str, TextBudget], clock: Clock, observer: abc.ObserverBase[ResponseStreamEvent]
    ) -> None:
        self.clock = clock
        self.source = SingleAssignmentDisposable()
        self.timer = SingleAssignmentDisposable()
        self._budgets = budgets
        self._observer = observer
        self._response = ResponseAccumulator()
        self._is_over = False  # the response, though there may be another
        self._ended = False

    def on_next(self, event: ResponseStreamEvent) -> None:
        with self.clock.lock:
            if self._ended:
                return
            try:
                exceeded = self._exceeded(event)
                passed = [event] if exceeded is None else self._finish(*exceeded)
            except Exception as error:
                self.stop()
                self._observer.on_error(error)
                return
            if exceeded is not None:
                self.stop()
            for one in passed:
                self._observer.on_next(one)
            if exceeded is not None:
                self._observer.on_completed()

    def _exceeded(self, event: ResponseStreamEvent) -> tuple[str, ResponseStreamEvent | None] | None:
        """Take an event; return what it exceeds, and the part of it that does not."""
        found: tuple[str, str] | None = None
        for reason, budget in self._budgets.items():
            part = budget.take(event)
            if part is not None and (found is None or len(part) < len(found[1])):
                found = reason, part
        if found is not None:
            reason, part = found
            return reason, _cut(event, part) if part else None
        self._response.feed(event)
        self._is_over = event.type in TERMINAL
        if event.type in ("response.failed", "error"):
            self.timer.dispose()  # the error is on its way
        return None

    def _finish(self, reason: str, part: ResponseStreamEvent | None = None) -> list[ResponseStreamEvent]:
        if part is not None:
            self._response.feed(part)
        end = _incomplete(self._response.snapshot(), reason)
        return [end] if part is None else [part, end]

    def on_time(self) -> None:
        """End when the seconds are over."""
        if self._ended:
            return
        passed = [] if self._is_over else self._finish("budget_seconds")
        self.stop()
        for one in passed:
            self._observer.on_next(one)
        self._observer.on_completed()

    def on_error(self, error: Exception) -> None:
        if self._end():
            self._observer.on_error(error)

    def on_completed(self) -> None:
        if self._end():
            self._observer.on_completed()

    def _end(self) -> bool:
        with self.clock.lock:
            if self._ended:
                return False
            self.stop()
            return True

    def stop(self) -> None:
        """End, from whatever thread."""
        self._ended = True
        self.timer.dispose()
        self.source.dispose()


def _cut(event: ResponseStreamEvent, part: str) -> ResponseStreamEvent:
    whole: str = getattr(event, "delta", "")
    return split_piece(event, [part, whole[len(part) :]])[0]


def _incomplete(response: Response, reason: str) -> ResponseStreamEvent:
    json = response.to_dict()
    json.update(status="incomplete", incomplete_details={"reason": reason})
    for item in json["output"]:
        if isinstance(item, dict) and cast("dict[str, object]", item).get("status") == "in_progress":
            item["status"] = "incomplete"
    return parse_event({"type": "response.incomplete", "response": json})
