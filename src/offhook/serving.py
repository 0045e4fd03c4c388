"""Serve over HTTP, or only work, until told to stop."""

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
import uvicorn

from offhook.bootstrap import running
from offhook.settings import Settings

log = structlog.get_logger()

# Larger than any frame a panel sends; HubSpot's and the phone systems' bodies have limits of their own.
FRAME_LIMIT = 64 * 1024


class _Server(uvicorn.Server):
    """Leaves the signals to us: uvicorn raises them again when it is done, which would end us before jobs are drained."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Ready is said when it is true: the port is open."""
        await super().startup(sockets)
        log.info("Offhook is ready.", action="ready", host=self.config.host, port=self.config.port)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(settings: Settings, grace: int) -> None:
    """Until SIGTERM or SIGINT; then no new requests, `grace` seconds for those under way, and jobs are drained."""
    async with running(settings) as service:
        config = uvicorn.Config(
            service.app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws_max_size=FRAME_LIMIT,
            timeout_graceful_shutdown=grace,
            server_header=False,
        )
        server = _Server(config)
        _on_signals(lambda: setattr(server, "should_exit", True))
        await server.serve()


async def work(settings: Settings) -> None:
    """Until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    _on_signals(stop.set)
    async with running(settings, serve=False):
        log.info("Offhook works.", action="ready")
        await stop.wait()


def _on_signals(do: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, do)
