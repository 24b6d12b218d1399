"""The same frames without a socket: an httpx transport that hands out a chunk for each."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import httpx

__all__ = ["FramesTransport"]


class FramesTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers every request with the frames."""

    def __init__(self, frames: list[bytes]) -> None:
        self._frames = frames

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        return self._response()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        return self._response()

    def _response(self) -> httpx.Response:
        return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=_Frames(self._frames))


class _Frames(httpx.SyncByteStream, httpx.AsyncByteStream):
    def __init__(self, frames: list[bytes]) -> None:
        self._frames = frames

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._frames)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for frame in self._frames:
            yield frame
