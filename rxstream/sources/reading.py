"""Reading a stream over all its requests, synchronously."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from rxstream.errors import StreamError
from rxstream.events import ResponseStreamEvent
from rxstream.sinks.chunks import OnChunk
from rxstream.sources.answer import Answer
from rxstream.sources.course import Course
from rxstream.sources.tapped import tapped

__all__ = ["Reading"]


class Reading:
    """Sends one request after the other, as a course says; gives the events, a batch for each read.

    Args:
        open_http_client: Gives the client to send with.
        course: Says what is sent, and what is delivered.
        on_chunk: Told of the size of each chunk of an answer.
    """

    def __init__(self, open_http_client: Callable[[], Any], course: Course, on_chunk: OnChunk | None = None) -> None:
        self._open_http_client = open_http_client
        self._course = course
        self._on_chunk = on_chunk
        self._stopped = threading.Event()
        self._answer: Answer | None = None

    def __iter__(self) -> Iterator[Iterable[ResponseStreamEvent]]:
        course = self._course
        while True:
            http_client, (request, decoder) = self._open_http_client(), course.exchange()
            answer = self._answer = Answer(http_client, request, tapped(decoder, self._on_chunk))
            if self._stopped.is_set():  # looked at after `_answer` is set, which `interrupt` looks at after this is
                return
            try:
                for batch in answer:
                    events = course.feed(batch)
                    if events:
                        yield events
                    if course.failure is not None:
                        raise course.failure
                return
            except StreamError as error:
                if self._stopped.is_set():
                    raise
                seconds = course.seconds_before_next(error)
            finally:
                answer.close()
            if self._stopped.wait(seconds):
                return

    def close(self) -> None:
        """Close the response that is being read."""
        if self._answer is not None:
            self._answer.close()

    def interrupt(self) -> None:
        """Make a read or a wait that blocks in another thread return."""
        self._stopped.set()
        if self._answer is not None:
            self._answer.interrupt()
