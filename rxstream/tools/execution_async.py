"""Running tools in asyncio: asynchronous ones in tasks, the others in threads."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from rxstream.errors import ArgumentsError, ToolError
from rxstream.events import ResponseStreamEvent
from rxstream.models import McpApprovalRequest
from rxstream.reactive.own_time import thread_works
from rxstream.tools.conversation import Conversation
from rxstream.tools.events import (
    ToolCall,
    ToolCallFailed,
    ToolCallFinished,
    ToolCallProgress,
    ToolCallStarted,
    ToolRequest,
)
from rxstream.tools.execution import (
    Job,
    Policy,
    Toolbox,
    exhaust,
    exhaust_async,
    failed,
    output_for,
    refused,
    timed_out,
    words_of,
)
from rxstream.tools.loop_inbox import Inbox
from rxstream.tools.output import output_of
from rxstream.tools.tool_thread import start_thread

__all__ = ["AsyncTools"]


class AsyncTools:
    """Answers the calls of a conversation; what happens goes into the inbox.

    Args:
        conversation: Gets the answers.
        toolbox: The tools.
        policy: How calls run.
        inbox: Gets the events, and an error that ends it all.
    """

    def __init__(self, conversation: Conversation, toolbox: Toolbox, policy: Policy, inbox: Inbox) -> None:
        self._conversation = conversation
        self._toolbox = toolbox
        self._policy = policy
        self._inbox = inbox
        self._slots = asyncio.Semaphore(policy.max_concurrent_calls)
        self._asking = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._is_closing = False

    def start(self, request: ToolRequest) -> None:
        """Begin to answer."""
        answer = self._decide(request) if isinstance(request, McpApprovalRequest) else self._answer(request)
        task = asyncio.get_running_loop().create_task(answer)
        self._tasks.add(task)
        self._inbox.opened()
        task.add_done_callback(self._done)

    async def close(self) -> None:
        """Cancel what runs, and wait until it has ended. A thread cannot be stopped; its result is dropped."""
        self._is_closing = True
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            if not self._is_closing:
                self._inbox.fail(ToolError("expected a call to be answered, but its task was cancelled by others"))
        elif (error := task.exception()) is not None:
            self._inbox.fail(error if isinstance(error, Exception) else _as_exception(error))
        self._inbox.closed()

    async def _decide(self, request: McpApprovalRequest) -> None:
        self._conversation.answer_approval(request, await self._is_approved(request))

    async def _answer(self, call: ToolCall) -> None:
        try:
            self._conversation.check(call)
            job = self._toolbox.job(call)
        except (ToolError, ArgumentsError) as error:
            self._fail(call, error)
            return
        approved = await self._is_approved(call)
        if self._inbox.has_failed:
            return
        if not approved:
            self._fail(call, refused(call), raises=False)
            return
        async with self._slots:
            if not self._inbox.has_failed:
                await self._work(job)

    async def _work(self, job: Job) -> None:
        call, turn, now = job.call, self._conversation.turn, asyncio.get_running_loop().time
        self._inbox.put(ToolCallStarted.of(turn, call))
        begun = now()
        limit = asyncio.timeout(job.timeout_seconds)
        try:
            async with limit:
                value = await self._run(job, lambda value: ToolCallProgress.of(turn, call, value))
            if limit.expired():  # it was cancelled, and took no notice
                raise TimeoutError
            output = output_of(value)
        except BaseException as error:
            if self._is_for_nobody_here(error):
                raise
            self._fail(call, timed_out(job) if limit.expired() else failed(call, error))
        else:
            self._conversation.answer_call(call, output)
            self._inbox.put(ToolCallFinished.of(turn, call, output, now() - begun))

    def _fail(self, call: ToolCall, error: ToolError | ArgumentsError, *, raises: bool = True) -> None:
        output = output_for(error)
        self._conversation.answer_call(call, output)
        self._inbox.put(ToolCallFailed.of(self._conversation.turn, call, error, output))
        if raises and self._policy.raises:
            self._inbox.fail(error)

    def _is_for_nobody_here(self, error: BaseException) -> bool:
        """Say whether the program is to end, or this coroutine. Others may cancel a tool, too: it has failed then."""
        is_ours = isinstance(error, asyncio.CancelledError) and self._is_closing
        return is_ours or isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit))

    async def _is_approved(self, request: ToolRequest) -> bool:
        approve = self._policy.approve
        if approve is None:
            return True
        async with self._asking:  # one after the other: it may be a person who is asked
            if self._inbox.has_failed:
                return False
            try:
                answer = await _in_thread(lambda _is_stopped, _put: approve(request), _ignore)
                return bool(await answer if inspect.isawaitable(answer) else answer)
            except BaseException as error:
                if self._is_for_nobody_here(error):
                    raise
                self._inbox.fail(error if isinstance(error, Exception) else _as_exception(error))
                return False  # before the next may be asked

    async def _run(self, job: Job, progress: _Progress) -> Any:
        result = job.run() if job.is_async else await _in_thread(_blocking(job.run, progress), self._inbox.put)
        if inspect.isawaitable(result):
            result = await result
        if inspect.isgenerator(result):
            return await _in_thread(_blocking(lambda: result, progress), self._inbox.put)
        if inspect.isasyncgen(result):
            return await exhaust_async(result, lambda value: self._inbox.put(progress(value)))
        return result


_Progress = Callable[[Any], ToolCallProgress]
_Put = Callable[[ResponseStreamEvent], None]
_Work = Callable[[Callable[[], bool], _Put], Any]


def _blocking(run: Callable[[], Any], progress: _Progress) -> _Work:
    def work(is_stopped: Callable[[], bool], put: _Put) -> Any:
        result = run()
        if inspect.isgenerator(result):
            # The event is made here, where the generator cannot change meanwhile what it yielded.
            return exhaust(result, lambda value: put(progress(value)), is_stopped)
        return result

    return work


async def _in_thread(work: _Work, put: _Put) -> Any:
    """Run what blocks in a thread; ``put`` is called in the event loop, and not any more when nobody waits."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[tuple[Any, BaseException | None]] = loop.create_future()

    def tell(what: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(lambda: None if future.done() else what())

    def run() -> None:
        try:
            settled = work(future.done, lambda event: tell(lambda: put(event))), None
        except BaseException as error:
            settled = None, error
        tell(lambda: future.set_result(settled))

    start_thread(run)
    with thread_works():
        value, error = await future
    if error is None:
        return value
    try:
        # In here, others would end the task, or the event loop.
        raise error if isinstance(error, Exception) and not isinstance(error, StopIteration) else _as_exception(error)
    finally:
        del error  # which holds this frame


def _as_exception(error: BaseException) -> Exception:
    failure = RuntimeError(f"it raised {words_of(error)}")
    failure.__cause__ = error
    return failure


def _ignore(_event: Any) -> None:
    """Nothing to tell on the way."""
