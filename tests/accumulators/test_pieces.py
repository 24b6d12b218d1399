"""Pieces of text: what they make longer, how they are parted and how they are joined."""

from __future__ import annotations

from typing import Any

import pytest

from rxstream.accumulators.families import FAMILIES
from rxstream.accumulators.pieces import join_pieces, piece_of, split_piece
from rxstream.events import parse_event
from tests.marbles import event

PLACE = {"output_index": 2, "content_index": 3, "item_id": "i"}


def delta(text: str, **fields: Any) -> Any:
    return event("output_text.delta", delta=text, **{**PLACE, **fields})


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.stem)
def test_a_delta_makes_one_text_longer(family: Any):
    """That of its family, its item and its part."""
    index = {family.index: 3} if family.index else {}
    one = parse_event({"type": family.delta, "output_index": 2, "delta": "a", **index})
    assert piece_of(one) == ((family.stem, 2, 3 if family.index else 0), "a")
    assert piece_of(parse_event({"type": family.delta, "item_id": "i", "delta": "a"})) == ((family.stem, "i", 0), "a")
    assert piece_of(parse_event({"type": family.done, "output_index": 2, family.done_field: "a"})) is None


def test_other_things_are_no_pieces():
    """A string is one of its own; a delta without text is an empty one."""
    assert piece_of("a") == (("", 0, 0), "a")
    assert piece_of(delta("")) == (("response.output_text", 2, 3), "")
    assert piece_of(event("output_text.delta", delta=None, **PLACE)) == (("response.output_text", 2, 3), "")
    for thing in (1, None, b"a", event("audio.delta", delta="QQ=="), event("telepathy.delta", delta="a")):
        assert piece_of(thing) is None


def test_a_piece_that_is_parted_keeps_all_else():
    """The number and the log probabilities go with the last part, padding with none."""
    whole = delta("abc", sequence_number=7, logprobs=[{"token": "abc"}], obfuscation="x", mood="calm")
    parts = [part.to_dict() for part in split_piece(whole, ["a", "b", "c"])]
    bare = {"type": "response.output_text.delta", "mood": "calm", **PLACE}
    assert parts == [
        {**bare, "delta": "a"},
        {**bare, "delta": "b"},
        {**bare, "delta": "c", "sequence_number": 7, "logprobs": [{"token": "abc"}]},
    ]
    assert split_piece(whole, ["abc"]) == [whole]
    assert split_piece("abc", ["a", "bc"]) == ["a", "bc"]


def test_pieces_are_joined_with_all_probabilities_and_the_last_number():
    """Fields that only one has stay; padding does not."""
    pieces = [
        delta("a", sequence_number=1, logprobs=[{"token": "a"}], obfuscation="x", mood="calm"),
        delta("", sequence_number=2),
        event("output_text.delta", delta=None, **PLACE),
        delta("b", sequence_number=3, logprobs=[{"token": "b"}], obfuscation="y"),
    ]
    joined = {"type": "response.output_text.delta", "mood": "calm", "delta": "ab", "sequence_number": 3, **PLACE}
    assert join_pieces(pieces).to_dict() == {**joined, "logprobs": [{"token": "a"}, {"token": "b"}]}
    assert join_pieces([delta("a"), delta("b")]).to_dict() == {
        "type": "response.output_text.delta",
        "delta": "ab",
        **PLACE,
    }
    assert join_pieces(pieces[:1]) is pieces[0]


@pytest.mark.parametrize("texts", [["a", "b"], ["é", "a"], ["a\ud83d", "\ude00b"], ["\ud83d", "a"]])
def test_a_character_that_came_in_halves_is_one_in_the_joined_text(texts: list[str]):
    """A half without its other half stays as it is."""
    whole = "".join(texts).replace("\ud83d\ude00", "😀")
    assert join_pieces(texts) == whole
    assert join_pieces([delta(text) for text in texts]).delta == whole
