"""The events of one response, written in order: numbered, paced, within the token budget."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import Any

from rxstream.simulated.ids import IdFactory
from rxstream.simulated.tokens import split_tokens

__all__ = ["ItemWriter", "ResponseScript", "Step"]

Event = dict[str, Any]


class ResponseScript:
    """Collects events and the seconds to wait before each.

    Args:
        response: The response object as it is at the start.
        ids: Where ids and chance come from.
        tokens_per_second: The pace; ``None`` means no waiting.
        max_output_tokens: How many tokens may be written; ``None`` means no limit.
        input_tokens: How many tokens were read, for the usage.
        top_logprobs: How many alternatives each token's log probability has; ``None`` means no log probabilities.

    Attributes:
        incomplete_reason: What the response says if the budget does not suffice.
        events: The events so far.
        delays: For each event, the seconds between the event before it and this one.
        exhausted: The token budget is used up: nothing but closing events may follow.

    Example:
        >>> script = ResponseScript({}, IdFactory(), tokens_per_second=4)
        >>> script.emit("keepalive", tokens=2)
        >>> script.events, script.delays
        ([{'type': 'keepalive', 'sequence_number': 0}], [0.5])
    """

    def __init__(
        self,
        response: dict[str, Any],
        ids: IdFactory,
        *,
        tokens_per_second: float | None = None,
        max_output_tokens: int | None = None,
        input_tokens: int = 0,
        top_logprobs: int | None = None,
    ) -> None:
        self.response = response
        self.ids = ids
        self.input_tokens = input_tokens
        self.top_logprobs = top_logprobs
        self.incomplete_reason = "max_output_tokens"
        self.events: list[Event] = []
        self.delays: list[float] = []
        self.exhausted = False
        self.output_tokens = 0
        self.reasoning_tokens = 0
        self._output: dict[int, dict[str, Any]] = {}
        self._opened = 0
        self._seconds_per_token = 1 / tokens_per_second if tokens_per_second else 0.0
        self._budget = max_output_tokens
        self._pause = 0.0

    @property
    def output(self) -> list[dict[str, Any]]:
        """The finished items, in the order of their ``output_index``."""
        return [self._output[index] for index in sorted(self._output)]

    @property
    def item_status(self) -> str:
        """What an item that is closed now ends as."""
        return "incomplete" if self.exhausted else "completed"

    def emit(self, event_type: str, /, tokens: int = 0, **fields: Any) -> None:
        """Write one event; it comes as much later as its tokens take to be made."""
        self.events.append({"type": event_type, "sequence_number": len(self.events), **fields})
        self.delays.append(self._pause + tokens * self._seconds_per_token)
        self._pause = 0.0

    def limit(self, tokens: int) -> None:
        """Allow this many tokens in all, or fewer if fewer are allowed already."""
        self._budget = tokens if self._budget is None else min(tokens, self._budget)

    def may_go_on(self) -> bool:
        """Tell whether tokens are left for another item; if not, the response is incomplete."""
        self.exhausted = self.exhausted or (self._budget is not None and self.output_tokens >= self._budget)
        return not self.exhausted

    @property
    def seconds(self) -> float:
        """How long the events take so far."""
        return sum(self.delays)

    def pause(self, seconds: float) -> None:
        """Let the next event come this much later, whatever the pace."""
        self._pause += seconds

    def spend(self, tokens: Sequence[str]) -> list[str]:
        """Take tokens from the budget; give those that it allows."""
        left = len(tokens) if self._budget is None else self._budget - self.output_tokens
        allowed = list(tokens[:left])
        self.exhausted = self.exhausted or len(allowed) < len(tokens)
        self.output_tokens += len(allowed)
        return allowed

    def think(self, tokens: int) -> None:
        """Spend tokens on reasoning that nobody sees, and the time they take."""
        spent = len(self.spend([""] * tokens))
        self.reasoning_tokens += spent
        self.pause(spent * self._seconds_per_token)

    def lifecycle(self, event_type: str, **changes: Any) -> None:
        """Change the response and write an event that holds the whole of it."""
        self.response.update(changes)
        self.emit(event_type, response=deepcopy(self.response))

    def open_item(self, item: Mapping[str, Any]) -> int:
        """Begin an output item; give its ``output_index``."""
        index = self._opened
        self._opened += 1
        self.emit("response.output_item.added", output_index=index, item=deepcopy(dict(item)))
        return index

    def close_item(self, index: int, item: Mapping[str, Any]) -> None:
        """End an output item."""
        self._output[index] = deepcopy(dict(item))
        self.emit("response.output_item.done", output_index=index, item=deepcopy(dict(item)))


Step = Callable[[ResponseScript], None]


class ItemWriter:
    """Writes the events of one output item.

    Args:
        script: The script to write into.
        item: The item as ``response.output_item.added`` shows it.

    Example:
        >>> script = ResponseScript({}, IdFactory())
        >>> writer = ItemWriter(script, {"id": "ctc_1", "type": "custom_tool_call", "input": ""})
        >>> writer.stream("response.custom_tool_call_input", "two words", "input")
        'two words'
        >>> [event["delta"] for event in script.events if "delta" in event]
        ['two', ' words']
    """

    def __init__(self, script: ResponseScript, item: dict[str, Any]) -> None:
        self.script, self.item = script, item
        self.index = script.open_item(item)

    def emit(self, event_type: str, /, tokens: int = 0, **fields: Any) -> None:
        """Write an event of this item."""
        self.script.emit(event_type, tokens, item_id=self.item["id"], output_index=self.index, **fields)

    def stages(self, family: str, *stages: str) -> None:
        """Write ``family.stage`` for each stage."""
        for stage in stages:
            self.emit(f"{family}.{stage}")

    def stream(self, family: str, text: str, done_field: str, **fields: Any) -> str:
        """Write ``family.delta`` for each token of ``text`` and ``family.done``; give the text that was afforded."""
        written = self.deltas(family, text, **fields)
        self.emit(f"{family}.done", **{done_field: written}, **fields)
        return written

    def deltas(self, family: str, text: str, **fields: Any) -> str:
        """Write ``family.delta`` for each token of ``text``; give the text that was afforded."""
        tokens = self.script.spend(split_tokens(text))
        for token in tokens:
            self.emit(f"{family}.delta", 1, delta=token, **fields)
        return "".join(tokens)

    def close(self, **changes: Any) -> None:
        """End the item with its last changes."""
        self.item.update(changes)
        self.script.close_item(self.index, self.item)
