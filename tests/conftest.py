"""How the tests run: the same examples each time, so that what passed here passes there.

``RXSTREAM_RANDOM=1`` draws new examples instead.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("reproducible", derandomize=True, deadline=None)
settings.register_profile("random", deadline=None)
settings.load_profile("random" if os.environ.get("RXSTREAM_RANDOM") else "reproducible")
