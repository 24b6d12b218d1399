"""``moderate`` under each kind of consumer, with checks of each kind."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import httpx
import pytest
import reactivex
from reactivex.subject import Subject

from rxstream import (
    AsyncClient,
    Client,
    ConfigurationError,
    ModerationError,
    Verdict,
    collect,
    collect_sync,
    from_events,
    iterate,
    moderate,
    share_replay,
)
from rxstream.simulated import SimulatedTransport
from tests.laws.probes import COMPLETED, Boom, Source, Subscriber
from tests.marbles import event, text

_URL = "http://simulated/v1"
_REQUEST = {"model": "gpt-5", "input": "Say 'hello' 40 times."}


def others() -> set[asyncio.Task[Any]]:
    """The tasks that run beside this one."""
    return asyncio.all_tasks() - {asyncio.current_task()}  # type: ignore[arg-type]


def test_a_sync_check_in_a_plain_loop():
    """Without asyncio, without threads: the check is called where the loop reads."""
    transport, threads = SimulatedTransport(), set[int]()

    def check(words: str) -> Verdict:
        threads.add(threading.get_ident())
        return Verdict(flagged=False)

    with httpx.Client(transport=transport) as http_client:
        stream = Client(base_url=_URL, http_client=http_client).stream(**_REQUEST)
        shown = "".join(stream.text_deltas().pipe(moderate(check, window=16)))
    assert shown == ", ".join(["hello"] * 40)
    assert threads == {threading.get_ident()}


def test_a_flagged_text_closes_the_request():
    """The model sees that its stream was left before the end."""
    transport = SimulatedTransport()
    with httpx.Client(transport=transport) as http_client:
        stream = Client(base_url=_URL, http_client=http_client).stream(**_REQUEST)
        with pytest.raises(ModerationError) as raised:
            collect_sync(stream.pipe(moderate(lambda words: "hello" in words, window=16)))
    assert transport.model.open_streams == 0
    assert list(transport.model.abandoned) == [raised.value.response_id]


def test_an_async_check_under_a_sync_consumer_is_refused():
    """There is no event loop that could run it: an error that says so, and nothing shown; no coroutine is left."""

    async def check(words: str) -> bool:
        return False

    loop = iter(reactivex.of("Hello").pipe(moderate(check)))  # type: ignore[call-overload]
    with pytest.raises(ConfigurationError, match="expected a running event loop"):
        next(loop)


def test_async_checks_in_iterate():
    """Checks run at once, as many as allowed; text comes in order."""
    running, most = 0, 0

    async def check(words: str) -> Verdict:
        nonlocal running, most
        running += 1
        most = max(most, running)
        for _ in range(3):
            await asyncio.sleep(0)
        running -= 1
        return Verdict(flagged=False)

    async def run() -> str:
        async with httpx.AsyncClient(transport=SimulatedTransport()) as http_client:
            stream = AsyncClient(base_url=_URL, http_client=http_client).stream(**_REQUEST)
            moderated = stream.pipe(moderate(check, window=8, max_concurrent_checks=3))
            async with iterate(moderated, limit=4) as events:
                response = [one async for one in events][-1].response
        assert others() == set()
        return response.output_text

    assert asyncio.run(run()) == ", ".join(["hello"] * 40)
    assert most == 3


@pytest.mark.parametrize("left", [0, 1, 5])
def test_leaving_early_cancels_the_checks_and_the_request(left: int):
    """After the block no task is left, and the model's stream is closed."""
    waiting, cancelled = 0, 0
    all_wait: asyncio.Event

    async def check(words: str) -> None:
        nonlocal waiting, cancelled
        waiting += 1
        if waiting == 4:
            all_wait.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled += 1
            await asyncio.sleep(0)
            raise

    async def run() -> None:
        nonlocal all_wait
        all_wait = asyncio.Event()
        transport = SimulatedTransport(scenario="long")
        async with httpx.AsyncClient(transport=transport) as http_client:
            stream = AsyncClient(base_url=_URL, http_client=http_client).stream(**_REQUEST)
            created = stream.pipe(moderate(check, window=8))
            async with iterate(created) as events:
                for _ in range(left):
                    if (await anext(events)).type == "response.content_part.added":
                        break
                if left == 5:
                    await all_wait.wait()
            assert others() == set()
            assert transport.model.open_streams == 0

    asyncio.run(run())
    assert cancelled == (4 if left == 5 else 0)


def test_the_error_of_a_check_cancels_the_others():
    """Those that still run are of no use: the text that they cover is never shown."""
    error, cancelled = Boom(), 0

    async def check(words: str) -> None:
        nonlocal cancelled
        if words == "ab":
            await asyncio.sleep(0)
            raise error
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled += 1
            raise

    async def run() -> None:
        with pytest.raises(Boom) as raised:
            await collect(reactivex.of("ab", "cd", "ef").pipe(moderate(check, window=2, max_concurrent_checks=3)))
        assert raised.value is error
        assert others() == set()

    asyncio.run(run())
    assert cancelled == 2


def test_a_check_that_was_cancelled_by_others_is_no_pass():
    """Its text is not shown."""

    async def check(words: str) -> None:
        raise asyncio.CancelledError

    async def run() -> None:
        with pytest.raises(ConfigurationError, match="cancelled"):
            await collect(reactivex.of("Hello").pipe(moderate(check)))

    asyncio.run(run())


@pytest.mark.parametrize("count", [1, 4])
def test_checks_may_answer_in_other_threads(count: int):
    """Several threads answer at once, in any order: the items come in theirs, one by one, and all of them."""
    waiting: list[Subject[bool]] = []
    inside = threading.Lock()

    def check(words: str) -> Subject[bool]:
        waiting.append(Subject())
        return waiting[-1]

    class Alone(Subscriber):
        def on_next(self, item: Any) -> None:
            assert inside.acquire(blocking=False), "two threads tell the subscriber at once"
            super().on_next(item)
            inside.release()

    pieces = [f"{number:04}" for number in range(200)]
    source, subscriber = Source(), Alone()
    moderate(check, window=4, max_concurrent_checks=1000)(source).subscribe(subscriber)
    for piece in pieces:
        source.next(piece)
    source.complete()
    parts = [waiting[number::count][::-1] for number in range(count)]
    threads = [threading.Thread(target=lambda part=part: [one.on_next(False) for one in part]) for part in parts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (subscriber.items, subscriber.ends) == (pieces, [COMPLETED])


def test_a_source_that_pushes_inside_subscribe_is_stopped():
    """What is flagged while ``subscribe`` still runs disposes of the source as soon as that is possible."""
    read: list[str] = []
    source = reactivex.from_iterable(piece for piece in ["good", "evil", *["more"] * 50] if not read.append(piece))
    subscriber = Subscriber()
    source.pipe(moderate(lambda words: "evil" in words, window=4)).subscribe(subscriber)
    assert isinstance(subscriber.ends[0], ModerationError)
    assert len(read) < 6


def test_one_moderated_request_for_several_subscribers():
    """Behind it, ``share_replay`` shows all of them the same, checked once."""
    asked: list[str] = []
    source = from_events([text("Hello"), event("completed", response={})])
    shared = source.pipe(moderate(asked.append), share_replay())
    assert collect_sync(shared) == collect_sync(shared)
    assert asked == ["Hello"]


def test_a_subscriber_that_raises_when_a_check_answers_ends_its_own_subscription():
    """What it raises goes to whoever answered; nothing is told to it afterwards, and the source is released."""
    answer, source, error = Subject[bool](), Source(), Boom()

    def refuse() -> None:
        raise error

    subscriber = Subscriber(refuse)
    moderate(lambda words: answer, window=2)(source).subscribe(subscriber)
    source.next("ab")
    source.next("cd")
    source.next("ef")
    with pytest.raises(Boom):
        answer.on_next(False)
    source.next("gh")
    source.complete()
    assert (subscriber.items, subscriber.ends, source.disposals) == (["ab"], [], 1)


def test_what_a_subscriber_raises_at_an_item_of_the_source_goes_to_the_source():
    """Which may then emit it as its error: the operator makes no error of its own of it."""
    source, error = Source(), Boom()

    def refuse() -> None:
        if len(subscriber.items) == 1:
            raise error

    subscriber = Subscriber(refuse)
    moderate(lambda words: None, window=2)(source).subscribe(subscriber)
    source.next("abc")
    with pytest.raises(Boom):
        source.next("de")
    assert subscriber.ends == []
    source.error(error)
    assert (subscriber.items, subscriber.ends) == (["abc", "de"], [error])
