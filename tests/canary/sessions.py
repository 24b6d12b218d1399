"""Sessions with a secret in every place where one can be: ``python -m tests.canary.sessions FOLDER``, the key on stdin.

What our part shows of them goes to stdout and stderr, and into the folder. What httpx and httpcore log goes to
``foreign.log`` there: they log the URL of a request with its query, and its headers.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from rxstream import AsyncClient, Client, collect, collect_sync, moderation_check, record, replay, run_tools
from rxstream.sources import ResponseStream
from tests.fault_server import Exchange, FaultServer, created, delta, sse, terminal

OURS = str(Path(__file__).resolve().parents[2] / "rxstream")
FOREIGN = "foreign.log"
_FOREIGN_LOGGERS = ("httpx", "httpcore")
_WHOLE = sse(created(), delta(1), terminal(2))
_CALL = {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "add", "arguments": '{"a": "x"}'}


def _truncated(exchange: Exchange) -> None:
    exchange.stream(sse(created(), delta(1)))


def _broken(exchange: Exchange) -> None:
    exchange.head()
    exchange.chunk(sse(created(), delta(1)))
    exchange.reset()


def _answers(status: int, body: bytes, **headers: str | None) -> Callable[[Exchange], None]:
    return lambda exchange: exchange.answer(status, body, **headers)


def _streams(body: bytes) -> Callable[[Exchange], None]:
    return lambda exchange: exchange.stream(body)


_REFUSAL = b'{"error": {"message": "no", "code": "invalid_api_key"}}'

REPLIES: dict[str, Callable[[Exchange], None]] = {
    "whole": _streams(_WHOLE),
    "unauthorized": _answers(401, _REFUSAL, content_type="application/json"),
    "too many": _answers(429, _REFUSAL, content_type="application/json", retry_after="0"),
    "server error": _answers(500, b"<html>", content_type="text/html"),
    "redirect": _answers(307, b"", location="http://elsewhere.test/v1"),
    "no stream": _answers(200, _REFUSAL, content_type="application/json"),
    "a page": _answers(200, b"<html>", content_type="text/html"),
    "encoded": _answers(200, b"\x1f\x8b", content_encoding="gzip"),
    "truncated": _truncated,
    "broken": _broken,
    "no answer": lambda exchange: exchange.reset(),
    "no HTTP": lambda exchange: exchange.send(b"nonsense\r\n\r\n"),
    "no JSON": _streams(sse(created()) + b"data: {\n\n"),
    "too large": _streams(b"data: " + b"x" * 4_000 + b"\n\n"),
    "failed": _streams(sse(created(), terminal(1, "failed", error={"code": "server_error", "message": "no"}))),
    "error": _streams(sse(created(), {"type": "error", "sequence_number": 1, "code": "x", "message": "no"})),
    "a call": _streams(sse(created(), terminal(1, "completed", output=[_CALL]))),
}


def add(a: int) -> int:
    """Add."""
    return a + 1


def _show(what: object) -> None:
    print(type(what).__name__, repr(what), str(what))


def _tell(error: BaseException) -> None:
    """Print an error, its causes, and what our frames hold."""
    _show(error)
    print(vars(error))
    link = [traceback.TracebackException.from_exception(error, capture_locals=True, compact=True)]
    for told in link:
        print("caused", str(told))
        for frame in told.stack:
            if frame.filename.startswith(OURS):
                print("frame", frame.filename, frame.name, frame.locals)
        link += [other for other in (told.__cause__, told.__context__) if other is not None]


def _arguments(url: str, key: str) -> Iterator[dict[str, Any]]:
    """Give the ways to configure a client with a secret."""
    yield {"base_url": url}  # the key is that of the environment
    yield {
        "api_key": key,
        "base_url": f"{url.replace('http://', f'http://user:{key}@')}?key={key}",
        "default_headers": {"x-secret": key, "api-key": key},
        "default_query": {"token": key},
        "organization": key,
        "project": key,
    }


def _request(key: str) -> dict[str, Any]:
    return {
        "model": "gpt-5",
        "input": "Hi",
        "extra_headers": {"x-extra": key},
        "extra_query": {"extra": key},
        "extra_body": {"metadata": {"token": key}},
    }


def _server_tool(key: str) -> dict[str, Any]:
    return {"type": "mcp", "server_label": "a", "server_url": f"http://host/?key={key}", "headers": {"api-key": key}}


def _streams_of(client: Any, key: str, path: Path) -> Iterator[ResponseStream]:
    """Give the ways to ask for a stream."""
    request = _request(key)
    yield client.stream(**request, tools=[_server_tool(key)]).pipe(record(path))
    yield run_tools(client, tools=[add, _server_tool(key)], max_turns=2, **request)
    yield run_tools(client, tools=[add], max_turns=2, on_tool_error="raise", **request)
    yield client.stream(**request, background=True, resume=True, on_reconnect=_show, max_retries=0)
    yield client.resume("resp_1", starting_after=1, extra_headers={"x-extra": key}, extra_query={"extra": key})


def _sync(given: dict[str, Any], key: str, path: Path) -> None:
    with Client(**given, max_event_bytes=2_000) as client:
        _show(client)
        for number, stream in enumerate(_streams_of(client, key, path.with_suffix(".sync"))):
            _show(stream)
            try:
                for event in collect_sync(stream):
                    _show(event)
            except Exception as error:
                print("stream", number)
                _tell(error)
        try:
            client.post("/moderations", {"input": key})
        except Exception as error:
            _tell(error)
        _show(moderation_check(client))
    try:
        client.stream(**_request(key))
    except Exception as error:
        _tell(error)


async def _async(given: dict[str, Any], key: str, path: Path) -> None:
    async with AsyncClient(**given, max_event_bytes=2_000) as client:
        _show(client)
        for number, stream in enumerate(_streams_of(client, key, path.with_suffix(".async"))):
            _show(stream)
            try:
                for event in await collect(stream):
                    _show(event)
            except Exception as error:
                print("stream", number)
                _tell(error)
        try:
            await client.post("/moderations", {"input": key})
        except Exception as error:
            _tell(error)


def _refused_url() -> str:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{unused.getsockname()[1]}/v1"


def _log(folder: Path) -> None:
    ours, foreign = logging.StreamHandler(sys.stdout), logging.FileHandler(folder / FOREIGN)
    ours.addFilter(lambda logged: not logged.name.startswith(_FOREIGN_LOGGERS))
    foreign.addFilter(lambda logged: logged.name.startswith(_FOREIGN_LOGGERS))
    logging.basicConfig(level=logging.DEBUG, handlers=[ours, foreign])
    logging.captureWarnings(True)
    warnings.simplefilter("always")


def _hold(url: str, name: str, key: str, folder: Path) -> None:
    for number, arguments in enumerate(_arguments(url, key)):
        # The others would wait before they try again.
        given = {**arguments, "max_retries": 1 if name == "too many" else 0}
        path = folder / f"{name.replace(' ', '-')}-{number}.jsonl"
        print("session", name, number)
        _sync(given, key, path)
        asyncio.run(_async(given, key, path), debug=True)
        for recording in (path.with_suffix(".sync"), path.with_suffix(".async")):
            with suppress(Exception):
                _show(collect_sync(replay(recording)))


def main(key: str, folder: Path) -> None:
    """Hold all sessions, and print which secrets the server got."""
    _log(folder)
    received: set[str] = set()
    for name, reply in REPLIES.items():
        with FaultServer(reply) as server:
            _hold(server.url, name, key, folder)
            for exchange in server.exchanges:
                received |= {header for header, value in exchange.headers.items() if key in value}
                received |= {"the query"} if key in exchange.target else set()
                received |= {"the body"} if key.encode() in exchange.body else set()
    _hold(_refused_url(), "refused", key, folder)
    print("received in", ", ".join(sorted(received)))


if __name__ == "__main__":
    main(sys.stdin.read(), Path(sys.argv[1]))
