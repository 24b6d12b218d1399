"""The format of recordings, version 1: lines of JSON, written one by one, so that what is on the disk can be read.

::

    {"format":"rxstream-recording","version":1}
    {"at":0.412034,"event":{"type":"response.created","sequence_number":0,...}}
    {"at":0.980112,"event":{...}}
    {"at":0.980511,"completed":true}

- The first line is the header. It names nothing that changes from one recording to the next.
- ``at`` is the time since the subscription, in seconds, to the microsecond.
- ``event`` is the event's JSON, character by character as it was received; UTF-8.
- The last line says how the stream ended: ``completed``, or ``error`` with the ``class`` of the error, its ``message``
  and those of its attributes that JSON can hold (``"error":{"class":"rxstream.ConnectionLostError",...}``). It is
  missing where the subscription was disposed of, and where the program died.
- ``{"at":0.412000,"chunk":1360}`` may stand anywhere before the last line: so many bytes came off the network then, as
  one chunk (as one piece of what was inflated, where the answer was encoded), and the events that they completed
  follow. Readers that want events alone pass over it.
  :func:`~rxstream.record` writes it with ``chunks=True``.
- What follows the last line feed was not written to its end, even where it looks whole, and does not count.

Requests, their headers and keys are not recorded; nor are the bodies of answers that were no event stream.
A file without the header, of one event a line, is a recording too: one without times.
"""

from rxstream.recordings.failures import as_recorded, as_replayed
from rxstream.recordings.lines import HEADER, chunk_line, completed_line, event_line, failed_line
from rxstream.recordings.reader import MAX_LINE_BYTES, Chunk, Ending, LineReader, Recorded

__all__ = [
    "HEADER",
    "MAX_LINE_BYTES",
    "Chunk",
    "Ending",
    "LineReader",
    "Recorded",
    "as_recorded",
    "as_replayed",
    "chunk_line",
    "completed_line",
    "event_line",
    "failed_line",
]
