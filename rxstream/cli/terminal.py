"""What a model wrote must not steer the terminal."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

__all__ = ["ascii_json", "escape_json", "plain_text"]

# C0 but for tab and line feed, DEL, C1 (ECMA-48), the embeddings, overrides and isolates of bidirectional text
# (UAX 9, section 2), which can make text look like other text, and halves of surrogate pairs, which cannot be encoded.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_NOT_ASCII = re.compile("[^\x00-\x7f]+")

# re.sub() keeps an object for each match, some fifty times what a match of one character takes: so not of all at once.
_SLICE_CHARACTERS = 1 << 16


def plain_text(text: str) -> str:
    """Leave out what a terminal could take for a command.

    No escape sequence can come of what is left, wherever it was cut: the characters that begin one are gone.

    Example:
        >>> plain_text("\\x1b[31mred\\x1b[0m\\r\\n")
        '[31mred[0m\\n'
    """
    return _UNSAFE.sub("", text)


def escape_json(text: str) -> str:
    """Write such characters as ``\\\\uXXXX``, which means the same in JSON.

    Example:
        >>> escape_json('{"text": "\\x9b31m"}')
        '{"text": "\\\\u009b31m"}'
    """
    return _in_slices(text, lambda part: _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", part))


def ascii_json(text: str) -> str:
    """Write all that is not ASCII as ``\\\\uXXXX``, in pairs above U+FFFF, which means the same in JSON.

    Example:
        >>> ascii_json('{"text": "\u00e9\U0001f600"}')
        '{"text": "\\\\u00e9\\\\ud83d\\\\ude00"}'
    """
    return _in_slices(text, lambda part: _NOT_ASCII.sub(lambda found: json.dumps(found[0])[1:-1], part))


def _in_slices(text: str, rewrite: Callable[[str], str]) -> str:
    """Rewrite characters, each for itself."""
    return "".join(rewrite(text[at : at + _SLICE_CHARACTERS]) for at in range(0, len(text), _SLICE_CHARACTERS))
