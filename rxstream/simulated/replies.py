"""What the simulated model says: deterministic, short, and about the prompt."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from rxstream.simulated.prompts import find_repetition

__all__ = ["reply_to", "reply_with_outputs"]

_OPENINGS = (
    "You asked: “{prompt}”",
    "Here is a short answer to “{prompt}”.",
    "Let us look at “{prompt}” together.",
    "Thank you for “{prompt}”.",
)
_BODIES = (
    "I am a simulated model, so I know no facts, but I can stream this paragraph as a real one would.",
    "Nothing of this was computed by a neural network; it comes from a seeded generator, piece by piece.",
    "Every run with the same seed gives these same words, which is what a test or a notebook needs.",
)
_CLOSINGS = (
    "Ask again with another prompt, and the answer will change.",
    "Is there anything else that you want to know?",
    "Point the client at a real server when you want a real answer.",
)
_LONGEST_QUOTE = 160


def reply_to(prompt: str, random: Random) -> str:
    """Answer a prompt: repeat what it wants repeated, else a paragraph that refers to it.

    Example:
        >>> reply_to("Say 'hello' three times", Random(0))
        'hello, hello, hello'
    """
    repetition = find_repetition(prompt)
    if repetition is not None:
        return ", ".join([repetition[0]] * repetition[1])
    if not prompt.strip():
        return "The prompt is empty. What would you like to know?"
    opening = random.choice(_OPENINGS).format(prompt=_shorten(prompt))
    return " ".join((opening, random.choice(_BODIES), random.choice(_CLOSINGS)))


def reply_with_outputs(outputs: Sequence[str]) -> str:
    """Answer with what the tools returned.

    Example:
        >>> reply_with_outputs(["18 °C", "sunny"])
        'The tools returned: 18 °C; sunny. That is all there is to say about it.'
    """
    found = "; ".join(outputs) if any(outputs) else "nothing"
    return f"The tools returned: {found}. That is all there is to say about it."


def _shorten(prompt: str) -> str:
    line = " ".join(prompt.split())
    return line if len(line) <= _LONGEST_QUOTE else line[: _LONGEST_QUOTE - 1].rstrip() + "…"
