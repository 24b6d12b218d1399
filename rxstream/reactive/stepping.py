"""A synchronous source that is read a batch at a time, when its consumer wants one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal

from reactivex import abc

from rxstream.reactive.batch_reader import BatchReader
from rxstream.reactive.sync_scope import ReaderThread, SyncScope

__all__ = ["Stepping"]

_END: Any = object()


class Stepping(abc.DisposableBase):
    """Reads a batch at a time, when the consumer's scope says so.

    Whoever has the reader when it ends closes it: the consumer's thread while it reads or pushes, the reader's thread
    while that reads, and whoever disposes otherwise.
    """

    def __init__(
        self, open_reader: Callable[[], BatchReader[Any]], observer: abc.ObserverBase[Any], scope: SyncScope
    ) -> None:
        self._open_reader = open_reader
        self._observer = observer
        self._scope = scope
        self._thread = ReaderThread()
        self._reader: BatchReader[Any] | None = None
        self._batches: Iterator[Iterable[Any]] = iter(())
        self._lock = threading.Lock()
        self._held_by: Literal["nobody", "consumer", "thread"] = "nobody"
        self._consumer = 0
        self._is_pushing = False
        self._ended = False
        scope.opened()
        scope.call(self._step)

    def _step(self) -> None:
        if self._scope.may_block:
            self._use(self._read)
        elif self._hold("thread"):
            reading = self._thread.submit(self._read)
            reading.add_done_callback(lambda read: self._scope.call(lambda: self._use(read.result)))

    def _read(self) -> Any:
        if self._ended:
            return _END
        if self._reader is None:
            self._reader = self._open_reader()
            if self._ended:  # while it was opened, and nobody could interrupt it
                return _END
            self._batches = iter(self._reader)
        return next(self._batches, _END)

    def _use(self, read: Callable[[], Any]) -> None:
        if not self._hold("consumer"):
            return
        pushing = False
        try:
            batch = read()
            pushing = batch is not _END
            if pushing:
                self._push(batch)
        except Exception as error:
            if self._let_go(ended=True):
                self._observer.on_error(error)
            elif pushing:  # raised by a subscriber that had disposed: nobody else would hear of it
                raise
        except BaseException:
            self._let_go(ended=True)
            raise
        else:
            if self._let_go(ended=not pushing):
                if pushing:
                    self._scope.call(self._step)
                else:
                    self._observer.on_completed()

    def _push(self, batch: Iterable[Any]) -> None:
        push = self._observer.on_next
        self._is_pushing = True
        try:
            for item in batch:
                if self._ended:
                    return
                push(item)
        finally:
            self._is_pushing = False

    def _hold(self, holder: Literal["consumer", "thread"]) -> bool:
        """Take the reader, unless all has ended; then it is closed, or somebody else will."""
        self._consumer = threading.get_ident()
        with self._lock:
            if not self._ended:
                self._held_by = holder
            return not self._ended

    def _let_go(self, *, ended: bool) -> bool:
        """Give the reader back, or close it. Return whether the observer is to hear of more."""
        with self._lock:
            disposed = self._ended
            self._ended = disposed or ended
            self._held_by = "nobody"
        if ended and not disposed:
            self._scope.closed()
        if ended or disposed:
            self._close()
        return not disposed

    def _close(self) -> None:
        reader, self._reader = self._reader, None
        self._thread.close()
        if reader is not None:
            reader.close()

    def dispose(self) -> None:
        with self._lock:
            if self._ended:
                return
            self._ended = True
            held_by, reader = self._held_by, self._reader
        self._scope.closed()
        if held_by == "nobody":
            self._close()
            return
        # Out of a push, it is seen as soon as that returns; out of a function that the reader calls, it is not.
        may_block = held_by == "thread" or threading.get_ident() != self._consumer or not self._is_pushing
        if may_block and reader is not None:
            reader.interrupt()
        if held_by == "thread":
            self._thread.submit(self._close)
