"""Reading an event stream that is opened again where it breaks off, synchronously."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterator
from typing import Any

from rxstream.events import ResponseStreamEvent
from rxstream.sources.rejoining import Rejoining, is_drop
from rxstream.sources.transport_errors import unheard

__all__ = ["ReopeningReader"]

_END: Any = object()


class ReopeningReader:
    """Reads one stream of chunks after the other, as a course says.

    Args:
        first: Opens the first one.
        reopen: Opens the others, where the course has a cursor; gives an iterator.
        course: Says what is delivered, and how it goes on.
    """

    def __init__(
        self, first: Callable[[], Iterator[Any]], reopen: Callable[[], Iterator[Any]], course: Rejoining
    ) -> None:
        self._first = first
        self._reopen = reopen
        self._course = course
        self._stopped = threading.Event()
        self._pieces: Iterator[Any] | None = None

    def __iter__(self) -> Iterator[list[ResponseStreamEvent]]:
        lost = yield from self._stream(self._first)
        while not self._stopped.is_set():
            seconds = self._course.seconds_before_next(lost)
            if seconds is None or self._stopped.wait(seconds):
                return
            lost = yield from self._stream(self._reopen)

    def _stream(
        self, open_pieces: Callable[[], Iterator[Any]]
    ) -> Generator[list[ResponseStreamEvent], None, Exception | None]:
        """Read one stream; return the error with which it broke off, if it was one."""
        try:
            pieces = self._pieces = open_pieces()
        except Exception as error:
            return _lost(error)
        try:
            while not (self._course.is_over or self._stopped.is_set()):
                try:
                    piece = next(pieces, _END)
                except Exception as error:
                    return _lost(error)
                if piece is _END:
                    break
                events = self._course.feed(piece)
                if events:
                    yield events
        finally:
            self.close()
        return None

    def close(self) -> None:
        """Close what the chunks come from."""
        pieces, self._pieces = self._pieces, None
        close: Callable[[], object] | None = getattr(pieces, "close", None)
        if close is not None:
            with unheard():
                close()

    def interrupt(self) -> None:
        """Make a pause in another thread end. A read, or a function that opens, cannot be interrupted."""
        self._stopped.set()


def _lost(error: Exception) -> Exception:
    if not is_drop(error):
        raise error
    return error
