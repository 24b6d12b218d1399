"""Law 13: the source is given the scheduler of the subscription."""

from __future__ import annotations

from rxstream.testing import VirtualScheduler
from rxstream.testing.rig import HandSource
from tests.laws.probes import Subscriber
from tests.laws.registry import Case, every_case


@every_case
def test_the_scheduler_of_the_subscription_is_handed_on_to_the_source(case: Case):
    """What the source sets out for later is done where the subscriber wants it, and not in a thread of its own."""
    source, clock = HandSource(), VirtualScheduler()
    case.make()(source).subscribe(Subscriber(), scheduler=clock)
    assert source.schedulers == [clock]
