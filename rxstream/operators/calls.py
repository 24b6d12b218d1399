"""Operators for calls: finished, and while they grow."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from rxstream.accumulators.call_accumulator import CallAccumulator
from rxstream.accumulators.calls import (
    Call,
    CodeInterpreterCall,
    CustomToolCall,
    FunctionCall,
    McpToolCall,
)
from rxstream.events import ResponseStreamEvent
from rxstream.reactive import NOTHING, IterableOperator, Nothing, lift, lift_step

__all__ = [
    "accumulate_arguments",
    "accumulate_code",
    "accumulate_custom_tool_input",
    "accumulate_mcp_arguments",
    "code_interpreter_calls",
    "custom_tool_calls",
    "function_calls",
    "mcp_calls",
]

_C = TypeVar("_C", bound=Call[Any])


class _Finished(Generic[_C]):
    def __init__(self, kind: type[_C]) -> None:
        self.feed = CallAccumulator(kind).finished

    def close(self) -> tuple[()]:
        return ()


class _Growing(Generic[_C]):
    def __init__(self, kind: type[_C]) -> None:
        self._growing = CallAccumulator(kind).growing

    def step(self, event: ResponseStreamEvent) -> _C | Nothing:
        return self._growing(event) or NOTHING

    def close(self) -> tuple[()]:
        return ()


def function_calls() -> IterableOperator[ResponseStreamEvent, FunctionCall]:
    """Emit each call of a function, once, when it is finished.

    ::

        --added(add)--'{"a"'--': 1}'--item.done(add)--|
        [             function_calls()                ]
        ------------------------------add-------------|

    A call is finished by ``response.output_item.done``; only there its ``call_id`` is sure. A call that never gets
    there is emitted with ``response.completed`` or ``response.incomplete``; one that ``response.failed`` breaks off is
    not. Arguments may be cut or wrong all the same: that shows at ``.status``, and at ``.json()`` and
    ``.parse(Model)``.

    Keeps: the calls of the response.

    Returns:
        An operator from events to :class:`~rxstream.FunctionCall`.

    Errors:
        None of its own; those of the source pass unchanged.

    Example:
        >>> from rxstream import collect_now
        >>> from rxstream.events import ResponseOutputItemDoneEvent
        >>> from rxstream.models import ResponseFunctionToolCall
        >>> item = ResponseFunctionToolCall(name="add", call_id="call_1", arguments='{"a": 1}')
        >>> [call] = collect_now(function_calls(), [ResponseOutputItemDoneEvent(output_index=0, item=item)])
        >>> call.name, call.call_id, call.json()
        ('add', 'call_1', {'a': 1})
    """
    return lift(lambda: _Finished(FunctionCall))


def accumulate_arguments() -> IterableOperator[ResponseStreamEvent, FunctionCall]:
    """Emit a function call each time it grows: when it begins, with each delta of its arguments, when it is finished.

    ::

        --added(add)--'{"a"'--------': 1}'-----------item.done(add)--|
        [                  accumulate_arguments()                    ]
        --add()-------add('{"a"')---add('{"a": 1}')--add(…)----------|

    Calls that grow at the same time are told apart by ``output_index``. ``call.partial_json()`` gives the arguments as
    far as they are there; they are parsed when it is asked for.

    Keeps: the calls of the response.

    Returns:
        An operator from events to :class:`~rxstream.FunctionCall`, each a value as of its event.

    Errors:
        None of its own; those of the source pass unchanged.

    Example:
        >>> from rxstream import collect_now
        >>> from rxstream.events import ResponseFunctionCallArgumentsDeltaEvent
        >>> events = [ResponseFunctionCallArgumentsDeltaEvent(output_index=0, delta=delta)
        ...           for delta in ('{"a"', ': 1}')]
        >>> [(call.arguments, call.partial_json()) for call in collect_now(accumulate_arguments(), events)]
        [('{"a"', {}), ('{"a": 1}', {'a': 1})]
    """
    return lift_step(lambda: _Growing(FunctionCall))


def custom_tool_calls() -> IterableOperator[ResponseStreamEvent, CustomToolCall]:
    """Emit each call of a custom tool, once, when it is finished.

    ::

        --added(sql)--'SELECT'--' 1'--item.done(sql)--|
        [            custom_tool_calls()              ]
        ------------------------------sql-------------|

    Otherwise as :func:`function_calls`.

    Keeps: the calls of the response.

    Returns:
        An operator from events to :class:`~rxstream.CustomToolCall`.

    Errors:
        None of its own; those of the source pass unchanged.

    Example:
        >>> from rxstream import collect_now
        >>> from rxstream.events import ResponseOutputItemDoneEvent
        >>> from rxstream.models import ResponseCustomToolCall
        >>> item = ResponseCustomToolCall(name="sql", call_id="call_1", input="SELECT 1")
        >>> [call] = collect_now(custom_tool_calls(), [ResponseOutputItemDoneEvent(output_index=0, item=item)])
        >>> call.name, call.input
        ('sql', 'SELECT 1')
    """
    return lift(lambda: _Finished(CustomToolCall))


def accumulate_custom_tool_input() -> IterableOperator[ResponseStreamEvent, CustomToolCall]:
    """Emit a call of a custom tool each time it grows.

    ::

        --added(sql)--'SELECT'-------' 1'------------item.done(sql)--|
        [               accumulate_custom_tool_input()               ]
        --sql()-------sql('SELECT')--sql('SELECT 1')--sql(…)---------|

    Otherwise as :func:`accumulate_arguments`.

    Keeps: the calls of the response.

    Returns:
        An operator from events to :class:`~rxstream.CustomToolCall`, each a value as of its event.

    Errors:
        None of its own; those of the source pass unchanged.

    Example:
        >>> from rxstream import collect_now
        >>> from rxstream.events import ResponseCustomToolCallInputDeltaEvent
        >>> events = [ResponseCustomToolCallInputDeltaEvent(output_index=0, delta=delta) for delta in ("SELECT", " 1")]
        >>> [call.input for call in collect_now(accumulate_custom_tool_input(), events)]
        ['SELECT', 'SELECT 1']
    """
    return lift_step(lambda: _Growing(CustomToolCall))


def mcp_calls() -> IterableOperator[ResponseStreamEvent, McpToolCall]:
    """Emit each call of a remote tool, once, when it is finished; then its output is known.

    ::

        --added(ask)--'{}'--completed--item.done(ask)--|
        [                 mcp_calls()                  ]
        -------------------------------ask-------------|

    Otherwise as :func:`function_calls`.

    Keeps: the calls of the response.

    Returns:
        An operator from events to :class:`~rxstream.McpToolCall`.

    Errors:
        None of its own; those of the source pass unchanged.

    Example:
        >>> from rxstream import collect_now
        >>> from rxstream.events import ResponseOutputItemDoneEvent
        >>> from rxstream.models import McpCall
        >>> item = McpCall(server_label="docs", name="ask", arguments="{}", output="42")
        >>> [call] = collect_now(mcp_calls(), [ResponseOutputItemDoneEvent(output_index=0, item=item)])
        >>> call.server_label, call.name, call.output
        ('docs', 'ask', '42')
    """
    return lift(lambda: _Finished(McpToolCall))


def accumulate_mcp_arguments() -> IterableOperator[ResponseStreamEvent, McpToolCall]:
    """Emit a call of a remote tool each time it grows.

    ::

        --added(ask)--'{"q"'-------': 1}'-----------item.done(ask)--|
        [               accumulate_mcp_arguments()                  ]
        --ask()-------ask('{"q"')--ask('{"q": 1}')--ask(…)----------|

    Otherwise as :func:`accumulate_arguments`.

    Keeps: the calls of the response.

    Returns:
        An operator from events to :class:`~rxstream.McpToolCall`, each a value as of its event.

    Errors:
        None of its own; those of the source pass unchanged.

    Example:
        >>> from rxstream import collect_now
        >>> from rxstream.events import ResponseMcpCallArgumentsDeltaEvent
        >>> events = [ResponseMcpCallArgumentsDeltaEvent(output_index=0, delta=delta) for delta in ('{"q"', ': 1}')]
        >>> [call.arguments for call in collect_now(accumulate_mcp_arguments(), events)]
        ['{"q"', '{"q": 1}']
    """
    return lift_step(lambda: _Growing(McpToolCall))


def code_interpreter_calls() -> IterableOperator[ResponseStreamEvent, CodeInterpreterCall]:
    """Emit each call of the code interpreter, once, when it is finished; then its outputs are known.

    ::

        --added--'print('--'1)'--completed--item.done--|
        [          code_interpreter_calls()            ]
        ------------------------------------call-------|

    Otherwise as :func:`function_calls`.

    Keeps: the calls of the response.

    Returns:
        An operator from events to :class:`~rxstream.CodeInterpreterCall`.

    Errors:
        None of its own; those of the source pass unchanged.

    Example:
        >>> from rxstream import collect_now
        >>> from rxstream.events import ResponseOutputItemDoneEvent
        >>> from rxstream.models import ResponseCodeInterpreterToolCall
        >>> item = ResponseCodeInterpreterToolCall(code="print(1)", outputs=[{"type": "logs", "logs": "1"}])
        >>> [call] = collect_now(code_interpreter_calls(), [ResponseOutputItemDoneEvent(output_index=0, item=item)])
        >>> call.code, call.outputs
        ('print(1)', [{'type': 'logs', 'logs': '1'}])
    """
    return lift(lambda: _Finished(CodeInterpreterCall))


def accumulate_code() -> IterableOperator[ResponseStreamEvent, CodeInterpreterCall]:
    """Emit a call of the code interpreter each time its code grows.

    ::

        --added--'print('---------'1)'--------------item.done--|
        [                  accumulate_code()                   ]
        --call---call('print(')---call('print(1)')--call-------|

    Otherwise as :func:`accumulate_arguments`.

    Keeps: the calls of the response.

    Returns:
        An operator from events to :class:`~rxstream.CodeInterpreterCall`, each a value as of its event.

    Errors:
        None of its own; those of the source pass unchanged.

    Example:
        >>> from rxstream import collect_now
        >>> from rxstream.events import ResponseCodeInterpreterCallCodeDeltaEvent
        >>> events = [ResponseCodeInterpreterCallCodeDeltaEvent(output_index=0, delta=delta)
        ...           for delta in ("print(", "1)")]
        >>> [call.code for call in collect_now(accumulate_code(), events)]
        ['print(', 'print(1)']
    """
    return lift_step(lambda: _Growing(CodeInterpreterCall))
