"""Running tools without asyncio: each call in a thread of its own."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any

from reactivex import abc

from rxstream.errors import ArgumentsError, ToolError
from rxstream.events import ResponseStreamEvent
from rxstream.models import McpApprovalRequest
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
    Approve,
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
from rxstream.tools.loop_mailbox import Mailbox
from rxstream.tools.output import output_of
from rxstream.tools.tool_thread import start_thread

__all__ = ["SyncTools"]


class SyncTools:
    """Answers the calls of a conversation; what happens goes into the mailbox. To be used in the thread that reads it.

    Args:
        conversation: Gets the answers.
        toolbox: The tools.
        policy: How calls run.
        mailbox: Gets the events, and an error that ends it all.
    """

    def __init__(self, conversation: Conversation, toolbox: Toolbox, policy: Policy, mailbox: Mailbox) -> None:
        self._conversation = conversation
        self._toolbox = toolbox
        self._policy = policy
        self._mailbox = mailbox
        self._waiting: deque[_Run] = deque()
        self._running: set[_Run] = set()
        self._is_asking = False

    def start(self, request: ToolRequest) -> None:
        """Begin to answer, at once or when another call has ended."""
        job = None
        if not isinstance(request, McpApprovalRequest):
            try:
                self._conversation.check(request)
                job = self._toolbox.job(request)
            except (ToolError, ArgumentsError) as error:
                self._fail(request, error)
                return
        self._mailbox.opened()
        self._waiting.append(_Run(self, request, job))
        self._go_on()

    def close(self) -> None:
        """Cancel what runs. A thread cannot be stopped; its result is dropped."""
        self._waiting.clear()
        for run in list(self._running):
            run.stop()

    def _go_on(self) -> None:
        most = 0 if self._mailbox.has_failed else self._policy.max_concurrent_calls
        # The hook is asked of one call after the other, in order, because it may be a person who is asked.
        while self._waiting and len(self._running) < most and not self._is_asking:
            run = self._waiting.popleft()
            self._running.add(run)
            self._is_asking = self._policy.approve is not None
            start_thread(run)

    @property
    def approve(self) -> Approve | None:
        """The hook that is asked before each call."""
        return self._policy.approve

    def asked(self) -> None:
        """Take it that the hook has answered: the next call may be put to it."""
        self._is_asking = False
        self._go_on()

    def tell(self, what: Callable[[], None]) -> None:
        """Do something in the thread that reads the mailbox; from any thread."""
        self._mailbox.call(what)

    def put(self, event: ResponseStreamEvent) -> None:
        """Tell of an event."""
        self._mailbox.put(event)

    @property
    def turn(self) -> int:
        """The number of the turn."""
        return self._conversation.turn

    def limit(self, seconds: float, action: Callable[[], None]) -> abc.DisposableBase:
        """Do something later, unless what is returned is disposed of."""
        return self._mailbox.later(seconds, action)

    def finish(self, run: _Run, settle: Callable[[], None]) -> None:
        """Take the end of a call, once."""
        if run not in self._running:
            return
        self._running.discard(run)
        run.stop()
        settle()
        self._go_on()
        self._mailbox.closed()

    def decided(self, request: McpApprovalRequest, approved: bool) -> None:
        """Take a decision."""
        self._conversation.answer_approval(request, approved)

    def refused(self, call: ToolCall) -> None:
        """Take a refusal."""
        self._fail(call, refused(call), raises=False)

    def finished(self, call: ToolCall, value: object, seconds: float) -> None:
        """Take a result."""
        try:
            output = output_of(value)
        except Exception as error:
            self._fail(call, failed(call, error))
        else:
            self._conversation.answer_call(call, output)
            self.put(ToolCallFinished.of(self.turn, call, output, seconds))

    def broke(self, call: ToolCall, error: ToolError) -> None:
        """Take the error of a tool."""
        self._fail(call, error)

    def hook_broke(self, error: BaseException) -> None:
        """Take the error of the hook, which ends the stream."""
        self._mailbox.fail(error if isinstance(error, Exception) else RuntimeError(f"approve raised {words_of(error)}"))

    def _fail(self, call: ToolCall, error: ToolError | ArgumentsError, *, raises: bool = True) -> None:
        output = output_for(error)
        self._conversation.answer_call(call, output)
        self.put(ToolCallFailed.of(self.turn, call, error, output))
        if raises and self._policy.raises:
            self._mailbox.fail(error)


class _Run:
    """One call, in its thread; ``job`` is ``None`` where there is nothing to run here, but to decide."""

    def __init__(self, tools: SyncTools, request: ToolRequest, job: Job | None) -> None:
        self._tools = tools
        self._request = request
        self._job = job
        self._stopped = False
        self._timer: abc.DisposableBase | None = None
        self._cancel: Callable[[], object] | None = None

    def __call__(self) -> None:
        try:
            approved = self._is_approved()
        except BaseException as error:
            self._end(partial(self._tools.hook_broke, error))
            return
        request, job = self._request, self._job
        if isinstance(request, McpApprovalRequest):
            self._end(partial(self._tools.decided, request, approved))
        elif job is None or not approved:
            self._end(partial(self._tools.refused, request))
        else:
            self._work(job)

    def _work(self, job: Job) -> None:
        self._tools.tell(partial(self._begun, job))
        begun = time.monotonic()
        try:
            value = self._value(job)
        except BaseException as error:
            self._end(partial(self._tools.broke, job.call, failed(job.call, error)))
        else:
            self._end(partial(self._tools.finished, job.call, value, time.monotonic() - begun))

    def _begun(self, job: Job) -> None:
        if self._stopped:
            return
        self._tools.put(ToolCallStarted.of(self._tools.turn, job.call))
        if job.timeout_seconds is not None:
            late = partial(self._tools.broke, job.call, timed_out(job))
            self._timer = self._tools.limit(job.timeout_seconds, lambda: self._tools.finish(self, late))

    def _value(self, job: Job) -> object:
        if self._stopped:
            return None
        result = job.run()
        if inspect.isawaitable(result):
            result = self._awaited(result)
        if inspect.isasyncgen(result):
            return self._awaited(exhaust_async(result, partial(self._progress, job.call)))
        if inspect.isgenerator(result):
            return exhaust(result, partial(self._progress, job.call), lambda: self._stopped)
        return result

    def _progress(self, call: ToolCall, value: object) -> None:
        # Made here, where the generator cannot change meanwhile what it yielded.
        event = ToolCallProgress.of(self._tools.turn, call, value)

        def put() -> None:
            if not self._stopped:
                self._tools.put(event)

        self._tools.tell(put)

    def _is_approved(self) -> bool:
        approve = self._tools.approve
        if approve is None:
            return True
        answer = approve(self._request)
        approved = bool(self._awaited(answer) if inspect.isawaitable(answer) else answer)
        self._tools.tell(self._tools.asked)
        return approved

    def _awaited(self, awaitable: Awaitable[Any]) -> Any:
        """Wait for something asynchronous, in an event loop of its own."""

        async def main() -> Any:
            task, loop = asyncio.current_task(), asyncio.get_running_loop()
            if task is not None:
                self._cancel = lambda: loop.call_soon_threadsafe(task.cancel)
                if self._stopped:  # before there was anything to cancel
                    task.cancel()
            return await awaitable

        return asyncio.run(main())

    def _end(self, settle: Callable[[], None]) -> None:
        self._tools.tell(partial(self._tools.finish, self, settle))

    def stop(self) -> None:
        """Want no more of it."""
        self._stopped = True
        if self._timer is not None:
            self._timer.dispose()
        if self._cancel is not None:
            with suppress(RuntimeError):  # its loop has ended
                self._cancel()
