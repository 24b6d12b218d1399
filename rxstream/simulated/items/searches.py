"""Searches that the server makes itself: the web and files."""

from __future__ import annotations

from typing import Any

from rxstream.simulated.script import ItemWriter, ResponseScript, Step

__all__ = ["FILE", "PAGES", "file_search", "web_search"]

PAGES: tuple[dict[str, Any], ...] = (
    {"type": "url_citation", "title": "Streams, explained", "url": "https://example.com/streams"},
    {"type": "url_citation", "title": "A history of events", "url": "https://example.com/events"},
)
FILE: dict[str, Any] = {"type": "file_citation", "file_id": "file-simulated0000000001", "filename": "handbook.pdf"}


def web_search(query: str) -> Step:
    """Write a search of the web; what was searched is known only when it is done, as in real streams."""

    def write(script: ResponseScript) -> None:
        item: dict[str, Any] = {
            "id": script.ids.new("ws"),
            "type": "web_search_call",
            "status": "in_progress",
            "action": {"type": "search"},
        }
        writer = ItemWriter(script, item)
        writer.stages("response.web_search_call", "in_progress", "searching", "completed")
        sources = [{"type": "url", "url": page["url"]} for page in PAGES]
        action = {"type": "search", "query": query, "queries": [query], "sources": sources}
        writer.close(status="completed", action=action)

    return write


def file_search(query: str) -> Step:
    """Write a search of files with one result."""

    def write(script: ResponseScript) -> None:
        item: dict[str, Any] = {
            "id": script.ids.new("fs"),
            "type": "file_search_call",
            "status": "in_progress",
            "queries": [],
            "results": None,
        }
        writer = ItemWriter(script, item)
        writer.stages("response.file_search_call", "in_progress", "searching", "completed")
        result: dict[str, Any] = {
            "attributes": {},
            "file_id": FILE["file_id"],
            "filename": FILE["filename"],
            "score": 0.87,
            "text": "A stream is a sequence of events in time.",
        }
        writer.close(status="completed", queries=[query], results=[result])

    return write
