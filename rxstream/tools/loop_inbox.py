"""What comes from a stream and from tools at once, in order of arrival, for one asynchronous reader."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress

from reactivex import Observable, abc

from rxstream.events import ResponseStreamEvent
from rxstream.reactive import Scope

__all__ = ["Inbox"]


class Inbox:
    """Gathers events until they are taken.

    The stream is read no further ahead than ``limit`` events; what tools tell is not counted.

    Args:
        limit: How many events may wait.
    """

    def __init__(self, limit: int) -> None:
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._scope = Scope(self._loop, limit)
        self._events: list[ResponseStreamEvent] = []
        self._changed = asyncio.Event()
        self._open = 0
        self._failure: Exception | None = None
        self._subscription: abc.DisposableBase | None = None

    def subscribe(self, stream: Observable[ResponseStreamEvent]) -> None:
        """Read a stream."""
        self.opened()

        def on_error(error: Exception) -> None:
            self._here(lambda: self._ended(error))

        def on_completed() -> None:
            self._here(lambda: self._ended(None))

        self._subscription = stream.subscribe(self._push, on_error, on_completed, scheduler=self._scope)

    def _push(self, event: ResponseStreamEvent) -> None:
        if threading.get_ident() != self._thread:  # an operator that was given a scheduler of its own
            self._here(lambda: self._push(event))
            return
        self._scope.waiting += 1
        self.put(event)

    def _ended(self, error: Exception | None) -> None:
        if error is not None:
            self.fail(error)
        self.closed()

    def _here(self, call: Callable[[], None]) -> None:
        if threading.get_ident() == self._thread:
            call()
        else:
            with suppress(RuntimeError):  # the loop is closed: nobody reads any more
                self._loop.call_soon_threadsafe(call)

    def put(self, event: ResponseStreamEvent) -> None:
        """Add an event."""
        self._events.append(event)
        self._changed.set()

    def fail(self, error: Exception) -> None:
        """Let the reader get an error, after what came before it; the first one counts."""
        if self._failure is None:
            self._failure = error
        self._changed.set()

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
        self._changed.set()

    async def take(self) -> list[ResponseStreamEvent]:
        """Wait for events and take all that are there; none when nothing will tell of more.

        Raises:
            Exception: The error of the stream or of a tool.
        """
        while not self._events and self._open and self._failure is None:
            self._changed.clear()
            await self._changed.wait()
        if not self._events and self._failure is not None:
            raise self._failure
        taken, self._events = self._events, []
        while self._scope.waiting:
            self._scope.took()
        return taken

    async def close(self) -> None:
        """Leave the stream, and wait until it is closed."""
        if self._subscription is not None:
            self._subscription.dispose()
        self._scope.release()
        await self._scope.join()
