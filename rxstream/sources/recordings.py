"""Streams of recordings."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from io import BufferedReader
from math import isfinite
from os import PathLike
from typing import cast

from reactivex import abc

from rxstream.accumulators.turns import TURN_STARTED
from rxstream.errors import RecordingError
from rxstream.events import ResponseStreamEvent
from rxstream.reactive import sync_subscription
from rxstream.recordings import MAX_LINE_BYTES, Chunk, Ending, LineReader, Recorded, as_replayed
from rxstream.sinks.chunks import OnChunk
from rxstream.sources.cursor import checked_starting_after
from rxstream.sources.decoding import BodyDecoder
from rxstream.sources.ending import StreamEnd
from rxstream.sources.playing import play
from rxstream.sources.stream import ResponseStream

__all__ = ["RecordingReader", "replay"]

_BATCH = 64
_BEGINNING_BYTES = 1024
_BLANK = b" \t\r\n\xef\xbb\xbf"  # a byte order mark too


def replay(
    path: str | PathLike[str],
    *,
    speed: float | None = None,
    starting_after: int | None = None,
    scheduler: abc.SchedulerBase | None = None,
) -> ResponseStream:
    """Make a stream of a recording.

    It can go on with a stream that broke off:
    ``from_sse(chunks, reopen=lambda cursor: replay(path, starting_after=cursor.sequence_number))``.

    Args:
        path: A file that :func:`~rxstream.record` wrote; or one of events, a JSON object a line; or of an event stream
            as it came off the wire. The last two hold no times.
        speed: 1.0 emits each event as long after the subscription as it came when it was recorded; 2.0 in half the
            time. ``None`` emits all at once, as fast as the consumer takes it.
        starting_after: The ``sequence_number`` of the last event that is known: it begins with the first event that has
            a higher one, and times count from that. Where there is none, it ends as the recording does. In one of a
            tool loop, each turn of which counts anew, it is the first event with that number. ``None`` reads from the
            beginning.
        scheduler: The clock, where there is a speed; by default the scheduler of the subscription, or else timers of
            the event loop or of the system: ``subscribe`` returns at once then, and does not keep a program alive.

    Returns:
        A cold stream; each subscription reads the file anew. It ends as the recorded stream did. A recording without
        an end, as a killed program leaves it, ends as :class:`~rxstream.ResponseStream` says, after its last whole
        line.

    Raises:
        TypeError: It is no path, or the speed or ``starting_after`` is no number.
        ValueError: The speed is not above 0, or ``starting_after`` is below.

    Errors:
        The recorded one: of the same class where that is one of ours or of Python's, else a
        :class:`~rxstream.errors.RecordedError`. :class:`~rxstream.errors.RecordingError`: a line is none of a
        recording, or no event has a number to start after. ``OSError``: the file cannot be read. As :func:`from_sse`
        for bytes off the wire.

    Example:
        >>> import tempfile, pathlib
        >>> from rxstream import collect_sync
        >>> path = pathlib.Path(tempfile.mkdtemp(), "recording.jsonl")
        >>> _ = path.write_text('{"type": "response.completed", "response": {"status": "completed"}}\\n')
        >>> [event.type for event in collect_sync(replay(path))]
        ['response.completed']
    """
    if not isinstance(cast(object, path), (str, PathLike)):
        raise TypeError(f"expected the path of a recording, but got {type(path).__name__}")
    name = os.fspath(path)
    after = checked_starting_after(starting_after)
    if speed is None:
        return ResponseStream.tappable(
            lambda on_chunk: sync_subscription(lambda: RecordingReader(name, after=after, on_chunk=on_chunk))
        )
    if isinstance(cast(object, speed), bool) or not isinstance(cast(object, speed), (int, float)):
        raise TypeError(f"expected a speed as a number, or None, but got {type(speed).__name__}")
    if not (isfinite(speed) and speed > 0):
        raise ValueError(f"expected a speed above 0, but got {speed}")
    return ResponseStream.tappable(
        lambda on_chunk: play(
            lambda: RecordingReader(name, after=after), speed=speed, given=scheduler, on_chunk=on_chunk
        )
    )


class RecordingReader:
    """Reads a recording: in batches of events, or event by event with the times.

    Args:
        path: The file.
        after: The number of the event behind which it begins.
        on_chunk: Told of the chunks, where they are read in batches.

    Raises:
        OSError: It cannot be opened.
    """

    def __init__(self, path: str, *, after: int | None = None, on_chunk: OnChunk | None = None) -> None:
        self._path = path
        self._after = after
        self._on_chunk = on_chunk
        self._file: BufferedReader = open(path, "rb")  # noqa: SIM115 # closed by `close`

    def __iter__(self) -> Iterator[Iterable[ResponseStreamEvent]]:
        batch: list[ResponseStreamEvent] = []
        error: Exception | None = None
        try:
            for entry in self.entries():
                is_chunk = self._on_chunk is not None and isinstance(entry, Chunk)
                if batch and (is_chunk or len(batch) == _BATCH):
                    yield batch
                    batch = []
                if isinstance(entry, Recorded):
                    batch.append(entry.event)
                elif self._on_chunk is not None and isinstance(entry, Chunk):
                    self._on_chunk(entry.size)
        except Exception as raised:  # after what came before it
            error = raised
        if batch:
            yield batch
        if error is not None:
            raise error

    def entries(self) -> Iterator[Recorded | Chunk | Ending]:
        """Read what came and, where it is there, how the stream ended; raise the error with which it ended."""
        beginning = self._file.read(_BEGINNING_BYTES).lstrip(_BLANK)
        self._file.seek(0)
        entries = self._entries_of_lines() if beginning.startswith(b"{") else self._entries_of_bytes()
        return entries if self._after is None else self._behind(self._after, entries)

    def _behind(self, number: int, entries: Iterator[Recorded | Chunk | Ending]) -> Iterator[Recorded | Chunk | Ending]:
        """Leave out what came up to an event; times count from what comes next."""
        origin: float | None = None
        count, is_numbered, is_reached = 0, False, False
        for entry in entries:
            if origin is None and isinstance(entry, Recorded):
                found = entry.event.sequence_number
                count, is_numbered = count + 1, is_numbered or found is not None
                # The next turn of a tool loop counts anew.
                is_behind = is_reached if entry.event.type == TURN_STARTED else found is not None and found > number
                is_reached = is_reached or found == number
                origin = entry.at if is_behind else None
            elif origin is None and isinstance(entry, Ending):
                origin = entry.at
            if origin is not None:
                yield replace(entry, at=entry.at - origin)
        if count and not is_numbered:
            raise RecordingError(self._path, count, f"events with a sequence_number, to start after {number}", "none")

    def _entries_of_lines(self) -> Iterator[Recorded | Chunk | Ending]:
        end, reader = StreamEnd(), LineReader(self._path)
        ending: Ending | None = None
        while line := self._file.readline(MAX_LINE_BYTES + 1):
            entry = reader.feed(line)
            if entry is None:
                continue
            if isinstance(entry, Recorded):
                end.feed(entry.event)
            elif isinstance(entry, Ending):
                ending = entry
            yield entry
            if end.is_over and not reader.has_times:
                break
        error = end.error()
        if ending is not None:
            error = None if ending.error is None else as_replayed(ending.error, error)
        if error is not None:
            raise error

    def _entries_of_bytes(self) -> Iterator[Recorded | Chunk | Ending]:
        decoder = BodyDecoder()
        while not decoder.is_over and (chunk := self._file.read(65536)):
            for event in decoder.feed(chunk):
                yield Recorded(0.0, event)
        for event in decoder.close():
            yield Recorded(0.0, event)
        error = decoder.error()
        if error is not None:
            raise error

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def interrupt(self) -> None:
        """Nothing that can be interrupted."""
