"""The lines of a recording, as they are written."""

from __future__ import annotations

import json

from rxstream.events import ResponseEvent
from rxstream.recordings.failures import as_recorded

__all__ = ["HEADER", "chunk_line", "completed_line", "event_line", "failed_line"]

HEADER = b'{"format":"rxstream-recording","version":1}\n'


def event_line(at: float, event: ResponseEvent) -> bytes:
    """Return the line of an event that came ``at`` seconds after the subscription.

    Example:
        >>> from rxstream.events import ResponseTextDeltaEvent
        >>> event_line(0.25, ResponseTextDeltaEvent(delta="Hel"))
        b'{"at":0.250000,"event":{"type":"response.output_text.delta","delta":"Hel","logprobs":[]}}\\n'
    """
    return f'{{"at":{at:.6f},"event":{event.to_json()}}}\n'.encode()


def chunk_line(at: float, size: int) -> bytes:
    """Return the line of a chunk of so many bytes.

    Example:
        >>> chunk_line(0.25, 1360)
        b'{"at":0.250000,"chunk":1360}\\n'
    """
    return f'{{"at":{at:.6f},"chunk":{size}}}\n'.encode()


def completed_line(at: float) -> bytes:
    """Return the line of the completion."""
    return f'{{"at":{at:.6f},"completed":true}}\n'.encode()


def failed_line(at: float, error: BaseException) -> bytes:
    """Return the line of an error."""
    return f'{{"at":{at:.6f},"error":{json.dumps(as_recorded(error), separators=(",", ":"))}}}\n'.encode()
