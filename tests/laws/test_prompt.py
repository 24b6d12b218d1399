"""Law 3, prompt: the output for a prefix is a prefix of the output for the whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rxstream.errors import OutputIncompleteError
from tests.laws.probes import COMPLETED, Source, Subscriber, run, shown
from tests.laws.registry import Case, every_case, law


@every_case
@law
@given(data=st.data())
def test_what_was_emitted_depends_on_what_had_come_alone(case: Case, data: st.DataObject):
    """After each event of a stream, the operator has emitted exactly what it emits for that prefix of the stream.

    What it emits when the source completes is left out here: it is the business of the next law. Values are compared
    after the last event, so that one which a later event had changed would show.
    """
    events = data.draw(case.streams).events
    source, subscriber = Source(), Subscriber()
    case.make()(source).subscribe(subscriber)
    counts = [0]
    for event in events:
        source.next(event)
        counts.append(len(subscriber.items))
    whole = subscriber.shown()

    length = data.draw(st.integers(0, len(events)))
    prefix = run(case.make, events[:length])
    assert prefix.shown() == whole[: counts[length]]
    assert prefix.ends in ([], [COMPLETED] if case.ends_early else [])


@every_case
@law
@given(data=st.data())
def test_at_completion_only_what_is_held_back_is_emitted(case: Case, data: st.DataObject):
    """Completing a prefix leaves what was emitted as it is; only an operator that says so adds to it.

    It adds one item, unless it lets go of all that waits.
    """
    events = data.draw(case.streams).events
    length = data.draw(st.integers(0, len(events)))
    source, subscriber = Source(), Subscriber()
    case.make()(source).subscribe(subscriber)
    for event in events[:length]:
        source.next(event)
    before = subscriber.shown()
    source.complete()
    assert [shown(item) for item in subscriber.items[: len(before)]] == before
    if not case.lets_go:
        assert len(subscriber.items) - len(before) in ((0, 1) if case.held_back else (0,))
    if case.needs_the_end and subscriber.ends != [COMPLETED]:
        [end] = subscriber.ends
        assert isinstance(end, OutputIncompleteError)
        assert length < len(events)
    else:
        assert subscriber.ends == [COMPLETED]
