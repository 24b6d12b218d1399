"""Inputs like those that are kept, made without atheris: a few thousand for each run of the tests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

__all__ = ["mutations"]

_MOST_CHANGES = 4


def mutations(inputs: Sequence[bytes], words: Sequence[bytes], *, seed: int) -> Iterator[bytes]:
    """Go on changing inputs without end: the same seed, the same ones."""
    random = Random(seed)
    while True:
        data = random.choice(inputs)
        for _ in range(random.randint(1, _MOST_CHANGES)):
            data = _changed(random, data, inputs, words)
        yield data


def _changed(random: Random, data: bytes, inputs: Sequence[bytes], words: Sequence[bytes]) -> bytes:
    start = random.randint(0, len(data))
    end = min(len(data), start + random.choice((0, 1, 1, 2, 8, 64)))
    way = random.randrange(6)
    if way == 0:  # other bytes, fewer or more
        return data[:start] + random.randbytes(random.randrange(4)) + data[end:]
    if way == 1:
        return data[:start] + random.choice(words) + data[end:]
    if way == 2:  # the same once more
        return data[:end] + data[start:]
    if way == 3:
        return data[:start] + data[end:]
    if way == 4:
        other = random.choice(inputs)
        return data[:start] + other[random.randint(0, len(other)) :]
    if not data:
        return data
    place = random.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << random.randrange(8)]) + data[place + 1 :]
