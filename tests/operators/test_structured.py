"""Structured output: JSON texts, instances of models and elements of arrays, while they arrive."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from typing import Annotated, Any, Literal

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    RootModel,
    field_validator,
    model_validator,
)

import rxstream as rxs
from rxstream.errors import (
    JSONParseError,
    OutputIncompleteError,
    OutputRefusedError,
    OutputValidationError,
    ResponseFailedError,
)
from rxstream.events import ResponseStreamEvent, parse_event
from rxstream.simulated import SimulatedTransport
from tests.strategies import JSON


def delta(text: str, index: int = 0) -> JSON:
    return {"type": "response.output_text.delta", "output_index": index, "content_index": 0, "delta": text}


def end(status: str = "completed", output: list[JSON] | None = None, **fields: Any) -> JSON:
    return {
        "type": f"response.{status}",
        "response": {"id": "resp_1", "status": status, "output": output or [], **fields},
    }


def parsed(wire: list[JSON]) -> list[ResponseStreamEvent]:
    return [parse_event(event) for event in wire]


def written(*pieces: str, ending: JSON | None = None) -> list[ResponseStreamEvent]:
    """A response that writes a text in these pieces."""
    return parsed([*(delta(piece) for piece in pieces), ending or end()])


def emitted(
    operator: rxs.Operator[ResponseStreamEvent, Any], events: list[ResponseStreamEvent]
) -> tuple[list[Any], Any]:
    """What an operator emits, and the error with which it ends, ``None`` where it completes."""
    items: list[Any] = []
    ends: list[Any] = []
    rxs.from_events(events).pipe(operator).subscribe(items.append, ends.append, lambda: ends.append(None))
    [ending] = ends
    return items, ending


class Day(BaseModel):
    on: date
    high: float
    low: float | None = None


class Forecast(BaseModel):
    city: str
    days: list[Day]
    note: str | None = None


TEXT = (
    '{"city": "Zürich", "days": [{"on": "2026-01-05", "high": 3, "low": -1.5}, '
    '{"on": "2026-01-06", "high": 4, "low": null}], "note": null}'
)


@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_the_last_instance_is_the_validated_model(size: int) -> None:
    """The last emission is what pydantic makes of the whole text."""
    pieces = [TEXT[start : start + size] for start in range(0, len(TEXT), size)]
    items, error = emitted(rxs.partial_model(Forecast), written(*pieces))
    assert error is None
    assert items[-1] == Forecast.model_validate_json(TEXT)
    assert all(type(item) is Forecast for item in items)


def test_fields_that_are_not_there_yet_are_absent_and_not_null() -> None:
    """``None`` is a value; a field without one is in no instance, whatever its default is."""
    items, _ = emitted(rxs.partial_model(Forecast), written(TEXT[:60], TEXT[60:-1] + " ", "}"))
    first, second, whole = items
    assert first.model_fields_set == {"city", "days"}
    assert not hasattr(first, "note")
    assert first.days[0].model_fields_set == {"on", "high"}
    assert not hasattr(first.days[0], "low")
    assert first.days[0].on == date(2026, 1, 5)
    assert second.note is None
    assert second.days[1].low is None
    assert whole == Forecast.model_validate_json(TEXT)
    assert repr(first) == "Forecast(city='Zürich', days=[Day(on=datetime.date(2026, 1, 5), high=3.0)])"


def test_an_instance_never_changes() -> None:
    """What was emitted is a value: later pieces leave it as it is."""
    seen: list[tuple[Any, str]] = []
    events = written(*TEXT)
    rxs.from_events(events).pipe(rxs.partial_model(Forecast)).subscribe(lambda item: seen.append((item, repr(item))))
    assert len(seen) > 30
    assert all(repr(item) == shown for item, shown in seen)


def test_strings_grow_and_other_scalars_come_when_they_are_whole() -> None:
    """Half a number is none."""

    class Both(BaseModel):
        name: str
        count: int

    items, _ = emitted(rxs.partial_model(Both), written('{"name": "a', 'b", "count": 1', "2", "3", "}"))
    assert [repr(item) for item in items] == ["Both(name='a')", "Both(name='ab')", "Both(name='ab', count=123)"]


def test_an_object_inside_is_validated_once_when_it_closes_and_with_the_whole() -> None:
    """Each element costs two validations, however many pieces come after it."""
    calls: Counter[int] = Counter()

    class Element(BaseModel):
        number: int

        @field_validator("number")
        @classmethod
        def count(cls, number: int) -> int:
            calls[number] += 1
            return number

    class Elements(BaseModel):
        rows: list[Element]

    text = (
        Elements(rows=[]).model_dump_json()[:-2] + ",".join(f'{{"number": {number}}}' for number in range(300)) + "]}"
    )
    items, error = emitted(rxs.partial_model(Elements), written(*text))
    assert error is None
    assert len(items) > 300
    assert set(calls.values()) == {2}
    assert items[-2].rows[:299] == items[-1].rows[:299]


def test_a_part_that_does_not_fit_is_an_error_when_it_closes() -> None:
    """The rest of the text is not waited for; the error carries the text as far as it came."""
    events = written('{"city": "a", "days": [{"on": "2026-01-05", "high": 1}, {"on": "x", "high": 2}', ", ...")
    items, error = emitted(rxs.partial_model(Forecast), events)
    assert items == []
    assert isinstance(error, OutputValidationError)
    assert error.model == "Forecast"
    assert "days.1: on: Input should be a valid date" in str(error)
    assert error.text.endswith('"high": 2}')


def test_a_validator_that_mends_what_came_is_not_forestalled() -> None:
    """Parts that do not fit are no error where a validator around them sees the input first."""

    class Mending(BaseModel):
        day: Day

        @model_validator(mode="before")
        @classmethod
        def mend(cls, value: Any) -> Any:
            return {"day": {**value["day"], "on": "2026-01-05"}}

    class MendingOne(BaseModel):
        day: Annotated[Day, BeforeValidator(lambda value: {**value, "on": "2026-01-05"})]

    text = '{"day": {"on": "tomorrow", "high": 3}}'
    for model in (Mending, MendingOne):
        items, error = emitted(rxs.partial_model(model), written(*text))
        assert error is None
        assert items[-1].day == Day(on=date(2026, 1, 5), high=3)


def test_a_whole_that_does_not_fit_is_an_error_that_carries_the_text() -> None:
    """A missing field is found at the end."""
    items, error = emitted(rxs.partial_model(Forecast), written('{"city": "a"', "}"))
    assert [repr(item) for item in items] == ["Forecast(city='a')"]
    assert isinstance(error, OutputValidationError)
    assert "days: Field required" in str(error)
    assert error.text == '{"city": "a"}'


class Square(BaseModel):
    kind: Literal["square"]
    side: float


class Circle(BaseModel):
    kind: Literal["circle"]
    radius: float


class Tree(BaseModel):
    name: str
    children: list[Tree] = []


class Numbers(RootModel[list[int]]):
    pass


class Everything(BaseModel):
    model_config = ConfigDict(extra="allow")

    shape: Annotated[Square | Circle, Field(discriminator="kind")]
    plain_union: Square | Circle | None
    by_name: dict[str, Day]
    matrix: list[list[int]]
    pair: tuple[int, str]
    aliased: str = Field(alias="the-alias")
    tree: Tree
    numbers: Numbers
    anything: Any
    at_least: Annotated[int, Field(ge=3)]
    optional: Day | None


EVERYTHING = json.dumps(
    {
        "shape": {"kind": "circle", "radius": 1.5},
        "plain_union": {"kind": "square", "side": 2},
        "by_name": {"monday": {"on": "2026-01-05", "high": 1}},
        "matrix": [[1, 2], [], [3]],
        "pair": [1, "x"],
        "the-alias": "a\nb😀",
        "tree": {"name": "a", "children": [{"name": "b", "children": [{"name": "c"}]}]},
        "numbers": [1, 2],
        "anything": {"x": [None, True]},
        "at_least": 7,
        "optional": None,
        "unasked": [1],
    }
)


@given(st.data())
def test_any_shape_of_field_grows_to_the_validated_model(data: st.DataObject) -> None:
    """Unions, maps, nested lists, tuples, aliases, recursion, extra keys: cut anywhere."""
    places = sorted(data.draw(st.sets(st.integers(1, len(EVERYTHING) - 1), max_size=30)))
    pieces = [EVERYTHING[start:stop] for start, stop in zip([0, *places], [*places, len(EVERYTHING)], strict=True)]
    items, error = emitted(rxs.partial_model(Everything), written(*pieces))
    assert error is None
    assert items[-1] == Everything.model_validate_json(EVERYTHING)
    for item in items:
        assert list(item.__dict__) == list(Everything.model_fields)[: len(item.__dict__)]


def test_a_container_of_the_wrong_kind_is_an_error_and_nothing_worse() -> None:
    """A list where an object is expected, and the other way round."""
    for text in (
        '{"city": "a", "days": {"on": 1}}',
        '{"city": ["a"], "days": [[1]]}',
        '[{"city": "a"}]',
        '"text"',
        "3 ",
    ):
        _, error = emitted(rxs.partial_model(Forecast), written(*text))
        assert isinstance(error, OutputValidationError), text


def test_private_attributes_have_their_defaults() -> None:
    """They are no fields of the JSON; code that uses them works on each instance."""

    class Counted(BaseModel):
        name: str
        _seen: list[str] = PrivateAttr(default_factory=list)

    items, _ = emitted(rxs.partial_model(Counted), written('{"name": "a', 'b"', "}"))
    for item in items:
        item._seen.append(item.name)
    assert [item._seen for item in items] == [["a"], ["ab"], ["ab"]]


def test_a_long_list_costs_no_more_than_its_length() -> None:
    """What all instances of a list of 10,000 elements hold together is linear in the text, not its square."""

    class Rows(BaseModel):
        rows: list[int]

    text = json.dumps({"rows": list(range(10_000))})
    pieces = [text[start : start + 4] for start in range(0, len(text), 4)]
    items, error = emitted(rxs.partial_model(Rows), written(*pieces))
    assert error is None
    assert len(items) > 100
    assert items[-1].rows == list(range(10_000))
    assert sum(len(getattr(item, "rows", ())) for item in items) < 10 * len(text)


@pytest.mark.parametrize("wrong", [dict, int, "Forecast", Numbers, list[int], None])
def test_partial_model_takes_pydantic_models_alone(wrong: Any) -> None:
    """The mistake is told at the call."""
    with pytest.raises(TypeError, match="expected a pydantic model"):
        rxs.partial_model(wrong)


def test_values_come_with_their_state() -> None:
    """``complete`` is the last value of its text; nothing is emitted where nothing changes."""
    items, _ = emitted(rxs.partial_json(), written(" ", '{"a"', ": [1", ", ", '2, "x', "y", '"]', "}", "\n"))
    assert [(item.value, item.state) for item in items] == [
        ({}, "growing"),
        ({"a": []}, "growing"),
        ({"a": [1]}, "growing"),
        ({"a": [1, 2, "x"]}, "growing"),
        ({"a": [1, 2, "xy"]}, "growing"),
        ({"a": [1, 2, "xy"]}, "complete"),
    ]


def test_each_text_is_a_document_of_its_own() -> None:
    """Interleaved messages do not mix; the output index tells them apart."""
    wire = [delta("[1", 0), delta('{"a"', 1), delta("]", 0), delta(": 2}", 1), end()]
    items, _ = emitted(rxs.partial_json(), parsed(wire))
    assert [(item.output_index, item.value, item.state) for item in items if item.state == "complete"] == [
        (0, [1], "complete"),
        (1, {"a": 2}, "complete"),
    ]


def test_arguments_of_functions_grow_too() -> None:
    """``partial_json("arguments")`` reads calls, and leaves the text alone."""
    arguments = "response.function_call_arguments"
    wire = [
        delta("Let me look."),
        {"type": f"{arguments}.delta", "output_index": 1, "delta": '{"city": "Par'},
        {"type": f"{arguments}.done", "output_index": 1, "arguments": '{"city": "Paris"}'},
        end(),
    ]
    items, error = emitted(rxs.partial_json("arguments"), parsed(wire))
    assert error is None
    assert [(item.output_index, item.value) for item in items] == [(1, {"city": "Par"}), (1, {"city": "Paris"})]
    with pytest.raises(ValueError, match="text, arguments"):
        rxs.partial_json("reasoning")  # type: ignore[arg-type]


MESSAGE = {"type": "message", "content": [{"type": "output_text", "text": '{"a": 1}'}]}


@pytest.mark.parametrize(
    "wire",
    [
        [{"type": "response.output_text.done", "output_index": 0, "content_index": 0, "text": '{"a": 1}'}, end()],
        [{"type": "response.output_item.done", "output_index": 0, "item": MESSAGE}, end()],
        [end(output=[MESSAGE])],
        [delta('{"a"'), end(output=[MESSAGE])],
        [delta('{"a": 1}'), end()],
        [
            delta('{"b": 2'),
            {"type": "response.output_text.done", "output_index": 0, "content_index": 0, "text": '{"a": 1}'},
            end(),
        ],
        [
            delta('{"a": 1}'),
            {"type": "response.output_item.done", "output_index": 0, "item": MESSAGE},
            end(output=[MESSAGE]),
        ],
        [delta('{"a": 1}', 3), end(output=[MESSAGE])],
    ],
)
def test_text_counts_wherever_it_comes_and_once(wire: list[JSON]) -> None:
    """Servers leave out deltas, ``.done`` events or the final output, or correct themselves."""
    items, error = emitted(rxs.partial_json(), parsed(wire))
    assert error is None
    assert [item.value for item in items if item.state == "complete"] == [{"a": 1}]


class A(BaseModel):
    a: int


def test_a_refusal_is_an_error_of_its_own() -> None:
    """No validation error hides what the model said."""
    refusal = {"type": "response.refusal.delta", "output_index": 0, "content_index": 0, "delta": "I can't help."}
    for operator in (rxs.partial_model(A), rxs.partial_json(), rxs.elements("a", int)):
        items, error = emitted(operator, parsed([refusal, end()]))
        assert items == []
        assert isinstance(error, OutputRefusedError)
        assert error.refusal == "I can't help."


@pytest.mark.parametrize("text", ["", '{"a": 12', '{"a": 1'])
def test_an_incomplete_response_is_an_error_that_says_why(text: str) -> None:
    """Half a document is never validated, not even where ``.done`` calls the text finished."""
    done = {"type": "response.output_text.done", "output_index": 0, "content_index": 0, "text": text}
    ending = end("incomplete", incomplete_details={"reason": "max_output_tokens"})
    for operator in (rxs.partial_model(A), rxs.partial_json(), rxs.elements("a", int)):
        _, error = emitted(operator, parsed([delta(text), done, ending]))
        assert isinstance(error, OutputIncompleteError)
        assert (error.reason, error.text) == ("max_output_tokens", text)


def test_truncated_json_of_a_completed_response_is_an_error() -> None:
    """The server says that all is well, and the text ends in the middle."""
    _, error = emitted(rxs.partial_model(A), written('{"a": '))
    assert isinstance(error, OutputIncompleteError)
    assert error.reason is None


def test_a_document_that_is_whole_stays_whole_in_an_incomplete_response() -> None:
    """The limit came after it."""
    items, error = emitted(rxs.partial_model(A), written('{"a": 1}', ending=end("incomplete")))
    assert (items, error) == ([A(a=1)], None)


def test_a_failed_response_ends_with_its_own_error() -> None:
    """Nothing is made of half a document."""
    failed = end("failed", error={"code": "server_error", "message": "no"})
    _, error = emitted(rxs.partial_model(A), written('{"a": ', ending=failed))
    assert isinstance(error, ResponseFailedError)


def test_text_that_is_no_json_is_an_error_that_carries_it() -> None:
    """The cause says where it goes wrong."""
    for operator in (rxs.partial_model(A), rxs.partial_json(), rxs.elements("a", int)):
        _, error = emitted(operator, written("Sure! ", "Here is"))
        assert isinstance(error, OutputValidationError)
        assert error.text == "Sure! "
        assert isinstance(error.__cause__, JSONParseError)
        assert error.__cause__.offset == 0


def test_a_response_without_text_completes_without_a_value() -> None:
    """Calls alone are no error."""
    for operator in (rxs.partial_model(A), rxs.partial_json(), rxs.elements("a", int)):
        assert emitted(operator, parsed([end()])) == ([], None)


def test_elements_come_as_soon_as_they_close() -> None:
    """Each with the piece that ends it, validated."""
    pieces = [
        '{"city": "a", "days": [',
        '{"on": "2026-01-05", "high": 1',
        "}",
        ', {"on": "2026-01-06", "high": 2}, {',
        '"on": "2026-01-07", "high": 3}]}',
    ]
    source = written(*pieces)
    counts: list[int] = []
    items: list[Any] = []
    for length in range(len(pieces) + 1):
        items = []
        rxs.from_events(source[:length]).pipe(rxs.elements("days", Day)).subscribe(items.append, lambda error: None)
        counts.append(len(items))
    assert counts == [0, 0, 0, 1, 2, 3]
    assert items == Forecast.model_validate_json("".join(pieces)).days


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("", "[1, 2]", [1, 2]),
        ((), "[1, 2]", [1, 2]),
        ("a", '{"a": [1], "b": [2]}', [1]),
        ("a.b", '{"a": {"b": [1, 2]}, "b": [3]}', [1, 2]),
        (("a", 1), '{"a": [[1], [2, 3]]}', [2, 3]),
        ("a.1", '{"a": [[1], [2, 3]]}', [2, 3]),
        ("a", '{"a": null}', []),
        ("a", '{"a": []}', []),
    ],
)
def test_a_path_leads_to_the_array(path: Any, text: str, expected: list[int]) -> None:
    """Keys with dots between them, or keys and indexes."""
    assert emitted(rxs.elements(path, int), written(*text)) == (expected, None)


@pytest.mark.parametrize("path", [5, None, ["a", None], [1.5], b"a".split, object()])
def test_a_path_that_is_none_is_refused_at_the_call(path: Any) -> None:
    """As is a type of which pydantic can make nothing."""
    with pytest.raises(TypeError, match="expected path to be keys and indexes, but got"):
        rxs.elements(path, int)
    with pytest.raises(TypeError, match="expected a type that pydantic can validate, but got JSONParser"):
        rxs.elements("a", type("JSONParser", (), {}))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": [1, "x", 3]}', r"a\[1\]: Input should be a valid integer"),
        ('{"a": {"b": 1}}', "a: it is no array, but dict"),
        ('{"b": [1]}', "a: there is none"),
        ('{"a": [1}', "offset 8: expected ',' or ']'"),
    ],
)
def test_elements_that_cannot_be_had_are_an_error(text: str, said: str) -> None:
    """What came before is emitted."""
    items, error = emitted(rxs.elements("a", int), written(*text))
    assert items in ([], [1])
    assert isinstance(error, OutputValidationError)
    with pytest.raises(OutputValidationError, match=said):
        raise error


def test_the_simulated_model_writes_what_text_format_asks_for() -> None:
    """Request, stream and instances, through a client."""
    with httpx.Client(transport=SimulatedTransport()) as http_client:
        client = rxs.Client(base_url="http://simulated/v1", http_client=http_client)
        for seed in range(5):
            stream = client.stream(
                model="gpt-5", input=f"A forecast, please ({seed}).", text={"format": rxs.text_format(Forecast)}
            ).pipe(rxs.share_replay())
            whole = rxs.last_sync(stream.pipe(rxs.partial_model(Forecast)))
            text = rxs.last_sync(stream.pipe(rxs.final_response())).output_text
            assert whole == Forecast.model_validate_json(text)
            assert rxs.collect_sync(stream.pipe(rxs.elements("days", Day))) == whole.days
            assert rxs.last_sync(stream.pipe(rxs.partial_json())).value == json.loads(text)
