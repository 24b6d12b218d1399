"""The parser: what a fragment of text does to the value so far."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar, TypeAlias

from rxstream.errors import JSONParseError
from rxstream.json_parser.overwritten import Overwritten
from rxstream.json_parser.patches import JSONValue, Patch, PatchOp
from rxstream.json_parser.scalars import is_wrong_literal, read_scalar
from rxstream.json_parser.snapshot import JSONSnapshot
from rxstream.json_parser.strings import read_escape
from rxstream.json_parser.telling import PatchTeller

__all__ = ["PartialJSONParser"]

_State: TypeAlias = "Callable[[PartialJSONParser, str, int], int]"

_special = re.compile(r'["\\\x00-\x1f]').search
_white = re.compile(r"[ \t\n\r]*").match
_scalar = re.compile(r"[-+.0-9A-Za-z]*").match


class PartialJSONParser:
    """Reads a JSON text that comes in fragments.

    The value is there at any moment. Strings grow; half of an escape, or of an escaped surrogate pair, waits for its
    rest. A number, ``true``, ``false`` or ``null`` is there when its end is seen, a key when its value begins. The cost
    of a fragment does not depend on what came before.

    Args:
        max_depth: How deep lists and objects may be nested.
        on_patch: Called with each change; see :class:`Patch`.

    Raises:
        ValueError: ``max_depth`` is below 1.

    Example:
        >>> parser = PartialJSONParser()
        >>> for fragment in ['{"city": "Pa', 'ris", "days"', ": [1, 2", "]}"]:
        ...     parser.feed(fragment)
        ...     print(parser.value, parser.complete)
        {'city': 'Pa'} False
        {'city': 'Paris'} False
        {'city': 'Paris', 'days': [1]} False
        {'city': 'Paris', 'days': [1, 2]} True
    """

    __slots__ = (
        "_base",
        "_changes",
        "_container",
        "_failure",
        "_fed",
        "_held",
        "_in_object",
        "_is_key",
        "_key",
        "_max_depth",
        "_overwritten",
        "_parts",
        "_root",
        "_snapshots",
        "_stack",
        "_start",
        "_state",
        "_teller",
    )

    def __init__(self, *, max_depth: int = 200, on_patch: Callable[[Patch], None] | None = None) -> None:
        if max_depth < 1:
            raise ValueError(f"expected max_depth to be at least 1, but got {max_depth}")
        self._max_depth = max_depth
        self._teller = None if on_patch is None else PatchTeller(on_patch)
        self._root: list[JSONValue] = []
        self._container: Any = self._root  # of the value that comes next
        self._in_object = False
        self._key = ""  # under which it comes there
        # The containers around it: each with the key of its open value, and the offset at which that begins.
        self._stack: list[tuple[Any, str, int]] = []
        self._parts: list[str] = []  # of the string, key or scalar that is open
        self._start = 0  # the offset at which that begins
        self._is_key = False
        self._held = ""  # the beginning of an escape
        self._fed = 0
        self._base = 0  # the offset of the text that a state looks at
        self._state: _State = PartialJSONParser._at_value
        self._failure: JSONParseError | None = None
        self._changes = 0
        self._snapshots = 0
        self._overwritten = Overwritten()  # since the first snapshot

    @property
    def value(self) -> JSONValue:
        """The value so far; ``None`` too where none has begun.

        It is the same list or dict each time, and grows. Not to be changed; :meth:`snapshot` gives what stays as it is.
        """
        if self._parts:
            self._flush()
        return self._root[0] if self._root else None

    @property
    def has_value(self) -> bool:
        """A value has begun."""
        return bool(self._root)

    @property
    def complete(self) -> bool:
        """The value is finished. A number that is the whole text is so when white space or :meth:`close` ends it."""
        return self._state is PartialJSONParser._after_value and not self._stack

    @property
    def error(self) -> JSONParseError | None:
        """What was wrong with the text; ``None`` where all of it was right so far."""
        return self._failure

    @property
    def changes(self) -> int:
        """How often the value has changed; two moments of the same number have the same value."""
        self._flush()
        return self._changes

    def feed(self, fragment: str) -> None:
        """Take the next fragment of the text.

        Raises:
            JSONParseError: The text is not JSON. What was read before stays; further fragments raise the same.
            TypeError: The fragment is no ``str``.
            RuntimeError: ``on_patch`` has raised before; the rest of that fragment is lost.
        """
        if type(fragment) is not str and not isinstance(fragment, str):  # pyright: ignore
            raise TypeError(f"expected a fragment of text (str), but got {type(fragment).__name__}")
        end = len(fragment)
        self._base = self._fed
        self._fed += end
        if self._held:
            self._base -= len(self._held)
            fragment, self._held = self._held + fragment, ""
            end = len(fragment)
        at = 0
        while at < end:
            at = self._state(self, fragment, at)
        if self._teller is not None:
            self._tell_growth(self._teller)

    def close(self) -> JSONValue:
        """End the text; return the whole value.

        Raises:
            JSONParseError: The text is not JSON, or ends before the value does.
            RuntimeError: ``on_patch`` has raised before.
        """
        if self._state in (PartialJSONParser._failed, PartialJSONParser._abandoned):
            self._state(self, "", 0)
        if self._state is PartialJSONParser._in_scalar and not self._stack:
            self._end_scalar("".join(self._parts))
        if not self.complete:
            raise self._fail(self._fed, self._expectation(), "")
        return self.value

    def snapshot(self) -> JSONSnapshot:
        """Return the value so far as something that stays as it is."""
        self._flush()
        self._snapshots += 1
        open_string = self._state is PartialJSONParser._in_string and not self._is_key
        levels = [(container, len(container), key) for container, key, _ in self._stack]
        levels.append((self._container, len(self._container), self._key))
        characters = len(self._container[self._key if self._in_object else -1]) if open_string else None
        return JSONSnapshot(levels, characters, self._flush, self._overwritten, complete=self.complete)

    def _at_value(self, text: str, at: int) -> int:
        character = text[at]
        if character == '"':
            return self._open_string(text, at)
        if character in "{[":
            return self._open_container(text, at)
        if character in "-0123456789tfn":
            self._start = self._base + at
            self._state = PartialJSONParser._in_scalar
            return self._in_scalar(text, at)
        return self._skip(text, at)

    def _at_first_value(self, text: str, at: int) -> int:
        if text[at] == "]":
            return self._close_container(at)
        if text[at] in " \t\n\r":
            return self._skip(text, at)
        self._state = PartialJSONParser._at_value
        return at

    def _at_key(self, text: str, at: int) -> int:
        if text[at] != '"':
            return self._skip(text, at)
        self._is_key = True
        self._state = PartialJSONParser._in_string
        return at + 1

    def _at_first_key(self, text: str, at: int) -> int:
        return self._close_container(at) if text[at] == "}" else self._at_key(text, at)

    def _at_colon(self, text: str, at: int) -> int:
        if text[at] != ":":
            return self._skip(text, at)
        self._state = PartialJSONParser._at_value
        return at + 2 if text.startswith(" ", at + 1) else at + 1

    def _after_value(self, text: str, at: int) -> int:
        character = text[at]
        if self._stack:
            if character == ",":
                self._state = PartialJSONParser._at_key if self._in_object else PartialJSONParser._at_value
                return at + 2 if text.startswith(" ", at + 1) else at + 1
            if character == ("}" if self._in_object else "]"):
                return self._close_container(at)
        return self._skip(text, at)

    def _skip(self, text: str, at: int) -> int:
        """Pass over white space; anything else is wrong here."""
        end = _white(text, at).end()  # type: ignore[union-attr]
        if end == at:
            raise self._fail(self._base + at, self._expectation(), text[at:])
        return end

    def _open_string(self, text: str, at: int) -> int:
        self._start = self._base + at
        special = _special(text, at + 1)
        end = len(text) if special is None else special.start()
        self._put(text[at + 1 : end])
        if special is not None and text[end] == '"':
            self._close_value(self._base + end + 1)
            return end + 1
        self._is_key = False
        self._state = PartialJSONParser._in_string
        return end

    def _in_string(self, text: str, at: int) -> int:
        special = _special(text, at)
        if special is None:
            self._parts.append(text[at:])
            return len(text)
        end = special.start()
        if end > at:
            self._parts.append(text[at:end])
        if text[end] == '"':
            return self._close_string(end)
        if text[end] != "\\":
            raise self._fail(self._base + end, "no control character in a string", text[end])
        try:
            escape = read_escape(text, end)
        except ValueError as error:
            raise self._fail(self._base + end, str(error), text[end:]) from None
        if escape is None:
            self._held = text[end:]
            return len(text)
        character, after = escape
        self._parts.append(character)
        return after

    def _close_string(self, at: int) -> int:
        if self._is_key:
            self._key = "".join(self._parts)
            self._parts.clear()
            self._state = PartialJSONParser._at_colon
            return at + 1
        if self._teller is None:
            if self._parts:
                self._flush()
            self._state = PartialJSONParser._after_value
        else:
            self._tell_growth(self._teller)
            self._close_value(self._base + at + 1)
        return at + 1

    def _in_scalar(self, text: str, at: int) -> int:
        end = _scalar(text, at).end()  # type: ignore[union-attr]
        self._parts.append(text[at:end])
        if end == len(text) and not is_wrong_literal(self._parts):
            return end
        self._end_scalar("".join(self._parts))
        return end

    def _end_scalar(self, token: str) -> None:
        self._parts.clear()
        try:
            value, used = read_scalar(token)
        except ValueError as error:
            raise self._fail(self._start, str(error), token) from None
        self._put(value)
        self._close_value(self._start + used)
        if used < len(token):
            raise self._fail(self._start + used, self._expectation(), token[used:])

    def _open_container(self, text: str, at: int) -> int:
        if len(self._stack) == self._max_depth:
            raise self._fail(self._base + at, f"values nested at most {self._max_depth} deep (max_depth)", text[at:])
        inner = text[at] == "{"
        child: Any = {} if inner else []
        self._start = self._base + at
        self._put(child)
        self._stack.append((self._container, self._key, self._start))
        if self._teller is not None:
            self._teller.enter(self._last)
        self._container, self._in_object = child, inner
        self._state = PartialJSONParser._at_first_key if inner else PartialJSONParser._at_first_value
        return at + 1

    def _close_container(self, at: int) -> int:
        self._container, self._key, self._start = self._stack.pop()
        self._in_object = isinstance(self._container, dict)
        if self._teller is None:
            self._state = PartialJSONParser._after_value
        else:
            self._teller.leave()
            self._close_value(self._base + at + 1)
        return at + 1

    def _put(self, value: JSONValue) -> None:
        self._changes += 1
        container = self._container
        if not self._in_object:
            container.append(value)
        else:
            if self._snapshots and self._key in container:
                self._overwritten.append(container, self._key, container[self._key])
            container[self._key] = value
        if self._teller is not None:
            begun: JSONValue = [] if isinstance(value, list) else {} if isinstance(value, dict) else value
            self._tell(self._teller, "add", begun)

    def _close_value(self, end: int) -> None:
        self._state = PartialJSONParser._after_value
        if self._teller is not None:
            self._tell(self._teller, "close", self._container[self._key if self._in_object else -1], end)

    def _flush(self) -> str:
        """Put into the tree what the open string has grown by, and return it."""
        if not self._parts or self._is_key or self._state is not PartialJSONParser._in_string:
            return ""
        piece = "".join(self._parts)
        self._parts.clear()
        self._changes += 1
        container, key = self._container, self._key if self._in_object else -1
        # CPython appends in place to a string that a local variable alone refers to: without this, each piece would
        # copy all text before it. The call keeps Python 3.13 from fusing two instructions, which would undo that.
        text = container[key]
        container[key] = None
        text += piece
        _pass()
        container[key] = text
        return piece

    def _tell_growth(self, teller: PatchTeller) -> None:
        piece = self._flush()
        if piece:
            self._tell(teller, "append", piece)

    def _tell(self, teller: PatchTeller, op: PatchOp, value: JSONValue, end: int = -1) -> None:
        try:
            teller.tell(op, self._last, value, self._start, end)
        except BaseException:
            self._state = PartialJSONParser._abandoned
            raise

    @property
    def _last(self) -> str | int:
        """Where the last value of the current container stands."""
        return self._key if self._in_object else len(self._container) - 1

    def _expectation(self) -> str:
        if self._state in (PartialJSONParser._after_value, PartialJSONParser._in_scalar):
            return ("',' or '}'" if self._in_object else "',' or ']'") if self._stack else "the end of the text"
        return self._EXPECTED[self._state]

    def _fail(self, offset: int, expected: str, found: str) -> JSONParseError:
        self._failure = JSONParseError(offset, expected, found[:20])
        self._state = PartialJSONParser._failed
        return self._failure

    def _failed(self, text: str, at: int) -> int:
        assert self._failure is not None
        raise self._failure

    def _abandoned(self, text: str, at: int) -> int:
        raise RuntimeError("expected on_patch to raise nothing, but it has: what came after is lost")

    _EXPECTED: ClassVar[dict[_State, str]] = {
        _at_value: "a value",
        _at_first_value: "a value or ']'",
        _at_key: "a key in double quotes",
        _at_first_key: "a key in double quotes or '}'",
        _at_colon: "':'",
        _in_string: "the end of the string",
    }


def _pass() -> None:
    """Do nothing."""
