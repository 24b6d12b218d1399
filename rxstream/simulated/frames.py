"""Events as server-sent events, one frame each."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["event_frame"]

# json.dumps makes an encoder for each call that has options; an event a microsecond faster is worth keeping one.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def event_frame(event: dict[str, Any]) -> bytes:
    r"""Write an event as it goes over the wire.

    Example:
        >>> event_frame({"type": "keepalive", "sequence_number": 3})
        b'event: keepalive\ndata: {"type":"keepalive","sequence_number":3}\n\n'
    """
    try:
        payload = _encode(event).encode()
    except UnicodeEncodeError:
        # Half of a surrogate pair has no UTF-8 form; JSON has an escape for it.
        payload = json.dumps(event, separators=(",", ":")).encode()
    return b"event: " + event["type"].encode() + b"\ndata: " + payload + b"\n\n"
