"""From an Observable to a plain iterator."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import reactivex
from reactivex import Subject
from reactivex import operators as ops

from rxstream.reactive import SyncScope, collect_sync, first_sync, iterate_sync, last_sync, sync_source
from tests.reactive.counted import Counted
from tests.reactive.leaks import until_sync


class Blocking:
    """A reader that gives 0 and then blocks until it is interrupted."""

    def __init__(self, *, give: int = 1, opening: threading.Event | None = None) -> None:
        self.closed = 0
        self.threads: list[int] = []
        self.reading = threading.Event()
        self._give = give
        self._released = threading.Event()

    def __iter__(self) -> Iterator[list[int]]:
        for number in range(self._give):
            self.threads.append(threading.get_ident())
            yield [number]
        self.reading.set()
        self._released.wait(5)

    def close(self) -> None:
        self.closed += 1

    def interrupt(self) -> None:
        self._released.set()


def _in_thread(call: Callable[[], Any]) -> threading.Thread:
    thread = threading.Thread(target=call)
    thread.start()
    return thread


def test_one_source_is_read_in_the_thread_of_the_loop() -> None:
    """Law: no thread is made where nothing else must go on."""
    reader = Blocking(give=3)
    with iterate_sync(sync_source(lambda: reader)) as items:
        assert [next(items) for _ in range(3)] == [0, 1, 2]
    assert reader.threads == [threading.get_ident()] * 3
    assert reader.closed == 1


def test_two_merged_sources_do_not_wait_for_each_other() -> None:
    """Law: a source that blocks does not keep back what another gives."""
    blocking, source = Blocking(give=0), Counted(50, sync=True)
    with iterate_sync(reactivex.merge(sync_source(lambda: blocking), source.items)) as items:
        assert [next(items) for _ in range(50)] == list(range(50))
    until_sync(lambda: blocking.closed == 1, what="the blocked source to be closed")
    assert source.open == 0


def test_a_timer_fires_while_a_read_blocks() -> None:
    """Law: operators that take time work while nothing comes."""
    blocking = Blocking()
    pipeline = sync_source(lambda: blocking).pipe(ops.timeout(0.02))
    with iterate_sync(pipeline) as items:
        assert next(items) == 0
        with pytest.raises(Exception, match=r"(?i)timeout"):
            next(items)
    until_sync(lambda: blocking.closed == 1, what="the blocked source to be closed")


def test_what_came_before_a_timer_was_due_goes_before_it() -> None:
    """Law: a consumer that comes late sees things in the order in which they became due."""
    scope, order = SyncScope(), []
    scope.schedule_relative(0.004, lambda *_: order.append("timer"))
    scope.schedule(lambda *_: order.append("item"))
    time.sleep(0.01)
    scope.schedule(lambda *_: order.append("late item"))
    for _ in range(3):
        scope.run_one()
    assert order == ["item", "timer", "late item"]


def test_a_cancelled_action_takes_what_it_scheduled_with_it() -> None:
    """Law: disposing an action cancels it before it ran, and what it scheduled afterwards."""
    scope, ran = SyncScope(), []
    scope.schedule(lambda *_: ran.append("cancelled")).dispose()
    recurring = scope.schedule(lambda scheduler, _state: scheduler.schedule(lambda *_: ran.append("inner")))
    scope.run_one()
    recurring.dispose()
    scope.schedule_absolute(scope.now, lambda *_: ran.append("last"))
    scope.run_one()
    assert ran == ["last"]


def test_periodic_operators_work() -> None:
    """Law: the iterator is a scheduler of all kinds."""
    assert collect_sync(reactivex.interval(0.001).pipe(ops.take(3))) == [0, 1, 2]


def test_items_of_other_threads_wake_the_consumer() -> None:
    """Law: whichever thread made the iterator, a push of another wakes the one that waits."""
    subject = Subject[int]()
    items = iterate_sync(subject)  # made here, read in another thread, pushed to from here
    found: list[int] = []
    thread = _in_thread(lambda: found.extend(items))
    until_sync(lambda: bool(subject.observers), what="the iterator to be subscribed")
    for number in range(3):
        time.sleep(0.002)
        subject.on_next(number)
    subject.on_completed()
    thread.join(2)
    assert found == [0, 1, 2]


def test_closing_in_another_thread_ends_the_reading() -> None:
    """Law: a read that blocks the consumer is interrupted, and the loop ends."""
    reader = Blocking()
    items = iterate_sync(sync_source(lambda: reader))
    assert next(items) == 0
    thread = _in_thread(lambda: reader.reading.wait(2) and items.close())
    assert list(items) == []
    thread.join()
    assert reader.closed == 1
    waiting = iterate_sync(reactivex.never())
    thread = _in_thread(lambda: time.sleep(0.005) or waiting.close())
    assert list(waiting) == []
    thread.join()


def test_closing_while_another_thread_reads_interrupts_and_closes() -> None:
    """Law: a reader that has a thread of its own is closed by that."""
    readers = [Blocking(give=0), Blocking(give=0)]
    streams = [sync_source(lambda reader=reader: reader) for reader in readers]
    with iterate_sync(reactivex.merge(reactivex.of(-1), *streams)) as items:
        assert next(items) == -1
        thread = _in_thread(lambda: all(reader.reading.wait(2) for reader in readers) and items.close())
        assert list(items) == []
    thread.join()
    until_sync(lambda: [reader.closed for reader in readers] == [1, 1], what="both readers to be closed")


def test_closing_at_once_opens_nothing() -> None:
    """Law: before the first item is wanted nothing is opened, and closing twice is closing."""
    source = Counted(sync=True)
    items = iterate_sync(source.items)
    with items:
        pass
    items.close()
    assert list(items) == []
    assert source.opened == 0


def test_an_abandoned_loop_closes_the_source_at_once() -> None:
    """Law: a bare ``for`` that is left early closes when the iterator is dropped."""
    source = Counted(sync=True)
    for item in iterate_sync(source.items):
        if item == 3:
            break
    gc.collect()
    assert source.opened == source.closed == 1


def test_what_opening_raises_is_the_error() -> None:
    """Law: a source that cannot be opened ends with the error of its opening."""

    def refuses() -> Any:
        raise OSError("refused")

    with pytest.raises(OSError, match="refused"):
        collect_sync(sync_source(refuses))
    with pytest.raises(OSError, match="refused"):
        collect_sync(sync_source(refuses).pipe(ops.timeout(1.0)))


def test_a_subscriber_that_raises_ends_its_own_subscription() -> None:
    """Law: it gets its error, the source is closed; after a dispose of its own, whoever reads gets it."""
    source = Counted(sync=True)
    errors: list[Exception] = []
    raised = KeyError("a mistake of the subscriber")

    def on_next(item: int) -> None:
        if item == 2:
            raise raised

    source.items.subscribe(on_next, errors.append)
    assert errors[0] is raised
    assert (source.opened, source.closed) == (1, 1)

    def dispose_and_raise(_item: int) -> None:
        subscription.dispose()
        raise raised

    scope = SyncScope()
    subscription = source.items.subscribe(dispose_and_raise, scheduler=scope)
    with pytest.raises(KeyError, match="a mistake"):
        scope.run_one()
    assert (source.opened, source.closed) == (2, 2)


def test_a_base_exception_of_a_read_closes_the_source() -> None:
    """Law: an interrupt of the user comes through, and the connection is closed."""

    def interrupted() -> None:
        if source.read == 2:
            raise KeyboardInterrupt

    source = Counted(sync=True, pause=interrupted)
    items = iterate_sync(source.items)
    assert [next(items), next(items)] == [0, 1]
    with pytest.raises(KeyboardInterrupt):
        next(items)
    assert source.open == 0


def test_take_stops_a_source_that_pushes_inside_subscribe() -> None:
    """Law: without a scheduler ``subscribe`` reads on the current thread, and ``take`` still ends it."""
    source = Counted(sync=True)
    seen: list[int] = []
    source.items.pipe(ops.take(2)).subscribe(seen.append)
    assert seen == [0, 1]
    assert source.read == 2
    assert source.open == 0


def test_disposing_in_another_thread_interrupts_a_subscription() -> None:
    """Law: a subscriber that was pushed to on a scheduler of Rx can be disposed of while the read blocks."""
    reader = Blocking()
    completed: list[str] = []
    subscription = sync_source(lambda: reader).subscribe(
        on_completed=lambda: completed.append("completed"), scheduler=reactivex.scheduler.NewThreadScheduler()
    )
    assert reader.reading.wait(2)
    subscription.dispose()
    until_sync(lambda: reader.closed == 1, what="the reader to be closed")
    assert completed == []


def test_disposing_while_it_is_opened_reads_nothing() -> None:
    """Law: what is opened meanwhile is closed unread, though nothing could be interrupted yet."""
    for pipeline in (lambda source: source, lambda source: source.pipe(ops.timeout(10.0))):
        opening, go_on = threading.Event(), threading.Event()
        reader = Blocking()

        def opens(opening: Any = opening, go_on: Any = go_on, reader: Any = reader) -> Any:
            opening.set()
            go_on.wait(2)
            return reader

        items = iterate_sync(pipeline(sync_source(opens)))
        thread = _in_thread(lambda items=items: list(items))
        assert opening.wait(2)
        items.close()
        go_on.set()
        thread.join(2)
        until_sync(lambda reader=reader: reader.closed == 1, what="the reader to be closed")
        assert reader.threads == []


def test_first_last_and_collect_close_the_source() -> None:
    """Law: one value, or all; none is an error of its own kind."""
    source = Counted(5, sync=True)
    assert first_sync(source.items) == 0
    assert last_sync(source.items) == 4
    assert collect_sync(source.items) == [0, 1, 2, 3, 4]
    assert source.opened == source.closed == 3
    for settle in (first_sync, last_sync):
        with pytest.raises(Exception, match="no elements"):
            settle(Counted(0, sync=True).items)


def test_an_interrupted_iterator_has_ended() -> None:
    """Law: an exception out of a read, as Ctrl-C is, closes the source; whoever goes on finds the end and no hang."""
    closed: list[str] = []

    class Interrupted(Blocking):
        def __iter__(self) -> Iterator[list[int]]:
            yield [1]
            raise KeyboardInterrupt

        def close(self) -> None:
            closed.append("closed")

    items = iterate_sync(sync_source(Interrupted))
    assert next(items) == 1
    with pytest.raises(KeyboardInterrupt):
        next(items)
    assert closed == ["closed"]
    thread = _in_thread(lambda: closed.append(str(next(items, "end"))))
    thread.join(2)
    hangs = thread.is_alive()
    items.close()
    thread.join(2)
    assert not hangs
    assert closed == ["closed", "end"]


def test_a_subscription_that_was_interrupted_is_an_end_too() -> None:
    """Law: it is not tried again, and nobody waits for it."""

    def interrupted(*_: Any) -> Any:
        raise KeyboardInterrupt

    items = iterate_sync(reactivex.Observable(interrupted))
    with pytest.raises(KeyboardInterrupt):
        next(items)
    found: list[Any] = []
    thread = _in_thread(lambda: found.append(next(items, "end")))
    thread.join(2)
    hangs = thread.is_alive()
    items.close()
    thread.join(2)
    assert not hangs
    assert found == ["end"]
