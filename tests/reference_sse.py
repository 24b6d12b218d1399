"""A second event stream decoder, as slow and as plain as the standards' own words.

It takes a whole stream at once, shares no code with :mod:`rxstream.sse` and follows the
steps of WHATWG HTML 9.2.6 and of the WHATWG Encoding standard's UTF-8 decoder, one character
at a time. Property tests compare the two.
"""

from __future__ import annotations

from typing import NamedTuple


class ReferenceEvent(NamedTuple):
    """One dispatched event; the fields are those of ``ServerSentEvent``."""

    event: str
    data: str
    id: str
    retry: int | None


class ReferenceResult(NamedTuple):
    """What a whole stream comes to."""

    events: list[ReferenceEvent]
    last_event_id: str
    retry: int | None


def utf8_decode(stream: bytes) -> str:
    """Decode as WHATWG Encoding 8.1.1 does, error mode "replacement", without a BOM check."""
    output: list[str] = []
    code_point = seen = needed = 0
    lower, upper = 0x80, 0xBF
    position = 0
    while True:
        if position == len(stream):
            if needed:
                output.append("\ufffd")
            return "".join(output)
        byte = stream[position]
        position += 1
        if needed == 0:
            if byte <= 0x7F:
                output.append(chr(byte))
            elif 0xC2 <= byte <= 0xDF:
                needed, code_point = 1, byte & 0x1F
            elif 0xE0 <= byte <= 0xEF:
                if byte == 0xE0:
                    lower = 0xA0
                if byte == 0xED:
                    upper = 0x9F
                needed, code_point = 2, byte & 0xF
            elif 0xF0 <= byte <= 0xF4:
                if byte == 0xF0:
                    lower = 0x90
                if byte == 0xF4:
                    upper = 0x8F
                needed, code_point = 3, byte & 0x7
            else:
                output.append("\ufffd")
            continue
        if not lower <= byte <= upper:
            code_point = seen = needed = 0
            lower, upper = 0x80, 0xBF
            position -= 1  # "restore byte to ioQueue"
            output.append("\ufffd")
            continue
        lower, upper = 0x80, 0xBF
        code_point = (code_point << 6) | (byte & 0x3F)
        seen += 1
        if seen == needed:
            output.append(chr(code_point))
            code_point = seen = needed = 0


def finished_lines(text: str) -> list[str]:
    """Return the lines that CRLF, LF or CR end; what follows the last line end is not one."""
    lines: list[str] = []
    line = ""
    position = 0
    while position < len(text):
        character = text[position]
        position += 1
        if character == "\n":
            lines.append(line)
            line = ""
        elif character == "\r":
            if position < len(text) and text[position] == "\n":
                position += 1
            lines.append(line)
            line = ""
        else:
            line += character
    return lines


def reference_decode(stream: bytes) -> ReferenceResult:
    """Decode a whole stream as WHATWG HTML 9.2.6 says."""
    text = utf8_decode(stream)
    if text.startswith("\ufeff"):
        text = text[1:]
    data_buffer = event_type_buffer = last_event_id_buffer = ""
    last_event_id = ""
    reconnection_time: int | None = None
    set_in_block: int | None = None
    events: list[ReferenceEvent] = []
    for line in finished_lines(text):
        if line == "":
            last_event_id = last_event_id_buffer
            if data_buffer == "":
                event_type_buffer = ""
                set_in_block = None
                continue
            if data_buffer[-1] == "\n":
                data_buffer = data_buffer[:-1]
            kind = event_type_buffer if event_type_buffer != "" else "message"
            events.append(ReferenceEvent(kind, data_buffer, last_event_id, set_in_block))
            data_buffer = event_type_buffer = ""
            set_in_block = None
            continue
        if line[0] == ":":
            continue
        if ":" in line:
            field = line[: line.index(":")]
            value = line[line.index(":") + 1 :]
            if value != "" and value[0] == " ":
                value = value[1:]
        else:
            field = line
            value = ""
        if field == "event":
            event_type_buffer = value
        elif field == "data":
            data_buffer = data_buffer + value + "\n"
        elif field == "id":
            if "\0" not in value:
                last_event_id_buffer = value
        elif field == "retry" and value != "" and all(character in "0123456789" for character in value):
            reconnection_time = 0
            for digit in value:
                reconnection_time = min(reconnection_time * 10 + int(digit), 10**100 - 1)  # the cap is rxstream's own
            set_in_block = reconnection_time
    return ReferenceResult(events, last_event_id, reconnection_time)


def place_beyond_the_limit(stream: bytes, limit: int) -> int | None:
    """Return the place of the byte with which an event holds more than ``limit`` bytes; ``None`` where none does.

    Looks at the stream byte by byte: an event holds its values (a byte more for each of data)
    and the line that is not finished, without its line end.
    """
    start = 3 if stream.startswith(b"\xef\xbb\xbf") else 0
    if b"\xef\xbb\xbf".startswith(stream):
        return None
    held = 0
    line = b""
    after_cr = False
    for place in range(start, len(stream)):
        byte = stream[place]
        if byte == 0x0A and after_cr:
            after_cr = False
            continue
        after_cr = byte == 0x0D
        if byte not in (0x0A, 0x0D):
            line += bytes([byte])
            if held + len(line) > limit:
                return place
            continue
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if line == b"":
            held = 0
        elif field == b"data":
            held += len(value) + 1
        elif field == b"event" or (field == b"id" and b"\0" not in value):
            held += len(value)
        line = b""
    return None


def events_before_the_limit(stream: bytes, limit: int) -> tuple[int, bool]:
    """Return how many events come out before one holds more than ``limit`` bytes, and whether one does."""
    place = place_beyond_the_limit(stream, limit)
    return len(reference_decode(stream[:place]).events), place is not None
