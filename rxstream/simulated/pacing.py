"""Waiting until each event is due, with a thread's clock or an event loop's."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

from rxstream.simulated.frames import event_frame
from rxstream.simulated.stored import EventStream

__all__ = ["frames", "frames_async", "sleep_until", "sleep_until_async"]

# Long waits are cut into slices, so that closing from another thread or cancelling the response ends them.
_SLICE_SECONDS = 0.05


def sleep_until(due: float) -> None:
    """Block until ``time.monotonic()`` is at ``due``."""
    while (wait := due - time.monotonic()) > 0:
        time.sleep(min(wait, _SLICE_SECONDS))


async def sleep_until_async(due: float) -> None:
    """Wait until the loop's clock is at ``due``."""
    await asyncio.sleep(max(0.0, due - asyncio.get_running_loop().time()))


def frames(stream: EventStream) -> Iterator[bytes]:
    """Give each event's frame when it is due; end when the stream does or is closed."""
    while (due := stream.next_due()) is not None:
        wait = due - time.monotonic()
        if wait > 0:
            time.sleep(min(wait, _SLICE_SECONDS))
        else:
            yield event_frame(stream.take())


async def frames_async(stream: EventStream) -> AsyncIterator[bytes]:
    """Give each event's frame when it is due; end when the stream does or is closed."""
    clock = asyncio.get_running_loop().time
    while (due := stream.next_due()) is not None:
        # Even without a pace each event is a suspension, as it would be on a socket: other tasks get their turn.
        await asyncio.sleep(min(max(0.0, due - clock()), _SLICE_SECONDS))
        if due <= clock():
            yield event_frame(stream.take())
