"""What helps to test programs that read response streams.

::

    text_delta, message, response, …   events with harmless defaults
    script, from_marbles               sources that do what they are told
    probe, verify, to_marbles          what an Observable emits, and when, in virtual time
    check_operator_laws                the laws of this library's operators, for one's own
    responses, gateway_streams, …      streams drawn at random, for Hypothesis; more in ``rxstream.testing.strategies``
    FaultTransport, fault_proxy        what goes wrong on networks; planned with ``rxstream.testing.faults``
    VirtualScheduler                   virtual time for Rx
    run_virtually, virtual_event_loop  asyncio.run, and a loop, in virtual time

Example:
    >>> from rxstream import accumulate_text
    >>> source = script([text_delta("Hel"), text_delta("lo")], delays=300)
    >>> probe(source.pipe(accumulate_text())).run().assert_timeline([(300, "Hel"), (600, "Hello")]).has_completed
    True
"""

from importlib.util import find_spec as _find_spec

from rxstream.errors import MissingExtraError as _MissingExtraError

if _find_spec("hypothesis") is None:
    raise _MissingExtraError("rxstream.testing", "testing", "hypothesis")

from rxstream.testing.builders import (
    arguments_delta,
    completed,
    created,
    event,
    failed,
    function_call,
    incomplete,
    message,
    reasoning_delta,
    refusal_delta,
    response,
    stream_error,
    text_delta,
)
from rxstream.testing.clock import VirtualScheduler
from rxstream.testing.faults import FaultTransport, fault_proxy
from rxstream.testing.laws import check_operator_laws
from rxstream.testing.marbles import from_marbles, to_marbles
from rxstream.testing.probe import Probe, probe
from rxstream.testing.rig import LawBroken
from rxstream.testing.script import Script, Subscription, script
from rxstream.testing.steps import Steps, verify
from rxstream.testing.strategies import (
    GeneratedStream,
    JSONDocument,
    byte_chunks,
    faulty,
    faulty_bytes,
    gateway_streams,
    json_documents,
    json_values,
    responses,
    sse_bytes,
)
from rxstream.testing.virtual_loop import block, now, run_virtually, virtual_event_loop
from rxstream.testing.watching import Note

__all__ = [
    "FaultTransport",
    "GeneratedStream",
    "JSONDocument",
    "LawBroken",
    "Note",
    "Probe",
    "Script",
    "Steps",
    "Subscription",
    "VirtualScheduler",
    "arguments_delta",
    "block",
    "byte_chunks",
    "check_operator_laws",
    "completed",
    "created",
    "event",
    "failed",
    "fault_proxy",
    "faulty",
    "faulty_bytes",
    "from_marbles",
    "function_call",
    "gateway_streams",
    "incomplete",
    "json_documents",
    "json_values",
    "message",
    "now",
    "probe",
    "reasoning_delta",
    "refusal_delta",
    "response",
    "responses",
    "run_virtually",
    "script",
    "sse_bytes",
    "stream_error",
    "text_delta",
    "to_marbles",
    "verify",
    "virtual_event_loop",
]


def __dir__() -> list[str]:
    return sorted([*__all__, "faults", "strategies", *(name for name in globals() if name.startswith("__"))])
