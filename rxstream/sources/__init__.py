"""Where response streams come from."""

from rxstream.sources.client import AsyncClient, Client
from rxstream.sources.cursor import Cursor
from rxstream.sources.fallbacks import fallback
from rxstream.sources.http_clients import AsyncHTTPClient, HTTPClient
from rxstream.sources.iterables import from_events, from_sse
from rxstream.sources.notices import Reconnecting, Resumed, SkippedEvent
from rxstream.sources.racing import race
from rxstream.sources.recordings import replay
from rxstream.sources.sdk import from_openai
from rxstream.sources.stream import ResponseStream

__all__ = [
    "AsyncClient",
    "AsyncHTTPClient",
    "Client",
    "Cursor",
    "HTTPClient",
    "Reconnecting",
    "ResponseStream",
    "Resumed",
    "SkippedEvent",
    "fallback",
    "from_events",
    "from_openai",
    "from_sse",
    "race",
    "replay",
]
