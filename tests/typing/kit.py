"""What tests of one's own write with the testing kit, in lists of events above all."""

from __future__ import annotations

from typing import assert_type

import rxstream as rxs
from rxstream import IterableObservable, testing
from rxstream.events import ResponseStreamEvent, ResponseTextDeltaEvent


def a_text_delta_has_its_text() -> None:
    assert_type(testing.text_delta("a").delta, str)
    source = testing.script([testing.text_delta("Hel"), testing.text_delta("lo")], delays=[1, 700], never_ends=True)
    assert_type(source, testing.Script[ResponseTextDeltaEvent])
    probe = testing.probe(source.pipe(rxs.timeouts(idle_seconds=600)))
    assert_type(probe.run(), testing.Probe[ResponseTextDeltaEvent])
    assert_type([event.delta for event in probe.items], list[str])


def events_of_several_kinds_are_events() -> None:
    events = [testing.reasoning_delta("Hm"), testing.text_delta("a"), testing.created(), *testing.message("b")]
    assert_type(testing.script(events).pipe(rxs.text_deltas()), IterableObservable[str])
    assert_type(rxs.from_events(events), rxs.ResponseStream)
    assert_type(rxs.collect_now(rxs.text_deltas(), events), list[str])
    assert_type(testing.response(events, testing.function_call("add", {"a": 1})), list[ResponseStreamEvent])


def so_they_are_where_they_are_written() -> None:
    few = [testing.text_delta("a")]
    assert_type(rxs.collect_now(rxs.text_deltas(), few), list[str])
    assert_type(rxs.collect_now(rxs.text_deltas(), [testing.text_delta("a"), testing.completed()]), list[str])
    assert_type(testing.script([testing.text_delta("a")]).pipe(rxs.text_deltas()), IterableObservable[str])
    mixed = testing.script([testing.created(), testing.text_delta("a"), testing.refusal_delta("b")])
    assert_type(mixed.pipe(rxs.text_deltas()), IterableObservable[str])
    assert_type(rxs.from_events([testing.text_delta("a"), testing.completed()]), rxs.ResponseStream)
    assert_type(testing.response([testing.text_delta("a")], testing.message("b")), list[ResponseStreamEvent])
    testing.verify(mixed).expect_next(testing.created()).expect_next(testing.text_delta("a"))
    testing.probe(testing.script(testing.message("a"))).assert_items([testing.text_delta("a"), testing.completed()])
    testing.probe(mixed).assert_timeline([(0, testing.created()), (0.5, testing.text_delta("a"))])
