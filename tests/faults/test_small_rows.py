"""Rows of the fault matrix that no other test shows."""

from __future__ import annotations

import ast
import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from re import _constants as constants  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import httpx
import pytest
from reactivex import operators as ops

import rxstream as rxs
from tests.cli.process import rxstream
from tests.exhaustive.stream import CALLS, EVENTS
from tests.fault_server import Exchange, FaultServer, created, delta, sse, terminal
from tests.reactive.leaks import run, until
from tests.sources.clients import CANARY, Reader, readers, tell_async

_WHOLE = sse(created(), delta(1), delta(2), terminal(3))
_TYPES = ["response.created", "response.output_text.delta", "response.output_text.delta", "response.completed"]


@pytest.mark.serial
@readers
def test_T4_any_byte_breaks_the_silence(reader: Reader) -> None:
    """Law: a comment, or half of one, is a sign of life: the stream may last longer than the read timeout."""

    def reply(exchange: Exchange) -> None:
        exchange.head()
        exchange.chunk(sse(created()))
        for part in (b": still here\n\n", b": st", b"ill", b" here\n\n") * 2:
            exchange.wait_for_close(0.1)
            exchange.chunk(part)
        exchange.chunk(sse(terminal(1)))
        exchange.end()

    with FaultServer(reply) as server:
        told = reader.told(server.url, timeout=(1.0, 0.6, 1.0, 1.0))
    assert told.completed
    assert told.types == ["response.created", "response.completed"]
    assert told.seconds > 0.6


@pytest.mark.parametrize(
    ("project", "wire"),
    [
        (rxs.text_deltas, EVENTS),
        (rxs.accumulate_text, EVENTS),
        (rxs.reasoning_deltas, EVENTS),
        (rxs.final_response, EVENTS),
        (rxs.function_calls, CALLS),
        (rxs.accumulate_arguments, CALLS),
        (rxs.final_response, CALLS),
    ],
)
def test_P4_unknown_events_change_no_projection(project: Callable[[], Any], wire: list[dict[str, Any]]) -> None:
    """Law: before the first event and after each, whatever they hold; what is projected stays the same."""
    unknown = [
        {"type": "keepalive", "sequence_number": 0},
        {"type": "ping"},
        {"type": "response.telepathy", "output_index": 0, "item_id": "msg_1", "response": {"output": []}},
    ]
    mixed = [*unknown, *(one for event in wire for one in (event, *unknown))]
    plain, other = (
        rxs.collect_sync(rxs.from_events(map(rxs.parse_event, events)).pipe(project())) for events in (wire, mixed)
    )
    assert plain
    assert other == plain


@pytest.mark.parametrize(("share", "missed"), [(rxs.share_replay, 0), (ops.share, 1)])
def test_R3_a_late_subscriber_sends_no_second_request(share: Callable[[], Any], missed: int) -> None:
    """Law: over a socket, who comes after the first event is told it again, or the rest alone."""
    go = threading.Event()

    def reply(exchange: Exchange) -> None:
        exchange.head()
        exchange.chunk(sse(created()))
        assert go.wait(5)
        exchange.chunk(sse(delta(1), delta(2), terminal(3)))
        exchange.end()

    async def main() -> None:
        async with httpx.AsyncClient(trust_env=False) as http_client:
            client = rxs.AsyncClient(api_key=CANARY, base_url=server.url, http_client=http_client)
            shared, first = client.stream(model="gpt-5", input="Hi").pipe(share()), []
            shared.subscribe(first.append)
            await until(lambda: len(first) == 1, what="the first event")
            late: list[Any] = []
            shared.subscribe(late.append)
            go.set()
            await until(lambda: len(first) == 4 and len(late) == 4 - missed, what="the rest")
            assert [event.type for event in first] == _TYPES
            assert late == first[missed:]

    with FaultServer(reply) as server:
        run(main())
        assert len(server.exchanges) == 1


def test_R4_two_subscriptions_are_two_requests() -> None:
    """Law: each is told the whole stream, at the same time as the other; the documentation says so."""

    async def main() -> None:
        async with httpx.AsyncClient(trust_env=False) as http_client:
            client = rxs.AsyncClient(api_key=CANARY, base_url=server.url, http_client=http_client)
            stream = client.stream(model="gpt-5", input="Hi")
            told = await asyncio.gather(tell_async(stream), tell_async(stream))
            assert [one.types for one in told] == [_TYPES, _TYPES]
            assert not {id(event) for event in told[0].events} & {id(event) for event in told[1].events}

    with FaultServer(lambda exchange: exchange.stream(_WHOLE)) as server:
        run(main())
        assert len(server.exchanges) == 2
    for make in (rxs.Client, rxs.AsyncClient):
        assert "at each subscription" in " ".join((make.stream.__doc__ or "").split())


@pytest.mark.parametrize(
    "reply",
    [
        lambda exchange: exchange.stream(_WHOLE),
        lambda exchange: exchange.stream(b"data: 1\n\n"),
        lambda exchange: exchange.answer(401, b'{"error": {"message": "no"}}', content_type="application/json"),
    ],
    ids=["whole", "garbage", "refused"],
)
def test_S1_the_command_line_prints_no_key(reply: Callable[[Exchange], None]) -> None:
    """Law: the key is sent, and is on neither output."""
    with FaultServer(reply) as server:
        done = rxstream("run", "--base-url", server.url, "Hello", OPENAI_API_KEY=CANARY)
        assert CANARY in server.exchanges[0].headers["authorization"]
    assert CANARY not in done.stdout + done.stderr


def _repeats_a_repetition(found: Any, repeated: bool = False) -> bool:
    """Tell whether, in a parsed pattern, something that may repeat stands in something that may repeat."""
    if isinstance(found, tuple) and found and found[0] in (constants.MAX_REPEAT, constants.MIN_REPEAT):
        _low, high, inner = found[1]
        return (repeated and high > 1) or _repeats_a_repetition(inner, repeated or high > 1)
    if isinstance(found, parser.SubPattern | tuple | list):
        return any(_repeats_a_repetition(one, repeated) for one in found)
    return False


def _patterns() -> Iterator[tuple[str, ast.expr]]:
    """Give the pattern of each call of ``re`` in the modules that read what a server sends."""
    package = Path(rxs.__file__).parent
    for path in sorted(package.rglob("*.py")):
        name = path.relative_to(package).as_posix()
        if name.startswith(("simulated/", "testing/")) or name == "tools/docstrings.py":
            continue  # they read prompts of a local test, a tester's patterns, and source code
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="re" | "regex"), attr=called), args=[pattern, *_]):
                    if called != "escape":
                        yield name, pattern


def test_S6_no_pattern_repeats_a_repetition() -> None:
    """Law: no text makes a pattern of ours try for longer than its length; those that are computed are named here."""
    assert [_repeats_a_repetition(parser.parse(bad)) for bad in ("(a+)+", "(?:x|b*c){2,}", "a+b+", "(?:a+)?")] == [
        True,
        True,
        False,
        False,
    ]
    found = list(_patterns())
    fixed = [(name, pattern.value) for name, pattern in found if isinstance(pattern, ast.Constant)]
    assert len(fixed) >= 10
    assert [one for one in fixed if _repeats_a_repetition(parser.parse(one[1]))] == []
    # One character at a time, and what the user wrote.
    computed = {name for name, pattern in found if not isinstance(pattern, ast.Constant)}
    assert computed == {"segmentation/classes.py", "moderation/words.py"}
