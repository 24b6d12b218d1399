"""``Speech``: which text stands where in which event."""

from __future__ import annotations

from typing import Any

import pytest

from rxstream.accumulators.families import FAMILIES
from rxstream.accumulators.moderation.speech import KINDS, Bearing, Kind, Speech
from rxstream.events import parse_event
from tests.marbles import event

PIECE, WHOLE, ASIDE = Bearing.PIECE, Bearing.WHOLE, Bearing.ASIDE
PART = {"output_index": 2, "content_index": 3}
SUMMARY = {"output_index": 2, "summary_index": 3}
COMMAND = {"output_index": 2, "command_index": 3}
NOWHERE = ("", None, 0)
TEXT, REFUSAL = "response.output_text", "response.refusal"
THOUGHT, SUMMED = "response.reasoning_text", "response.reasoning_summary_text"
SPOKEN, TYPED = "response.audio.transcript", "response.shell_call_command"

Found = tuple[tuple[str, Any, int], tuple[Any, ...], str, Bearing]


def found(one: Any, *, kinds: Any = tuple(KINDS)) -> list[Found]:
    """What is found in an event."""
    return [tuple(text) for text in Speech(kinds).texts(one)]  # type: ignore[misc]


def item(name: str = "done", **fields: Any) -> Any:
    return event(f"output_item.{name}", output_index=2, item=fields)


def answer(name: str, *output: Any) -> Any:
    return event(name, response={"output": list(output)})


def part_of(kind: str, text: str) -> dict[str, Any]:
    return {"type": kind, "refusal" if kind == "refusal" else "text": text}


MESSAGE = {"type": "message", "id": "m", "content": [part_of("output_text", "a"), part_of("refusal", "b")]}
REASONING = {
    "type": "reasoning",
    "content": [part_of("reasoning_text", "a")],
    "summary": [part_of("summary_text", "b"), part_of("summary_text", "c")],
}


def in_message(*path: Any, bearing: Bearing = WHOLE, place: Any = 2) -> list[Found]:
    return [
        ((TEXT, place, 0), (*path, "content", 0, "text"), "a", bearing),
        ((REFUSAL, place, 1), (*path, "content", 1, "refusal"), "b", bearing),
    ]


CASES: dict[str, tuple[Any, list[Found]]] = {
    "transcript": (event("audio.transcript.delta", delta="a"), [((SPOKEN, None, 0), ("delta",), "a", PIECE)]),
    "end of a transcript": (event("audio.transcript.done"), [((SPOKEN, None, 0), ("",), "", WHOLE)]),
    "command begun": (
        event("shell_call_command.added", command="a", **COMMAND),
        [((TYPED, 2, 3), ("command",), "a", ASIDE)],
    ),
    "command": (event("shell_call_command.delta", delta="a", **COMMAND), [((TYPED, 2, 3), ("delta",), "a", PIECE)]),
    "whole command": (
        event("shell_call_command.done", command="a", **COMMAND),
        [((TYPED, 2, 3), ("command",), "a", WHOLE)],
    ),
    "part begun": (
        event("content_part.added", part=part_of("output_text", "a"), **PART),
        [((TEXT, 2, 3), ("part", "text"), "a", ASIDE)],
    ),
    "part": (
        event("content_part.done", part=part_of("output_text", "a"), **PART),
        [((TEXT, 2, 3), ("part", "text"), "a", WHOLE)],
    ),
    "refusing part": (
        event("content_part.done", part=part_of("refusal", "a"), **PART),
        [((REFUSAL, 2, 3), ("part", "refusal"), "a", WHOLE)],
    ),
    "thinking part": (
        event("content_part.done", part=part_of("reasoning_text", "a"), **PART),
        [((THOUGHT, 2, 3), ("part", "text"), "a", WHOLE)],
    ),
    "spoken part": (
        event("content_part.done", part={"type": "output_audio", "transcript": "a"}, **PART),
        [((SPOKEN, 2, 3), ("part", "transcript"), "a", ASIDE)],
    ),
    "part without an index": (
        event("content_part.done", part=part_of("output_text", "a"), output_index=2),
        [((TEXT, 2, 0), ("part", "text"), "a", WHOLE)],
    ),
    "summary begun": (
        event("reasoning_summary_part.added", part=part_of("summary_text", "a"), **SUMMARY),
        [((SUMMED, 2, 3), ("part", "text"), "a", ASIDE)],
    ),
    "summary": (
        event("reasoning_summary_part.done", part=part_of("summary_text", "a"), **SUMMARY),
        [((SUMMED, 2, 3), ("part", "text"), "a", WHOLE)],
    ),
    "message begun": (item("added", **MESSAGE), in_message("item", bearing=ASIDE)),
    "message": (item(**MESSAGE), in_message("item")),
    "message of a string": (item(type="message", content="a"), [((TEXT, 2, 0), ("item", "content"), "a", ASIDE)]),
    "message of strings": (
        item(type="message", content=["a", "b"]),
        [((TEXT, 2, index), ("item", "content", index), text, ASIDE) for index, text in enumerate("ab")],
    ),
    "reasoning": (
        item(**REASONING),
        [
            ((THOUGHT, 2, 0), ("item", "content", 0, "text"), "a", WHOLE),
            ((SUMMED, 2, 0), ("item", "summary", 0, "text"), "b", WHOLE),
            ((SUMMED, 2, 1), ("item", "summary", 1, "text"), "c", WHOLE),
        ],
    ),
    "summary of a string": (
        item(type="reasoning", summary="a", content=[]),
        [((SUMMED, 2, 0), ("item", "summary"), "a", ASIDE)],
    ),
    "odd reasoning": (
        item(type="reasoning", content=[], summary=[], mood="a"),
        [(NOWHERE, ("item", "mood"), "a", ASIDE)],
    ),
    "odd message": (item(type="message", content=[], mood="a"), [(NOWHERE, ("item", "mood"), "a", ASIDE)]),
    "item of no known type": (item(type="poem", verse="a"), [(NOWHERE, ("item", "verse"), "a", ASIDE)]),
    "item of what is no speech": (
        item(
            type="poem",
            id="a",
            object="b",
            status="c",
            role="d",
            model="e",
            call_id="f",
            encrypted_content="g",
            obfuscation="h",
            sequence_number="i",
        ),
        [],
    ),
    "item without a type": (item(verse="a"), [(NOWHERE, ("item", "verse"), "a", ASIDE)]),
    "known item": (item(type="web_search_call", id="w", status="completed", action={"query": "a"}), []),
    "patch": (
        item(type="apply_patch_call", operation={"type": "create_file", "path": "p", "diff": "a"}),
        [(("response.apply_patch_call_operation_diff", 2, 0), ("item", "operation", "diff"), "a", WHOLE)],
    ),
    "patch of a string": (
        item(type="apply_patch_call", operation="a"),
        [(NOWHERE, ("item", "operation"), "a", ASIDE)],
    ),
    "arguments that are no string": (
        item(type="function_call", arguments=["a", {"b": "c"}]),
        [
            (NOWHERE, ("item", "arguments", 0), "a", ASIDE),
            (NOWHERE, ("item", "arguments", 1, "b"), "c", ASIDE),
        ],
    ),
    "shell": (
        item(type="shell_call", action={"commands": ["a", 1, "b"]}),
        [
            ((TYPED, 2, index), ("item", "action", "commands", index), text, WHOLE)
            for index, text in ((0, "a"), (2, "b"))
        ],
    ),
    "computer": (
        item(type="computer_call", action={"text": "a"}, actions=[{"text": "b"}]),
        [(NOWHERE, ("item", "action", "text"), "a", ASIDE), (NOWHERE, ("item", "actions", 0, "text"), "b", ASIDE)],
    ),
    "program": (item(type="program", code="a"), [(NOWHERE, ("item", "code"), "a", ASIDE)]),
    "token of another text": (
        event("output_text.delta", delta="a", logprobs=[{"token": "b"}], **PART),
        [((TEXT, 2, 3), ("delta",), "a", PIECE), ((TEXT, 2, 3), ("logprobs",), "b", ASIDE)],
    ),
    "token of a part": (
        event("content_part.done", part={**part_of("output_text", "a"), "logprobs": [{"token": "b"}]}, **PART),
        [((TEXT, 2, 3), ("part", "text"), "a", WHOLE), ((TEXT, 2, 3), ("part", "logprobs"), "b", ASIDE)],
    ),
    "token of the same text": (
        event("output_text.delta", delta="a", logprobs=[{"token": "a", "bytes": [97]}], **PART),
        [((TEXT, 2, 3), ("delta",), "a", PIECE)],
    ),
    "odd bytes": (
        event("output_text.delta", delta="a", logprobs=[{"bytes": [255, 0, 256, -1, True, 98, 255]}], **PART),
        [((TEXT, 2, 3), ("delta",), "a", PIECE), ((TEXT, 2, 3), ("logprobs",), "\0b", ASIDE)],
    ),
    "bytes of two characters and half of one": (
        event("output_text.delta", delta="a", logprobs=[{"bytes": [195, 169, 88]}, {"bytes": [88, 195]}], **PART),
        [((TEXT, 2, 3), ("delta",), "a", PIECE), ((TEXT, 2, 3), ("logprobs",), "éXX", ASIDE)],
    ),
    "unknown piece": (
        event("telepathy.delta", delta="a", **PART),
        [(("response.telepathy", 2, 3), ("delta",), "a", PIECE)],
    ),
    "unknown text": (
        event("telepathy.done", text="a", **PART),
        [(("response.telepathy", 2, 3), ("text",), "a", WHOLE)],
    ),
    "unknown text in between": (
        event("telepathy.more", text="a", **PART),
        [(("response.telepathy", 2, 3), ("text",), "a", ASIDE)],
    ),
    "unknown event with odd places": (
        event("telepathy.delta", delta="a", output_index=True, content_index="3", item_id="i"),
        [(("response.telepathy", "i", 0), ("delta",), "a", PIECE), (NOWHERE, ("content_index",), "3", ASIDE)],
    ),
    "call of the application": (
        parse_event({"type": "rxstream.tool_call.started", "output_index": 2, "item": MESSAGE}),
        in_message("item"),
    ),
    "call of the application without a place": (
        parse_event({"type": "rxstream.tool_call.started", "output_index": "2", "item": MESSAGE}),
        in_message("item", place="m"),
    ),
    "start of a turn": (parse_event({"type": "rxstream.turn.started", "turn": 1, "input": [MESSAGE]}), []),
    "unknown field": (
        event("output_text.delta", delta="a", mood="b", **PART),
        [((TEXT, 2, 3), ("delta",), "a", PIECE), (NOWHERE, ("mood",), "b", ASIDE)],
    ),
    **{
        f"{name} response": (answer(name, {}, {}, MESSAGE), in_message("response", "output", 2, bearing=bearing))
        for bearing, names in (
            (ASIDE, ("created", "queued", "in_progress")),
            (WHOLE, ("completed", "incomplete", "failed")),
        )
        for name in names
    },
    "odd output": (answer("completed", "a", [], 1), [(NOWHERE, ("response", "output", 0), "a", ASIDE)]),
    "joined output": (
        event("completed", response={"output": [], "output_text": "a"}),
        [(NOWHERE, ("response", "output_text"), "a", ASIDE)],
    ),
    **{
        f"{family.stem} piece": (
            event(
                family.delta.removeprefix("response."),
                delta="a",
                output_index=2,
                **({family.index: 3} if family.index else {}),
            ),
            [((family.stem, 2, 3 if family.index else 0), ("delta",), "a", PIECE)],
        )
        for family in FAMILIES
    },
    **{
        f"{family.stem} whole": (
            event(family.done.removeprefix("response."), output_index=2, **{family.done_field: "a"}),
            [((family.stem, 2, 0), (family.done_field,), "a", WHOLE)],
        )
        for family in FAMILIES
    },
    **{
        f"{family.item_type} item": (
            item(type=family.item_type, **{family.path[0]: "a"}),
            [((family.stem, 2, 0), ("item", *family.path), "a", WHOLE)],
        )
        for family in FAMILIES
        if len(family.path) == 1
    },
}


@pytest.mark.parametrize("name", CASES)
def test_a_text_is_found_with_its_place_and_what_it_is_to_others(name: str):
    """Each text of the wire, in each shape."""
    one, expected = CASES[name]
    assert found(one) == expected


KIND_OF: dict[str, Kind] = {stem: kind for kind, stems in KINDS.items() for stem in stems}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("kind", KINDS)
def test_of_one_kind_the_texts_are_those_with_its_stems(name: str, kind: Kind):
    """Those of the wire that are of no kind belong to ``text``, but for what is written in calls."""
    one, expected = CASES[name]
    own = [text for text in expected if KIND_OF.get(text[0][0]) == kind]
    others = [text for text in expected if text[0][0] not in KIND_OF]
    seen = found(one, kinds=[kind])
    assert [text for text in seen if text[0][0] in KIND_OF] == own
    assert [text for text in seen if text[0][0] not in KIND_OF] in ([], others)


def test_what_is_of_no_known_place_is_of_the_kind_that_is_nearest():
    """Odd fields of reasoning are reasoning; what else is unknown is text."""
    others = {kind: [name for name in CASES if found(CASES[name][0], kinds=[kind])] for kind in KINDS}
    assert "odd reasoning" in others["reasoning"]
    for name in (
        "odd message",
        "item of no known type",
        "unknown piece",
        "unknown text",
        "odd output",
        "joined output",
    ):
        assert [kind for kind in KINDS if name in others[kind]] == ["text"]
    assert [kind for kind in KINDS if "odd reasoning" in others[kind]] == ["reasoning"]
    for name in ("computer", "program", "arguments that are no string"):
        assert [kind for kind in KINDS if name in others[kind]] == ["arguments"]


def test_an_item_is_known_by_its_id_where_an_event_has_no_index():
    """Once an item or a response has said where it is; until then its id is its place."""
    speech = Speech(["text"])
    by_id = event("output_text.delta", delta="a", item_id="m", content_index=3)
    assert [text.key for text in speech.texts(by_id)] == [(TEXT, "m", 3)]
    list(speech.texts(answer("in_progress", {}, {"type": "message", "id": "m"})))
    assert [text.key for text in speech.texts(by_id)] == [(TEXT, 1, 3)]
    list(speech.texts(item("added", type="message", id="m")))
    assert [text.key for text in speech.texts(by_id)] == [(TEXT, 2, 3)]
    assert [text.key for text in speech.texts(answer("completed", MESSAGE))] == [(TEXT, 2, 0)]
    speech.forget()
    assert [text.key for text in speech.texts(by_id)] == [(TEXT, "m", 3)]


def test_an_annotation_names_the_text_that_it_is_put_on():
    """And other events none."""
    speech = Speech(["text"])
    note = {"type": "file_path", "file_id": "f"}
    assert speech.annotated(event("output_text.annotation.added", annotation=note, **PART)) == (TEXT, 2, 3)
    assert speech.annotated(event("output_text.annotation.added", annotation=note, item_id="m")) == (TEXT, "m", 0)
    assert speech.annotated(event("output_text.delta", delta="a", **PART)) is None


def test_the_end_of_an_item_names_its_place():
    """And other events none."""
    speech = Speech(["text"])
    assert speech.ended(item(type="message", id="m")) == (2,)
    assert speech.ended(event("output_item.done", item={"type": "message", "id": "m"})) == ("m",)
    assert speech.ended(item("added", type="message")) is None


def test_an_unknown_field_of_a_wanted_kind_is_found_without_the_kind_of_text():
    """It stands in an event of that kind."""
    thinking = event("reasoning_text.delta", delta="a", mood="b", **PART)
    expected = [((THOUGHT, 2, 3), ("delta",), "a", PIECE), (NOWHERE, ("mood",), "b", ASIDE)]
    assert found(thinking, kinds=["reasoning"]) == expected
    part = event("content_part.done", part=part_of("reasoning_text", "a"), mood="b", **PART)
    assert found(part, kinds=["reasoning"]) == [((THOUGHT, 2, 3), ("part", "text"), "a", WHOLE)]


@pytest.mark.parametrize("kind", ["message", "reasoning", "poem"])
def test_what_stands_in_the_parts_of_an_item_is_found_once(kind: str):
    """Of whatever type the item is."""
    parts = {"content": [part_of("output_text", "a")], "summary": [part_of("summary_text", "b")]}
    assert found(item(type=kind, **parts)) == [
        ((TEXT, 2, 0), ("item", "content", 0, "text"), "a", WHOLE),
        ((SUMMED, 2, 0), ("item", "summary", 0, "text"), "b", WHOLE),
    ]


def test_an_item_without_an_index_is_named_by_its_id_when_it_is_whole():
    """As by its deltas before."""
    assert found(event("output_item.done", item=MESSAGE)) == in_message("item", place="m")


def test_log_probabilities_of_a_part_that_say_its_text_say_nothing_else():
    """Only another text is told of."""
    part = {**part_of("output_text", "a"), "logprobs": [{"token": "a", "bytes": [97]}]}
    assert found(event("content_part.done", part=part, **PART)) == [((TEXT, 2, 3), ("part", "text"), "a", WHOLE)]


def test_a_field_of_a_wrong_shape_is_looked_at_as_a_whole():
    """However deep the mistake is."""
    odd = event("output_text.delta", delta="a", logprobs=["b"], **PART)
    assert (NOWHERE, ("logprobs", 0), "b", ASIDE) in found(odd)


@pytest.mark.parametrize("kind", ["web_search_call", "function_call", "message", "poem", ["poem"]])
def test_a_field_that_nobody_knows_is_looked_at_in_every_item(kind: Any):
    """Also in those whose known fields say nothing that is checked, and where the type is no name."""
    assert (NOWHERE, ("item", "mood"), "b", ASIDE) in found(item(type=kind, id="x", mood="b"), kinds=["text"])


def test_alternatives_are_not_what_the_model_said():
    """However many tokens there are; what else a log probability says is looked at."""
    alternatives = [{"token": "x", "bytes": [120]}]
    scores = [{"token": token, "bytes": [ord(token)], "top_logprobs": alternatives} for token in "ab"]
    said = [((TEXT, 2, 3), ("delta",), "ab", PIECE)]
    assert found(event("output_text.delta", delta="ab", logprobs=scores, **PART)) == said
    scores[1]["mood"] = "c"
    aside = ((TEXT, 2, 3), ("logprobs",), "c", ASIDE)
    assert found(event("output_text.delta", delta="ab", logprobs=scores, **PART)) == [*said, aside]
