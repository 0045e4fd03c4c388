"""A running sandbox for tests: a real server on a free loopback port.

from hubspot_sandbox.testing import running_sandbox

with running_sandbox() as sandbox:
    httpx.get(sandbox.base_url + "/crm/objects/2026-09/contacts", headers=sandbox.bearer())
    sandbox.control("POST", "/clock", {"advance_seconds": 1801})
"""

import contextlib
import json
import socket
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hubspot_sandbox.cli import open_portal
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds.people import SERVICE_KEY
from hubspot_sandbox.server import build_server

START_SECONDS = 15


class RunningSandbox:
    """The address of a sandbox and its control plane. `portal` is the live state behind it."""

    def __init__(self, base_url: str, portal: Portal) -> None:
        self.base_url, self.portal = base_url, portal

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the control plane: `control("POST", "/faults", {...})` is `POST /_sandbox/faults`.

        :raises urllib.error.HTTPError: a refusal
        """
        request = urllib.request.Request(  # noqa: S310 - our own http address
            f"{self.base_url}/_sandbox{path}",
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own http address
            raw = answer.read()
        return json.loads(raw) if raw else None

    def bearer(self, token: str = SERVICE_KEY) -> dict[str, str]:
        return {"Authorization": f"Bearer {token}"}

    def mint(self, account_id: int, email: str, client_id: str, scopes: str) -> dict[str, Any]:
        """A token pair without any consent."""
        wish = {"account_id": account_id, "email": email, "client_id": client_id, "scopes": scopes}
        answer: dict[str, Any] = self.control("POST", "/tokens", wish)
        return answer

    def journal(self) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = self.control("GET", "/journal")
        return entries


@contextlib.contextmanager
def running_sandbox(seed: str = "demo", database: Path | None = None) -> Iterator[RunningSandbox]:
    """Start, give, stop. Every use has its own state unless `database` names a file."""
    portal, ready = open_portal(database, seed), threading.Event()
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        server = build_server(portal, "127.0.0.1", port, ready.set)
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
