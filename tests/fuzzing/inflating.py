"""Target: bodies that are gzip or deflate."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from rxstream.sources.encoding import InflateError, Inflater
from tests.fuzzing.cutting import chance, cut

_LARGEST_PIECE = 1 << 16


def inflater(data: bytes) -> None:
    """Inflate a body whole and cut, under both names; compare with the standard library where that takes it."""
    chunks = cut(data, chance(data))
    for coding in ("gzip", "deflate"):
        whole = _inflated([data], coding)
        assert _inflated(chunks, coding) == whole, f"{coding} in {chunks}"
    expected = _expected(data)
    assert expected is None or _inflated(chunks, "gzip") == (expected, False)


def _expected(data: bytes) -> bytes | None:
    """Inflate members of gzip, one behind the other, each in one go; ``None`` where that is not what there is."""
    inflated = b""
    if not data.startswith(b"\x1f"):
        return None
    while data.startswith(b"\x1f"):
        member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            inflated += member.decompress(data)
        except zlib.error:
            return None
        data = member.unused_data
    return inflated


def _inflated(chunks: Sequence[bytes], coding: str) -> tuple[bytes, bool]:
    """Return what came out, and whether it went wrong then."""
    inflater = Inflater(coding)
    pieces: list[bytes] = []
    try:
        for chunk in chunks:
            pieces.extend(inflater.pieces(chunk))
    except InflateError:
        return b"".join(pieces), True
    finally:
        assert all(0 < len(piece) <= _LARGEST_PIECE for piece in pieces)
    return b"".join(pieces), False
