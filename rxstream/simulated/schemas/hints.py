"""What the prompt offers for arguments, handed out one by one."""

from __future__ import annotations

from dataclasses import dataclass, field

from rxstream.simulated.prompts import find_names, find_numbers

__all__ = ["Hints"]

# Parameters of these names want the whole request, not a name out of it.
_WHOLE = {"query", "question", "prompt", "text", "input", "message", "q", "task", "request"}


@dataclass
class Hints:
    """The names and numbers that a prompt mentions, used up from the first to the last.

    Example:
        >>> hints = Hints.of("Is it warmer than 20 degrees in Paris?")
        >>> hints.names, hints.numbers
        (['Paris'], [20.0])
    """

    prompt: str = ""
    names: list[str] = field(default_factory=list[str])
    numbers: list[float] = field(default_factory=list[float])

    @classmethod
    def of(cls, prompt: str) -> Hints:
        """Read the hints out of a prompt."""
        return cls(prompt, find_names(prompt), find_numbers(prompt))

    def string(self, name: str, shortest: int, longest: int) -> str | None:
        """Take a string for the parameter ``name`` whose length is allowed, if there is one."""
        if name.lower() in _WHOLE and shortest <= len(self.prompt) <= longest:
            return self.prompt or None
        fitting = next((text for text in self.names if shortest <= len(text) <= longest), None)
        if fitting is not None:
            self.names.remove(fitting)
        return fitting

    def number(self, lowest: float, highest: float, whole: bool) -> float | None:
        """Take a number within the limits, if there is one."""
        fitting = [n for n in self.numbers if lowest <= n <= highest and (n.is_integer() or not whole)]
        if not fitting:
            return None
        self.numbers.remove(fitting[0])
        return fitting[0]

    def mentions(self, value: object) -> bool:
        """Tell whether the prompt has this value's text in it."""
        return isinstance(value, str) and bool(value) and value.lower() in self.prompt.lower()
