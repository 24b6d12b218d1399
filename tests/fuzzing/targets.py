"""What is fuzzed: each target takes any bytes, and raises where the library does what it must not.

Only our own error classes may come out of the library; and what it makes of the bytes is compared with what the
standard library makes of them, or with what it makes of them in one piece. How the bytes are cut follows from a
checksum of them, so that a file alone replays a run.
"""

from __future__ import annotations

from collections.abc import Callable

from tests.fuzzing.decoding import decoder
from tests.fuzzing.events import event_parser
from tests.fuzzing.inflating import inflater
from tests.fuzzing.partial_json import partial_json
from tests.fuzzing.recordings import recording
from tests.fuzzing.terminal import terminal

__all__ = ["TARGETS"]

TARGETS: dict[str, Callable[[bytes], None]] = {
    "decoder": decoder,
    "event_parser": event_parser,
    "inflater": inflater,
    "partial_json": partial_json,
    "recording": recording,
    "terminal": terminal,
}
