"""An event loop in virtual time: the public one."""

from rxstream.testing.virtual_loop import block, now, run_virtually

__all__ = ["block", "now", "run_virtually"]
