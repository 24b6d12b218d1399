"""Content codings of answers (RFC 9110, section 8.4), undone piece by piece, so that memory stays bounded: pure."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from rxstream.errors import ConfigurationError

__all__ = ["IDENTITY", "InflateError", "Inflater", "checked_accept_encoding", "coding_of"]

IDENTITY = "identity"
_PIECE_BYTES = 1 << 16
_STEP_BYTES = 1 << 12  # what is left of a step is copied for each piece and each member
_AUTOMATIC = zlib.MAX_WBITS | 32  # gzip or zlib, by the header
_RAW = -zlib.MAX_WBITS
_GZIP = b"\x1f"
_REFUSED = re.compile(r"q=0(\.0*)?")  # RFC 9110, section 12.4.2
_CODINGS = {"gzip": "gzip", "x-gzip": "gzip", "deflate": "deflate"}


class InflateError(OSError):
    """What came cannot be inflated. The connection is of no use any more, as if it were broken."""


def checked_accept_encoding(value: object) -> str:
    """Return what is sent as ``accept-encoding``.

    Raises:
        TypeError: It is no string.
        ConfigurationError: It names other codings than those that can be undone.

    Example:
        >>> checked_accept_encoding("GZIP,deflate")
        'gzip, deflate'
    """
    if not isinstance(value, str):
        raise TypeError(f"expected accept_encoding to be a string, but got {type(value).__name__}")
    codings = _listed(value)
    if not codings or not {*codings} <= {IDENTITY, "gzip", "deflate"}:
        raise ConfigurationError(f"expected accept_encoding to be of identity, gzip and deflate, but got {value!r}")
    return ", ".join(codings)


def coding_of(status_code: int, headers: Mapping[str, str], accepted: str) -> str | None:
    """Return the coding that is to be undone in a body; ``None`` where there is none, or none that was asked for.

    The body of an error is short, and is undone in any case.

    Example:
        >>> headers = {"content-encoding": "gzip"}
        >>> coding_of(200, headers, "gzip"), coding_of(200, headers, "identity"), coding_of(500, headers, "identity")
        ('gzip', None, 'gzip')
    """
    coding = _CODINGS.get(headers.get("content-encoding", "").strip().lower())
    return coding if status_code != 200 or coding in _listed(accepted) else None


def _listed(accepted: str) -> list[str]:
    """Return the codings of an ``accept-encoding`` header, without their weights and those that it refuses."""
    parts = (part.lower().replace(" ", "").partition(";") for part in accepted.split(","))
    return [coding for coding, _, weight in parts if coding and not _REFUSED.fullmatch(weight)]


class Inflater:
    """Undoes one coding.

    Args:
        coding: ``gzip``, of any number of members, or ``deflate``, with the zlib header or, against the standard,
            without it.
    """

    def __init__(self, coding: str) -> None:
        self._coding = coding
        self._zlib = zlib.decompressobj(_AUTOMATIC)
        self._is_at_start = True
        self._is_first = True
        self._is_over = False

    def pieces(self, chunk: bytes) -> Iterator[bytes]:
        """Take a chunk; give what it holds, inflated when it is taken, in pieces of at most 64 KiB.

        Raises:
            InflateError: It is not of this coding.

        Example:
            >>> import gzip
            >>> encoded = gzip.compress(b"data: 1")
            >>> inflater = Inflater("gzip")
            >>> b"".join([*inflater.pieces(encoded[:9]), *inflater.pieces(encoded[9:])])
            b'data: 1'
        """
        for at in range(0, len(chunk), _STEP_BYTES):
            rest = chunk[at : at + _STEP_BYTES]
            while rest and not self._is_over:
                yield from self._inflated(rest)
                rest = self._behind() if self._zlib.eof else b""

    def _inflated(self, data: bytes) -> Iterator[bytes]:
        if self._is_at_start and not self._is_first and not data.startswith(_GZIP):
            self._is_over = True  # padding behind the last member
            return
        if self._is_at_start and self._coding == "deflate" and not _has_zlib_header(data):
            self._zlib = zlib.decompressobj(_RAW)
        self._is_at_start = False
        size = _PIECE_BYTES
        # A full piece may have left something inside, though all input is taken; behind the end of a member it has not.
        while size == _PIECE_BYTES and not self._zlib.eof:
            before = self._zlib.copy()
            try:
                piece = self._zlib.decompress(data, _PIECE_BYTES)
            except zlib.error as error:
                yield from _before_the_fault(before, data)
                raise InflateError(f"expected a body encoded as {self._coding}, but: {error}") from error
            if piece:
                yield piece
            data, size = self._zlib.unconsumed_tail, len(piece)

    def _behind(self) -> bytes:
        """Return what is behind the end of a member; another one may begin there."""
        behind = self._zlib.unused_data
        self._is_over = self._coding != "gzip"
        self._is_at_start, self._is_first = True, False
        self._zlib = zlib.decompressobj(_AUTOMATIC)
        return behind


def _has_zlib_header(data: bytes) -> bool:
    """Tell whether data begins as RFC 1950 says; its first byte says deflate, with a window of at most 32 KiB."""
    return data[0] & 0x0F == 8 and data[0] >> 4 <= 7


def _before_the_fault(decompressor: Any, data: bytes) -> Iterator[bytes]:
    """Give what can be inflated of data that cannot be inflated to its end: of a call that fails, zlib keeps nothing.

    So byte by byte, of what goes in and of what comes out: one that goes in may hold hundreds, and the fault.
    """
    inflated = bytearray()
    with suppress(zlib.error):
        for at in range(len(data)):
            rest = data[at : at + 1]
            while piece := decompressor.decompress(rest, 1):
                inflated += piece
                rest = decompressor.unconsumed_tail
    if inflated:
        yield bytes(inflated)
