"""Text is shown after it was checked."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Collection
from functools import partial
from typing import Any, Generic, Literal, TypeVar, cast, get_args

from reactivex import Observable, abc
from reactivex.disposable import CompositeDisposable, Disposable, SerialDisposable, SingleAssignmentDisposable

from rxstream.accumulators.moderation import KINDS, Gate, Kind, Span, Window, event_of_error, retold
from rxstream.errors import ConfigurationError, ModerationError
from rxstream.events import ResponseStreamEvent
from rxstream.reactive import IterableObservable, SameOperator, when_done

__all__ = ["moderate"]

_T = TypeVar("_T")
_Act = Callable[[], None]
_OnFlagged = Literal["stop", "replace"]


def moderate(
    check: Callable[[str], object],
    *,
    window: int = 400,
    on_flagged: _OnFlagged = "stop",
    replacement: str = "[removed]",
    kinds: Collection[Kind] = ("text", "refusal", "reasoning"),
    max_concurrent_checks: int = 4,
) -> SameOperator:
    """Emit the same items, each when a check has passed every character that it brings, and all items before it.

    ::

        --"You are "--"kind, "--"not "--"a bru"------"te at "-----------"all."---------------|
        [          moderate(word_check(["brute"]), window=12, on_flagged="replace")          ]
        --------------------------------"You are "--"kind, ""not "--"a [removed]"" at ""all."|

    It takes events, or the strings of :func:`text_deltas`. Each text (of a content part, a summary, the arguments of a
    call) is checked in overlapping windows: one of ``window`` characters begins at every half of that. So a phrase of
    up to half a window is wholly inside one of them, wherever it stands and however it was cut into deltas, and
    nothing of it is shown before that window has passed. A reader waits for a window to fill and for its check, then
    gets half a window at a time; several checks run at once. A smaller window is faster, costs more checks, and is
    blind to longer phrases.

    Events that repeat a text (``.done``, parts, items, the response itself) wait until all of it has passed; what they
    say beyond the deltas is checked, and all of it where they contradict them. A text ends with its ``.done``, its
    item, the response or the source, which is when its last, shorter window is checked; also before an error of the
    source, and where that holds the response so far, so is what it says. A delta that comes twice, or after a ``.done``
    of another text, is checked beside what those read who join all deltas, and beside what those read who do not.

    Of unknown events a ``delta`` is checked as text is, and each other string by itself; so are the strings of unknown
    items and parts, and of fields that are not known or misshapen, but not ids and what is encrypted. Log probabilities
    are checked where their tokens or bytes say another text than their event; ``top_logprobs`` are not: they are what
    the model did not say. Nor is what hosted tools search for and return, what an annotation says of its source, what
    the events of :func:`run_tools` tell of a tool, or what a response repeats of its request.

    With ``on_flagged="stop"`` the request is closed at once. The items before the flagged window are emitted as far as
    their own windows have come and pass, then the error. With ``"replace"`` each run of flagged text is replaced (the
    spans that the verdict names, or else the whole window), in
    deltas and in all events that repeat them; where a text was replaced, its annotations and log probabilities are
    left out.

    Keeps: the text of the response, the items that wait, and a few words for each event that is numbered.

    Args:
        check: Takes an :class:`~rxstream.moderation.Excerpt`, a ``str`` of at most ``window`` characters that knows
            what stands beside it. Anything truthy that it returns means flagged, as a
            :class:`~rxstream.moderation.Verdict` that is; anything falsy has passed. It may return an awaitable or an
            Observable of that.
        window: How many characters are checked at once.
        on_flagged: End the stream, or replace what is flagged.
        replacement: What is shown instead.
        kinds: Which texts are checked: ``"text"`` (and spoken text), ``"refusal"``, ``"reasoning"``, and
            ``"arguments"`` (of functions and MCP calls, input of custom tools, code, commands, patches). Others pass
            in their order, unchecked.
        max_concurrent_checks: How many checks may run at once.

    Returns:
        An operator from items to the same items.

    Raises:
        TypeError, ValueError: An argument cannot be used.

    Errors:
        :class:`~rxstream.errors.ModerationError`: a text was flagged. What the check raises, unchanged: nothing that it
        should have passed is shown. :class:`~rxstream.errors.ConfigurationError`: the check is asynchronous, and no
        event loop runs. ``TypeError``: an item is neither an event nor a string, so that nobody can say what is in it.
        Errors of the source pass unchanged, after what had come before them and passes; only where text was replaced
        does an error that holds the response (as ``outcome``, as ``response``) become one that holds the other text.

    Example:
        >>> from rxstream import collect_now
        >>> from rxstream.moderation import word_check
        >>> collect_now(moderate(word_check(["brute"]), window=12, on_flagged="replace"),
        ...             ["You are ", "kind, ", "not ", "a bru", "te at ", "all."])
        ['You are ', 'kind, ', 'not ', 'a [removed]', ' at ', 'all.']
    """
    _check_arguments(check, window, on_flagged, replacement, max_concurrent_checks)
    chosen = _kinds(kinds)

    def operator(source: Observable[_T], /) -> IterableObservable[_T]:
        def subscribe(observer: abc.ObserverBase[_T], scheduler: abc.SchedulerBase | None = None) -> abc.DisposableBase:
            gate = Gate[_T](window=window, kinds=chosen, replacement=replacement)
            moderation = _Moderation(gate, check, on_flagged == "stop", max_concurrent_checks, observer, scheduler)
            return moderation.subscribe(source)

        return IterableObservable(subscribe)

    return operator


class _Moderation(Generic[_T]):
    """One subscription. Whichever thread brings something, one at a time does what follows of it."""

    def __init__(
        self,
        gate: Gate[_T],
        check: Callable[[str], object],
        stops: bool,
        most_checks: int,
        observer: abc.ObserverBase[_T],
        scheduler: abc.SchedulerBase | None,
    ) -> None:
        self._gate = gate
        self._check = check
        self._stops = stops
        self._most_checks = most_checks
        self._observer = observer
        self._scheduler = scheduler
        self._lock = threading.Lock()
        self._busy = False
        self._source = SerialDisposable()
        self._checks = CompositeDisposable()
        self._running = 0
        self._reads = True  # the source may bring more
        self._is_over = False
        self._failures: dict[Window, Exception] = {}
        self._error: Exception | None = None  # of the source
        self._told: ResponseStreamEvent | None = None  # what that error says, which waits behind all items
        self._own_error: Exception | None = None

    def subscribe(self, source: Observable[_T]) -> abc.DisposableBase:
        self._source.disposable = source.subscribe(
            self._on_next, self._on_error, self._on_completed, scheduler=self._scheduler
        )
        return Disposable(self._dispose)

    def _on_next(self, item: _T) -> None:
        self._then(lambda: self._gate.feed(item) if self._reads else None)

    def _on_error(self, error: Exception) -> None:
        self._then(partial(self._end, error))

    def _on_completed(self) -> None:
        self._then(partial(self._end, None))

    def _end(self, error: Exception | None) -> None:
        if self._reads:
            self._reads = False
            self._error = error
            self._told = event_of_error(error)
            if self._told is not None:
                self._gate.feed(cast(_T, self._told))
            self._gate.end()

    def _dispose(self) -> None:
        self._is_over = True  # without the lock: the garbage collector may come here while this thread holds it
        self._checks.dispose()
        self._source.dispose()

    def _then(self, change: _Act) -> None:
        """Change the state, then do all that can be done."""
        with self._lock:
            if self._is_over:
                return
            try:
                change()
            except Exception as error:
                self._own_error = error
            if self._busy:
                return
            self._busy = True
        try:
            while (act := self._next_act()) is not None:
                act()
        except BaseException:  # a subscriber raised
            self._busy = False
            raise

    def _next_act(self) -> _Act | None:
        with self._lock:
            act = None if self._is_over else self._choose()
            if act is None:
                self._busy = False
            return act

    def _choose(self) -> _Act | None:
        if self._own_error is not None:
            return self._over(self._own_error)
        if self._failures and self._reads:
            self._reads = False
            return self._source.dispose
        if self._running < self._most_checks and (window := self._gate.next_window()) is not None:
            self._running += 1
            return partial(self._start, window)
        try:
            for item in self._gate.release():
                if self._told is None or not self._gate.is_empty:
                    return partial(self._observer.on_next, item)
                if item is not self._told:
                    self._error = retold(cast(Exception, self._error), item)
        except Exception as error:
            return self._over(error)
        if (bar := self._gate.bar()) is not None:
            return self._over(self._failures[bar])
        return self._over(self._error) if not self._reads and self._gate.is_empty else None

    def _over(self, error: Exception | None) -> _Act:
        self._is_over = True

        def tell() -> None:
            self._checks.dispose()
            self._source.dispose()
            if error is None:
                self._observer.on_completed()
            else:
                self._observer.on_error(error)

        return tell

    def _start(self, window: Window) -> None:
        waiting = SingleAssignmentDisposable()
        self._checks.add(waiting)
        decide = partial(self._finish, waiting, window)
        try:
            result = self._check(window.excerpt)
            waiting.disposable = when_done(
                result, lambda verdict: decide(verdict, None), lambda error: decide(None, error), self._scheduler
            )
        except Exception as error:
            decide(None, error)
        except asyncio.CancelledError as error:  # of a task that the check asked: nobody cancels a function
            failure = ConfigurationError("expected the check to return, but it raised CancelledError")
            failure.__cause__ = error
            decide(None, failure)

    def _finish(self, waiting: abc.DisposableBase, window: Window, verdict: object, error: Exception | None) -> None:
        self._checks.remove(waiting)
        flagged = False
        spans: list[Span] = []
        try:  # code of others, who must not find the lock held
            flagged = error is None and bool(verdict)
            spans = _spans(verdict, len(window.excerpt)) if flagged else []
            if flagged and self._stops:
                error = self._flagged(window, verdict)
        except Exception as raised:
            error = raised
        try:
            self._then(partial(self._decide, window, flagged, spans, error))
        except BaseException:  # a subscriber raised, and there is no source here that would hear of it
            self._dispose()
            raise

    def _flagged(self, window: Window, verdict: object) -> ModerationError:
        return ModerationError(
            f"expected text that passes the check, but it flagged {len(window.excerpt)} characters: {verdict!r:.200}",
            text=str(window.excerpt),
            verdict=verdict,
            response_id=self._gate.response_id,
            last_sequence_number=self._gate.last_sequence_number,
        )

    def _decide(self, window: Window, flagged: bool, spans: list[Span], error: Exception | None) -> None:
        self._running -= 1
        if error is None:
            self._gate.decide(window, flagged=flagged, spans=spans)
        else:
            self._failures[window] = error
            self._gate.stop_at(window)


def _spans(verdict: object, length: int) -> list[Span]:
    """Return where a verdict flags text, if all that it says of places can be understood; otherwise none."""
    given: Any = getattr(verdict, "spans", ())
    spans = [(start, end) for start, end in given if isinstance(start, int) and isinstance(end, int)]
    return spans if len(spans) == len(given) and all(0 <= start < end <= length for start, end in spans) else []


def _check_arguments(
    check: object, window: object, on_flagged: object, replacement: object, max_concurrent_checks: object
) -> None:
    if not callable(check):
        raise TypeError(f"expected check to be a function that takes a text, but got {check!r:.60}")
    for name, number in (("window", window), ("max_concurrent_checks", max_concurrent_checks)):
        if not isinstance(number, int) or isinstance(number, bool):
            raise TypeError(f"expected {name} to be an int, but got {number!r:.60}")
        if number < 1:
            raise ValueError(f"expected {name} to be at least 1, but got {number}")
    if on_flagged not in get_args(_OnFlagged):
        raise ValueError(f"expected on_flagged to be 'stop' or 'replace', but got {on_flagged!r:.60}")
    if not isinstance(replacement, str):
        raise TypeError(f"expected replacement to be a string, but got {replacement!r:.60}")


def _kinds(kinds: Any) -> tuple[Kind, ...]:
    if isinstance(kinds, str):
        raise TypeError(f"expected kinds to be a collection such as ('text', 'refusal'), but got the string {kinds!r}")
    chosen = tuple(cast("Collection[Kind]", kinds))
    if unknown := [kind for kind in chosen if kind not in KINDS]:
        raise ValueError(f"expected kinds out of {', '.join(KINDS)}, but got {', '.join(map(repr, unknown))}")
    return chosen
