"""What ``rxstream run`` shows of a stream."""

from __future__ import annotations

import json
from typing import Any

from rxstream.accumulators.call_accumulator import CallAccumulator
from rxstream.accumulators.calls import FunctionCall
from rxstream.accumulators.outcome import Outcome
from rxstream.accumulators.text import REASONING, REFUSAL, TextAccumulator
from rxstream.cli.output import show, show_json, tell
from rxstream.cli.terminal import plain_text
from rxstream.events import ResponseOutputItemDoneEvent, ResponseStreamEvent
from rxstream.models.json_text import json_text

__all__ = ["EventsView", "FinalView", "TextView"]


class TextView:
    """The text on stdout as it comes; reasoning, refusals and calls on stderr."""

    def __init__(self) -> None:
        self._text = TextAccumulator()
        self._asides = (("reasoning", TextAccumulator(REASONING)), ("refusal", TextAccumulator(REFUSAL)))
        self._calls = CallAccumulator(FunctionCall)
        self._aside = ""
        self._written = False

    def show(self, event: ResponseStreamEvent) -> None:
        """Show what an event brings."""
        piece = plain_text(self._text.feed(event))
        if piece:
            self._end_aside()
            show(piece)
            self._written = True
        for name, accumulator in self._asides:
            self._write_aside(name, plain_text(accumulator.feed(event)))
        for call in self._calls.finished(event):
            self._write_line("call", f"{call.name}({call.arguments})")
        if isinstance(event, ResponseOutputItemDoneEvent) and event.item.type not in _SHOWN_AS_THEY_COME:
            self._write_line(event.item.type, _described(event.item.to_dict()))

    def end(self, outcome: Outcome) -> None:
        """End the lines that are open."""
        self._end_aside()
        if self._written:
            show("\n")

    def _write_line(self, name: str, text: str) -> None:
        self._end_aside()
        self._write_aside(plain_text(name), plain_text(text) or "done")
        self._end_aside()

    def _write_aside(self, name: str, piece: str) -> None:
        if piece:
            if self._aside != name:
                self._end_aside()
                tell(f"{name}: ")
                self._aside = name
            tell(piece)

    def _end_aside(self) -> None:
        if self._aside:
            tell("\n")
            self._aside = ""


_SHOWN_AS_THEY_COME = ("message", "reasoning", "function_call")


def _described(item: dict[str, Any]) -> str:
    """Say in a line what an item is about: what is called with what, or how it stands."""
    called = item.get("input", item.get("arguments"))
    if called is not None:
        return f"{item.get('name', '')}({called})"
    about = item.get("action") or item.get("operation") or item.get("code") or item.get("status") or ""
    return about if isinstance(about, str) else json.dumps(about, ensure_ascii=False)


class EventsView:
    """Each event on stdout, a JSON object a line, as it was received."""

    def show(self, event: ResponseStreamEvent) -> None:
        """Print an event."""
        show_json(event.to_json())

    def end(self, outcome: Outcome) -> None:
        """All has been shown."""


class FinalView:
    """The whole response on stdout, as JSON, at the end."""

    def show(self, event: ResponseStreamEvent) -> None:
        """Wait for the end."""

    def end(self, outcome: Outcome) -> None:
        """Print the response, as far as it is known."""
        response = outcome.response.to_dict()
        if response != {"output": []}:
            show_json(json_text(response, ensure_ascii=False, indent=2))
