"""Reading the answer to one request, synchronously."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Timer
from typing import Any

from rxstream.events import ResponseStreamEvent
from rxstream.sources.body import pieces, plain_headers
from rxstream.sources.exchange import Decoder, Sendable
from rxstream.sources.http import MAX_ERROR_BYTES, MAX_EXCERPT_BYTES, refuse
from rxstream.sources.http_clients import check_open
from rxstream.sources.limits import BODY_SECONDS, END_SECONDS, FAILED_SECONDS
from rxstream.sources.sockets import Connections
from rxstream.sources.transport_errors import cannot_be_sent, is_transport_error, unanswered

__all__ = ["Answer"]


class Answer:
    """Sends a request; gives the events of the answer, a batch for each read."""

    def __init__(self, http_client: Any, request: Sendable, decoder: Decoder) -> None:
        self._http_client = http_client
        self._asked = request.headers
        self._decoder = decoder
        self._connections = Connections()
        extensions = {"trace": self._connections.trace}
        self._context = http_client.stream(request.method, request.url, **request.options(), extensions=extensions)
        self._response: Any = None
        # Kept until the response is closed: httpx2 closes it when nobody holds these any more, and that may raise where
        # nobody hears it.
        self._chunks: Iterator[bytes] = iter(())
        self._interrupted = False
        self._timer: Timer | None = None

    def __iter__(self) -> Iterator[list[ResponseStreamEvent]]:
        lost: Exception | None = None
        try:
            self._response = self._context.__enter__()
            check_open(self._http_client)
            yield from self._batches(self._response)
        except Exception as error:
            if self._response is None and cannot_be_sent(error):
                raise unanswered(error) from error
            if not is_transport_error(error):
                raise
            lost = None if self._interrupted else error
        finally:
            self._stop_timer()
        failure = self._decoder.error(lost)
        if failure is not None:
            raise failure from lost or failure.__cause__

    def _batches(self, response: Any) -> Iterator[list[ResponseStreamEvent]]:
        self._connections.add(response.extensions.get("network_stream"))
        decoder = self._decoder
        headers = plain_headers(response, self._asked)
        wrong = decoder.wrong(response.status_code, headers)
        if wrong is not None:
            refuse(wrong, response.status_code, headers, self._beginning(response, wrong))
        chunks = self._chunks = pieces(response, self._asked)
        for chunk in chunks:
            events = decoder.feed(chunk)
            if events:
                yield events
            if not decoder.is_plain:
                break
        else:
            yield decoder.close()
            return
        if not decoder.is_over:
            self._start_timer(FAILED_SECONDS)
            while not decoder.is_over and (late := next(chunks, None)) is not None:
                yield decoder.feed(late)
        if decoder.is_over and self._connections.can_be_shut_down:
            self._start_timer(END_SECONDS)
            next(chunks, None)

    def _beginning(self, response: Any, wrong: str) -> bytes:
        limit = MAX_ERROR_BYTES if wrong == "status" else MAX_EXCERPT_BYTES
        body = bytearray()
        self._start_timer(BODY_SECONDS)
        self._chunks = pieces(response, self._asked)
        try:
            for chunk in self._chunks:
                body += chunk
                if len(body) >= limit:
                    break
        except Exception as error:
            if not is_transport_error(error):
                raise
        return self._asked.redacted(bytes(body))[:limit]

    def _start_timer(self, seconds: float) -> None:
        self._stop_timer()
        self._timer = Timer(seconds, self.interrupt)
        self._timer.daemon = True
        self._timer.start()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def close(self) -> None:
        """Close the response, and with it the connection if there is more to come on it."""
        self._stop_timer()
        response, self._response = self._response, None
        if response is None:
            return
        try:
            self._context.__exit__(None, None, None)
        except Exception as error:  # what a connection does that is closed anyway is of no interest
            if not is_transport_error(error):
                raise

    def interrupt(self) -> None:
        """Make a read that blocks in another thread return."""
        self._interrupted = True
        self._connections.shut_down()
