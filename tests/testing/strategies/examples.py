"""How examples are drawn.

Those of a promise about the strategies: 200 of them, or 10,000 with ``RXSTREAM_ACCEPTANCE=1``.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

many = settings(
    max_examples=10_000 if os.environ.get("RXSTREAM_ACCEPTANCE") else 200,
    suppress_health_check=[HealthCheck.too_slow],
)

# For what need not be small.
unshrunk = settings(phases=[Phase.generate], max_examples=2_000)
