"""What was recorded, in its own time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Protocol

from reactivex import abc
from reactivex.disposable import Disposable, SerialDisposable

from rxstream.events import ResponseStreamEvent
from rxstream.reactive import Clock, Scope, SyncScope, when_done
from rxstream.recordings import Chunk, Ending, Recorded
from rxstream.sinks.chunks import OnChunk

__all__ = ["TimedReader", "play"]

# Times are recorded to the microsecond. Virtual clocks count in it, and would round half of one to nothing for ever.
_RESOLUTION_SECONDS = 7.5e-7


class TimedReader(Protocol):
    """What reads a recording with its times."""

    def entries(self) -> Iterator[Recorded | Chunk | Ending]:
        """Read; raise the error with which the stream ended."""
        ...

    def close(self) -> None:
        """Close the file."""
        ...


def play(
    open_reader: Callable[[], TimedReader],
    *,
    speed: float,
    given: abc.SchedulerBase | None,
    on_chunk: OnChunk | None = None,
) -> abc.Subscription[ResponseStreamEvent]:
    """Make the subscribe function of a recording that is emitted in its own time, ``speed`` times as fast.

    What is late, since the consumer was busy, is emitted as soon as that wants an item; nothing is skipped.

    Args:
        open_reader: Called once for each subscription.
        speed: How many times as fast.
        given: The clock, where it is not to be the scheduler of the subscription.
        on_chunk: Told of the chunks, each in its time.
    """

    def subscribe(
        observer: abc.ObserverBase[ResponseStreamEvent], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        # Events are pulled where the consumer's own scheduler is the clock, one for each of its turns.
        is_pulled = given is None and isinstance(scheduler, SyncScope)
        clock = Clock(given, scheduler)
        return _Player(open_reader, speed, clock, observer, scheduler, on_chunk, is_pulled=is_pulled).begin()

    return subscribe


class _Player:
    def __init__(
        self,
        open_reader: Callable[[], TimedReader],
        speed: float,
        clock: Clock,
        observer: abc.ObserverBase[ResponseStreamEvent],
        scheduler: abc.SchedulerBase | None,
        on_chunk: OnChunk | None,
        *,
        is_pulled: bool,
    ) -> None:
        self._open_reader = open_reader
        self._speed = speed
        self._clock = clock
        self._observer = observer
        self._scheduler = scheduler
        self._on_chunk = on_chunk
        self._is_pulled = is_pulled
        self._start = clock.now()
        self._waiting = SerialDisposable()
        # Held while the file is read or closed, but not while an event is pushed; re-entrant, since the garbage
        # collection may dispose of an abandoned iterator in the middle of a read.
        self._reading = threading.RLock()
        self._reader: TimedReader | None = None
        self._entries: Iterator[Recorded | Chunk | Ending] = iter(())
        self._next: Recorded | Chunk | Ending | None = None
        self._ended = False

    def begin(self) -> abc.DisposableBase:
        with self._clock.lock:  # the timer may run in another thread, and would set the next one before this is set
            self._waiting.disposable = self._clock.after(0.0, self._play)
        return Disposable(self._dispose)

    def _play(self) -> None:
        """Emit what is due, and wait for what is not."""
        while not self._ended:
            try:
                entry = self._peek()
            except Exception as error:
                self._end(error)
                return
            if entry is None:
                self._end(None)
                return
            wait = entry.at / self._speed - (self._clock.now() - self._start)
            if wait > _RESOLUTION_SECONDS:
                self._waiting.disposable = self._clock.after(wait, self._play)
                return
            if isinstance(self._scheduler, Scope) and self._scheduler.is_full and isinstance(entry, Recorded):
                self._waiting.disposable = when_done(self._scheduler.room(), self._go_on, self._end, self._scheduler)
                return
            self._next = None
            try:
                self._tell(entry)
            except Exception as error:
                if self._ended:  # raised by a subscriber that had disposed: nobody else would hear of it
                    raise
                self._end(error)
                return
            if self._is_pulled and isinstance(entry, Recorded):
                self._waiting.disposable = self._clock.after(0.0, self._play)
                return

    def _tell(self, entry: Recorded | Chunk | Ending) -> None:
        if isinstance(entry, Recorded):
            self._observer.on_next(entry.event)
        elif isinstance(entry, Chunk) and self._on_chunk is not None:
            self._on_chunk(entry.size)

    def _go_on(self, _room: None) -> None:
        with self._clock.lock:
            self._play()

    def _peek(self) -> Recorded | Chunk | Ending | None:
        if self._next is None:
            with self._reading:
                if self._ended:
                    return None
                if self._reader is None:
                    self._reader = self._open_reader()
                    self._entries = filter(self._is_wanted, self._reader.entries())
                self._next = next(self._entries, None)
        return self._next

    def _is_wanted(self, entry: Recorded | Chunk | Ending) -> bool:
        return self._on_chunk is not None or not isinstance(entry, Chunk)

    def _end(self, error: Exception | None) -> None:
        if self._ended:
            return
        self._close()
        if error is None:
            self._observer.on_completed()
        else:
            self._observer.on_error(error)

    def _dispose(self) -> None:
        self._close()
        self._waiting.dispose()

    def _close(self) -> None:
        with self._reading:
            self._ended = True
            if self._reader is not None:
                self._reader.close()
