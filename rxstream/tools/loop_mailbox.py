"""What comes from a stream and from tools at once, in order of arrival, for one reader that blocks."""

from __future__ import annotations

from collections.abc import Callable

from reactivex import Observable, abc

from rxstream.events import ResponseStreamEvent
from rxstream.reactive import SyncScope

__all__ = ["Mailbox"]


class Mailbox:
    """Gathers events until they are taken. All but :meth:`call` and :meth:`interrupt` is for the thread that takes.

    The stream is read when nothing waits: in the thread that takes, or beside it where tools may run meanwhile.

    Args:
        reads_beside: Tools may run while the stream is read.
    """

    def __init__(self, *, reads_beside: bool) -> None:
        self._scope = SyncScope()
        if reads_beside:
            self._scope.wake()
        self._events: list[ResponseStreamEvent] = []
        self._open = 0
        self._failure: Exception | None = None
        self._subscription: abc.DisposableBase | None = None
        self._left = False

    def subscribe(self, stream: Observable[ResponseStreamEvent]) -> None:
        """Read a stream."""
        self.opened()
        self._subscription = stream.subscribe(self.put, self._ended, self._ended, scheduler=self._scope)
        if self._left:  # looked at after the subscription is set, which `interrupt` looks at after that is set
            self._subscription.dispose()

    def _ended(self, error: Exception | None = None) -> None:
        if error is not None:
            self.fail(error)
        self.closed()

    def call(self, action: Callable[[], None]) -> None:
        """Do something in the thread that takes; from any thread."""
        self._scope.call(action)

    def later(self, seconds: float, action: Callable[[], None]) -> abc.DisposableBase:
        """Do something in the thread that takes, unless what is returned is disposed of before."""
        return self._scope.schedule_relative(seconds, lambda _scheduler, _state=None: action())

    def put(self, event: ResponseStreamEvent) -> None:
        """Add an event."""
        self._events.append(event)

    def fail(self, error: Exception) -> None:
        """Let the reader get an error, after what came before it; the first one counts."""
        if self._failure is None:
            self._failure = error

    @property
    def has_failed(self) -> bool:
        """An error ends it all: nothing new is to begin."""
        return self._failure is not None

    def opened(self) -> None:
        """Something more will tell of events."""
        self._open += 1

    def closed(self) -> None:
        """Something has told all."""
        self._open -= 1

    @property
    def is_left(self) -> bool:
        """Nobody wants more."""
        return self._left

    def take(self) -> list[ResponseStreamEvent]:
        """Wait for events and take all that are there; none when nothing will tell of more.

        Raises:
            Exception: The error of the stream or of a tool.
        """
        if not self._events:
            self._scope.wants()
        while not self._events and self._open and self._failure is None and not self._left:
            self._scope.run_one()
        if self._left:
            return []
        if not self._events and self._failure is not None:
            raise self._failure
        taken, self._events = self._events, []
        return taken

    def interrupt(self) -> None:
        """Leave the stream, and let a reader go that waits; from any thread."""
        self._left = True
        subscription = self._subscription
        if subscription is not None:
            subscription.dispose()
        self._scope.call(lambda: None)
