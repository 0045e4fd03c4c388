"""The sandbox without a socket: httpx clients whose requests go straight to the application."""

import concurrent.futures
import contextlib
from collections.abc import Iterator
from typing import Any

import anyio.to_thread
import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal

from hubspot_sandbox.app import create_app
from hubspot_sandbox.edge import ConnectionDropped
from hubspot_sandbox.opening import open_portal
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.testing.sandbox import Sandbox

ADDRESS = "http://hubspot-sandbox.localhost"
"""Nothing listens there; redirects and cookies need an address."""


class InProcess(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Carries requests to the application, for `httpx.Client` and `httpx.AsyncClient` alike.

    The application runs in one event loop in a thread of its own, so it does not matter which loop, or none, asks.
    Of the client's timeouts only the one for reading counts.
    """

    def __init__(self, inner: httpx.ASGITransport, loop: BlockingPortal) -> None:
        self._inner, self._loop = inner, loop

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._ask(request, request.read())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        return await anyio.to_thread.run_sync(self._ask, request, body, abandon_on_cancel=True)

    def _ask(self, request: httpx.Request, body: bytes) -> httpx.Response:
        """:raises httpx.TransportError: what a real connection would, when a fault says so"""
        sent = httpx.Request(request.method, request.url, headers=request.headers, content=body)
        answer = self._loop.start_task_soon(self._answer, sent)
        try:
            return answer.result(request.extensions.get("timeout", {}).get("read"))
        except ConnectionDropped as dropped:
            raise httpx.RemoteProtocolError("the sandbox dropped the connection", request=request) from dropped
        except concurrent.futures.TimeoutError as late:
            answer.cancel()
            raise httpx.ReadTimeout("the sandbox did not answer in time", request=request) from late

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        """Read to its end, so that it can be read again in any thread or loop."""
        answer = await self._inner.handle_async_request(request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())


class InProcessSandbox(Sandbox):
    """A sandbox in this process. Programs with a client of their own take its `transport`."""

    def __init__(self, transport: InProcess, portal: Portal) -> None:
        super().__init__(ADDRESS, transport)
        self.transport, self.portal = transport, portal


@contextlib.contextmanager
def sandbox_in_process(seed: str = "demo") -> Iterator[InProcessSandbox]:
    """Make, give, forget; every use has its own state. Webhooks are delivered as by a server."""
    portal = open_portal(None, seed)
    app: Any = create_app(portal)  # httpx and Litestar type ASGI differently
    try:
        with start_blocking_portal() as loop, loop.wrap_async_context_manager(app.lifespan()):
            yield InProcessSandbox(InProcess(httpx.ASGITransport(app), loop), portal)
    finally:
        portal.close()
