"""What is known of a model's values before they are whole, and instances of it that have only some of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import pytest
from pydantic import (
    AfterValidator,
    AliasChoices,
    AliasPath,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    PydanticUserError,
)

from rxstream import collect_now, elements, partial_json
from rxstream.accumulators.structured.partial_model import ModelDocument
from rxstream.accumulators.structured.parts import part_adapter
from rxstream.accumulators.structured.shapes import ArrayShape, MapShape, ModelShape, Shape, shape_of
from rxstream.errors import OutputValidationError
from tests.marbles import text


class City(BaseModel):
    name: str


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    name: str


class Renamed(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    name: str = Field(alias="Name")
    people: int = Field(validation_alias=AliasChoices("people", "count", AliasPath("far", 0)))
    place: str = Field(default="", validation_alias=AliasPath("far", 1))


class ByAlias(BaseModel):
    name: str = Field(alias="Name")


def model_shape(model: type[BaseModel]) -> ModelShape:
    shape = shape_of(model)
    assert isinstance(shape, ModelShape)
    return shape


def test_a_key_is_of_the_field_that_would_take_it() -> None:
    """By alias, by one of several, and by name where that is allowed."""
    keys = ("name", "Name", "people", "count", "far", "place", "other")
    fields = ["name", "name", "people", "people", None, "place", None]
    assert [model_shape(Renamed).field(key) for key in keys] == fields
    assert [model_shape(ByAlias).field(key) for key in ("name", "Name")] == [None, "name"]


def test_a_field_of_several_keys_is_not_needed_under_one_of_them() -> None:
    """Another may bring what fits."""
    assert [model_shape(Renamed).needs(key) for key in ("people", "count")] == [False, False]
    assert model_shape(ByAlias).needs("Name")
    assert model_shape(City).needs("name")


def test_an_instance_has_what_has_come_and_nothing_else() -> None:
    """Of keys that are no fields, a model that keeps such has them."""
    city = model_shape(City).partial({"name": "Paris", "mood": "calm"})
    assert (city.model_fields_set, city.model_extra, city.__dict__) == ({"name"}, None, {"name": "Paris"})
    kept = model_shape(Open).partial({"name": "Paris", "mood": "calm"})
    assert (kept.model_fields_set, kept.model_extra) == ({"name", "mood"}, {"mood": "calm"})
    assert kept == Open.model_validate({"name": "Paris", "mood": "calm"})
    assert model_shape(City).partial({"name": "Paris"}) == City(name="Paris")


Changed = Annotated[list[City], BeforeValidator(lambda value: value)]


@pytest.mark.parametrize(
    ("annotation", "kind"),
    [
        (City, ModelShape),
        (City | None, ModelShape),
        (Annotated[City | None, Field(description="where")], ModelShape),
        (Annotated[Annotated[City, "note"] | None, Field(title="x")], ModelShape),
        (list[City], ArrayShape),
        (Sequence[City] | None, ArrayShape),
        (dict[str, City], MapShape),
        (Mapping[str, City], MapShape),
        (Annotated[dict[str, City], Field(min_length=1)], MapShape),
        (list, Shape),
        (dict, Shape),
        (tuple[City, City], Shape),
        (City | Open, Shape),
        (Changed, Shape),
        (Changed | None, Shape),
        (Annotated[Changed, Field(title="x")], Shape),
        (Annotated[list[City], Field(title="x"), AfterValidator(len)], Shape),
        (int, Shape),
    ],
)
def test_a_shape_is_known_where_nothing_changes_what_comes(annotation: Any, kind: type[Shape]) -> None:
    """``None`` beside a type and what only tells of it leave it as it is."""
    assert type(shape_of(annotation)) is kind


@pytest.mark.parametrize("annotation", [list[str], dict[str, str], list[list[str]], dict[str, list[str]]])
def test_the_configuration_of_a_model_holds_inside_its_fields(annotation: Any) -> None:
    """At any depth."""
    shape = shape_of(annotation, {}, ConfigDict(str_to_lower=True))
    while isinstance(shape, (ArrayShape, MapShape)):
        assert shape.needs("any")
        shape = shape.child(0)
    assert shape.adapter.validate_json('"A"') == "a"


def test_keys_of_a_dict_are_as_their_type_wants_them_or_as_they_came() -> None:
    """The whole tells what is wrong with them."""
    shape = shape_of(dict[int, str])
    assert isinstance(shape, MapShape)
    assert shape.with_keys({"1": "a", "02": "b"}) == {1: "a", 2: "b"}
    assert shape.with_keys({"1": "a", "x": "b"}) == {"1": "a", "x": "b"}
    plain = shape_of(dict[str, str])
    assert isinstance(plain, MapShape)
    assert plain.with_keys({"1": "a"}) == {"1": "a"}


def test_a_value_of_another_kind_has_no_shape() -> None:
    """A list where an object is wanted, and the reverse."""
    for annotation, own, other in ((City, {}, []), (list[int], [], {}), (dict[str, int], {}, [])):
        shape = shape_of(annotation)
        assert shape.of(own) is shape
        assert type(shape.of(other)) is Shape
    anything = shape_of(int)
    assert anything.of([]) is anything is anything.of({})
    assert not anything.needs("key")


def test_a_scalar_that_does_not_fit_is_shown_as_it_came_until_the_whole_is_judged() -> None:
    """A validator of the model may yet mend it."""

    class Town(BaseModel):
        people: int
        name: str = ""

    document = ModelDocument(Town)
    [shown] = document.feed('{"people": "many", "name": "Pa')
    assert (shown.people, shown.name) == ("many", "Pa")
    with pytest.raises(OutputValidationError, match="Town"):
        list(document.feed('ris"}'))


def test_a_number_that_is_the_whole_text_is_known_when_the_stream_ends() -> None:
    """Though no event says so."""
    assert [one.value for one in collect_now(partial_json(), [text("1"), text("2")])] == [12]


def test_what_is_wrong_with_an_array_is_told_with_its_path_and_its_type() -> None:
    """As a path with dots."""
    with pytest.raises(OutputValidationError, match=r"City.*data\.rows: it is no array, but dict"):
        collect_now(elements("data.rows", City), [text('{"data": {"rows": {}}}')])
    with pytest.raises(OutputValidationError, match=r"City.*data\.rows\[1\]: name: Field required\)"):
        collect_now(elements(("data", "rows"), City), [text('{"data": {"rows": [{"name": "a"}, {}]}}')])
    with pytest.raises(OutputValidationError, match=r"fits list\[int\] \(the top: it is no array, but str\)"):
        collect_now(elements("", list[int]), [text('"x"')])


class ByEither(BaseModel):
    model_config = ConfigDict(validate_by_name=True)
    name: str = Field(alias="Name")


class ByName(BaseModel):
    model_config = ConfigDict(validate_by_name=True, validate_by_alias=False)
    name: str = Field(alias="Name")


@pytest.mark.parametrize("model", [ByAlias, ByEither, ByName])
@pytest.mark.parametrize("key", ["name", "Name"])
def test_a_key_is_of_a_field_where_the_model_takes_it(model: type[BaseModel], key: str) -> None:
    """By alias, by name, or by either, as its configuration says."""
    try:
        model.model_validate({key: "Paris"})
    except ValueError:
        assert model_shape(model).field(key) is None
    else:
        assert model_shape(model).field(key) == "name"


class Private(BaseModel):
    name: str
    _count: int = 3
    _made: list[str] = PrivateAttr(default_factory=list)
    _own: str = PrivateAttr(default_factory=lambda data: data["name"])
    _bare: int


def test_private_attributes_have_the_defaults_that_need_no_field() -> None:
    """What is made of the fields is there when they are all there."""
    begun = model_shape(Private).partial({"name": "Paris"})
    assert begun.__pydantic_private__ == {"_count": 3, "_made": []}
    assert Private(name="Paris").__pydantic_private__ == {"_count": 3, "_made": [], "_own": "Paris"}


def test_anything_fits_a_type_that_cannot_be_validated() -> None:
    """The whole tells what does."""

    class Odd:
        pass

    for config in (ConfigDict(), ConfigDict(defer_build=True)):
        assert part_adapter(Odd, config).validate_json("[1]") == [1]
        assert part_adapter(list[int], config).validate_json("[1]") == [1]


def test_a_model_that_names_what_is_not_there_is_complained_of_when_it_is_whole() -> None:
    """By pydantic, as anywhere else; until then it grows."""

    class Lost(BaseModel):
        name: str
        far: Nowhere | None = None  # type: ignore[name-defined]  # noqa: F821

    document = ModelDocument(Lost)
    [shown] = document.feed('{"name": "Pa')
    assert shown.name == "Pa"
    with pytest.raises(PydanticUserError, match="not fully defined"):
        list(document.feed('ris"}'))
