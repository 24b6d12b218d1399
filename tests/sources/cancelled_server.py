"""A server whose answers can be left at any point, in a process: ``python -m tests.sources.cancelled_server``.

It prints its port. For each line on stdin it prints how many connections are open: clients have not closed them, and it
has not either. What it answers is told by the input of the request, ``KIND:NUMBER``:

    silent    nothing, for ever
    drip      an event now and then, for ever
    whole     a response to its end
    busy      status 503
    dropped   some events, and the connection breaks; who asks for the rest gets one of the first two
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from tests.cli.process import ROOT
from tests.fault_server import created, delta, sse, terminal

__all__ = ["KINDS", "CancelledServer", "running_cancelled_server"]

KINDS = ("silent", "drip", "whole", "busy", "dropped")
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n"
_BUSY = b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class CancelledServer:
    """The running server, as a test sees it.

    Attributes:
        url: The base URL.
    """

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.url = f"http://127.0.0.1:{self._told()}/v1"

    def open(self) -> int:
        """Return how many connections are open."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._told()

    def _told(self) -> int:
        assert self._process.stdout is not None
        return int(self._process.stdout.readline())


@contextmanager
def running_cancelled_server() -> Iterator[CancelledServer]:
    """Run the server until the block is left."""
    command = [sys.executable, "-m", "tests.sources.cancelled_server"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield CancelledServer(process)
        finally:
            process.kill()


class _Server:
    def __init__(self) -> None:
        self.open = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request, until the client closes or the answer is over."""
        self.open += 1
        tasks: list[asyncio.Task[Any]] = []
        try:
            kind, number, after = await _asked(reader)
            answer = asyncio.create_task(_answer(writer, kind, number, after))
            tasks = [answer, asyncio.create_task(reader.read())]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        except (OSError, EOFError):
            pass
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
            self.open -= 1


async def _asked(reader: asyncio.StreamReader) -> tuple[str, int, int]:
    """Return the kind and number that are asked for, and the event after which to go on."""
    method, target, *_ = (await reader.readline()).decode().split() or [""] * 2
    length = 0
    while (line := await reader.readline()) not in (b"\r\n", b""):
        if line.lower().startswith(b"content-length:"):
            length = int(line[15:])
    if not method:
        raise EOFError
    if method == "GET":
        path, _, query = target.partition("?")
        number = int(path.rpartition("-")[2])
        after = int(query.partition("starting_after=")[2].partition("&")[0])
        return KINDS[number % 2], number, after
    kind, _, number_ = json.loads(await reader.readexactly(length))["input"].partition(":")
    return kind, int(number_), -1


async def _answer(writer: asyncio.StreamWriter, kind: str, number: int, after: int) -> None:
    chance = random.Random(f"{number} {after}")
    if kind == "silent":
        await asyncio.Event().wait()
    if kind == "busy":
        writer.write(_BUSY)
        return
    writer.write(_HEAD)
    count = {"drip": 1_000_000, "whole": chance.randrange(20), "dropped": chance.randrange(5)}[kind]
    if after < 0:
        await _send(writer, created(f"resp-{number}"))
    for place in range(max(1, after + 1), count):
        await _send(writer, delta(place))
        if chance.random() < 0.7:
            await asyncio.sleep(chance.random() * 0.004)
    if kind == "whole":
        await _send(writer, terminal(max(1, count)))
        writer.write(b"0\r\n\r\n")
        await writer.drain()
    elif chance.random() < 0.5:
        writer.transport.abort()  # reset
    # The others end without the last chunk.


async def _send(writer: asyncio.StreamWriter, event: dict[str, Any]) -> None:
    data = sse(event)
    writer.write(b"%x\r\n%b\r\n" % (len(data), data))
    await writer.drain()


async def main() -> None:
    """Serve until stdin ends."""
    served = _Server()
    server = await asyncio.start_server(served.serve, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while await lines.readline():
        print(served.open, flush=True)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main())
    os._exit(0)  # what still drips is of no interest
