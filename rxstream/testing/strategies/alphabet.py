"""The characters that strings are made of, and the map of Unicode that Hypothesis needs for them."""

from __future__ import annotations

from hypothesis import strategies as st

__all__ = ["CHARACTERS", "load_unicode"]

# The same that ``st.text()`` draws from, which tries to encode each one of a million: two seconds, where this takes
# a sixth of one.
CHARACTERS = st.characters(exclude_categories=["Cs"])
"""Any character, but no halves of surrogate pairs."""


def load_unicode() -> None:
    """Let Hypothesis build or read its map of Unicode now.

    It does so for the first string that it draws, and counts that as time that the strategy takes: on a slow machine
    where no test has run before, it is enough for a failed health check. Not when modules are imported, because the
    map is stored in the working directory.
    """
    CHARACTERS.validate()
