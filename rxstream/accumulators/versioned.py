"""Values that remember what they were: the reason why a snapshot costs nothing.

A response grows in one place while many snapshots of it are handed out, each of which must stay as it was. Copying what
a snapshot shows would make each event as dear as all before it. So a snapshot is only a number, its *epoch*, and every
value keeps its history by epoch and can tell what it was then: the fat nodes of Driscoll, Sarnak, Sleator and Tarjan,
"Making data structures persistent" (1989). The epoch moves on when a snapshot is taken; without snapshots there is no
history to keep.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Generic, TypeVar

__all__ = ["Growing", "TextField", "Versioned", "join_text"]

_T = TypeVar("_T")


class Versioned(Generic[_T]):
    """A value that is replaced as a whole."""

    __slots__ = ("_epochs", "_values")

    def __init__(self, epoch: int, value: _T) -> None:
        self._epochs = [epoch]
        self._values = [value]

    def set(self, epoch: int, value: _T) -> None:
        """Replace the value as of ``epoch``."""
        if self._epochs[-1] == epoch:
            self._values[-1] = value
        else:
            self._epochs.append(epoch)
            self._values.append(value)

    def at(self, epoch: int) -> _T | None:
        """Return the value as it was in ``epoch``; ``None`` before there was one."""
        place = bisect_right(self._epochs, epoch)
        return self._values[place - 1] if place else None

    @property
    def newest(self) -> _T:
        """The value as it is now."""
        return self._values[-1]


class Growing(Generic[_T]):
    """A list to whose end things are added."""

    __slots__ = ("_epochs", "_starts", "things")

    def __init__(self) -> None:
        self.things: list[_T] = []
        self._epochs: list[int] = []
        self._starts: list[int] = []

    def append(self, epoch: int, thing: _T) -> None:
        """Add a thing in ``epoch``."""
        if not self._epochs or self._epochs[-1] != epoch:
            self._starts.append(len(self.things))  # first, for a snapshot that another thread reads meanwhile
            self._epochs.append(epoch)
        self.things.append(thing)

    def at(self, epoch: int) -> list[_T]:
        """Return what had been added by the end of ``epoch``."""
        end = len(self.things)  # read first: what is added from now on belongs to a later epoch
        place = bisect_right(self._epochs, epoch)
        return self.things[: end if place == len(self._epochs) else self._starts[place]]

    def begun(self, epoch: int) -> bool:
        """Say whether anything had been added by the end of ``epoch``."""
        return bool(self._epochs) and self._epochs[0] <= epoch


class TextField:
    """A text that grows by deltas until its ``.done`` says what it is."""

    __slots__ = ("_added", "_deltas", "_done")

    def __init__(self) -> None:
        self._added: Versioned[str] | None = None
        self._deltas: Growing[str] = Growing()
        self._done: Versioned[str] | None = None

    def begin(self, epoch: int, text: str) -> None:
        """Set the text that ``.added`` brings; it counts until something else comes."""
        if self._added is None:
            self._added = Versioned(epoch, text)

    def append(self, epoch: int, delta: str) -> None:
        """Add a delta; one that comes after ``.done`` is weaker and changes nothing."""
        if self._done is None:
            self._deltas.append(epoch, delta)

    def finish(self, epoch: int, text: str) -> None:
        """Set the text that ``.done`` brings; one without text does not erase what came."""
        if not text and self._deltas.things:
            return
        if self._done is None:
            self._done = Versioned(epoch, text)
        else:
            self._done.set(epoch, text)

    def at(self, epoch: int) -> str | None:
        """Return the text as it was in ``epoch``; ``None`` where nothing had come."""
        done = None if self._done is None else self._done.at(epoch)
        if done is not None:
            return done
        if self._deltas.begun(epoch):
            return join_text(self._deltas.at(epoch))
        return None if self._added is None else self._added.at(epoch)


def join_text(parts: list[str]) -> str:
    """Join pieces of text and mend characters that were cut between two of them.

    JSON may hold half of a surrogate pair (RFC 8259, section 8.2); its other half begins the next delta. Halves without
    their other half stay as they are.

    Example:
        >>> join_text(["smile ", "\\ud83d", "\\ude00"])
        'smile 😀'
    """
    text = "".join(parts)
    return text if text.isascii() or not any(map(_may_be_cut, parts)) else mend(text)


def mend(text: str) -> str:
    """Turn each surrogate pair into the character that it stands for."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _may_be_cut(part: str) -> bool:
    return not part.isascii() and ("\ud800" <= part[0] <= "\udfff" or "\ud800" <= part[-1] <= "\udfff")
