from __future__ import annotations

from random import Random

import pytest

from rxstream.simulated.prompts import find_names, find_numbers, find_repetition
from rxstream.simulated.replies import reply_to


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("What is the weather in Paris?", ["Paris"]),
        ("What's the weather like in San Francisco, CA?", ["San Francisco, CA"]),
        ("Compare Paris with Rome, Oslo and New York.", ["Paris", "Rome", "Oslo", "New York"]),
        ("Is Bergen wetter than Oslo? I think so. I'm sure.", ["Bergen", "Oslo"]),
        ("Paris and then Paris again, said Anna Smith", ["Paris", "Anna Smith"]),
        ("Look for 'red shoes' and \"Blue Hats\" in Rome", ["red shoes", "Blue Hats"]),
        ("nothing here", []),
        ("", []),
    ],
)
def test_names_are_quoted_text_or_capitalised_words(prompt: str, names: list[str]) -> None:
    """Quotes win; a sentence's first word is no name; each name comes once."""
    assert find_names(prompt) == names


@pytest.mark.parametrize(
    ("prompt", "numbers"),
    [("add 3 to 4.5", [3, 4.5]), ("-7 degrees on 12.", [-7, 12]), ("version 1.2.3 of x86", []), ("none", [])],
)
def test_numbers_are_those_written_in_digits(prompt: str, numbers: list[float]) -> None:
    """Versions and words with digits are no numbers."""
    assert find_numbers(prompt) == numbers


@pytest.mark.parametrize(
    ("prompt", "repetition"),
    [
        ("Say 'double bubble bath' ten times fast.", ("double bubble bath", 10)),
        ("say it's fine 4 times", ("it's fine", 4)),
        ("PRINT: “hi there”, thirty-two times", ("hi there", 32)),
        ("Write hello thrice", ("hello", 3)),
        ("Say 'a' 999999999 times", ("a", 10_000)),
        ("Say it many times", None),
        ("How many times did he say it?", None),
    ],
)
def test_repetitions_are_read_with_their_number(prompt: str, repetition: tuple[str, int] | None) -> None:
    """Digits and number words count, up to a bound; anything else is no repetition."""
    assert find_repetition(prompt) == repetition


@pytest.mark.parametrize(
    "prompt", ["{", "{0} {prompt}", "%s", "a" * 10_000, "\n" * 10_000, "say " * 5_000, "A" * 50_000]
)
def test_any_prompt_has_a_short_answer(prompt: str) -> None:
    """Whatever the prompt, the answer is not empty, and short."""
    assert 0 < len(reply_to(prompt, Random(0))) < 600
