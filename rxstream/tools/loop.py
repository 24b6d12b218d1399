"""The tool loop: a conversation with the model, in which its calls are answered by functions."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Literal

from reactivex import abc

from rxstream.events import ResponseStreamEvent
from rxstream.reactive import Scope, SyncScope, async_subscription, sync_subscription
from rxstream.sources import AsyncClient, Client, ResponseStream
from rxstream.tools.conversation import Conversation
from rxstream.tools.execution import Approve, GivenTool, Policy, Toolbox
from rxstream.tools.loop_async import converse
from rxstream.tools.loop_client import StreamingClient
from rxstream.tools.loop_sync import ConversationReader

__all__ = ["run_tools"]


def run_tools(
    client: StreamingClient,
    *,
    tools: Iterable[GivenTool],
    max_turns: int = 10,
    max_concurrent_calls: int = 8,
    timeout_seconds: float | None = None,
    eager: bool = False,
    approve: Approve | None = None,
    on_tool_error: Literal["return", "raise"] = "return",
    **request: Any,
) -> ResponseStream:
    """Describe a conversation in which the model's calls are answered by functions, until it calls no more.

    ::

        turn(1)--created--call--completed--started(call)--finished(call)--turn(2)--created--"3"--completed--|

    The stream has the events of all responses in order, and between them :class:`TurnStarted`,
    :class:`ToolCallStarted`, :class:`ToolCallProgress` (what a tool yields that is a generator),
    :class:`ToolCallFinished` and :class:`ToolCallFailed`. All operators take it: ``snapshots()``, ``final_response()``
    and ``outcome()`` tell of the whole conversation, its output holds the items of all turns with the tools' outputs
    between them, and its usage is summed.

    The calls of a response run at once when it is complete: asynchronous functions in tasks, others in threads. Each
    ``call_id`` runs once in a subscription; where it comes again, the output is sent again. An unknown tool, wrong
    arguments, an exception, a timeout, a refusal and the ``call_id`` of another call go to the model as a short text,
    so that it can try another way.

    The next request follows by ``previous_response_id``. With ``store=False``, or where the server gives no id, all
    items are sent again; ask for ``include=["reasoning.encrypted_content"]`` then, without which reasoning cannot be
    sent again and is left out. A ``tool_choice`` that forces a call counts for the first turn, and is ``"auto"`` after
    that. With ``Client`` and a plain loop, an asynchronous tool runs in an event loop of its own.

    The conversation ends with a response that calls nothing, with one that is incomplete, and with one that needs what
    nobody here can give: a step on a computer, a shell, or, without ``approve``, the approval of a remote (MCP) call.

    Args:
        client: A :class:`~rxstream.Client` or :class:`~rxstream.AsyncClient`.
        tools: Tools; functions, as for :func:`tool`; and the JSON of tools that the server runs.
        max_turns: How many requests are sent at most.
        max_concurrent_calls: How many calls run at once; others wait.
        timeout_seconds: How long a call may take of a tool that has no ``timeout_seconds`` of its own; by default there
            is no limit. A thread cannot be stopped: what it gives back later is dropped.
        eager: Run each call as soon as it is whole, while the response goes on. Calls of a response that then fails
            have run, too.
        approve: Asked before each call, one after the other, with the call or the ``McpApprovalRequest``; says whether
            it may run. It may be asynchronous; otherwise it is called in a thread. By default all functions may run.
        on_tool_error: ``"raise"`` ends the stream with the error instead of telling the model; not for a refusal.
        request: The request, as for ``client.stream``.

    Returns:
        A cold stream: each subscription is a conversation of its own. Disposing of it cancels the request and the tools
        that run.

    Raises:
        TypeError: A tool is none, or the client does not take the request.
        ValueError: A number is not above 0, two tools have the same name, or ``on_tool_error`` is unknown.

    Errors:
        :class:`~rxstream.errors.MaxTurnsError`: the model calls tools in the last turn too; they do not run.
        :class:`~rxstream.errors.UnknownToolError`, :class:`~rxstream.errors.ArgumentsError`,
        :class:`~rxstream.errors.ToolFailedError`, :class:`~rxstream.errors.ToolTimeoutError`,
        :class:`~rxstream.errors.ToolError` (the ``call_id`` of another call): with ``on_tool_error="raise"``. What
        ``approve`` raises, and all errors of ``client.stream``, pass unchanged.

    Example:
        >>> import httpx, rxstream
        >>> from rxstream.simulated import SimulatedTransport
        >>> def add(a: int, b: int) -> int:
        ...     '''Add two numbers.'''
        ...     return a + b
        >>> with httpx.Client(transport=SimulatedTransport()) as http_client:
        ...     client = rxstream.Client(base_url="http://simulated/v1", http_client=http_client)
        ...     stream = run_tools(client, tools=[add], model="gpt-5", input="Add 2 and 3.")
        ...     response = rxstream.last_sync(stream.final_response())
        >>> [item.type for item in response.output], response.output_text[:21]
        (['function_call', 'function_call_output', 'message'], 'The tools returned: 5')
    """
    _expect_positive(max_turns=max_turns, max_concurrent_calls=max_concurrent_calls)
    if timeout_seconds is not None and not timeout_seconds > 0:
        raise ValueError(f"expected timeout_seconds above 0 or None, but got {timeout_seconds!r}")
    if on_tool_error not in ("return", "raise"):
        raise ValueError(f"expected on_tool_error to be 'return' or 'raise', but got {on_tool_error!r}")
    if approve is not None and not callable(approve):
        raise TypeError(f"expected approve to be a function, but got {approve!r}")
    toolbox = Toolbox(tools, timeout_seconds)
    policy = Policy(max_concurrent_calls, approve, on_tool_error == "raise")
    if toolbox.declared:
        request = {**request, "tools": toolbox.declared}
    client.stream(**request)  # sends nothing; a wrong argument is told here, not to each subscription

    def conversation() -> Conversation:
        return Conversation(request, max_turns=max_turns, decides_approvals=approve is not None, eager=eager)

    in_asyncio = async_subscription(lambda: converse(client, conversation(), toolbox, policy))
    in_threads = sync_subscription(lambda: ConversationReader(client, conversation(), toolbox, policy, eager=eager))

    def subscribe(
        observer: abc.ObserverBase[ResponseStreamEvent], scheduler: abc.SchedulerBase | None = None
    ) -> abc.DisposableBase:
        return (in_asyncio if _is_async(client, scheduler) else in_threads)(observer, scheduler)

    return ResponseStream(subscribe)


def _expect_positive(**numbers: object) -> None:
    for name, number in numbers.items():
        if not isinstance(number, int):
            raise TypeError(f"expected {name} to be a whole number, but got {number!r}")
        if number < 1:
            raise ValueError(f"expected {name} of at least 1, but got {number}")


def _is_async(client: StreamingClient, scheduler: abc.SchedulerBase | None) -> bool:
    """Say whether a consumer is one of asyncio; where it does not tell, the client does, or else where it is."""
    if isinstance(scheduler, Scope) or isinstance(client, AsyncClient):
        return True
    if isinstance(scheduler, SyncScope) or isinstance(client, Client):
        return False
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
