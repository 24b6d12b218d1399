"""Where response streams come from."""

from rxstream.sources.client import AsyncClient, AsyncHTTPClient, Client, HTTPClient
from rxstream.sources.fallbacks import fallback
from rxstream.sources.iterables import from_events, from_sse, replay
from rxstream.sources.racing import race
from rxstream.sources.sdk import from_openai
from rxstream.sources.stream import ResponseStream

__all__ = [
    "AsyncClient",
    "AsyncHTTPClient",
    "Client",
    "HTTPClient",
    "ResponseStream",
    "fallback",
    "from_events",
    "from_openai",
    "from_sse",
    "race",
    "replay",
]
