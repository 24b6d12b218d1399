"""Documents of a response: JSON values, models and elements, from the first piece to the end of the stream."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import BaseModel

from rxstream import collect_now, elements, partial_json, partial_model
from rxstream.accumulators.structured.partial_model import ModelDocument
from rxstream.errors import OutputIncompleteError, OutputRefusedError, OutputValidationError
from tests.marbles import event, message, text


class City(BaseModel):
    name: str
    tags: list[str] = []


class Rows(BaseModel):
    rows: list[int]
    note: str = ""


def done(whole: str) -> Any:
    """The end of a text."""
    return event("output_text.done", output_index=0, content_index=0, text=whole)


def instances(model: type[BaseModel], *pieces: str) -> list[list[dict[str, Any]]]:
    """What the instances show that each piece of a text leads to."""
    document = ModelDocument(model)
    return [[one.model_dump() for one in document.feed(piece)] for piece in pieces]


def test_a_number_that_is_the_whole_text_is_known_when_the_text_ends() -> None:
    """Nothing else says that no digit follows."""
    events = [text("1"), text("2"), done("12"), event("completed", response={"output": [message("12")]})]
    assert [(one.value, one.state) for one in collect_now(partial_json(), events)] == [(12, "complete")]
    with pytest.raises(OutputValidationError, match="City"):
        collect_now(partial_model(City), events)
    with pytest.raises(OutputValidationError, match="the top: it is no array, but int"):
        collect_now(elements("", int), events)


@pytest.mark.parametrize("operator", [partial_json(), partial_model(City), elements("tags", str)])
def test_a_stream_that_breaks_off_inside_its_json_is_an_error_with_all_of_the_text(operator: Any) -> None:
    """Though no event says that it ends; where the model has refused, that is the error."""
    broken = [text('{"name": '), text('"Par')]
    with pytest.raises(OutputIncompleteError) as incomplete:
        collect_now(operator, broken)
    assert incomplete.value.text == '{"name": "Par'
    refusal = event("refusal.delta", output_index=0, content_index=1, delta="No.")
    with pytest.raises(OutputRefusedError) as refused:
        collect_now(operator, [*broken, refusal])
    assert (refused.value.refusal, refused.value.text) == ("No.", '{"name": "Par')
    with pytest.raises(OutputValidationError) as wrong:
        collect_now(operator, [*broken, text('is"]')])
    assert wrong.value.text == '{"name": "Paris"]'


def test_a_string_of_a_model_grows_piece_by_piece() -> None:
    """Wherever it stands, while it is open."""
    assert instances(City, '{"name": "P', "ar", "is", '", "tags": ["a', "b", "c", '", "d', "e") == [
        [{"name": "P"}],
        [{"name": "Par"}],
        [{"name": "Paris"}],
        [{"name": "Paris", "tags": ["a"]}],
        [{"name": "Paris", "tags": ["ab"]}],
        [{"name": "Paris", "tags": ["abc"]}],
        [{"name": "Paris", "tags": ["abc", "d"]}],
        [{"name": "Paris", "tags": ["abc", "de"]}],
    ]


def test_each_piece_that_is_long_enough_leads_to_an_instance() -> None:
    """Its characters pay for what the instance copies, however much has come before."""
    begun = json.dumps({"rows": list(range(100)), "note": "x"})[:-2]
    seen = instances(Rows, begun, *["y" * 20] * 200)
    assert all(len(some) == 1 for some in seen)
    assert seen[-1][0]["note"] == "x" + "y" * 4000


def test_the_instances_of_a_long_string_cost_no_more_than_its_length() -> None:
    """It is copied too: when it grows by single characters, instances come less often."""
    pieces = ['{"name": "a', "x" * 20_000, *"y" * 1_500]
    shown = [len(one["name"]) for some in instances(City, *pieces) for one in some]
    assert 500 < len(shown) < 800
    assert sum(shown) / 64 < 1.05 * (4096 + 8 * len("".join(pieces)))


def test_a_text_that_is_too_deep_for_pydantic_is_refused_when_it_gets_so_deep() -> None:
    """Not later, and no other."""

    class Deep(BaseModel):
        value: Any

    for depth in range(198, 203):
        opened = '{"value": ' + "[" * depth
        try:
            Deep.model_validate_json(opened + "]" * depth + "}")
        except ValueError:
            with pytest.raises(OutputValidationError):
                list(ModelDocument(Deep).feed(opened))
        else:
            assert len(list(ModelDocument(Deep).feed(opened))) == 1


def test_what_a_model_of_its_own_mind_says_is_told() -> None:
    """As it says it."""

    class Own(BaseModel):
        @classmethod
        def model_validate_json(cls, *given: Any, **options: Any) -> Own:
            raise ValueError("no such city")

    with pytest.raises(OutputValidationError, match=r"fits Own \(no such city\)"):
        collect_now(partial_model(Own), [text("{}")])


def test_all_that_is_wrong_with_an_object_is_told_in_one_line() -> None:
    """Fault by fault."""
    with pytest.raises(
        OutputValidationError, match=r"\(name: Field required; tags\.0: Input should be a valid string\)"
    ):
        collect_now(partial_model(City), [text('{"tags": [1]}')])
