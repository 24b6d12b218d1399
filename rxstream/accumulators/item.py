"""One output item while it grows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from rxstream.accumulators.versioned import Growing, TextField, Versioned
from rxstream.models.base import JSONObject

__all__ = ["ItemState", "PartState"]


class PartState:
    """One part of an item's ``content`` or ``summary`` while it grows."""

    __slots__ = ("_annotations", "_base", "_born", "_done", "_field", "_logprobs", "text")

    def __init__(self, epoch: int, base: JSONObject, field: str) -> None:
        self._born = epoch
        self.text = TextField()
        self._field = field
        self._base = Versioned(epoch, base)
        self._done: Versioned[JSONObject] | None = None
        self._annotations: Growing[tuple[int, Any]] = Growing()
        self._logprobs: Growing[list[Any]] = Growing()

    def add(self, epoch: int, base: JSONObject, field: str) -> None:
        """Take the part that ``added`` brings; what was gathered before stays."""
        self._field = field
        self._base.set(epoch, base)

    def finish(self, epoch: int, part: JSONObject, field: str) -> None:
        """Take the part that ``done`` brings."""
        self._field = field
        text = part.get(field)
        if isinstance(text, str):
            self.text.finish(epoch, text)
        if self._done is None:
            self._done = Versioned(epoch, part)
        else:
            self._done.set(epoch, part)

    def annotate(self, epoch: int, index: int | None, annotation: Any) -> None:
        """Add an annotation at its place, or after the last one."""
        place = len(self._annotations.things) if index is None else index
        self._annotations.append(epoch, (place, annotation))

    def add_logprobs(self, epoch: int, logprobs: list[Any]) -> None:
        """Add the log probabilities of a delta."""
        self._logprobs.append(epoch, logprobs)

    def at(self, epoch: int) -> JSONObject | None:
        """Return the part as it was in ``epoch``; ``None`` before there was one."""
        if epoch < self._born:
            return None
        done = None if self._done is None else self._done.at(epoch)
        part = {**(self._base.at(epoch) or {}), **(done or {})}
        text = self.text.at(epoch)
        if text is not None:
            part[self._field] = text
        if self._annotations.begun(epoch):
            part["annotations"] = _merged(self._annotations.at(epoch), part.get("annotations"), keep=done is not None)
        if self._logprobs.begun(epoch) and not part.get("logprobs"):
            part["logprobs"] = [one for some in self._logprobs.at(epoch) for one in some]
        return part


def _merged(gathered: list[tuple[int, Any]], present: Any, *, keep: bool) -> list[Any]:
    annotations: dict[int, Any] = dict(enumerate(cast(list[Any], present))) if isinstance(present, list) else {}
    for index, annotation in gathered:
        if not (keep and index in annotations):
            annotations[index] = annotation
    return [annotations[index] for index in sorted(annotations)]


class ItemState:
    """One output item while it grows: what ``added`` brought, what grew since, and what ``done`` made of it.

    Attributes:
        type: The item's type, as far as it is known.
    """

    __slots__ = ("_base", "_done", "_status", "born", "commands", "outputs", "parts", "texts", "type")

    def __init__(self, epoch: int, base: JSONObject) -> None:
        self.born = epoch
        self.type: Any = base.get("type")
        self._base = Versioned(epoch, base)
        self._done: Versioned[JSONObject] | None = None
        self._status: Versioned[str] | None = None
        self.texts: dict[tuple[str, ...], TextField] = {}
        self.parts: dict[str, dict[int, PartState]] = {}
        self.commands: dict[int, TextField] = {}
        self.outputs: dict[int, ShellOutputState] = {}

    @property
    def is_done(self) -> bool:
        """``output_item.done`` has come: nothing weaker changes the item any more."""
        return self._done is not None

    def add(self, epoch: int, item: JSONObject) -> None:
        """Take the item that ``added`` brings; what was gathered before stays."""
        self.type = item.get("type")
        self._base.set(epoch, item)

    def finish(self, epoch: int, item: JSONObject) -> None:
        """Take the whole item that ``done`` brings."""
        self.type = item.get("type")
        if self._done is None:
            self._done = Versioned(epoch, item)
        else:
            self._done.set(epoch, item)

    def set_status(self, epoch: int, status: str) -> None:
        """Take the status that a progress event implies."""
        if self._status is None:
            self._status = Versioned(epoch, status)
        else:
            self._status.set(epoch, status)

    def text(self, path: tuple[str, ...]) -> TextField:
        """Return the text at ``path``; begin it where it is new."""
        field = self.texts.get(path)
        if field is None:
            field = self.texts[path] = TextField()
        return field

    def at(self, epoch: int) -> JSONObject:
        """Return the item as it was in ``epoch``."""
        done = None if self._done is None else self._done.at(epoch)
        if done is not None:
            return done
        item = dict(self._base.at(epoch) or {})
        status = None if self._status is None else self._status.at(epoch)
        if status is not None:
            item["status"] = status
        # By lists of keys, because another thread may add to the dictionaries while this one reads a snapshot.
        for path in list(self.texts):
            text = self.texts[path].at(epoch)
            if text is not None:
                _inner(item, path[:-1])[path[-1]] = text
        for container in list(self.parts):
            _fill(item, (container,), _grown(self.parts[container], epoch))
        _fill(item, ("action", "commands"), _grown(self.commands, epoch))
        _fill(item, ("output",), _grown(self.outputs, epoch))
        return item


class ShellOutputState:
    """What one command prints, while it prints."""

    __slots__ = ("_born", "_done", "_others", "_streams")

    def __init__(self, epoch: int) -> None:
        self._born = epoch
        self._streams = {"stdout": TextField(), "stderr": TextField()}
        self._others: Growing[JSONObject] = Growing()
        self._done: Versioned[JSONObject] | None = None

    def append(self, epoch: int, delta: JSONObject) -> None:
        """Add a delta: ``stdout`` and ``stderr`` grow, everything else is replaced."""
        for name, value in delta.items():
            field = self._streams.get(name)
            if field is None:
                self._others.append(epoch, {name: value})
            elif isinstance(value, str):
                field.append(epoch, value)

    def finish(self, epoch: int, output: JSONObject) -> None:
        """Take the output that ``done`` brings."""
        if self._done is None:
            self._done = Versioned(epoch, output)
        else:
            self._done.set(epoch, output)

    def at(self, epoch: int) -> JSONObject | None:
        """Return the output as it was in ``epoch``; ``None`` before there was one."""
        if epoch < self._born:
            return None
        done = None if self._done is None else self._done.at(epoch)
        if done is not None:
            return done
        output: JSONObject = {name: field.at(epoch) or "" for name, field in self._streams.items()}
        for other in self._others.at(epoch):
            output.update(other)
        return output


def _grown(states: Mapping[int, PartState | ShellOutputState | TextField], epoch: int) -> dict[int, Any]:
    """Return what there was by ``epoch``."""
    return {place: value for place in list(states) if (value := states[place].at(epoch)) is not None}


def _inner(item: JSONObject, path: tuple[str, ...]) -> JSONObject:
    """Return the object at ``path``, each on the way being a copy of what stood there."""
    for name in path:
        inner = item.get(name)
        item[name] = item = dict(cast(JSONObject, inner)) if isinstance(inner, dict) else {}
    return item


def _fill(item: JSONObject, path: tuple[str, ...], gathered: dict[int, Any]) -> None:
    """Put what was gathered in its places of the array at ``path``."""
    if not gathered:
        return
    item, name = _inner(item, path[:-1]), path[-1]
    present: Any = item.get(name)
    places: dict[int, Any] = dict(enumerate(cast(list[Any], present))) if isinstance(present, list) else {}
    places.update(gathered)
    item[name] = [places[place] for place in sorted(places)]
