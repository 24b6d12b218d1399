"""Recording a stream while others use it."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from os import PathLike
from typing import Any, Literal, Protocol, TypeVar, cast

from reactivex import Observable, abc
from reactivex.disposable import CompositeDisposable, Disposable

from rxstream.errors import ConfigurationError, RecordingWarning
from rxstream.events import ResponseEvent
from rxstream.reactive import Clock, IterableObservable
from rxstream.recordings import HEADER, chunk_line, completed_line, event_line, failed_line
from rxstream.sinks.chunks import OnChunk, TellsChunks
from rxstream.sinks.recording_file import RecordingFile

__all__ = ["EventOperator", "record"]

_E = TypeVar("_E", bound=ResponseEvent)
Path = str | PathLike[str]


class EventOperator(Protocol):
    """An operator that emits the events that it takes."""

    def __call__(self, source: Observable[_E], /) -> IterableObservable[_E]:
        """Apply it."""
        ...


def record(
    path: Path | Callable[[], Path],
    *,
    flush: Literal["line", "end"] = "line",
    overwrite: bool = False,
    chunks: bool = False,
    scheduler: abc.SchedulerBase | None = None,
) -> EventOperator:
    """Emit what the source emits, and write it to a file that :func:`~rxstream.replay` reads.

    ::

        --"Hel"---"lo"--|
        [ record(path)  ]
        --"Hel"---"lo"--|

    An event is written before it is emitted. The file holds the events as they were received, when they came, and how
    the stream ended; no request, no header, no key. What a subscriber raises ends the stream by the rules of Rx, and so
    the name and the text of that error are in the file, too. The format is that of :mod:`rxstream.recordings`. The file
    is made at the subscription, for its owner alone (mode 0600); the last part of the path may be no symbolic link.

    Where the file cannot be written on, as on a full disk, the recording ends with a
    :class:`~rxstream.errors.RecordingWarning`, and the stream goes on. Only where warnings are made errors is it one.

    Keeps: nothing; with ``flush="end"`` up to 64 KiB.

    Args:
        path: The file, or a function that returns one for each subscription.
        flush: ``"line"`` hands each line to the system at once: what was emitted is in the file, even if the program
            is killed. ``"end"`` collects lines, which costs less.
        overwrite: A regular file that is there is replaced; else it is an error.
        chunks: Write down, too, in which chunks the bytes came off the network, each before the events that it
            completed. The operator stands directly behind a stream of a client, ``from_sse`` or ``replay`` then.
        scheduler: The clock; by default the scheduler of the subscription, or else that of the system.

    Returns:
        An operator from events to the same events.

    Raises:
        TypeError: It is no path.
        ValueError: ``flush`` is none of the two.
        ConfigurationError: With ``chunks``, where it is applied: the source does not know of chunks.

    Errors:
        ``OSError`` (as ``FileExistsError``): the file cannot be made; the source is not subscribed to then.
        :class:`~rxstream.errors.ConfigurationError`: it is no regular file, or another subscription records to it.
        ``TypeError``: an item is no event. Those of the source pass unchanged.

    Example:
        >>> import tempfile, pathlib
        >>> from rxstream import collect_sync, from_events, replay
        >>> from rxstream.events import ResponseCompletedEvent, ResponseTextDeltaEvent
        >>> stream = from_events([ResponseTextDeltaEvent(output_index=0, delta="Hello"), ResponseCompletedEvent()])
        >>> path = pathlib.Path(tempfile.mkdtemp(), "recording.jsonl")
        >>> collect_sync(stream.pipe(record(path))) == collect_sync(replay(path)) == collect_sync(stream)
        True
    """
    if not callable(path):
        _checked(path)
    if flush not in ("line", "end"):
        raise ValueError(f"expected flush='line' or flush='end', but got {flush!r}")

    def operator(source: Observable[_E], /) -> IterableObservable[_E]:
        if chunks:
            _with_chunks(source, lambda _size: None)

        def subscribe(
            observer: abc.ObserverBase[_E], subscribed: abc.SchedulerBase | None = None
        ) -> abc.DisposableBase:
            try:
                name = _checked(path() if callable(path) else path)
                recording = _Recording(name, overwrite=overwrite, buffered=flush == "end")
            except Exception as error:
                observer.on_error(error)
                return Disposable()
            now = Clock(scheduler, subscribed).now
            start = now()
            push = observer.on_next
            ended = False

            def on_next(event: _E) -> None:
                nonlocal ended
                if ended:
                    return
                try:
                    recording.write(_line(max(0.0, now() - start), event))
                except Exception as error:
                    ended = True
                    recording.discard()
                    observer.on_error(error)
                    return
                push(event)

            def on_chunk(size: int) -> None:
                if not ended:
                    recording.write(chunk_line(max(0.0, now() - start), size))

            def on_completed() -> None:
                end(lambda: completed_line(max(0.0, now() - start)), observer.on_completed)

            def on_error(error: Exception) -> None:
                end(lambda: failed_line(max(0.0, now() - start), error), lambda: observer.on_error(error))

            def end(line: Callable[[], bytes], tell: Callable[[], None]) -> None:
                nonlocal ended
                if ended:
                    return
                ended = True
                try:
                    recording.write(line())
                    recording.close()
                except Exception as failure:
                    recording.discard()
                    observer.on_error(failure)
                    return
                tell()

            def dispose() -> None:
                nonlocal ended
                ended = True
                recording.close()

            try:
                told = _with_chunks(source, on_chunk) if chunks else source
                subscription = told.subscribe(on_next, on_error, on_completed, scheduler=subscribed)
            except BaseException:
                recording.discard()
                raise
            return CompositeDisposable(subscription, Disposable(dispose))

        return IterableObservable(subscribe)

    return operator


def _with_chunks(source: Observable[_E], on_chunk: OnChunk) -> Observable[_E]:
    if not isinstance(source, TellsChunks):
        raise ConfigurationError(
            f"expected a stream of a client, from_sse or replay to record chunks of, but got {type(source).__name__}: "
            "record before other operators"
        )
    return source.with_chunks(on_chunk)


def _line(at: float, item: Any) -> bytes:
    if not isinstance(item, ResponseEvent):
        raise TypeError(f"expected an event to record, but got {type(item).__name__}: record before other operators")
    return event_line(at, item)


def _checked(path: object) -> str:
    if not isinstance(path, (str, PathLike)):
        raise TypeError(f"expected the path of a file to record to, but got {type(path).__name__}")
    name = os.fspath(cast("Path", path))
    if not isinstance(cast(object, name), str):
        raise TypeError(f"expected the path of a file to record to as text, but got {type(name).__name__}")
    return name


class _Recording:
    """What is written, until it cannot be written on."""

    def __init__(self, path: str, *, overwrite: bool, buffered: bool) -> None:
        self._path = path
        self._file = RecordingFile(path, overwrite=overwrite, buffered=buffered)
        self.write(HEADER)

    def write(self, line: bytes) -> None:
        """Append a line, or warn."""
        try:
            self._file.write(line)
        except OSError as error:
            self._warn(error)

    def close(self) -> None:
        """Write what waits, and close the file; or warn."""
        try:
            self._file.close()
        except OSError as error:
            self._warn(error)

    def discard(self) -> None:
        """Close the file where something else is told already."""
        try:
            self._file.close()
        except OSError:
            return

    def _warn(self, error: OSError) -> None:
        warnings.warn(f"the recording {self._path!r} ended before its stream: {error}", RecordingWarning, stacklevel=2)
