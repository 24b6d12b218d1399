"""What users write of tools and formats, and what type checkers must make of it; never executed."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any, assert_type

from pydantic import BaseModel, TypeAdapter
from typing_extensions import TypedDict

import rxstream as rxs


class City(BaseModel):
    name: str


@dataclass
class Point:
    x: float


class Movie(TypedDict):
    title: str


def formats_are_made_of_all_kinds_of_types() -> None:
    assert_type(rxs.text_format(City), dict[str, Any])
    rxs.text_format(Point, name="point", strict=False)
    rxs.text_format(Movie, description="A movie.")
    rxs.text_format(TypeAdapter(list[City]))
    rxs.Client(api_key="none").stream(model="gpt-5", input="Hello", text={"format": rxs.text_format(City)})


@rxs.tool
def add(a: int, b: int = 1) -> int:
    """Add."""
    return a + b


@rxs.tool(name="fetch", timeout_seconds=3)
async def fetch_city(name: str, *, deep: bool = False) -> City:
    """Fetch."""
    return City(name=name)


@rxs.tool()
def steps(count: int) -> Iterator[str]:
    """Go."""
    yield from map(str, range(count))


@rxs.tool
async def later_steps(count: int) -> AsyncIterator[str]:
    """Go later."""
    yield str(count)


@rxs.custom_tool
def shout(text: str) -> str:
    """Say it louder."""
    return text.upper()


@rxs.custom_tool(format={"type": "text"})
def whisper(text: str) -> str:
    """Say it softly."""
    return text.lower()


async def a_tool_keeps_the_types_of_its_function() -> None:
    assert_type(add(1), int)
    assert_type(add(1, b=2), int)
    add("1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    add(1, c=2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    assert_type(await fetch_city("Rome", deep=True), City)
    assert_type(steps(3), Iterator[str])
    assert_type(shout("a"), str)
    assert_type(whisper("A"), str)
    async for step in later_steps(3):
        assert_type(step, str)


class Counter:
    def add(self, number: int) -> int:
        return number


def tools_are_made_by_calls_too() -> None:
    assert_type(rxs.tool(Counter().add)(2), int)
    assert_type(rxs.tool(functools.partial(add, 1), name="add_one")(), int)
    assert_type(rxs.custom_tool(str.upper, name="upper")("a"), str)


def tools_of_all_kinds_go_into_one_list() -> None:
    tools: list[rxs.Tool[..., Any] | rxs.CustomTool[..., Any]] = [add, fetch_city, steps, shout]
    assert_type([made.to_dict() for made in tools], list[dict[str, Any]])
    objects: rxs.Tool[..., object] = add
    assert_type(objects.validate("{}"), rxs.ToolArguments)
