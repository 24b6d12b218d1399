"""Events told apart by the ids of their event stream (WHATWG HTML, 9.2), where they have no numbers: pure."""

from __future__ import annotations

__all__ = ["Identities"]

_KEPT = 1024
_LONGEST = 1024  # no server takes much more as the value of a header


class Identities:
    """Knows the ids of the events that were delivered last, and where a stream of them can be opened again.

    An id is that of its event alone if it differs from the one before it: what has none inherits that. In a stream that
    was opened again, what comes first with an id that is known is a repeat: as many events as were delivered with it.

    Attributes:
        last: The id of the last event that was delivered, ``""`` where there is none.

    Example:
        >>> identities = Identities()
        >>> for event_id in ("1", "2", "3"):
        ...     identities.take(event_id, "delta", is_content=True)
        >>> identities.reopen()
        >>> [identities.is_repeat(event_id, is_content=True) for event_id in ("2", "3", "3")], identities.last
        ([True, True, False], '3')
    """

    def __init__(self) -> None:
        self.last = ""
        # In order: how many events that are content were delivered with an id, and the type of the first.
        self._known: dict[str, tuple[int, str]] = {}
        self._current = ""  # of this stream
        self._inherited = ""  # by what comes before the first id of this stream
        self._repeated = 0  # with the current id
        self._may_repeat = False
        self._is_exact = False
        self._are_unique = True

    @property
    def can_go_on(self) -> bool:
        """The last event has an id of its own, and ids are not used twice."""
        return self._is_exact and self._are_unique

    def reopen(self) -> None:
        """Say that what comes from now on is another stream, which may begin with repeats."""
        self._begin("")
        self._inherited = self.last
        self._may_repeat = True

    def is_repeat(self, event_id: str, *, is_content: bool) -> bool:
        """Tell whether the event that comes with an id was delivered before; asked once for each."""
        if not self._may_repeat or event_id not in self._known:
            return False
        if event_id != self._current:
            self._begin(event_id)
        if is_content:
            self._repeated += 1
        return not is_content or self._repeated <= self._known[event_id][0]

    def is_another(self, event_type: str) -> bool:
        """Tell whether the repeat that was asked for last cannot be one, by its type."""
        return self._repeated == 1 and self._known[self._current][1] != event_type

    def take(self, event_id: str, event_type: str, *, is_content: bool) -> None:
        """Take the id of an event that is delivered; one that is no content is only a sign of life."""
        if event_id != self._current:
            self._begin(event_id)
            self._keep(event_id)
        elif is_content:  # it has none: who goes on behind the id before it, gets this again
            self._is_exact = False
        if is_content:
            self._may_repeat = False
            key = event_id or self._inherited
            if key in self._known:
                count, first = self._known[key]
                self._known[key] = count + 1, first or event_type

    def checkpoint(self, event_id: str) -> None:
        """Take an id that came without an event: all that was delivered is before it."""
        if event_id != self._current:
            self._begin(event_id)
            if event_id not in self._known:
                self._keep(event_id)

    def _begin(self, event_id: str) -> None:
        self._current, self._inherited, self._repeated = event_id, "", 0

    def _keep(self, event_id: str) -> None:
        if not event_id or len(event_id) > _LONGEST:
            self.last, self._is_exact = "", False
            return
        self._are_unique = self._are_unique and event_id not in self._known
        self.last, self._is_exact = event_id, True
        self._known.setdefault(event_id, (0, ""))
        if len(self._known) > _KEPT:
            del self._known[next(iter(self._known))]
