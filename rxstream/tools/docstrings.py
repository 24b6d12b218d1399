"""What a docstring says of a function and its parameters, in the styles of Google, NumPy and Sphinx."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass, field
from itertools import pairwise

__all__ = ["Docstring", "read_docstring"]

_PARAMETERS = r"Args|Arguments|Params|Parameters|Other Parameters|Keyword Args|Keyword Arguments"
_OTHERS = (
    r"Returns?|Yields?|Receives|Raises|Errors|Warns|Warnings?|Examples?|Notes?|See Also|References|Attributes|Todo"
)
_GOOGLE = re.compile(rf"(?:(?P<parameters>{_PARAMETERS})|{_OTHERS}):", re.IGNORECASE)
_NUMPY = re.compile(rf"(?:(?P<parameters>{_PARAMETERS})|{_OTHERS})", re.IGNORECASE)
_GOOGLE_ENTRY = re.compile(r"\s+\*{0,2}(\w+)\s*(?:\(.*?\)\s*)?:(?:\s+(.*)|$)")
_NUMPY_ENTRY = re.compile(r"(\*{0,2}\w+(?:\s*,\s*\*{0,2}\w+)*)\s*(?::.*)?")
_SPHINX_ENTRY = re.compile(r":(?:param|parameter|arg|argument|key|keyword)\s+(?:[^:]*\s)?\*{0,2}(\w+)\s*:\s*(.*)")
_SPHINX_FIELD = re.compile(r":\w+(?:\s[^:]*)?:(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Docstring:
    """What was read.

    Attributes:
        description: What stands before the first section or field.
        parameters: What is said of each parameter.
    """

    description: str = ""
    parameters: dict[str, str] = field(default_factory=dict[str, str])


def read_docstring(text: str) -> Docstring:
    """Read a docstring of any of the three styles.

    Example:
        >>> read_docstring("Add.\\n\\nArgs:\\n    a (int): The first\\n        number.\\n    b: The second.")
        Docstring(description='Add.', parameters={'a': 'The first number.', 'b': 'The second.'})
    """
    lines = inspect.cleandoc(text).splitlines()
    if lines and _GOOGLE.fullmatch(lines[0]) and not any(map(_GOOGLE.fullmatch, lines[1:])):
        # How far the first line was indented is not known, so that what follows seems to stand beside it.
        lines[1:] = [f"    {line}" for line in lines[1:]]
    reader = _Reader(lines)
    return Docstring("\n".join(reader.description).strip(), {n: " ".join(t) for n, t in reader.parameters.items() if t})


class _Reader:
    """Goes through the lines once; what an entry says is gathered until the next one begins."""

    def __init__(self, lines: list[str]) -> None:
        self.description: list[str] = []
        self.parameters: dict[str, list[str]] = {}
        self._section = "description"
        self._entry: list[str] = []  # what the current lines are about
        self._indent = 0
        for line, following in pairwise([*lines, ""]):
            self._read(line, following)

    def _read(self, line: str, following: str) -> None:
        stripped = line.strip()
        if self._begins_section(line, stripped, following) or self._begins_field(line):
            return
        if self._section == "description":
            self.description.append(line)
        elif stripped and not set(stripped) <= {"-"}:
            self._go_on(line, stripped)

    def _begins_section(self, line: str, stripped: str, following: str) -> bool:
        underlined = len(following.strip()) > 2 and set(following.strip()) == {"-"}
        found = _NUMPY.fullmatch(stripped) if underlined else _GOOGLE.fullmatch(stripped)
        if found is None or line[:1].isspace():
            return False
        kind = "numpy" if underlined else "google"
        self._enter(kind if found["parameters"] else "other")
        return True

    def _enter(self, section: str) -> None:
        self._section, self._entry, self._indent = section, [], 0

    def _begins_field(self, line: str) -> bool:
        if _SPHINX_FIELD.match(line) is None:
            return False
        self._enter("other")
        found = _SPHINX_ENTRY.match(line)
        if found:
            self._enter("sphinx")
            self._begin([found[1]], found[2])
        return True

    def _go_on(self, line: str, stripped: str) -> None:
        indent = len(line) - len(line.lstrip())
        entry = {"google": _GOOGLE_ENTRY, "numpy": _NUMPY_ENTRY}.get(self._section)
        self._indent = self._indent or (indent if self._section == "google" else 0)
        found = entry.fullmatch(line) if entry and indent == self._indent else None
        if found and self._section == "google":
            self._begin([found[1]], found[2] or "")
        elif found:
            self._begin(re.split(r"\s*,\s*", found[1]), "")
        elif indent < self._indent or (self._section == "sphinx" and not indent):
            self._enter("other")
        else:
            self._say(stripped)

    def _begin(self, names: list[str], text: str) -> None:
        self._entry = [name.lstrip("*") for name in names]
        for name in self._entry:
            self.parameters[name] = []
        if text.strip():
            self._say(text.strip())

    def _say(self, text: str) -> None:
        for name in self._entry:
            self.parameters[name].append(text)
