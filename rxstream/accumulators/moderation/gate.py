"""Items wait at a gate until all that they say has passed a check; they leave in the order in which they came."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from typing import Any, Generic, NamedTuple, TypeVar, cast

from rxstream.accumulators.moderation.passage import Passage, Span, Window
from rxstream.accumulators.moderation.readings import Readings, shown
from rxstream.accumulators.moderation.rewriting import rewritten
from rxstream.accumulators.moderation.speech import Bearing, Kind, Path, Speech, TextAt
from rxstream.accumulators.pieces import PieceKey
from rxstream.accumulators.places import ResponseChange
from rxstream.accumulators.sequence import SequenceGuard
from rxstream.accumulators.versioned import mend
from rxstream.events import ResponseEvent
from rxstream.models.base import Model, json_of

__all__ = ["Gate"]

_Item = TypeVar("_Item")

_STRINGS: PieceKey = ("", None, 0)


class _Said(NamedTuple):
    """A text in an item that waits: where it stands in the item, and which part of which passage it is."""

    path: Path
    passage: Passage
    start: int
    piece: str

    @property
    def is_decided(self) -> bool:
        return self.passage.decided >= self.start + len(self.piece)


class _Held(Generic[_Item]):
    __slots__ = ("annotated", "item", "said")

    def __init__(self, item: _Item) -> None:
        self.item = item
        self.said: list[_Said] = []
        self.annotated: Readings | None = None


class Gate(Generic[_Item]):
    """Holds items back until what they say has been decided.

    It knows of no check: :meth:`next_window` gives what is to be checked, :meth:`decide` takes the answer, in any
    order, and :meth:`release` gives what may be shown.

    Args:
        window: How many characters are checked at once.
        kinds: The kinds of text that are checked; others are not looked at.
        replacement: What is shown instead of flagged text.

    Example:
        >>> gate = Gate(window=8, kinds=["text"], replacement="***")
        >>> for word in ("good ", "evil"):
        ...     gate.feed(word)
        >>> gate.end()
        >>> while window := gate.next_window():
        ...     gate.decide(window, flagged="evil" in window.excerpt)
        >>> list(gate.release())
        ['good***']
    """

    def __init__(self, *, window: int, kinds: Collection[Kind], replacement: str = "") -> None:
        self._window = window
        self._replacement = replacement
        self._speech = Speech(kinds)
        self._change = ResponseChange()
        self._begin()
        self._windows: deque[Window] = deque()
        self._held: deque[_Held[_Item]] = deque()
        self._bars: list[Window] = []
        self.response_id: str | None = None
        self.last_sequence_number: int | None = None

    def _begin(self) -> None:
        self._texts: dict[PieceKey, Readings] = {}
        self._texts_at: dict[object, list[Readings]] = {}
        self._checked: dict[str, Passage] = {}  # texts that have ended
        self._guard = SequenceGuard()
        self._pieces: dict[int, list[_Said]] = {}

    @property
    def is_empty(self) -> bool:
        """No item waits."""
        return not self._held

    def feed(self, item: _Item) -> None:
        """Take an item."""
        held = _Held(item)
        if isinstance(item, str):
            held.said += self._longer(TextAt(_STRINGS, (), item, Bearing.PIECE), [])
        elif isinstance(item, ResponseEvent):
            self._read(held, item)
        else:
            raise TypeError(f"expected events or strings, in which text can be found, but got {type(item).__name__}")
        self._held.append(held)

    def end(self) -> None:
        """All texts have ended, because nothing more comes."""
        for text in self._texts.values():
            self._windows += text.finish()

    def next_window(self) -> Window | None:
        """Return the next window that is to be checked."""
        while self._windows:
            window = self._windows.popleft()
            if window.passage.needs(window):
                return window
        return None

    def decide(self, window: Window, *, flagged: bool, spans: Iterable[Span] = ()) -> None:
        """Take what a check said, and where in the excerpt: flagged text is replaced."""
        window.passage.decide(window, flagged=flagged, spans=spans)

    def stop_at(self, window: Window) -> None:
        """Never let pass what a window covers, nor what came after it. Nothing more is fed."""
        window.passage.stop_at(window)
        self._bars.append(window)

    def release(self) -> Iterator[_Item]:
        """Give the items that may be shown now; each has left when it is given."""
        while self._held and all(said.is_decided for said in self._held[0].said):
            yield from self._shown(self._held.popleft())

    def bar(self) -> Window | None:
        """Return the window because of which the first item that waits will wait for ever.

        Its own text may be flagged, or it has not ended and never will, because something else was flagged.
        """
        if not self._bars:
            return None
        waiting = [said.passage for said in self._held[0].said if not said.is_decided] if self._held else []
        if self._held and all(passage.is_waiting for passage in waiting):
            return None
        barred = (said.passage.bar for held in self._held for said in held.said if said.passage.bar is not None)
        return next(barred, self._bars[0])

    def _read(self, held: _Held[_Item], event: Any) -> None:
        if self._change.note(event):
            self.end()
            self._begin()
            self._speech.forget()
        before = self._pieces.get(event.sequence_number, []) if self._guard.is_replay(event) else []
        for found in self._speech.texts(event):
            if found.bearing is Bearing.PIECE:
                held.said += self._longer(found, before)
            elif (said := self._say(found)) is not None:
                held.said.append(said)
        if held.said and event.sequence_number is not None and event.type.endswith(".delta"):
            self._pieces.setdefault(event.sequence_number, held.said)
        if event.type in ("response.completed", "response.incomplete", "response.failed"):
            self.end()
        for place in self._speech.ended(event) or ():
            for text in self._texts_at.get(place, ()):
                self._windows += text.finish()
        key = self._speech.annotated(event)
        held.annotated = None if key is None else self._texts.get(key)
        self._note(event)

    def _note(self, event: Any) -> None:
        response = getattr(event, "response", None)
        response_id = json_of(response).get("id") if isinstance(response, Model) else None
        if isinstance(response_id, str):
            self.response_id = response_id
        if event.sequence_number is not None:
            self.last_sequence_number = event.sequence_number

    def _say(self, found: TextAt) -> _Said | None:
        if not found.text:
            known = self._texts.get(found.key)
            if known is not None and found.bearing is Bearing.WHOLE:
                self._windows += known.finish()
            return None
        text = found.text if found.text.isascii() else mend(found.text)
        if found.bearing is Bearing.WHOLE:
            known = self._text(found.key)
            self._windows += known.settle(text)
            passage = self._checked[text] = known.passage
        else:
            passage = self._aside(text)
        return _Said(found.path, passage, 0, passage.unmended)

    def _longer(self, found: TextAt, before: Iterable[_Said]) -> list[_Said]:
        text = self._text(found.key)
        again = [said for said in before if said.path == found.path and said.piece == found.text]
        windows, places = text.append(found.text, is_again=bool(again))
        self._windows += windows
        return again + [_Said(found.path, passage, start, found.text) for passage, start in places]

    def _text(self, key: PieceKey) -> Readings:
        text = self._texts.get(key)
        if text is None:
            text = self._texts[key] = Readings(self._window)
            self._texts_at.setdefault(key[1], []).append(text)
        return text

    def _aside(self, text: str) -> Passage:
        passage = self._checked.get(text)
        if passage is None or not passage.finished or passage.text != text:
            passage = self._checked[text] = Passage(self._window)
            self._windows += passage.append(text)
            self._windows += passage.finish()
        return passage

    def _shown(self, held: _Held[_Item]) -> Iterable[_Item]:
        if held.annotated is not None and held.annotated.is_replaced:
            return ()  # its places are those of another text
        changed: list[tuple[Path, str]] = []
        for path, told in groupby(held.said, key=lambda said: said.path):
            text = shown([(said.passage, said.start, said.piece) for said in told], self._replacement)
            if text is not None:
                changed.append((path, text if text.isascii() else mend(text)))
        if not changed:
            return (held.item,)
        if isinstance(held.item, str):
            return (cast(_Item, changed[0][1]),) if changed[0][1] else ()
        return (cast(_Item, rewritten(cast(Any, held.item), changed)),)
