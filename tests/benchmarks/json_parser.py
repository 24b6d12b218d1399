"""``python -m tests.benchmarks.json_parser [--rounds N]``: JSON read while it arrives, beside peers.

Every contender is given the same fragments of four characters, and has the value so far after each of them. They take
turns, round by round; a figure is the best of the rounds, in nanoseconds of processor time a fragment.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import jsonriver
import pydantic_core

from rxstream.json_parser import PartialJSONParser

FRAGMENT = 4
SIZES = (10_000, 100_000, 1_000_000)
Read = Callable[[list[str]], Any]


def nested(size: int) -> str:
    """A document of nested objects, of about ``size`` characters."""
    orders: list[Any] = []
    for number in range(size // 160):
        lines = [{"article": f"A-{number}-{line}", "count": line + 1, "price": line * 1.25} for line in range(2)]
        orders.append({"id": number, "paid": number % 2 == 0, "note": "to be delivered " * 2, "lines": lines})
    return json.dumps({"orders": orders})


def one_string(size: int) -> str:
    """A document of one long string."""
    return json.dumps({"text": "to be or not to be\n" * (size // 20)})


def rxstream_value(fragments: list[str]) -> Any:
    """PartialJSONParser; the value is read after each fragment."""
    parser = PartialJSONParser()
    for fragment in fragments:
        parser.feed(fragment)
        parser.value  # noqa: B018
    return parser.close()


def rxstream_snapshot(fragments: list[str]) -> Any:
    """PartialJSONParser; a snapshot is taken after each fragment."""
    parser = PartialJSONParser()
    for fragment in fragments:
        parser.feed(fragment)
        parser.snapshot()
    return parser.close()


def pydantic_core_again(fragments: list[str]) -> Any:
    """pydantic-core's ``from_json(allow_partial=…)``, on all that has come, after each fragment."""
    text = ""
    value = None
    for fragment in fragments:
        text += fragment
        value = pydantic_core.from_json(text, allow_partial="trailing-strings")
    return value


def jsonriver_parse(fragments: list[str]) -> Any:
    """jsonriver's ``parse``, which gives the value after each fragment that changes it."""

    async def chunks() -> AsyncIterator[str]:
        for fragment in fragments:
            yield fragment

    async def read() -> Any:
        latest: Any = None
        async for value in jsonriver.parse(chunks()):
            latest = value
        return latest

    return asyncio.run(read())


OURS: dict[str, Read] = {"rxstream value": rxstream_value, "rxstream snapshot": rxstream_snapshot}
PEERS: dict[str, Read] = {"jsonriver": jsonriver_parse, "pydantic-core": pydantic_core_again}


def timed(read: Read, text: str, fragments: list[str]) -> float:
    """Nanoseconds a fragment."""
    gc.collect()
    began = time.process_time()
    value = read(fragments)
    took = time.process_time() - began
    if value != json.loads(text):
        raise AssertionError("expected the value that json.loads gives")
    return took / len(fragments) * 1e9


def main() -> int:
    """Print the tables; return 1 where a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.json_parser", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds: int = parser.parse_args().rounds
    best: dict[tuple[str, str, int], float] = {}
    for number in range(rounds):
        print(f"\rround {number + 1} of {rounds}", end="", file=sys.stderr, flush=True)
        for make in (nested, one_string):
            for size in SIZES:
                text = make(size)
                fragments = [text[start : start + FRAGMENT] for start in range(0, len(text), FRAGMENT)]
                for name, read in {**OURS, **(PEERS if size == SIZES[0] else {})}.items():
                    key = (make.__name__, name, size)
                    best[key] = min(best.get(key, float("inf")), timed(read, text, fragments))
    print(file=sys.stderr)
    print(f"Nanoseconds of processor time a fragment of {FRAGMENT} characters, best of {rounds} rounds\n")
    print(f"{'document':12}{'':20}" + "".join(f"{size:>12,}" for size in SIZES))
    for make in (nested, one_string):
        for name in (*OURS, *PEERS):
            figures = [best.get((make.__name__, name, size)) for size in SIZES]
            print(
                f"{make.__name__:12}{name:20}"
                + "".join(f"{figure:12.0f}" if figure else f"{'':>12}" for figure in figures)
            )
    small, middle, large = (best["nested", "rxstream value", size] for size in SIZES)
    flat = best["one_string", "rxstream value", SIZES[2]] / best["one_string", "rxstream value", SIZES[0]]
    goals = [
        ("nested, 1 MB to 100 KB", large / middle, large / middle <= 1.3, "at most 1.3"),
        ("nested, 1 MB to 10 KB", large / small, large / small <= 2, "at most 2"),
        ("one string, 1 MB to 10 KB", flat, flat <= 1.2, "at most 1.2"),
        *(
            (f"{peer} to rxstream, nested, 10 KB", ratio, ratio >= goal, f"at least {goal}")
            for peer, goal in (("pydantic-core", 20), ("jsonriver", 5))
            for ratio in [best["nested", peer, SIZES[0]] / small]
        ),
    ]
    print()
    for label, ratio, met, goal in goals:
        print(f"{label:40}{ratio:8.2f}  {goal:14}{'met' if met else 'MISSED'}")
    return 0 if all(met for _, _, met, _ in goals) else 1


if __name__ == "__main__":
    sys.exit(main())
