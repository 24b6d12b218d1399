"""Patches: what changes, and where."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rxstream.json_parser import PartialJSONParser, Patch

from .documents import VALID, cuts, texts


def applied(root: list[Any], patch: Patch) -> None:
    """Do to a value, in a list that is empty at first, what a patch says."""
    container: Any = root
    for key in (0, *patch.path)[:-1]:
        container = container[key]
    key = (0, *patch.path)[-1]
    if patch.op == "append":
        container[key] += patch.value
    elif patch.op == "close":
        assert container[key] == patch.value
    elif isinstance(container, list):
        assert key == len(container)
        container.append(copy.deepcopy(patch.value))
    else:
        container[key] = copy.deepcopy(patch.value)


@given(st.data())
def test_patches_applied_in_order_give_the_value_at_each_moment(data: st.DataObject) -> None:
    """Whoever renders needs the patches alone."""
    text = data.draw(texts() | st.sampled_from(VALID))
    mirror: list[Any] = []
    parser = PartialJSONParser(on_patch=lambda patch: applied(mirror, patch))
    for fragment in data.draw(cuts(text)):
        parser.feed(fragment)
        assert bool(mirror) == parser.has_value
        assert not mirror or mirror[0] == parser.value
    parser.close()
    assert mirror[0] == json.loads(text)


@given(st.data())
def test_each_value_is_closed_once_and_its_offsets_are_those_of_its_text(data: st.DataObject) -> None:
    """The text between ``start`` and ``end`` is the value's own JSON."""
    text = data.draw(texts())
    patches: list[Patch] = []
    parser = PartialJSONParser(on_patch=patches.append)
    for fragment in data.draw(cuts(text)):
        parser.feed(fragment)
    parser.close()
    closed = [patch for patch in patches if patch.op == "close"]
    assert len({patch.path for patch in closed}) == len(closed) == sum(patch.op == "add" for patch in patches)
    for patch in closed:
        assert json.loads(text[patch.start : patch.end]) == patch.value
    assert closed[-1].path == ()


def test_patches_name_the_path_and_the_piece() -> None:
    """A list's index, a dict's key, and by how much a string grows."""
    patches: list[Patch] = []
    parser = PartialJSONParser(on_patch=patches.append)
    for fragment in ['{"a": [tru', 'e, "x', "y", 'z"]', "}"]:
        parser.feed(fragment)
    assert [(patch.op, patch.path, patch.value) for patch in patches] == [
        ("add", (), {}),
        ("add", ("a",), []),
        ("add", ("a", 0), True),
        ("close", ("a", 0), True),
        ("add", ("a", 1), "x"),
        ("append", ("a", 1), "y"),
        ("append", ("a", 1), "z"),
        ("close", ("a", 1), "xyz"),
        ("close", ("a",), [True, "xyz"]),
        ("close", (), {"a": [True, "xyz"]}),
    ]


def feed_all(parser: PartialJSONParser, text: str) -> None:
    for character in text:
        parser.feed(character)


@pytest.mark.parametrize("after", range(1, 9))
def test_after_on_patch_has_raised_nothing_is_read(after: int) -> None:
    """Part of a fragment is lost; a value made of the rest would be wrong."""
    told: list[Patch] = []

    def take(patch: Patch) -> None:
        told.append(patch)
        if len(told) == after:
            raise KeyError("mine")

    parser = PartialJSONParser(on_patch=take)
    with pytest.raises(KeyError, match="mine"):
        feed_all(parser, '{"a": "bc", "d": [1]}')
    assert not parser.complete
    for call in (lambda: parser.feed("1"), parser.close):
        with pytest.raises(RuntimeError, match="expected on_patch to raise nothing"):
            call()
    assert len(told) == after


def test_what_on_patch_raises_for_the_last_number_passes_close() -> None:
    """The number that is the whole text is told of when it is closed."""

    def take(patch: Patch) -> None:
        raise KeyError(patch.op)

    parser = PartialJSONParser(on_patch=take)
    parser.feed("12")
    with pytest.raises(KeyError, match="add"):
        parser.close()
    with pytest.raises(RuntimeError, match="on_patch"):
        parser.close()
