"""The registry of the laws is complete."""

from __future__ import annotations

from rxstream import operators
from tests.laws.registry import CASES


def test_every_public_operator_is_in_the_registry():
    """Laws 2 to 7 hold for every operator, so every operator has an entry, and no entry is of another thing."""
    assert {case.operator for case in CASES} == set(operators.__all__)


def test_entries_are_told_apart_by_their_names():
    """A report names the entry that broke a law."""
    assert len({case.id for case in CASES}) == len(CASES)


def test_only_the_declared_operators_have_exceptions():
    """An exception of a law is a decision; a new one is to be made here too."""
    assert {case.operator for case in CASES if case.errors_are_values} == {"outcome"}
    assert {case.operator for case in CASES if case.lets_go} == {
        *("coalesce", "latency", "lines", "moderate", "sentences", "smooth", "words"),
    }
    assert {case.operator for case in CASES if case.ends_early} == {
        "first_content",
        "take_until_budget",
        "time_to_first_content",
    }
    assert {case.operator for case in CASES if case.multicasts} == {"share_replay"}
    assert {case.operator for case in CASES if not case.looks_inside} == {"share_replay"}
