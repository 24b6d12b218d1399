"""Where a request must not be left, in asyncio.

httpcore closes a connection in turns of the event loop between which a task can be cancelled, and its shield against
that does not hold off ``Task.cancel``. Who is cancelled there, or in the turn between connecting and sending, loses the
connection: it is neither closed nor used ever again, and a pool has a hundred.
"""

from __future__ import annotations

from rxstream.reactive.leaving import begin_moment, end_moment

__all__ = ["EXTENSIONS"]

_BEGINS = (".connect_tcp.complete", ".connect_unix_socket.complete", ".start_tls.complete", ".response_closed.started")


async def _trace(name: str, _about: object) -> None:
    if name.endswith(_BEGINS):
        begin_moment()
    else:
        end_moment()


EXTENSIONS = {"trace": _trace}
"""What is given with each request, of either family, so that its task is not cancelled in such a moment."""
