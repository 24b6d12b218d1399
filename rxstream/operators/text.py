"""Operators for text: what the model says, what it refuses, what it thinks."""

from __future__ import annotations

from rxstream.accumulators.families import Family
from rxstream.accumulators.growing_text import GrowingText
from rxstream.accumulators.text import OUTPUT_TEXT, REASONING, REFUSAL, TextAccumulator
from rxstream.accumulators.turns import BEGINNINGS
from rxstream.events import ResponseStreamEvent
from rxstream.reactive import NOTHING, IterableOperator, Nothing, lift_step

__all__ = ["accumulate_text", "reasoning_deltas", "refusal_deltas", "text_deltas"]


def text_deltas() -> IterableOperator[ResponseStreamEvent, str]:
    """Emit each new piece of the response's text.

    ::

        --"Hel"---"lo"---done("Hello!")--|
        [         text_deltas()          ]
        --"Hel"---"lo"---"!"-------------|

    Pieces come in order of arrival; where the server interleaves several messages, choose one by :func:`in_item`. Text
    that comes with a ``.done``, an item or the terminal event alone is emitted then. Where such an event contradicts
    what was emitted, nothing is: :func:`accumulate_text` emits the corrected text. Replayed events lead to nothing. No
    piece ends in half a character, unless its other half has not come by the completion.

    Keeps: the text of the response, to compare it with what the ``.done`` events say.

    Returns:
        An operator from events to ``str``, never empty.

    Errors:
        None of its own; those of the source pass unchanged.

    Example:
        >>> from rxstream import collect_now
        >>> from rxstream.events import ResponseTextDeltaEvent, ResponseTextDoneEvent
        >>> collect_now(text_deltas(), [ResponseTextDeltaEvent(delta="Hel"), ResponseTextDeltaEvent(delta="lo"),
        ...                             ResponseTextDoneEvent(text="Hello!")])
        ['Hel', 'lo', '!']
    """
    return lift_step(lambda: _Deltas(OUTPUT_TEXT))


def refusal_deltas() -> IterableOperator[ResponseStreamEvent, str]:
    """Emit each new piece of what the model says when it refuses.

    ::

        --refusal("I can't")--"Hel"--refusal(" help.")--|
        [               refusal_deltas()                ]
        --"I can't"------------------" help."-----------|

    Otherwise as :func:`text_deltas`.

    Keeps: the text of the refusal.

    Returns:
        An operator from events to ``str``, never empty.

    Errors:
        None of its own; those of the source pass unchanged.

    Example:
        >>> from rxstream import collect_now
        >>> from rxstream.events import ResponseRefusalDeltaEvent
        >>> collect_now(refusal_deltas(), [ResponseRefusalDeltaEvent(delta="I can't"),
        ...                                ResponseRefusalDeltaEvent(delta=" help.")])
        ["I can't", ' help.']
    """
    return lift_step(lambda: _Deltas(REFUSAL))


def reasoning_deltas() -> IterableOperator[ResponseStreamEvent, str]:
    """Emit each new piece of the model's reasoning: of its summary, and of the reasoning itself where it is shown.

    ::

        --summary("First")--"Hel"--reasoning(", add")--|
        [              reasoning_deltas()              ]
        --"First"------------------", add"-------------|

    Otherwise as :func:`text_deltas`. For one of the two kinds alone, put
    ``of_type("response.reasoning_summary_*")`` or ``of_type("response.reasoning_text.*")`` before it.

    Keeps: the text of the reasoning.

    Returns:
        An operator from events to ``str``, never empty.

    Errors:
        None of its own; those of the source pass unchanged.

    Example:
        >>> from rxstream import collect_now
        >>> from rxstream.events import ResponseReasoningSummaryTextDeltaEvent
        >>> collect_now(reasoning_deltas(), [ResponseReasoningSummaryTextDeltaEvent(delta="First")])
        ['First']
    """
    return lift_step(lambda: _Deltas(REASONING))


class _Deltas:
    def __init__(self, families: tuple[Family, ...]) -> None:
        self._accumulator = TextAccumulator(families)
        self._feed = self._accumulator.feed

    def step(self, event: ResponseStreamEvent) -> str | Nothing:
        return self._feed(event) or NOTHING

    def close(self) -> list[str]:
        held = self._accumulator.close()
        return [held] if held else []


def accumulate_text() -> IterableOperator[ResponseStreamEvent, str]:
    """Emit the response's text so far, each time it grows.

    ::

        --"Hel"-----"lo"------|
        [  accumulate_text()  ]
        --"Hel"--"Hello"------|

    Where a ``.done``, an item or the terminal event contradicts what had come, the corrected text is emitted; it is the
    only one that need not start with the one before. Texts of several messages that the server interleaves stand in
    order of arrival, as in :func:`text_deltas`, until the terminal event puts them in the order of the response.

    Keeps: the text of the response.

    Returns:
        An operator from events to ``str``; each starts with the one before, except after a correction and where a new
        response begins.

    Errors:
        None of its own; those of the source pass unchanged.

    Example:
        >>> from rxstream import collect_now
        >>> from rxstream.events import ResponseTextDeltaEvent
        >>> collect_now(accumulate_text(), [ResponseTextDeltaEvent(delta="Hel"), ResponseTextDeltaEvent(delta="lo")])
        ['Hel', 'Hello']
    """
    return lift_step(_WholeText)


class _WholeText:
    def __init__(self) -> None:
        self._accumulator = TextAccumulator(OUTPUT_TEXT)
        self._feed = self._accumulator.feed
        self._text = GrowingText()

    def step(self, event: ResponseStreamEvent) -> str | Nothing:
        piece = self._feed(event)
        if event.type in BEGINNINGS:
            self._text = GrowingText(self._accumulator.text)
        if piece:
            return self._grown(piece)
        if self._accumulator.corrected:
            text = self._accumulator.text
            if text != self._text.read():  # events that bring no text leave the mark of the last correction
                self._text = GrowingText(text)
                return text
        return NOTHING

    def close(self) -> list[str]:
        held = self._accumulator.close()
        return [self._grown(held)] if held else []

    def _grown(self, piece: str) -> str:
        self._text.append(piece)
        return self._text.read()
