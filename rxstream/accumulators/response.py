"""The whole response, grown from its events."""

from __future__ import annotations

from functools import partial
from typing import Any

from rxstream.accumulators.folding import Folding
from rxstream.accumulators.folds import FOLDS
from rxstream.accumulators.places import ResponseChange
from rxstream.accumulators.sequence import SequenceGuard
from rxstream.accumulators.turns import BEGINNINGS, CLIENT_MADE, TURN_STARTED, after_turn, is_first_turn
from rxstream.errors import ProtocolError
from rxstream.events import ResponseStreamEvent
from rxstream.models.base import JSONObject
from rxstream.models.response import Response

__all__ = ["ResponseAccumulator"]


class ResponseAccumulator:
    """Folds events into the response that they tell of; a snapshot of it can be taken after each.

    What is known better is never undone by what is known worse: terminal event, ``output_item.done``, other ``.done``
    events, joined deltas, ``added``, in this order. Events are placed by ``output_index``; ids may change on the way.
    An event that came before (same ``sequence_number``, same content) changes nothing. A ``response.created`` of
    another response begins anew. Of a conversation, in which a :func:`~rxstream.run_tools` says where each turn starts,
    the output of all turns is kept, with what the tools gave back in between, and the usage is summed; everything else
    is that of the newest turn.

    Args:
        strict: Raise :class:`~rxstream.errors.ProtocolError` for each event that does not fit, instead of keeping what
            can be kept and counting it in ``unplaced``.

    Attributes:
        unplaced: How many misfits there were: unknown types, missing or repeated ``added``, events for what is done.
        replayed: How many events had come before.

    Example:
        >>> from rxstream.events import parse_event
        >>> accumulator = ResponseAccumulator()
        >>> for delta in ("Hel", "lo"):
        ...     accumulator.feed(parse_event({"type": "response.output_text.delta", "output_index": 0,
        ...                                   "content_index": 0, "delta": delta}))
        >>> accumulator.snapshot().output_text
        'Hello'
    """

    def __init__(self, strict: bool = False) -> None:
        self._strict = strict
        self.unplaced = 0
        self.replayed = 0
        self._change = ResponseChange()
        self._begin(None)

    def _begin(self, before: JSONObject | None) -> None:
        self._folding = Folding(self._misfit, before)
        self._guard = SequenceGuard()
        self._snapshot: Response | None = None

    def feed(self, event: ResponseStreamEvent) -> None:
        """Fold one event in.

        Raises:
            ProtocolError: In strict mode: the event does not fit. It has not changed the response.
        """
        if self._strict:
            self._expect_sound(event)
        if event.type in BEGINNINGS and self._change.note(event):
            self._begin(self._before(event))
        if self._guard.is_replay(event):
            self.replayed += 1
            return
        if self._snapshot is not None:
            self._snapshot = None
            self._folding.epoch += 1
        try:
            if self._strict:
                self._expect_order(event)
            FOLDS.get(event.type, _unknown)(self._folding, event)
        except ProtocolError:
            self._guard.forget(event)
            raise

    def snapshot(self) -> Response:
        """Return the response as it is known now: a value that no later event changes.

        The cost does not depend on what came before; text is joined when the snapshot is read.
        """
        if self._snapshot is None:
            self._snapshot = Response.lazily(partial(self._folding.response_at, self._folding.epoch))
        return self._snapshot

    def _before(self, event: ResponseStreamEvent) -> JSONObject | None:
        if event.type != TURN_STARTED:
            return self._folding.before
        if self.is_empty or is_first_turn(event):
            return None
        return after_turn(self._folding.response_at(self._folding.epoch), event)

    @property
    def is_empty(self) -> bool:
        """Nothing has been folded in yet."""
        return self._folding.is_empty and self._folding.before is None

    @property
    def is_terminal(self) -> bool:
        """The terminal event has come."""
        return self._folding.is_terminal

    @property
    def folding(self) -> Folding:
        """What has been gathered, item by item, for accumulators that show a part of it."""
        return self._folding

    def _misfit(self, event: ResponseStreamEvent, expected: str) -> None:
        if self._strict:
            raise ProtocolError(event.type, event.sequence_number, expected)
        self.unplaced += 1

    def _expect_sound(self, event: ResponseStreamEvent) -> None:
        if event.mismatches:
            self._misfit(event, f"fields that fit ({'; '.join(event.mismatches)})")
        if self._guard.is_taken(event) and not self._change.is_ahead(event):
            self._misfit(event, "a sequence_number that no other event has")

    def _expect_order(self, event: ResponseStreamEvent) -> None:
        if event.type in CLIENT_MADE:
            return
        if self._folding.is_empty and event.type not in ("response.created", "error"):
            self._misfit(event, "response.created to come first")
        if self._folding.is_terminal and event.type != "response.failed":
            self._misfit(event, "nothing after the terminal event")


def _unknown(folding: Folding, event: Any) -> None:
    if event.type not in CLIENT_MADE:
        folding.misfit(event, "a known event type")
