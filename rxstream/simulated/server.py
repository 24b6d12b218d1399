"""The simulated model on a port of this machine, by uvicorn."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from rxstream.errors import MissingExtraError
from rxstream.simulated.asgi import create_app
from rxstream.simulated.model import SimulatedModel

__all__ = ["RunningServer", "running_server", "serve"]

_START_SECONDS = 10.0
_STOP_SLICE_SECONDS = 0.02
# Streams that were closed have ended by then, unless their client does not read. Below uvicorn's own limit of a second.
_ABORT_SECONDS = 0.5


class RunningServer(str):
    """The base URL of a running server, such as ``http://127.0.0.1:8000/v1``.

    Attributes:
        model: The model that it serves.

    Example:
        >>> RunningServer("http://127.0.0.1:8000/v1", SimulatedModel(seed=4)).model.seed
        4
    """

    model: SimulatedModel

    def __new__(cls, base_url: str, model: SimulatedModel) -> RunningServer:
        made = super().__new__(cls, base_url)
        made.model = model
        return made


def serve(
    host: str = "127.0.0.1", port: int = 8000, *, on_ready: Callable[[str], None] | None = None, **settings: Any
) -> None:
    """Serve the simulated model until the process is interrupted.

    Args:
        host: The address to bind to; the loopback address by default.
        port: The port; 0 takes a free one.
        on_ready: Called with the base URL once the port is open.
        settings: What :func:`create_app` takes.

    Raises:
        MissingExtraError: If starlette or uvicorn is not installed.
        OSError: If the port is not to be had.

    Example::

        serve(port=8000, scenario="text", tokens_per_second=50)
    """
    uvicorn = _uvicorn()
    app = create_app(**settings)
    config = uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
    with _listening(host, port) as listener:
        if on_ready is not None:
            on_ready(f"http://{host}:{listener.getsockname()[1]}/v1")
        _server(config, app.state.model).run(sockets=[listener])


@contextmanager
def running_server(model: SimulatedModel | None = None, **settings: Any) -> Generator[RunningServer]:
    """Run the simulated model on a free loopback port, in a thread, as long as the context lasts.

    Args:
        model: The model to serve; a new one by default.
        settings: What else :func:`create_app` takes.

    Yields:
        The base URL; it is a ``str`` whose ``model`` attribute is the model.

    Raises:
        MissingExtraError: If starlette or uvicorn is not installed.

    Example:
        >>> import httpx
        >>> with running_server(seed=1) as base_url:
        ...     httpx.get(f"{base_url}/models/gpt-5").json()["owned_by"]
        'rxstream'
    """
    uvicorn = _uvicorn()
    app = create_app(model, **settings)
    config = uvicorn.Config(
        app, log_config=None, access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=1
    )
    server = _server(config, app.state.model)
    with _listening("127.0.0.1", 0) as listener:
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listener]}, name="simulated model", daemon=True
        )
        thread.start()
        try:
            _wait_for_start(server, thread)
            yield RunningServer(f"http://127.0.0.1:{listener.getsockname()[1]}/v1", app.state.model)
        finally:
            server.should_exit = True
            thread.join()


def _server(config: Any, model: SimulatedModel) -> Any:
    """Make a server that ends its streams when it stops; uvicorn would cancel them and log each as an exception."""

    import uvicorn

    class Server(uvicorn.Server):
        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            ending = asyncio.create_task(self._end_streams())
            try:
                await super().shutdown(sockets)
            finally:
                ending.cancel()

        async def _end_streams(self) -> None:
            abort_at = asyncio.get_running_loop().time() + _ABORT_SECONDS
            while True:
                model.close_streams()  # again and again: more may come until the server has stopped
                if asyncio.get_running_loop().time() > abort_at:
                    for connection in list(self.server_state.connections):
                        connection.transport.abort()
                await asyncio.sleep(_STOP_SLICE_SECONDS)

    return Server(config)


def _listening(host: str, port: int) -> socket.socket:
    # asyncio turns Nagle's algorithm off only where the protocol is named; with it each answer waits 40 ms for an ACK.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def _wait_for_start(server: Any, thread: threading.Thread) -> None:
    limit = time.monotonic() + _START_SECONDS
    while not server.started:
        if not thread.is_alive() or time.monotonic() > limit:
            raise RuntimeError(f"expected the server to start within {_START_SECONDS:g} s, but it did not")
        time.sleep(0.005)


def _uvicorn() -> ModuleType:
    try:
        import uvicorn
    except ImportError as error:
        raise MissingExtraError("the simulated server", "server", "uvicorn") from error
    return uvicorn
