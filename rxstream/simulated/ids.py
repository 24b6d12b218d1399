"""Identifiers in the shape of OpenAI's, drawn from a seeded generator."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from random import Random

__all__ = ["IdFactory"]


class IdFactory:
    """Draw ids such as ``resp_…`` or ``call_…``: the same seed gives the same ids.

    Example:
        >>> IdFactory(0).new("msg") == IdFactory(0).new("msg")
        True
        >>> len(IdFactory(0).new("resp"))
        53
    """

    def __init__(self, seed: int | str = 0) -> None:
        self.random = Random(seed)

    def new(self, prefix: str) -> str:
        """Draw the next id: ``prefix``, an underscore and 48 hexadecimal digits."""
        return f"{prefix}_{self.random.getrandbits(192):048x}"

    def opaque(self, length: int = 180) -> str:
        """Draw text that looks like ciphertext; each call gives another, as real ciphertext does."""
        return "gAAAAAB" + urlsafe_b64encode(self.random.randbytes(length)).decode("ascii")
