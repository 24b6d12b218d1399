"""Streamed model responses of the OpenAI Responses API as reactive streams."""

from rxstream._version import __version__

__all__ = ["__version__"]
