"""Where streams go to."""

from rxstream.sinks.recorder import record

__all__ = ["record"]
