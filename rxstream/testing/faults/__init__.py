"""Faults on purpose: what networks, servers and gateways do to a response, planned and replayable.

A plan is a list of faults. :class:`FaultyBody` is the pure machine that does the harm; :class:`FaultTransport` puts it
between an HTTP client and its transport, :func:`fault_proxy` between a client and a server.
"""

from rxstream.testing.faults.bodies import (
    chunks_of,
    cut_after,
    delay_at,
    double_bytes,
    double_event,
    drip,
    drop_bytes,
    drop_event,
    incomplete_after,
    insert,
    one_buffer,
    overwrite,
    reset_after,
    silence_after,
    swap_bytes,
    swap_events,
)
from rxstream.testing.faults.engine import FaultyBody
from rxstream.testing.faults.exchanges import (
    answer_status,
    delay_answer,
    delay_close,
    fail_close,
    no_answer,
    refuse_connection,
)
from rxstream.testing.faults.fault import Answer, BodyFault, CloseFault, Fault, HeadFault
from rxstream.testing.faults.pieces import Ending, Piece
from rxstream.testing.faults.plans import FaultPlan, drawn_faults, in_turn
from rxstream.testing.faults.proxy import FaultProxy, fault_proxy
from rxstream.testing.faults.transport import FaultTransport

__all__ = [
    "Answer",
    "BodyFault",
    "CloseFault",
    "Ending",
    "Fault",
    "FaultPlan",
    "FaultProxy",
    "FaultTransport",
    "FaultyBody",
    "HeadFault",
    "Piece",
    "answer_status",
    "chunks_of",
    "cut_after",
    "delay_answer",
    "delay_at",
    "delay_close",
    "double_bytes",
    "double_event",
    "drawn_faults",
    "drip",
    "drop_bytes",
    "drop_event",
    "fail_close",
    "fault_proxy",
    "in_turn",
    "incomplete_after",
    "insert",
    "no_answer",
    "one_buffer",
    "overwrite",
    "refuse_connection",
    "reset_after",
    "silence_after",
    "swap_bytes",
    "swap_events",
]
