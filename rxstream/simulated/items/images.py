"""Generated images: small valid PNG files, drawn from the seeded generator."""

from __future__ import annotations

import struct
import zlib
from base64 import b64encode
from random import Random
from typing import Any

from rxstream.simulated.script import ItemWriter, ResponseScript, Step

__all__ = ["image_generation", "png"]

_LOOK: dict[str, Any] = {"size": "8x8", "quality": "low", "background": "opaque", "output_format": "png"}


def png(random: Random, side: int = 8) -> bytes:
    """Draw a square PNG of random colours.

    Example:
        >>> png(Random(0))[:8]
        b'\\x89PNG\\r\\n\\x1a\\n'
    """
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + random.randbytes(3 * side) for _ in range(side))
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, content) for name, content in chunks)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def image_generation(prompt: str, partial_images: int = 2) -> Step:
    """Write an image: partial images first, the result with the item's end."""

    def write(script: ResponseScript) -> None:
        item: dict[str, Any] = {
            "id": script.ids.new("ig"),
            "type": "image_generation_call",
            "status": "in_progress",
        }
        writer = ItemWriter(script, item)
        writer.stages("response.image_generation_call", "in_progress", "generating")
        for number in range(partial_images):
            writer.emit(
                "response.image_generation_call.partial_image",
                partial_image_index=number,
                partial_image_b64=_base64_image(script.ids.random),
                **_LOOK,
            )
        writer.stages("response.image_generation_call", "completed")
        result = _base64_image(script.ids.random)
        writer.close(status="completed", result=result, revised_prompt=f"A picture of: {prompt}", **_LOOK)

    return write


def _base64_image(random: Random) -> str:
    return b64encode(png(random)).decode("ascii")
