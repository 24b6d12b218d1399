"""Hypothesis strategies: whole streams, those that sloppy servers send, faults, bytes and JSON.

::

    responses           whole valid streams, by a model that knows the protocol
    gateway_streams     valid, but sloppy: every oddity that was seen in recordings, by name
    faulty              adversarial: events lost, doubled, swapped, cut, garbled
    faulty_bytes        the same for bytes
    sse_bytes           bodies of event streams in all legal spellings
    byte_chunks         any cut of bytes
    json_documents      JSON texts with the values they mean
    json_values         JSON values

All of them shrink towards a handful of events.

Example:
    >>> from hypothesis import given
    >>> from rxstream import collect_now, text_deltas
    >>> @given(gateway_streams(streams=responses(endings=["completed"])))
    ... def no_piece_of_text_is_empty(stream):
    ...     assert all(collect_now(text_deltas(), stream))
    >>> no_piece_of_text_is_empty()
"""

from rxstream.testing.strategies.bodies import byte_chunks, sse_bytes
from rxstream.testing.strategies.byte_faults import BYTE_FAULTS, faulty_bytes
from rxstream.testing.strategies.faults import FAULTS, faulty
from rxstream.testing.strategies.gateways import SLOPPINESS, gateway_streams
from rxstream.testing.strategies.generated import GeneratedStream
from rxstream.testing.strategies.json_documents import JSONDocument, json_documents, json_values
from rxstream.testing.strategies.responses import DOCUMENTED_KINDS, ENDINGS, KINDS, responses

__all__ = [
    "BYTE_FAULTS",
    "DOCUMENTED_KINDS",
    "ENDINGS",
    "FAULTS",
    "GeneratedStream",
    "JSONDocument",
    "KINDS",
    "SLOPPINESS",
    "byte_chunks",
    "faulty",
    "faulty_bytes",
    "gateway_streams",
    "json_documents",
    "json_values",
    "responses",
    "sse_bytes",
]
