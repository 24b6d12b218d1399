"""One output item while it grows."""

from __future__ import annotations

from typing import Any, cast

from rxstream.accumulators.versioned import Growing, TextField, Versioned
from rxstream.models.base import JSONObject

__all__ = ["ItemState", "PartState"]


class PartState:
    """One part of an item's ``content`` or ``summary`` while it grows."""

    __slots__ = ("_annotations", "_base", "_done", "_field", "_logprobs", "born", "text")

    def __init__(self, epoch: int, base: JSONObject, field: str) -> None:
        self.born = epoch
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

    def at(self, epoch: int) -> JSONObject:
        """Return the part as it was in ``epoch``."""
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
    """One output item while it grows: what ``added`` brought, what grew since, and what ``done`` made of it."""

    __slots__ = ("_base", "_done", "_status", "born", "commands", "outputs", "parts", "texts")

    def __init__(self, epoch: int, base: JSONObject) -> None:
        self.born = epoch
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

    @property
    def type(self) -> Any:
        """The item's type, as far as it is known."""
        return (self._base.newest if self._done is None else self._done.newest).get("type")

    def add(self, epoch: int, item: JSONObject) -> None:
        """Take the item that ``added`` brings; what was gathered before stays."""
        self._base.set(epoch, item)

    def finish(self, epoch: int, item: JSONObject) -> None:
        """Take the whole item that ``done`` brings."""
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
        for path, field in self.texts.items():
            text = field.at(epoch)
            if text is not None:
                _put(item, path, text)
        for container, parts in self.parts.items():
            _fill(item, container, {index: part.at(epoch) for index, part in parts.items() if part.born <= epoch})
        commands = {index: text for index, field in self.commands.items() if (text := field.at(epoch)) is not None}
        if commands:
            action = item.get("action")
            item["action"] = dict(cast(JSONObject, action)) if isinstance(action, dict) else {}
            _fill(item["action"], "commands", commands)
        outputs = {index: output.at(epoch) for index, output in self.outputs.items() if output.born <= epoch}
        _fill(item, "output", outputs)
        return item


class ShellOutputState:
    """What one command prints, while it prints."""

    __slots__ = ("_done", "_others", "_streams", "born")

    def __init__(self, epoch: int) -> None:
        self.born = epoch
        self._streams = {"stdout": TextField(), "stderr": TextField()}
        self._others: Growing[JSONObject] = Growing()
        self._done: Versioned[JSONObject] | None = None

    def append(self, epoch: int, delta: JSONObject) -> None:
        """Add a delta: ``stdout`` and ``stderr`` grow, everything else is replaced."""
        for name, value in delta.items():
            field = self._streams.get(name)
            if field is not None and isinstance(value, str):
                field.append(epoch, value)
            else:
                self._others.append(epoch, {name: value})

    def finish(self, epoch: int, output: JSONObject) -> None:
        """Take the output that ``done`` brings."""
        if self._done is None:
            self._done = Versioned(epoch, output)
        else:
            self._done.set(epoch, output)

    def at(self, epoch: int) -> JSONObject:
        """Return the output as it was in ``epoch``."""
        done = None if self._done is None else self._done.at(epoch)
        if done is not None:
            return done
        output: JSONObject = {name: field.at(epoch) or "" for name, field in self._streams.items()}
        for other in self._others.at(epoch):
            output.update(other)
        return output


def _put(item: JSONObject, path: tuple[str, ...], text: str) -> None:
    for name in path[:-1]:
        inner = item.get(name)
        item[name] = dict(cast(JSONObject, inner)) if isinstance(inner, dict) else {}
        item = item[name]
    item[path[-1]] = text


def _fill(item: JSONObject, name: str, gathered: dict[int, Any]) -> None:
    if not gathered:
        return
    present: Any = item.get(name)
    places: dict[int, Any] = dict(enumerate(cast(list[Any], present))) if isinstance(present, list) else {}
    places.update(gathered)
    item[name] = [places[index] for index in sorted(places)]
