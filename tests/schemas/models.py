"""Types of all shapes that strict mode can express."""

from __future__ import annotations

import datetime
import decimal
import enum
import uuid
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, RootModel, TypeAdapter
from typing_extensions import TypedDict

T = TypeVar("T")


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class City(BaseModel):
    """A city."""

    name: str = Field(description="As its people call it.")
    population: int | None = None


class Trip(BaseModel):
    cities: list[City]
    home: City
    color: Color
    mood: Literal["good", "bad"] = "good"
    maybe: City | None


class Node(BaseModel):
    value: int
    children: list[Node]
    next: Node | None = None


class Described(BaseModel):
    home: City = Field(description="Where it begins.")
    color: Color = Field(description="Of the car.")


class Family(BaseModel):
    name: str
    parent: Family | None = Field(None, description="Who had it.")
    eldest: Annotated[Family, Field(description="Who came first.")] | None


class Ping(BaseModel):
    kind: Literal["ping"]


class Pong(BaseModel):
    kind: Literal["pong"]
    times: int


class Rally(BaseModel):
    turn: Annotated[Ping | Pong, Field(discriminator="kind")]
    others: list[Annotated[Ping | Pong, Field(discriminator="kind")]]


class Limits(BaseModel):
    text: str = Field(min_length=2, max_length=5, description="Short.")
    code: str = Field(pattern="^[A-Z]+$")
    price: decimal.Decimal
    pin: Annotated[decimal.Decimal, Field(max_digits=4)]
    number: int = Field(ge=1, lt=10, multiple_of=3)
    tags: set[str]
    few: list[int] = Field(min_length=1, max_length=3)
    pair: tuple[int, int]
    day: datetime.date
    at: datetime.datetime
    length: datetime.timedelta
    id: uuid.UUID
    raw: bytes
    old: int = Field(5, deprecated=True, examples=[1, 2])


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    name: str


class Empty(BaseModel):
    pass


class Box(BaseModel, Generic[T]):
    content: T


class Aliased(BaseModel):
    sender: str = Field(alias="from")


@dataclass
class Point:
    x: float
    y: float = 0.0


class Movie(TypedDict, total=False):
    title: str
    year: int


class Whole(RootModel[City]):
    pass


ALL: list[Any] = [
    *(City, Trip, Node, Described, Family, Rally, Limits, Open, Empty, Box[int], Box[City], Aliased),
    *(Point, Movie, Whole),
    TypeAdapter(Annotated[City, Field(description="The one.")]),
]
