"""A real server on a free loopback port, in a thread of its own."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

from hubspot_sandbox.opening import open_portal
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.server import build_server
from hubspot_sandbox.testing.sandbox import Sandbox

START_SECONDS = 15


class RunningSandbox(Sandbox):
    """A sandbox whose state is in this process: `portal`, for what its API does not tell."""

    def __init__(self, base_url: str, portal: Portal) -> None:
        super().__init__(base_url)
        self.portal = portal


@contextlib.contextmanager
def running_sandbox(seed: str = "demo", database: Path | None = None) -> Iterator[RunningSandbox]:
    """Start, give, stop. Every use has its own state unless `database` names a file."""
    portal, ready = open_portal(database, seed), threading.Event()
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        server = build_server(portal, ready.set)
        thread = threading.Thread(target=server.run, args=([listener],), name="hubspot-sandbox", daemon=True)
        thread.start()
        try:
            if not ready.wait(START_SECONDS):
                raise RuntimeError("the sandbox did not start")
            yield RunningSandbox(f"http://127.0.0.1:{port}", portal)
        finally:
            server.should_exit = True
            thread.join(START_SECONDS)
            portal.close()
