"""An Observable that ``for`` and ``async for`` can read."""

from __future__ import annotations

from typing import TypeVar

from reactivex import Observable

from rxstream.reactive.iterate import iterate
from rxstream.reactive.iterate_sync import iterate_sync

__all__ = ["IterableObservable"]

_T = TypeVar("_T")


class IterableObservable(Observable[_T]):
    """What our sources and operators return.

    A ``for`` over an Observable of Rx itself never ends: its ``xs[0]``, ``xs[1]``, … are Observables, and Python takes
    that for a sequence.

    Example:
        >>> from rxstream import from_events
        >>> from rxstream.events import ResponseCompletedEvent, ResponseTextDeltaEvent
        >>> stream = from_events([ResponseTextDeltaEvent(output_index=0, delta="Hello"), ResponseCompletedEvent()])
        >>> list(stream.text_deltas())
        ['Hello']
    """

    def __iter__(self) -> iterate_sync[_T]:
        """Iterate without asyncio; see :func:`~rxstream.iterate_sync`."""
        return iterate_sync(self)

    def __aiter__(self) -> iterate[_T]:
        """Iterate in asyncio; see :func:`~rxstream.iterate`."""
        return iterate(self)
