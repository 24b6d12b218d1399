from __future__ import annotations

import datetime
import decimal
import enum
import json
import math
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from rxstream.tools import output_of

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


class City(BaseModel):
    name: str
    founded: datetime.date


@dataclass
class Visit:
    city: City
    id: uuid.UUID


class Mood(str, enum.Enum):  # noqa: UP042 - as older code writes it
    GOOD = "good"


class Color(enum.Enum):
    RED = "red"


GREETING = '{"grüß":["?",{"name":"?","founded":"0001-01-01"}]}'


@given(st.text())
def test_text_stays_as_it_is(text: str) -> None:
    """No quotes around it."""
    assert output_of(text) == text


@given(json_values.filter(lambda value: not isinstance(value, str)))
def test_json_values_are_written_as_json(value: Any) -> None:
    """``json.loads`` gives them back."""
    written = output_of(value)
    assert isinstance(written, str)
    assert json.loads(written) == value


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "null"),
        (True, "true"),
        (Mood.GOOD, "good"),
        (
            Visit(City(name="Rome", founded=datetime.date(1, 4, 21)), uuid.UUID(int=1)),
            '{"city":{"name":"Rome","founded":"0001-04-21"},"id":"00000000-0000-0000-0000-000000000001"}',
        ),
        ((Color.RED, decimal.Decimal("1.50")), '["red","1.50"]'),
        ({"least": -math.inf, "mean": math.nan}, '{"least":"-Infinity","mean":"NaN"}'),
        ([], "[]"),
        ([{"type": "other"}], '[{"type":"other"}]'),
        ("grüß \ud83d", "grüß ?"),
        ({"grüß": ["\ud83d", City(name="\ude00", founded=datetime.date(1, 1, 1))]}, GREETING),
        (("a\ud83d" for _ in range(2)), '["a?","a?"]'),
    ],
)
def test_other_values(value: Any, written: str) -> None:
    """Models, dataclasses, dates and so on, as pydantic writes them; never what is no JSON."""
    assert output_of(value) == written


def test_content_parts_stay_a_list() -> None:
    """The API takes text, images and files as a tool's output; the list is a new one."""
    parts = [
        {"type": "input_text", "text": "A cat."},
        {"type": "input_image", "image_url": "data:image/png;base64,AA=="},
        {"type": "input_file", "file_id": "file_1"},
    ]
    made = output_of(parts)
    assert made == parts
    assert made is not parts
    assert output_of([{"type": "input_text", "text": "\ud83d"}]) == [{"type": "input_text", "text": "?"}]


@pytest.mark.parametrize("value", [b"a", bytearray(b"a"), memoryview(b"a")])
def test_bytes_are_refused(value: Any) -> None:
    """Nobody knows whether they are text."""
    with pytest.raises(TypeError, match="but got bytes: give text, or an input_file or input_image part"):
        output_of(value)


def circle() -> list[Any]:
    """Make a list that holds itself."""
    made: list[Any] = []
    made.append(made)
    return made


@pytest.mark.parametrize(
    "value",
    [object(), circle(), {"a": b"\xff"}, [{"type": "input_text", "text": object()}], lambda: None],
    ids=["an object", "a circle", "bytes", "a part of an object", "a function"],
)
def test_what_json_cannot_express_is_an_error(value: Any) -> None:
    """With the type that came."""
    with pytest.raises(TypeError, match=f"JSON can express, but got {type(value).__name__}: "):
        output_of(value)
