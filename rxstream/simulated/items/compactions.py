"""Compaction: the conversation so far, as ciphertext that stands for it."""

from __future__ import annotations

from rxstream.simulated.script import ItemWriter, ResponseScript, Step

__all__ = ["compaction"]


def compaction() -> Step:
    """Write a compaction item."""

    def write(script: ResponseScript) -> None:
        item = {"id": script.ids.new("cmp"), "type": "compaction", "encrypted_content": script.ids.opaque(60)}
        writer = ItemWriter(script, item)
        writer.stages("response.compaction", "compacting")
        writer.close(encrypted_content=script.ids.opaque())

    return write
