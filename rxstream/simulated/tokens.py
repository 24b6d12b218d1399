"""Text cut into pieces as a tokenizer would: words with the space before them, punctuation by itself."""

from __future__ import annotations

import re

__all__ = ["count_tokens", "split_tokens"]

# Every branch takes at least one character and together they take any character, so nothing is lost.
_TOKEN = re.compile(r" ?\w{1,12}|[^\w\s]|\s")


def split_tokens(text: str) -> list[str]:
    """Cut ``text`` into token-like pieces that join to the same text.

    Example:
        >>> split_tokens("Hello, world!")
        ['Hello', ',', ' world', '!']
    """
    return _TOKEN.findall(text)


def count_tokens(text: str) -> int:
    """Count the pieces of ``text``.

    Example:
        >>> count_tokens("Hello, world!")
        4
    """
    return len(split_tokens(text))
