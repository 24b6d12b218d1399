"""A consumer that is slower than its source, for long.

``RXSTREAM_ACCEPTANCE=1`` paces it by the clock (1 ms an item, 20,000 items); otherwise by turns of the loop.
"""

from __future__ import annotations

import asyncio
import os
import tracemalloc

from reactivex import operators as ops

from rxstream.reactive import iterate
from tests.reactive.counted import Counted
from tests.reactive.leaks import run

_BY_THE_CLOCK = bool(os.environ.get("RXSTREAM_ACCEPTANCE"))
_COUNT = 20_000
_LIMIT = 64


async def _pace() -> None:
    if _BY_THE_CLOCK:
        await asyncio.sleep(0.001)
    else:  # the source needs one turn an item
        for _ in range(3):
            await asyncio.sleep(0)


def test_acceptance_a_slow_consumer_of_20000_items_never_has_more_than_the_limit_waiting() -> None:
    """Law: what waits stays within ``limit`` at every item, and memory does not grow with the stream."""

    async def main() -> None:
        source = Counted(_COUNT, batch=10)
        emitted = taken = most = 0
        memory: list[int] = []

        def count(_item: int) -> None:
            nonlocal emitted
            emitted += 1

        async with iterate(source.items.pipe(ops.do_action(count)), limit=_LIMIT) as items:
            async for _ in items:
                taken += 1
                most = max(most, emitted - taken)
                if taken % (_COUNT // 10) == 0:
                    memory.append(tracemalloc.get_traced_memory()[0])
                await _pace()
                most = max(most, emitted - taken)
        assert taken == _COUNT
        assert most == _LIMIT
        assert max(memory[1:]) - memory[1] < 50_000

    tracemalloc.start()
    try:
        run(main())
    finally:
        tracemalloc.stop()
