"""``record(path, chunks=True)``: the file says, too, in which chunks the bytes came."""

from __future__ import annotations

import asyncio
import json
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from reactivex import operators as ops
from reactivex.scheduler import NewThreadScheduler

from rxstream import (
    RecordingWarning,
    ResponseStream,
    collect,
    collect_sync,
    from_events,
    from_sse,
    iterate,
    iterate_sync,
    parse_event,
    record,
    replay,
    share_replay,
)
from rxstream.errors import ConfigurationError
from rxstream.recordings import HEADER
from rxstream.sinks.recording_file import RecordingFile
from rxstream.sources.decoding import BodyDecoder
from rxstream.sources.tapped import tapped
from rxstream.testing import run_virtually
from tests.fault_server import created, delta, sse, terminal
from tests.laws.probes import Boom, Source
from tests.reactive.leaks import nothing_left, run, until_sync
from tests.sources.clients import Reader, readers
from tests.sources.scripted_server import Reply, ScriptedServer, Server, simulated_events, told

_WHOLE = [created(), delta(1, "Hel"), delta(2, "lo"), terminal(3)]
_BYTES = sse(*_WHOLE)
_CHUNKS = [_BYTES[start : start + 50] for start in range(0, len(_BYTES), 50)]


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    with nothing_left():
        yield


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where nothing is yet."""
    return tmp_path / "recording.jsonl"


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()[1:]]


def _sizes(path: Path) -> list[int]:
    return [line["chunk"] for line in _lines(path) if "chunk" in line]


def _order(path: Path) -> list[Any]:
    """Return what came, in order: sizes of chunks, and types of events."""
    return [line.get("chunk", line.get("event", {}).get("type")) for line in _lines(path)]


def _expected(chunks: list[bytes]) -> list[Any]:
    decoder = BodyDecoder()
    order: list[Any] = []
    for chunk in chunks:
        order += [len(chunk), *(event.type for event in decoder.feed(chunk))]
    return [*order, None]


@pytest.mark.parametrize("size", [1, 7, 50, 300, 100_000])
def test_each_chunk_is_written_before_the_events_that_it_completes(path: Path, size: int) -> None:
    """Law: of a list, which is otherwise read in batches, and of generators; in each kind of loop."""
    chunks = [_BYTES[start : start + size] for start in range(0, len(_BYTES), size)]

    async def generator() -> AsyncIterator[bytes]:
        for chunk in chunks:
            yield chunk

    async def main() -> list[Any]:
        return await collect(from_sse(generator()).pipe(record(path, overwrite=True, chunks=True)))

    async def beside() -> list[Any]:
        return await collect(from_sse(chunks).pipe(record(path, overwrite=True, chunks=True)))

    recorded = record(path, overwrite=True, chunks=True)
    for read in (
        lambda: collect_sync(from_sse(chunks).pipe(recorded)),
        lambda: collect_sync(from_sse(iter(chunks)).pipe(recorded)),
        lambda: list(from_sse(chunks).pipe(recorded)),
        lambda: run(main()),
        lambda: run(beside()),
    ):
        assert [event.to_dict() for event in read()] == _WHOLE
        assert _order(path) == _expected(chunks)


def test_without_being_asked_for_nothing_is_told(path: Path) -> None:
    """Law: neither is anything put between the bytes and their decoder."""
    decoder = BodyDecoder()
    assert tapped(decoder, None) is decoder
    collect_sync(from_sse(_CHUNKS).pipe(record(path)))
    assert _sizes(path) == []


def test_the_size_of_any_kind_of_bytes_is_in_bytes() -> None:
    """Law: what is no chunk is the error that it is without being told."""
    sizes: list[int] = []
    chunks: list[Any] = [bytearray(_BYTES[:9]), b"", memoryview(_BYTES[9:])]
    assert len(collect_sync(from_sse(chunks).with_chunks(sizes.append))) == 4
    assert sizes == [9, 0, len(_BYTES) - 9]
    with pytest.raises(TypeError, match="expected a chunk of bytes, but got str"):
        collect_sync(from_sse(["data"]).with_chunks(sizes.append))  # type: ignore[list-item]
    assert len(sizes) == 3


@readers
def test_clients_tell_of_the_chunks_of_all_their_answers(reader: Reader, path: Path) -> None:
    """Law: of those that go on after a drop, too; the events are the same."""
    events = simulated_events(5)
    recording = record(path, overwrite=True, chunks=True)
    body = {"model": "gpt-5", "input": "Hi", "background": True, "resume": True}
    server = ScriptedServer(Server(events, [4, 3], overlap=2))
    found = told(reader, server, lambda client: client.stream(**body).pipe(recording))
    assert found.completed
    assert [event.to_dict() for event in found.events] == events
    numbers = [*range(4), 2, 3, 4, *range(3, len(events))]
    assert _sizes(path) == [len(sse(events[number])) for number in numbers]
    kinds = ["chunk" in line for line in _lines(path)]
    assert sum(kinds) - len(events) == 2 + 2

    server = ScriptedServer(lambda _asked: Reply([sse(event) for event in events[3:]]))
    resumed = told(reader, server, lambda client: client.resume("resp_1", starting_after=2).pipe(recording))
    assert resumed.completed
    assert _sizes(path) == [len(sse(event)) for event in events[3:]]


def test_a_stream_that_is_opened_again_tells_of_all_its_chunks(path: Path) -> None:
    """Law: of bytes; events that come ready are in no chunk."""
    rest = [sse(*_WHOLE[2:3]), sse(*_WHOLE[3:])]
    begun = b"retry: 0\n\n" + sse(*_WHOLE[:2])
    stream = from_sse([begun], reopen=lambda _cursor: rest).pipe(record(path, overwrite=True, chunks=True))
    assert len(collect_sync(stream)) == 4
    assert _sizes(path) == [len(begun), *map(len, rest)]
    ready = from_events([parse_event(event) for event in _WHOLE])
    stream = from_sse([begun], reopen=lambda _cursor: ready).pipe(record(path, overwrite=True, chunks=True))
    assert len(collect_sync(stream)) == 4
    assert _sizes(path) == [len(begun)]


def test_sources_that_know_of_no_chunks_are_refused_where_they_are_piped(path: Path) -> None:
    """Law: it says which would do; no file is made."""
    stream = from_sse(_CHUNKS)
    for source in (from_events([]), stream.pipe(share_replay()), stream.pipe(record(path)), Source()):
        with pytest.raises(ConfigurationError, match="expected a stream of a client, from_sse or replay"):
            source.pipe(record(path, chunks=True))
    assert not path.exists()


def test_who_listens_to_chunks_does_not_keep_others_from_it(path: Path) -> None:
    """Law: all are told, in the order in which they asked; what nobody listens to beyond them is the same."""
    told: list[Any] = []
    stream = from_sse(_CHUNKS).with_chunks(told.append).with_chunks(lambda size: told.append(-size))
    assert len(collect_sync(stream)) == 4
    both = [sign * len(chunk) for chunk in _CHUNKS for sign in (1, -1)]
    assert told == both
    assert len(collect_sync(stream.pipe(record(path, chunks=True)))) == 4
    assert (told, _sizes(path)) == (both * 2, list(map(len, _CHUNKS)))


def test_who_listens_to_chunks_must_not_have_to_be_waited_for() -> None:
    """Law: nobody would."""

    async def later(size: int) -> None:
        raise AssertionError(size)

    with pytest.raises(TypeError, match="expected on_chunk to be a function that is not asynchronous"):
        from_sse(_CHUNKS).with_chunks(later)


def test_each_subscription_is_told_of_its_own(tmp_path: Path) -> None:
    """Law: cold."""
    paths = iter([tmp_path / "1", tmp_path / "2"])
    stream = from_sse(_CHUNKS).pipe(record(lambda: next(paths), chunks=True))
    assert collect_sync(stream) == collect_sync(stream)
    assert _sizes(tmp_path / "1") == _sizes(tmp_path / "2") == list(map(len, _CHUNKS))


@pytest.mark.parametrize("taken", range(1, 5))
def test_nothing_is_written_after_the_stream_was_left(path: Path, taken: int) -> None:
    """Law: by ``take``, by a loop in asyncio, and by one without."""
    recorded = from_sse(iter(_CHUNKS)).pipe(record(path, chunks=True, overwrite=True))
    assert len(collect_sync(recorded.pipe(ops.take(taken)))) == taken
    sizes = _sizes(path)
    assert sizes == list(map(len, _CHUNKS[: len(sizes)]))

    async def generator() -> AsyncIterator[bytes]:
        for chunk in _CHUNKS:
            yield chunk
            await asyncio.sleep(1)

    async def main() -> None:
        async with iterate(from_sse(generator()).pipe(record(path, chunks=True, overwrite=True))) as events:
            for _ in range(taken):
                await anext(events)
        before = _sizes(path)
        await asyncio.sleep(100)
        assert _sizes(path) == before

    run_virtually(main())
    with iterate_sync(from_sse(iter(_CHUNKS)).pipe(record(path, chunks=True, overwrite=True))) as events:
        for _ in range(taken):
            next(events)


def test_an_event_loop_is_told_what_a_thread_reads(path: Path) -> None:
    """Law: the lines are in order where a synchronous source is read in a thread of its own."""

    async def main() -> None:
        async with iterate(from_sse(iter(_CHUNKS)).pipe(record(path, chunks=True)), limit=1) as events:
            async for _ in events:
                await asyncio.sleep(0)

    run(main())
    assert _order(path) == _expected(_CHUNKS)
    done: list[Any] = []
    recorded = from_sse(iter(_CHUNKS)).pipe(record(path, chunks=True, overwrite=True))
    recorded.subscribe(on_completed=lambda: done.append(None), scheduler=NewThreadScheduler())
    until_sync(lambda: bool(done), what="the end")
    assert _order(path) == _expected(_CHUNKS)


def test_what_is_told_may_fail() -> None:
    """Law: the error is the stream's, after the events before it."""
    boom = Boom("no")

    def fail(_size: int) -> None:
        raise boom

    async def generator() -> AsyncIterator[bytes]:
        yield _BYTES

    streams: list[ResponseStream] = [from_sse([_BYTES]), from_sse([_BYTES], reopen=lambda _cursor: [])]
    for stream in streams:
        ends: list[Any] = []
        stream.with_chunks(fail).subscribe(on_error=ends.append)
        assert ends == [boom]

    async def main() -> None:
        with pytest.raises(Boom):
            await collect(from_sse(generator()).with_chunks(fail))

    run(main())


def test_a_full_disk_ends_the_recording_alone(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Law: while a chunk is written, too; where warnings are errors it is one."""

    def write(_file: RecordingFile, line: bytes) -> None:
        if b"chunk" in line:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(RecordingFile, "write", write)
    with pytest.warns(RecordingWarning, match="No space left"):
        assert len(collect_sync(from_sse(_CHUNKS).pipe(record(path, chunks=True)))) == 4
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(RecordingWarning):
            collect_sync(from_sse(_CHUNKS).pipe(record(path, chunks=True, overwrite=True)))


def test_chunks_are_replayed_in_their_place(path: Path) -> None:
    """Law: to who asks; for others, and in files without them, there are none."""
    collect_sync(from_sse(_CHUNKS).pipe(record(path, chunks=True)))
    again = path.with_name("again")
    for speed in (None, 1000.0):
        assert len(collect_sync(replay(path, speed=speed).pipe(record(again, chunks=True, overwrite=True)))) == 4
        assert _order(again) == _order(path) == _expected(_CHUNKS)
        collect_sync(replay(path, speed=speed).pipe(record(again, overwrite=True)))
        assert _sizes(again) == []
    path.write_bytes(_BYTES)
    collect_sync(replay(path).pipe(record(again, chunks=True, overwrite=True)))
    assert _sizes(again) == []
    path.write_bytes(HEADER + b'{"at":0,"chunk":"x"}\n')
    with pytest.raises(Exception, match=r"line 2: expected an event, an error, the completion or a chunk"):
        collect_sync(replay(path))
