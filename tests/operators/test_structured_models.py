"""``partial_model`` over models of every kind: what fits as a whole is never refused for a part."""

import dataclasses
import datetime
import decimal
import enum
import json
import uuid
import warnings
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypeVar

import pytest
from pydantic import (
    AliasChoices,
    AliasPath,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Json,
    RootModel,
    SecretStr,
    SerializeAsAny,
    SkipValidation,
    Tag,
    field_validator,
    model_validator,
    root_validator,
    validator,
)
from pydantic.types import OnErrorOmit
from pydantic_core import core_schema
from typing_extensions import TypedDict

import rxstream as rxs
from rxstream.accumulators.structured import ModelDocument
from rxstream.errors import OutputValidationError

from .test_structured import emitted, written


class Day(BaseModel):
    on: datetime.date
    high: float


GOOD = {"on": "2026-01-05", "high": 1}
BAD = {"on": "tomorrow", "high": 2}


class Omitting(BaseModel):
    days: list[OnErrorOmit[Day]]


class InText(BaseModel):
    day: Json[Day]


class Unchecked(BaseModel):
    day: SkipValidation[Day]


class _Mending:
    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return core_schema.no_info_before_validator_function(lambda _: GOOD, handler(source))


class MarkedInside(BaseModel):
    day: Annotated[Day, _Mending()]


class SchemaOfItsOwn(BaseModel):
    day: Day

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return core_schema.no_info_before_validator_function(lambda _: {"day": GOOD}, handler(source))


class InitOfItsOwn(BaseModel):
    day: Day

    def __init__(self, **_: Any) -> None:
        super().__init__(day=GOOD)


class Inheriting(InitOfItsOwn):
    note: str = ""


with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)

    class OldValidator(BaseModel):
        day: Day

        @validator("day", pre=True)
        def mend(cls, _: Any) -> Any:
            return GOOD

    class OldRootValidator(BaseModel):
        day: Day

        @root_validator(pre=True)
        def mend(cls, _: Any) -> Any:
            return {"day": GOOD}


class Choosing(BaseModel):
    day: Day = Field(validation_alias=AliasChoices("day", "Day"))


class ByNameToo(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    day: Day = Field(alias="Day")


class ByNameAlone(BaseModel):
    model_config = ConfigDict(validate_by_name=True, validate_by_alias=False)

    day: Day = Field(alias="Day")


class Looked(BaseModel):
    number: int

    @field_validator("number", mode="before")
    @classmethod
    def look_up(cls, word: Any) -> Any:
        return {"one": 1}[word]


class LookedUp(BaseModel):
    looked: Looked

    @model_validator(mode="before")
    @classmethod
    def mend(cls, _: Any) -> Any:
        return {"looked": {"number": "one"}}


MENDED = [
    (Omitting, {"days": [GOOD, BAD]}),
    (InText, {"day": json.dumps(GOOD)}),
    (Unchecked, {"day": BAD}),
    (MarkedInside, {"day": BAD}),
    (SchemaOfItsOwn, {"day": BAD}),
    (InitOfItsOwn, {"day": BAD}),
    (Inheriting, {"day": BAD}),
    (OldValidator, {"day": BAD}),
    (OldRootValidator, {"day": BAD}),
    (Choosing, {"Day": BAD, "day": GOOD}),
    (Choosing, {"day": GOOD, "Day": BAD}),
    (ByNameToo, {"Day": GOOD, "day": BAD}),
    (ByNameToo, {"day": BAD, "Day": GOOD}),
    (ByNameAlone, {"Day": BAD, "day": GOOD}),
    (LookedUp, {"looked": {"number": "two"}}),
]


class Foreign:
    pass


class Configured(BaseModel):
    model_config = ConfigDict(
        arbitrary_types_allowed=True, regex_engine="python-re", frozen=True, extra="forbid", defer_build=True
    )

    foreign: Foreign | None = None
    name: Annotated[str, Field(pattern=r"^(?=a).*$")]


class Color(enum.Enum):
    RED = "red"


@dataclasses.dataclass
class Point:
    x: float
    day: Day


class Entry(TypedDict):
    a: int


class Pair(NamedTuple):
    a: int
    b: str


class Days(RootModel[list[Day]]):
    pass


_T = TypeVar("_T")


class Box(BaseModel, Generic[_T]):
    content: _T
    others: list[_T] = []


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"]
    name: str


def kind_of(value: Any) -> Any:
    return value["kind"] if isinstance(value, dict) else value.kind


Pet = Annotated[Cat | Dog, Field(discriminator="kind")]
Called = Annotated[Annotated[Cat, Tag("cat")] | Annotated[Dog, Tag("dog")], Discriminator(kind_of)]


class Kinds(BaseModel):
    color: Color
    price: decimal.Decimal
    at: datetime.datetime
    id: uuid.UUID
    raw: bytes
    numbers: set[int]
    texts: frozenset[str]
    tuple_of: tuple[int, ...]
    point: Point
    points: list[Point]
    entry: Entry | None
    pair: Pair
    secret: SecretStr
    days: dict[str, Days]
    box: Box[Day]
    any_box: Box[Any]
    pet: Pet
    pets: list[Pet]
    named_pets: dict[str, Pet | None]
    called: Called
    all_called: list[Called]
    told: SerializeAsAny[Annotated[Day, "a word"]]
    first: Day = Field(validation_alias=AliasPath("path", 0))
    path: list[Day]
    optional: Annotated[Day | None, Field(description="maybe")]
    mended: Annotated[Annotated[int, BeforeValidator(len)] | None, Field(ge=1)]
    numbered: dict[int, Day]
    shadow: int = Field(alias="model_fields_set")


CAT, DOG = {"kind": "cat", "lives": 7}, {"kind": "dog", "name": "Rex"}
POINT = {"x": 1, "day": GOOD}
KINDS = {
    "color": "red",
    "price": "1.50",
    "at": "2026-01-05T10:00:00Z",
    "id": str(uuid.UUID(int=3)),
    "raw": "abc",
    "numbers": [1, 1, 2],
    "texts": ["a"],
    "tuple_of": [1, 2],
    "point": POINT,
    "points": [POINT, POINT],
    "entry": {"a": 1},
    "pair": [1, "a"],
    "secret": "x",
    "days": {"week": [GOOD]},
    "box": {"content": GOOD, "others": [GOOD]},
    "any_box": {"content": [1, {"a": None}]},
    "pet": CAT,
    "pets": [CAT, DOG],
    "named_pets": {"a": DOG, "b": None},
    "called": DOG,
    "all_called": [DOG, CAT],
    "told": GOOD,
    "path": [GOOD],
    "optional": GOOD,
    "mended": "abc",
    "numbered": {"1": GOOD, "-2": GOOD},
    "model_fields_set": 1,
}


@pytest.mark.parametrize("size", [1, 5, 100_000])
@pytest.mark.parametrize(
    ("model", "value"),
    [*MENDED, (Configured, {"name": "abc"}), (Kinds, KINDS), (Box[Day], {"content": GOOD}), (Box, {"content": GOOD})],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_what_fits_as_a_whole_is_not_refused_for_a_part(model: type[BaseModel], value: Any, size: int) -> None:
    """The last instance is what pydantic makes of the whole text, whatever may mend or leave out a part."""
    text = json.dumps(value)
    items, error = emitted(
        rxs.partial_model(model), written(*[text[at : at + size] for at in range(0, len(text), size)])
    )
    assert error is None
    assert items[-1] == model.model_validate_json(text)
    assert all(repr(item) for item in items)


def test_a_part_is_refused_early_where_nothing_can_mend_it() -> None:
    """Validators that see the value after the fields do, constraints and what only tells of a field change nothing."""

    class Strict(BaseModel):
        days: Annotated[list[SerializeAsAny[Annotated[Day, Field(title="a day")]]], Field(max_length=3)]

        @model_validator(mode="after")
        def pass_on(self) -> Any:
            return self

    _, error = emitted(rxs.partial_model(Strict), written(json.dumps({"days": [BAD]})[:-2], ", ..."))
    assert isinstance(error, OutputValidationError)
    assert "days.0: on: Input should be a valid date" in str(error)


def test_what_a_validator_raises_passes_where_nothing_can_mend_it() -> None:
    """Neither a ``ValueError`` nor a failed assertion: pydantic lets it through, and so does this."""

    class Holder(BaseModel):
        looked: Looked

    items, error = emitted(rxs.partial_model(Holder), written('{"looked": {"number": "two"}', ", ..."))
    assert items == []
    assert isinstance(error, KeyError)


def test_parts_are_as_the_configuration_of_the_model_wants_them() -> None:
    """Not only at the end."""

    class Lower(BaseModel):
        model_config = ConfigDict(str_to_lower=True, coerce_numbers_to_str=True, use_enum_values=True)

        a: str
        b: list[str]
        color: Color
        end: int

    items, _ = emitted(
        rxs.partial_model(Lower), written('{"a": "AB", "b": ["C", 1], "color": "red", "end"', ": 1 ", "}")
    )
    assert items[0].__dict__ == {"a": "ab", "b": ["c", "1"], "color": "red"}


def test_the_keys_of_a_dict_are_as_their_type_wants_them_when_it_is_whole() -> None:
    """JSON knows text alone."""

    class Dated(BaseModel):
        highs: dict[datetime.date, float]
        days: dict[int, Day] | None
        end: int

    text = '{"highs": {"2026-01-05": 3}, "days": {"1": {"on": "2026-01-05", "high": 1}}, "end"'
    items, error = emitted(rxs.partial_model(Dated), written(text, ": 1 ", "}"))
    assert error is None
    assert items[0].highs == {datetime.date(2026, 1, 5): 3.0}
    assert items[0].days == {1: Day(on=datetime.date(2026, 1, 5), high=1)}
    assert items[-1].highs == items[0].highs


def test_a_model_may_name_models_that_were_defined_after_it() -> None:
    """What it holds grows as well."""
    items, error = emitted(rxs.partial_model(Early), written('{"late": {"name": "a', 'b"', "}}"))
    assert error is None
    assert [repr(item) for item in items] == ["Early(late=Late(name='a'))", *["Early(late=Late(name='ab'))"] * 2]


class Early(BaseModel):
    late: "Late"


class Late(BaseModel):
    name: str


def test_text_is_read_as_deep_as_pydantic_reads_it() -> None:
    """Neither less nor more."""

    class Deep(BaseModel):
        value: Any

    for depth in (199, 200, 201):
        text = '{"value": ' + "[" * depth + "]" * depth + "}"
        document = ModelDocument(Deep)
        try:
            expected: Any = Deep.model_validate_json(text)
        except ValueError:
            with pytest.raises(OutputValidationError):
                list(document.feed(text))
        else:
            assert list(document.feed(text)) == [expected]
