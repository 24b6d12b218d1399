"""Finding in a prompt what it asks for: a repetition, names, numbers."""

from __future__ import annotations

import re

__all__ = ["find_names", "find_numbers", "find_repetition"]

_UNITS = re.findall(
    r"\w+",
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty",
)
_TENS = re.findall(r"\w+", "thirty forty fifty sixty seventy eighty ninety hundred")
_NUMBER_WORDS = {word: number for number, word in enumerate(_UNITS)} | dict(zip(_TENS, range(30, 110, 10), strict=True))
_TIMES = {"once": 1, "twice": 2, "thrice": 3}
_MOST_TIMES = 10_000
# The searches below look back and forth, so a pasted book would cost time without end.
_LONGEST_SEARCHED = 4_000

_QUOTED = re.compile(r"(?<!\w)'([^'\n]+)'(?!\w)|\"([^\"\n]+)\"|“([^”\n]+)”|‘([^’\n]+)’|`([^`\n]+)`")
_REPEAT = re.compile(
    r"\b(?:say|repeat|write|print|output|type)\b\s*:?\s*(?P<what>[^\n]{1,400}?),?\s+"
    r"(?:(?P<times>once|twice|thrice)\b|(?P<count>[\w-]+)\s+times\b)",
    re.IGNORECASE,
)
# A name of up to five words; the last two letters are for "San Francisco, CA".
_NAME = re.compile(r"\b[A-Z][\w’'-]*(?: [A-Z][\w’'-]*){0,4}(?:, [A-Z]{2}\b)?")
_NO_NAMES = re.compile(
    r"(?:I|Please|What|Which|Who|Where|When|How|Is|Are|Do|Does|Can|Compare|Tell|And)(?:['’]\w+)?(?: |$)"
)
_SENTENCE_START = re.compile(r"(?:^|[.!?:]\s+|\n\s*)$")
_NUMBER = re.compile(r"(?<![\w.])-?\d{1,15}(?:\.\d{1,10})?(?![\w.]*\w)")


def find_repetition(prompt: str) -> tuple[str, int] | None:
    """Find "say X N times": give X without its quotes, and N.

    Example:
        >>> find_repetition("Say 'double bubble bath' ten times fast.")
        ('double bubble bath', 10)
        >>> find_repetition("repeat hello world 3 times")
        ('hello world', 3)
        >>> find_repetition("What is the time?") is None
        True
    """
    found = _REPEAT.search(prompt[:_LONGEST_SEARCHED])
    if found is None:
        return None
    times = _TIMES.get((found["times"] or "").lower()) or _as_number(found["count"] or "")
    if times is None:
        return None
    what = found["what"].strip()
    quoted = _QUOTED.fullmatch(what)
    return (_inside(quoted) if quoted else what), min(times, _MOST_TIMES)


def _as_number(word: str) -> int | None:
    if word.isdecimal():
        return int(word[:6])
    parts = [_NUMBER_WORDS.get(part) for part in word.lower().split("-")]
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None


def _inside(match: re.Match[str]) -> str:
    return next(group for group in match.groups() if group is not None)


def find_names(prompt: str) -> list[str]:
    """Find what a string argument may want: quoted text first, else capitalised names.

    Example:
        >>> find_names("What is the weather in Paris and New York?")
        ['Paris', 'New York']
        >>> find_names("Look up 'rain' for me")
        ['rain']
    """
    prompt = prompt[:_LONGEST_SEARCHED]
    quoted = [_inside(match) for match in _QUOTED.finditer(prompt)]
    if quoted:
        return list(dict.fromkeys(quoted))
    return list(dict.fromkeys(_capitalised(prompt)))


def _capitalised(prompt: str) -> list[str]:
    names: list[str] = []
    for match in _NAME.finditer(prompt):
        # The capital of a sentence's first word says nothing, unless more capitals follow it.
        starts = _SENTENCE_START.search(prompt[: match.start()]) is not None
        name = _NO_NAMES.sub("", match.group(), count=1) if _NO_NAMES.match(match.group()) else match.group()
        if name and not (starts and name == match.group() and " " not in name):
            names.append(name)
    return names


def find_numbers(prompt: str) -> list[float]:
    """Find the numbers written in digits, in order.

    Example:
        >>> find_numbers("add 3 to 4.5")
        [3.0, 4.5]
    """
    return [float(match.group()) for match in _NUMBER.finditer(prompt[:_LONGEST_SEARCHED])]
