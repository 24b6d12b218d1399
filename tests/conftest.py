"""How the tests run: the same examples each time, so that what passed here passes there.

``RXSTREAM_RANDOM=1`` draws new examples instead. Each test carries a key that must show nowhere: ``canary/plugin.py``.
"""

from __future__ import annotations

import os
import signal

import pytest
from hypothesis import settings

from tests.canary import plugin

settings.register_profile("reproducible", derandomize=True, deadline=None)
settings.register_profile("random", deadline=None)
settings.load_profile("random" if os.environ.get("RXSTREAM_RANDOM") else "reproducible")


def pytest_configure(config: pytest.Config) -> None:
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as shells have it that start something in the background
        signal.signal(signal.SIGINT, signal.default_int_handler)  # processes that tests interrupt would inherit it
    config.addinivalue_line("markers", "serial: it measures real time, or this process; runs while no other test does")
    # Not as hooks of this file, which would not see the examples in the package.
    if not config.pluginmanager.is_registered(plugin):
        config.pluginmanager.register(plugin, "canary")
