"""What a scenario knows when it plans a response."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from rxstream.simulated.conversation import last_prompt, open_outputs
from rxstream.simulated.http_errors import api_error
from rxstream.simulated.requests import ResponseRequest
from rxstream.simulated.script import ResponseScript, Step

__all__ = ["End", "Plan", "Scenario", "Scene"]


@dataclass(frozen=True)
class Scene:
    """The request, the conversation around it, and chance.

    Attributes:
        request: The request.
        conversation: The items of all turns, the newest last.
        random: Where chance comes from.
        parameter: What followed the scenario's name and a colon.
        request_number: How many requests the model has had, this one included.

    Example:
        >>> from rxstream.simulated.requests import parse_request
        >>> request = parse_request({"model": "gpt-5", "input": "Hello"})
        >>> Scene(request, request.items, Random(0)).prompt
        'Hello'
    """

    request: ResponseRequest
    conversation: list[dict[str, Any]] = field(repr=False)
    random: Random = field(repr=False)
    parameter: str | None = None
    request_number: int = 1

    @property
    def prompt(self) -> str:
        """The text of the newest message of the user."""
        return last_prompt(self.conversation)

    @property
    def outputs(self) -> list[str]:
        """The tools' outputs that wait for an answer."""
        return open_outputs(self.conversation)

    def number(self, default: float) -> float:
        """Read the parameter as a number, ``default`` if there is none."""
        try:
            return float(self.parameter) if self.parameter else default
        except ValueError as error:
            raise api_error(
                400, f"Invalid scenario: expected a number, but got '{self.parameter}'.", param="model"
            ) from error


Plan = Callable[[Scene], list[Step]]
End = Callable[[ResponseScript], None]


@dataclass(frozen=True)
class Scenario:
    """A named way for a response to go.

    Attributes:
        name: What to select it by.
        description: One line about what it shows.
        plan: Gives the steps that write the output items.
        end: Writes the last events.
        conforming: Every event satisfies the types of OpenAI's SDK, and the SDK reads the stream to its end.
        parameter: What may follow the name and a colon, as in ``long:20000``; ``None`` if nothing may.
        http: It answers with a status or body of HTTP, not with a response.

    Example:
        >>> from rxstream.simulated import SCENARIOS
        >>> SCENARIOS["long"].parameter, SCENARIOS["long"].conforming
        ('COUNT', True)
    """

    name: str
    description: str
    plan: Plan
    end: End
    conforming: bool = True
    parameter: str | None = None
    http: bool = False
