"""Law 7: it ends once."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from rxstream.errors import OutputIncompleteError
from tests.laws.probes import COMPLETED, Boom, Source, Subscriber
from tests.laws.registry import Case, every_case, law


@every_case
@law
@given(data=st.data())
def test_a_source_that_breaks_the_grammar_ends_once(case: Case, data: st.DataObject):
    """Whatever a source sends after its end, in whatever order, one terminal notification comes, and nothing after."""
    events = data.draw(case.streams).events
    at = data.draw(st.integers(0, len(events)))
    source, subscriber = Source(), Subscriber()
    case.make()(source).subscribe(subscriber)
    for event in events[:at]:
        source.next(event)
    error = Boom()
    has_ended = bool(subscriber.ends)
    ends = {"complete": source.complete, "error": lambda: source.error(error)}
    chosen = data.draw(st.lists(st.sampled_from(sorted(ends)), min_size=2, max_size=3))
    for name in chosen:
        ends[name]()
        for event in events[at:]:
            source.next(event)
    [end] = subscriber.ends
    if case.needs_the_end and isinstance(end, OutputIncompleteError):
        assert chosen[0] == "complete"
    else:
        assert end is (COMPLETED if chosen[0] == "complete" or case.errors_are_values or has_ended else error)
    assert subscriber.late == []


@every_case
@law
@given(data=st.data())
def test_a_subscriber_that_raises_is_not_told_of_two_ends(case: Case, data: st.DataObject):
    """A subscriber may raise at any notification: the grammar holds for it all the same."""
    events = data.draw(case.streams).events
    patience = data.draw(st.integers(0, len(events) + 1))

    def refuse() -> None:
        if subscriber.told > patience:
            raise Boom

    class Refusing(Subscriber):
        def on_completed(self) -> None:
            super().on_completed()
            refuse()

        def on_error(self, error: Exception) -> None:
            super().on_error(error)
            refuse()

    source, subscriber = Source(), Refusing(refuse)
    case.make()(source).subscribe(subscriber)
    for event in events:
        with suppress(Boom):
            source.next(event)
    for _ in range(2):
        with suppress(Boom):
            source.complete()
    assert len(subscriber.ends) <= 1
    assert subscriber.late == []
