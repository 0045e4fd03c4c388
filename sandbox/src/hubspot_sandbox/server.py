"""The sandbox as a uvicorn server whose connections can be cut without an answer."""

import asyncio
import logging
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from litestar.types import HTTPScope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from hubspot_sandbox.app import create_app
from hubspot_sandbox.portal import Portal

STOP_SECONDS = 1
"""How long requests that are still being answered may take when the server is told to stop."""


class Connections:
    """The open connections by the caller's address, to find the one behind a request."""

    def __init__(self) -> None:
        self.open: dict[tuple[str, int], asyncio.Transport] = {}

    def protocol(self) -> type[HttpToolsProtocol]:
        """uvicorn's protocol, telling this book of connections."""
        connections = self.open

        class Noted(HttpToolsProtocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                super().connection_made(transport)
                if self.client:
                    connections[self.client] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                if self.client:
                    connections.pop(self.client, None)
                super().connection_lost(exc)

        return Noted

    def drop(self, scope: HTTPScope) -> None:
        """Cut the connection that this request came on."""
        client: Any = scope["client"]
        self.open[tuple(client)].abort()


class Server(uvicorn.Server):
    """Calls `ready` once it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Requests that hang are cut off without a report."""
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)


def build_server(portal: Portal, ready: Callable[[], None], *, webhooks_anywhere: bool = False) -> Server:
    """A server over the portal that is not started yet. `run` takes the sockets to listen on."""
    connections = Connections()
    config = uvicorn.Config(
        create_app(portal, connections.drop, webhooks_anywhere=webhooks_anywhere),
        http=connections.protocol(),
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
        timeout_graceful_shutdown=STOP_SECONDS,
    )
    return Server(config, ready)
