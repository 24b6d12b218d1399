"""What ``rxstream run`` shows of a stream."""

from __future__ import annotations

import json
import sys

from rxstream.accumulators.calls import CallAccumulator, FunctionCall
from rxstream.accumulators.outcome import Outcome
from rxstream.accumulators.text import REASONING, REFUSAL, TextAccumulator
from rxstream.cli.terminal import escape_json, plain_text
from rxstream.events import ResponseStreamEvent

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
            sys.stdout.write(piece)
            sys.stdout.flush()
            self._written = True
        for name, accumulator in self._asides:
            self._write_aside(name, plain_text(accumulator.feed(event)))
        for call in self._calls.finished(event):
            self._write_aside("call", plain_text(f"{call.name}({call.arguments})"))
            self._end_aside()

    def end(self, outcome: Outcome) -> None:
        """End the lines that are open."""
        self._end_aside()
        if self._written:
            sys.stdout.write("\n")
            sys.stdout.flush()

    def _write_aside(self, name: str, piece: str) -> None:
        if piece:
            if self._aside != name:
                self._end_aside()
                sys.stderr.write(f"{name}: ")
                self._aside = name
            sys.stderr.write(piece)
            sys.stderr.flush()

    def _end_aside(self) -> None:
        if self._aside:
            sys.stderr.write("\n")
            self._aside = ""


class EventsView:
    """Each event on stdout, a JSON object a line, as it was received."""

    def show(self, event: ResponseStreamEvent) -> None:
        """Print an event."""
        print(escape_json(event.to_json()), flush=True)

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
            print(escape_json(json.dumps(response, ensure_ascii=False, indent=2)))
