"""Text for a simple regular expression: literals, classes, groups, alternatives, repetitions."""

from __future__ import annotations

import string
from random import Random

__all__ = ["sample_pattern"]

_CLASSES = {
    "d": string.digits,
    "w": string.ascii_lowercase,
    "s": " ",
    "D": string.ascii_lowercase,
    "W": "-",
    "S": string.ascii_lowercase,
}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_ANY = string.ascii_lowercase
_PRINTABLE = string.ascii_lowercase + string.digits + string.ascii_uppercase + "-_.,;:!#%&=@ "
_REPEATS = {"*": (0, 3), "+": (1, 3), "?": (0, 1)}
_DEEPEST = 20
_MOST_REPEATS = 1_000


def sample_pattern(pattern: str, random: Random) -> str:
    """Draw text that matches ``pattern``, as far as its constructs are simple.

    Example:
        >>> import re
        >>> bool(re.fullmatch(r"[A-Z]{2}-\\d{3,5}(a|b)?", sample_pattern(r"^[A-Z]{2}-\\d{3,5}(a|b)?$", Random(1))))
        True
    """
    return _PatternReader(pattern, random).alternatives()


class _PatternReader:
    """Reads a pattern from left to right and writes matching text on the way."""

    def __init__(self, pattern: str, random: Random) -> None:
        self.pattern, self.random, self.at, self.depth = pattern, random, 0, 0

    def alternatives(self) -> str:
        branches = [self.sequence()]
        while self._next_is("|"):
            self.at += 1
            branches.append(self.sequence())
        return self.random.choice(branches)

    def sequence(self) -> str:
        written: list[str] = []
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            start, once = self.at, self.atom()
            end_of_atom = self.at
            times = self.repetition()
            end = self.at
            # Each round reads the atom anew, so that "\d{3}" does not write one digit thrice.
            copies = [once] if times else []
            for _ in range(times - 1):
                self.at = start
                copies.append(self.atom())
                self.at = end_of_atom
            self.at = end
            written.extend(copies)
        return "".join(written)

    def atom(self) -> str:
        character = self.pattern[self.at]
        self.at += 1
        reader = {"(": self._group, "[": self._set, "\\": self._escape}.get(character)
        if reader is not None:
            return reader()
        if character in "^$":
            return ""
        return self.random.choice(_ANY) if character == "." else character

    def repetition(self) -> int:
        times = 1
        if self.at < len(self.pattern) and self.pattern[self.at] in _REPEATS:
            times = self.random.randint(*_REPEATS[self.pattern[self.at]])
            self.at += 1
        elif self._next_is("{") and (close := self.pattern.find("}", self.at)) > 0:
            low, _, high = self.pattern[self.at + 1 : close].partition(",")
            least = int(low or 0)
            times = self.random.randint(least, int(high)) if high else least
            if times > _MOST_REPEATS:
                raise ValueError(f"expected at most {_MOST_REPEATS} repetitions, but got {times}")
            self.at = close + 1
        if self._next_is("?"):
            self.at += 1
        return times

    def _group(self) -> str:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ValueError(f"expected a pattern of at most {_DEEPEST} nested groups, but got {self.pattern!r}")
        if self.pattern.startswith("?:", self.at):
            self.at += 2
        elif self.pattern.startswith("?P<", self.at):
            self.at = self.pattern.index(">", self.at) + 1
        written = self.alternatives()
        self.at += 1
        self.depth -= 1
        return written

    def _escape(self) -> str:
        character = self.pattern[self.at]
        self.at += 1
        if character in _CLASSES:
            return self.random.choice(_CLASSES[character])
        return "" if character in "bBAZ" else _ESCAPES.get(character, character)

    def _set(self) -> str:
        negated = self._next_is("^")
        self.at += negated
        members: list[str] = []
        first = True
        while first or not self._next_is("]"):
            first = False
            members.extend(self._member())
        self.at += 1
        if negated:
            members = [character for character in _PRINTABLE if character not in members]
        return self.random.choice(members)

    def _member(self) -> list[str]:
        character = self.pattern[self.at]
        self.at += 1
        if character == "\\":
            escaped = self.pattern[self.at]
            self.at += 1
            if escaped in _CLASSES:
                return list(_CLASSES[escaped])
            character = _ESCAPES.get(escaped, escaped)
        if self._next_is("-") and self.pattern[self.at + 1 : self.at + 2] not in ("]", ""):
            last = self.pattern[self.at + 1]
            self.at += 2
            return [chr(code) for code in range(ord(character), min(ord(last), ord(character) + 200) + 1)]
        return [character]

    def _next_is(self, character: str) -> bool:
        return self.pattern.startswith(character, self.at)
