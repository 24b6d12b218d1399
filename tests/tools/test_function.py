from __future__ import annotations

import asyncio
import functools
import inspect
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import FrozenInstanceError, dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import httpx
import jsonschema
import pytest
from openai.types.responses.function_tool_param import FunctionToolParam
from pydantic import AfterValidator, BaseModel, Field, TypeAdapter
from typing_extensions import TypedDict

import rxstream as rxs
from rxstream.simulated import SimulatedModel, SimulatedTransport
from rxstream.tools.signatures import function_behind

if TYPE_CHECKING:
    from somewhere import NotThereAtRunTime


class City(BaseModel):
    name: str
    population: int | None = None


@dataclass
class Point:
    x: float
    y: float


def plain(city: str, days: int = 3) -> str:
    """Look up the weather.

    It may rain.

    Args:
        city: Where.
        days: How many
            days ahead.

    Returns:
        What to wear.
    """
    return f"{city} {days}"


def properties(tool: rxs.Tool[..., Any]) -> dict[str, Any]:
    """Give what the model is told of the parameters."""
    return tool.to_dict()["parameters"]["properties"]


def call(tool: Any, **arguments: Any) -> Any:
    """Call a tool as a loop does."""
    return tool.run(tool.validate(json.dumps(arguments)))


# What is sent.


def test_name_description_and_parameters_come_from_the_function() -> None:
    """The whole entry of ``tools``."""
    assert rxs.tool(plain).to_dict() == {
        "type": "function",
        "name": "plain",
        "description": "Look up the weather.\n\nIt may rain.",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": "Where."},
                "days": {
                    "anyOf": [{"type": "integer"}, {"type": "null"}],
                    "description": "How many days ahead. (default: 3)",
                },
            },
            "required": ["city", "days"],
            "additionalProperties": False,
        },
        "strict": True,
    }


def test_without_strict_mode_a_default_makes_it_optional() -> None:
    """The default is in the schema, and free keys may be there."""

    @rxs.tool(strict=False)
    def count(words: dict[str, int], least: int = 2) -> int:
        return sum(number >= least for number in words.values())

    assert count.to_dict() == {
        "type": "function",
        "name": "count",
        "parameters": {
            "type": "object",
            "properties": {
                "words": {"type": "object", "additionalProperties": {"type": "integer"}},
                "least": {"type": "integer", "default": 2},
            },
            "required": ["words"],
            "additionalProperties": False,
        },
        "strict": False,
    }
    assert call(count, words={"a": 1, "b": 2}) == 1
    with pytest.raises(rxs.ArgumentsError, match="least: Input should be a valid integer"):
        count.validate('{"words": {}, "least": null}')


def test_a_tool_without_parameters_takes_an_empty_object_or_nothing() -> None:
    """Some servers write no arguments at all."""

    @rxs.tool
    def now() -> str:
        return "noon"

    assert now.to_dict()["parameters"] == {
        "type": "object",
        "properties": {},
        "required": [],
        "additionalProperties": False,
    }
    assert now.run(now.validate("{}")) == now.run(now.validate("")) == now.run(now.validate(" \n")) == "noon"


def test_what_is_given_wins_over_what_is_read() -> None:
    """Name, description and time limit."""
    made = rxs.tool(plain, name="weather-now", description="Sun or rain.", timeout_seconds=2.5)
    assert (made.name, made.description, made.timeout_seconds) == ("weather-now", "Sun or rain.", 2.5)
    assert (made.to_dict()["name"], made.to_dict()["description"]) == ("weather-now", "Sun or rain.")


def test_a_field_s_description_wins_over_the_docstring() -> None:
    """And its limits are part of the schema."""

    @rxs.tool
    def dial(number: Annotated[int, Field(description="Of the phone.", ge=1)], times: Annotated[int, Field(le=5)] = 1):
        """Dial.

        Args:
            number: Not this.
            times: How often.
        """

    assert properties(dial) == {
        "number": {"type": "integer", "minimum": 1, "description": "Of the phone."},
        "times": {
            "anyOf": [{"type": "integer", "maximum": 5}, {"type": "null"}],
            "description": "How often. (default: 1)",
        },
    }
    with pytest.raises(rxs.ArgumentsError, match="times: Input should be less than or equal to 5"):
        dial.validate('{"number": 1, "times": 6}')


def test_an_alias_is_what_the_model_writes() -> None:
    """For names that are keywords in Python; with a default too."""

    @rxs.tool
    def send(from_: Annotated[str, Field(alias="from")], to: Annotated[str, Field(alias="for")] = "all") -> str:
        return f"{from_} -> {to}"

    assert list(properties(send)) == ["from", "for"]
    assert call(send, **{"from": "me", "for": None}) == "me -> all"
    assert call(send, **{"from": "me", "for": "you"}) == "me -> you"


def test_the_sdk_s_types_accept_it() -> None:
    """Strict and not, with and without a description."""
    adapter = TypeAdapter(FunctionToolParam)
    for made in (rxs.tool(plain), rxs.tool(plain, strict=False), rxs.tool(lambda: None, name="nothing")):
        assert adapter.validate_python(made.to_dict(), strict=True) == made.to_dict()


def test_each_entry_is_a_new_one() -> None:
    """What one request changes in it, another does not see."""
    made = rxs.tool(plain)
    made.to_dict()["parameters"]["properties"].clear()
    assert list(properties(made)) == ["city", "days"]


# What is called.


def test_a_tool_is_still_the_function() -> None:
    """Called directly it validates nothing; ``inspect`` and ``help`` see the function."""
    made = rxs.tool(plain)
    assert made("Rome") == "Rome 3"
    assert made("Rome", days=1) == "Rome 1"
    assert inspect.signature(made) == inspect.signature(plain)
    assert inspect.unwrap(made) is plain
    assert (made.__name__, made.__doc__, made.__module__) == ("plain", plain.__doc__, __name__)


def test_a_tool_does_not_change() -> None:
    """Loops share it between threads."""
    with pytest.raises(FrozenInstanceError):
        rxs.tool(plain).name = "other"  # type: ignore[misc]


def test_null_means_the_default() -> None:
    """In strict mode the model has to write something."""
    assert rxs.tool(plain).validate('{"city": "Rome", "days": null}').values == {"city": "Rome"}
    assert call(rxs.tool(plain), city="Rome", days=None) == "Rome 3"
    assert call(rxs.tool(plain), city="Rome") == "Rome 3"


def test_null_is_none_where_the_type_has_none() -> None:
    """The function can tell it from its default."""

    @rxs.tool
    def search(limit: int | None = 5, page: Annotated[int | None, Field(ge=1)] = 1, offset: int = None) -> Any:  # noqa: RUF013
        return limit, page, offset

    assert call(search, limit=None, page=None, offset=None) == (None, None, None)
    assert call(search) == (5, 1, None)
    assert properties(search)["limit"]["description"] == "default: 5"
    assert "description" not in properties(search)["offset"]


def test_validators_do_not_see_the_null_of_a_default() -> None:
    """``null`` is ours, not a value of the type."""

    @rxs.tool
    def shout(text: Annotated[str, AfterValidator(str.upper), Field(min_length=2)] = "hi") -> str:
        return text

    assert call(shout, text=None) == "hi"
    assert call(shout, text="hello") == "HELLO"
    with pytest.raises(rxs.ArgumentsError, match=r"text: .* at least 2 "):
        shout.validate('{"text": "a"}')


def test_models_and_dataclasses_come_as_instances() -> None:
    """Inside of collections too."""

    @rxs.tool
    def travel(cities: list[City], start: Point, mood: Literal["good", "bad"] = "good") -> Any:
        return cities, start, mood

    assert call(travel, cities=[{"name": "Rome", "population": None}], start={"x": 1, "y": 2.5}, mood=None) == (
        [City(name="Rome")],
        Point(1, 2.5),
        "good",
    )


def test_names_that_models_and_dicts_use_themselves_are_fine() -> None:
    """Parameters are no attributes of anything of ours."""

    @rxs.tool
    def odd(self_: int, model_config: int, schema: int, copy: int, _private: int, json: int, arguments: int) -> int:
        return self_ + model_config + schema + copy + _private + json + arguments

    assert call(odd, **dict.fromkeys(properties(odd), 1)) == 7


def test_run_gives_back_what_the_function_does() -> None:
    """Values, awaitables, generators and async generators, each as it is."""

    @rxs.tool
    async def later(a: int) -> int:
        return a

    @rxs.tool
    def steps(a: int) -> Iterator[int]:
        yield from range(a)

    @rxs.tool
    async def later_steps(a: int) -> AsyncIterator[int]:
        for step in range(a):
            yield step

    async def all_of(run: AsyncIterator[int]) -> list[int]:
        return [step async for step in run]

    assert asyncio.run(call(later, a=2)) == 2
    assert list(call(steps, a=2)) == [0, 1]
    assert asyncio.run(all_of(call(later_steps, a=2))) == [0, 1]


class Counter:
    """Counts."""

    def __init__(self) -> None:
        self.total = 0

    def add(self, number: int) -> int:
        """Add to the total."""
        self.total += number
        return self.total

    def __call__(self, number: int) -> int:
        return self.add(number)

    @staticmethod
    def twice(number: int) -> int:
        return 2 * number


def test_bound_methods() -> None:
    """``self`` is no parameter of theirs."""
    made = rxs.tool(Counter().add)
    assert (made.name, made.description, list(properties(made))) == ("add", "Add to the total.", ["number"])
    assert [call(made, number=2), call(made, number=3)] == [2, 5]


def test_objects_that_can_be_called() -> None:
    """They are named after their class, and described by it where ``__call__`` says nothing."""
    made = rxs.tool(Counter())
    assert (made.name, made.description, list(properties(made))) == ("Counter", "Counts.", ["number"])
    assert call(made, number=2) == 2


def test_static_methods() -> None:
    """From the class, and as an object in its body."""
    assert call(rxs.tool(Counter.twice), number=2) == 4
    assert call(rxs.tool(Counter.__dict__["twice"]), number=2) == 4


def test_partials() -> None:
    """What is given is no parameter any more, however it was given."""
    made = rxs.tool(functools.partial(functools.partial(plain, "Rome"), days=1))
    assert (made.name, made.description) == ("plain", "Look up the weather.\n\nIt may rain.")
    assert properties(made) == {}
    assert call(made) == "Rome 1"
    assert list(properties(rxs.tool(functools.partial(plain, days=1)))) == ["city"]
    assert call(rxs.tool(functools.partial(plain, "Rome")), days=2) == "Rome 2"


def test_wrapped_functions() -> None:
    """A decorator that keeps ``__wrapped__`` shows the parameters below it."""

    @functools.wraps(plain)
    def louder(*args: Any, **kwargs: Any) -> str:
        return plain(*args, **kwargs).upper()

    assert function_behind(louder) is plain
    assert call(rxs.tool(louder), city="Rome", days=1) == "ROME 1"


# Annotations.


def test_local_classes_are_found() -> None:
    """Annotations are text in this module, and ``Local`` exists in this function alone."""

    class Local(BaseModel):
        a: int

    @rxs.tool
    def bare(local: Local, several: list[Local]) -> Local:
        return local

    @rxs.tool(name="other")
    def with_options(local: Local) -> Local:
        return local

    assert call(bare, local={"a": 1}, several=[]) == Local(a=1)
    assert call(with_options, local={"a": 1}) == Local(a=1)


def test_a_local_name_hides_that_of_the_module() -> None:
    """As in the function's body."""

    class City(BaseModel):
        zip_code: str

    @rxs.tool
    def visit(city: City) -> City:
        return city

    assert call(visit, city={"zip_code": "1"}) == City(zip_code="1")


def test_the_caller_s_names_do_not_hide_those_of_the_function_s_module() -> None:
    """A function from elsewhere means its own ``Point``."""

    class Point(BaseModel):
        z: int

    assert call(rxs.tool(at_module_level), point={"x": 1, "y": 2}) == 1
    assert Point(z=1)


def at_module_level(point: Point) -> float:
    return point.x


def test_a_return_annotation_need_not_exist() -> None:
    """Nobody looks at it."""

    @rxs.tool
    def fine(a: int) -> NotThereAtRunTime: ...

    assert list(properties(fine)) == ["a"]


def missing(a: NotThereAtRunTime) -> None: ...


def unannotated(a) -> None: ...  # type: ignore[no-untyped-def]


def method(self, a: int) -> None: ...  # type: ignore[no-untyped-def]


def positional(a: int, /) -> None: ...


def many(*a: int) -> None: ...


def keywords(**a: int) -> None: ...


def field_as_default(a: int = Field(3)) -> None: ...


def no_type(a: 3) -> None: ...  # type: ignore[valid-type]


def free_keys(a: dict[str, int]) -> None: ...


def anything(a: Any) -> None: ...


def unknown(a: Iterator[Counter]) -> None: ...


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (missing, "annotations that exist where the tool is made, but got name 'NotThereAtRunTime' is not defined"),
        (unannotated, "parameter 'a': expected an annotation, but it has none"),
        (method, "parameter 'self': .* make a tool of the bound method"),
        (positional, "parameter 'a': expected a parameter that can be given by keyword, but it is positional-only"),
        (many, "parameter 'a': .* takes any number of values"),
        (keywords, "parameter 'a': .* takes any keywords"),
        (field_as_default, r"parameter 'a': expected its Field in Annotated\[…\], but it is the default"),
        (no_type, "expected"),
        (free_keys, r"an object with free keys \(dict\[str, …\]\) at a; a list of pairs would do \(strict=False"),
        (anything, "anything at all at a "),
        (unknown, "expected a type that pydantic can validate"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_cannot_be_a_tool_is_refused_at_once(function: Any, expected: str) -> None:
    """With the tool's name, what was expected, and what came."""
    with pytest.raises(TypeError, match=f"^tool '{function.__name__}': .*{expected}"):
        rxs.tool(function)


@pytest.mark.parametrize("thing", [City, 3, "plain", classmethod(plain)], ids=lambda thing: type(thing).__name__)
def test_other_things_are_no_functions(thing: Any) -> None:
    """Classes neither: a call would make an instance, not do something."""
    with pytest.raises(TypeError, match="expected a function, but got"):
        rxs.tool(thing)


def test_a_lambda_needs_a_name() -> None:
    """The model cannot call ``<lambda>``."""
    with pytest.raises(TypeError, match="a lambda"):
        rxs.tool(lambda: 1)
    assert call(rxs.tool(lambda: 1, name="one")) == 1


@pytest.mark.parametrize("seconds", [0, -1.0, float("nan")])
def test_a_time_limit_is_above_zero(seconds: float) -> None:
    """Nothing can be done in no time."""
    with pytest.raises(ValueError, match="timeout_seconds: expected a number above 0"):
        rxs.tool(plain, timeout_seconds=seconds)


def test_options_of_the_wrong_type_are_refused() -> None:
    """At the call, with what came."""
    with pytest.raises(TypeError, match="timeout_seconds: expected a number above 0 or None, but got '3'"):
        rxs.tool(plain, timeout_seconds="3")  # type: ignore[call-overload]
    with pytest.raises(TypeError, match="name: expected text, but got 5"):
        rxs.tool(plain, name=5)  # type: ignore[call-overload]


def test_a_wrong_name_raises_at_the_call() -> None:
    """One that is derived is made to fit, one that is given is refused."""

    def größe() -> None: ...

    assert rxs.tool(größe).name == "gr_e"
    with pytest.raises(ValueError, match="got 'größe'"):
        rxs.tool(größe, name="größe")


# Arguments of the model.


@rxs.tool
def pick(city: City, days: int, day: Literal["today", "tomorrow"] = "today", share: float = 0.5) -> None: ...


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("", "city: Field required; days: Field required"),
        ("{", "JSON as arguments"),
        ("[]", "the whole: Input should be an object"),
        ('{"city": {"name": "Rome", "population": 1}, "days": 3} x', "JSON as arguments"),
        ('{"city": {"name": "Rome", "population": 1}, "days": "3"}', "days: Input should be a valid integer"),
        ('{"city": {"name": "Rome", "population": 1}, "days": true}', "days: Input should be a valid integer"),
        ('{"city": {"name": "Rome", "population": 1}, "days": 3.0}', "days: Input should be a valid integer"),
        ('{"city": {"name": "Rome", "population": "1"}, "days": 3}', "city.population: Input should be a valid int"),
        ('{"city": {"name": "Rome", "mayor": "x"}, "days": 3}', "city.mayor: Extra inputs are not permitted"),
        ('{"city": {"name": "Rome"}, "days": 3, "nights": 2}', "nights: Extra inputs are not permitted"),
        ('{"city": {"name": "Rome"}, "days": 3, "day": "never"}', "day: Input should be 'today' or 'tomorrow'"),
        ('{"city": {"name": "Rome"}, "days": 3, "share": NaN}', "JSON as arguments"),
        ('{"city": {"name": "Rome"}, "days": 3, "share": -Infinity}', "JSON as arguments"),
        ('{"city": null, "days": 3}', "city: Input should be"),
    ],
)
def test_arguments_that_do_not_fit_are_errors(arguments: str, expected: str) -> None:
    """Wrong types, extra fields at any depth, missing ones, and what is no JSON."""
    with pytest.raises(rxs.ArgumentsError, match="call of 'pick'") as caught:
        pick.validate(arguments)
    assert expected in str(caught.value)
    assert (caught.value.name, caught.value.arguments) == ("pick", arguments)


def test_extra_fields_are_errors_in_all_kinds_of_objects() -> None:
    """A dataclass, a ``TypedDict`` and a model that is open by itself too: the strict schema has them closed."""

    class Open(BaseModel, extra="allow"):
        a: int

    class Typed(TypedDict):
        a: int

    @rxs.tool
    def take(point: Point, typed: Typed, opened: list[Open]) -> None: ...

    with pytest.raises(rxs.ArgumentsError) as caught:
        call(take, point={"x": 1, "y": 2, "z": 3}, typed={"a": 1, "b": 2}, opened=[{"a": 1, "c": 2}])
    assert all(f"{path}: " in str(caught.value) for path in ("point.z", "typed.b", "opened.0.c"))


def test_without_strict_mode_models_decide_themselves() -> None:
    """The schema that was sent lets the model write more; a parameter too many is an error still."""
    made = rxs.tool(visit, strict=False)
    assert call(made, city={"name": "Rome", "mayor": "x"}) == City(name="Rome")
    with pytest.raises(rxs.ArgumentsError, match="mayor: Extra"):
        call(made, city={"name": "Rome"}, mayor="x")


def visit(city: City) -> City:
    return city


def test_many_faults_are_told_in_short() -> None:
    """The error goes back to the model, which pays for each word of it."""

    @rxs.tool
    def add(numbers: list[int]) -> int:
        return sum(numbers)

    with pytest.raises(rxs.ArgumentsError, match=r"numbers\.9: [^;]*; 90 more\)"):
        call(add, numbers=["a"] * 100)


def test_a_validator_may_raise_anything() -> None:
    """It is about these arguments, and no reason to end a loop."""

    @rxs.tool
    def find(key: Annotated[str, AfterValidator({"a": 1}.__getitem__)]) -> int:
        return int(key)

    assert call(find, key="a") == 1
    with pytest.raises(rxs.ArgumentsError, match="KeyError: 'b'"):
        call(find, key="b")


def test_half_a_character_is_no_json() -> None:
    """As an escape, or as it is."""

    @rxs.tool
    def echo(text: str) -> str:
        return text

    for text in ('{"text": "\\ud83d"}', '{"text": "\ud83d"}'):
        with pytest.raises(rxs.ArgumentsError):
            echo.validate(text)


def test_a_tool_may_be_made_of_a_tool() -> None:
    """The same function under another name."""
    assert rxs.tool(rxs.tool(plain), name="again").to_dict() == {**rxs.tool(plain).to_dict(), "name": "again"}


def test_a_tool_may_have_the_name_of_a_model() -> None:
    """They are told apart, recursive models too."""

    @rxs.tool(name="Tree")
    def plant(tree: Tree, other: Annotated[Tree, Field(description="Its like.")], none: Tree | None = None) -> Any:
        return tree

    assert call(plant, tree={"children": [{"children": []}]}, other={"children": []}) == Tree(
        children=[Tree(children=[])]
    )
    assert properties(plant)["tree"] == {"$ref": "#/$defs/Tree"}
    assert properties(plant)["other"]["description"] == "Its like."


class Tree(BaseModel):
    children: list[Tree]


def test_a_default_that_json_cannot_express_is_not_told() -> None:
    """It works as a default all the same, strict or not."""
    nothing: Any = object()

    def look(at: int = nothing) -> Any:
        return at

    for strict in (True, False):
        made = rxs.tool(look, strict=strict)
        assert not {"description", "default"} & properties(made)["at"].keys()
        assert call(made) is nothing


def test_words_that_json_does_not_have_are_fine_in_strings() -> None:
    """``NaN`` in a name is no number."""
    assert pick.validate('{"city": {"name": "NaN Infinity"}, "days": 3}').values["city"] == City(name="NaN Infinity")


def test_arguments_keep_their_text() -> None:
    """For logs, and for those who approve of calls."""
    text = '{"city":{"name":"Rome"}, "days":3}'
    assert pick.validate(text).text == text


# Together with the simulated model.


def test_the_simulated_model_s_calls_fit() -> None:
    """It satisfies schemas, also of what arrives over the wire."""
    with rxs.Client(base_url="http://simulated/v1", http_client=httpx.Client(transport=SimulatedTransport())) as client:
        stream = client.stream(
            model="scenario:parallel_calls",
            input="Pick Rome and Paris.",
            tools=[pick.to_dict(), rxs.tool(plain).to_dict()],
        )
        calls = rxs.collect_sync(stream.pipe(rxs.function_calls()))
    tools = {"pick": pick, "plain": rxs.tool(plain)}
    assert {made.name for made in calls} == {"pick", "plain"}
    for made in calls:
        tools[made.name].run(tools[made.name].validate(made.arguments))


@pytest.mark.parametrize("seed", range(20))
def test_whatever_the_seed_its_arguments_fit(seed: int) -> None:
    """The schema says all that validation asks for."""
    body = {"model": "scenario:parallel_calls", "input": f"Pick Rome for {seed} days.", "tools": [pick.to_dict()]}
    calls = [item for item in SimulatedModel(seed=seed).respond(body)["output"] if item["type"] == "function_call"]
    assert calls
    for made in calls:
        jsonschema.validate(json.loads(made["arguments"]), pick.to_dict()["parameters"])
        pick.validate(made["arguments"])
