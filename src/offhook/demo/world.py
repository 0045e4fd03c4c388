"""The demo's world: a HubSpot sandbox, a fake 8x8 and an Offhook service, each a process, on this machine only."""

import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import httpx

from offhook.demo.eight_by_eight import fake
from offhook.settings import surroundings

SANDBOX_PORT, SERVICE_PORT, EIGHT_BY_EIGHT_PORT = 8700, 8600, 8800
START_SECONDS = 60.0
STOP_SECONDS = 15.0

PASSWORD = "demo"  # noqa: S105 (the sandbox's people have no other)
LINES = (("201", "2010", "Ben"), ("202", "2020", "Cleo"), ("203", "2030", "Reception"))
# Offhook's app as its operator registers it with HubSpot (docs/how-to/connect-hubspot.md).
APP = {
    "name": "Offhook",
    "client_id": "offhook-demo-client",
    "client_secret": "offhook-demo-secret",
    "required_scopes": "oauth crm.objects.contacts.read",
    "optional_scopes": (
        "crm.objects.contacts.write crm.objects.companies.read crm.objects.deals.read tickets crm.objects.owners.read "
        "settings.users.read settings.users.write"
    ),
}
# The id that the sandbox gives this app, and the key with which its operator writes the app's calling settings.
APP_ID, DEVELOPER_KEY = "3201001", "developer-sandbox-demo"


class DemoError(Exception):
    """The demo cannot go on; the message says what to do."""


@dataclass
class World:
    """The running demo. `service` is the address as browsers use it: HubSpot takes plain http for `localhost` only.

    With port 0 there is no 8x8.
    """

    folder: Path
    sandbox_port: int
    service_port: int
    eight_by_eight_port: int = 0
    webhook_secret: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    patience: float = 20.0
    processes: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    @property
    def sandbox(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def service(self) -> str:
        return f"http://localhost:{self.service_port}"

    @property
    def eight_by_eight(self) -> str:
        return f"http://127.0.0.1:{self.eight_by_eight_port}"

    def start(self) -> None:
        """Start all and wait until they are ready. The fake 8x8 is listening long before the service asks it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.start_sandbox()
        if self.eight_by_eight_port:
            self.start_eight_by_eight()
        self.start_service()
        self.wait("sandbox")
        self.register_app()
        if self.eight_by_eight_port:
            self.wait("8x8")
        self.wait("service")

    def start_sandbox(self) -> None:
        database = str(self.folder / "sandbox.db")
        command = [_program("hubspot-sandbox"), "serve", "--port", str(self.sandbox_port)]
        self._run("sandbox", [*command, "--seed", "demo", "--database", database], {})

    def start_eight_by_eight(self) -> None:
        port = str(self.eight_by_eight_port)
        self._run("8x8", [sys.executable, "-m", "offhook.demo.eight_by_eight", "--port", port], {})

    def start_service(self) -> None:
        """Also starts it again after `kill`."""
        self._run("service", [sys.executable, "-m", "offhook", "serve"], self.service_environment())

    def service_environment(self) -> dict[str, str]:
        """The settings of the demo's service; `offhook` commands beside it need the same."""
        return {
            "OFFHOOK_DATA_DIR": str(self.folder / "offhook"),
            "OFFHOOK_PORT": str(self.service_port),
            "OFFHOOK_BASE_URL": self.service,
            "OFFHOOK_HUBSPOT_API_URL": self.sandbox,
            "OFFHOOK_HUBSPOT_APP_URL": self.sandbox,
            "OFFHOOK_HUBSPOT_CLIENT_ID": APP["client_id"],
            "OFFHOOK_HUBSPOT_CLIENT_SECRET": APP["client_secret"],
            "OFFHOOK_ADMINISTRATORS": "ada@acorn.example",
            "OFFHOOK_PHONE_SYSTEMS": "exchange,webhook",
            "OFFHOOK_EXCHANGE_LINES": ",".join(":".join(line) for line in LINES),
            "OFFHOOK_WEBHOOK_SECRET": self.webhook_secret,
            "OFFHOOK_CONSENT_PATIENCE": str(self.patience),
            # Links on a call's record must be https, which a demo is not; HubSpot asks instead.
            "OFFHOOK_RECORDINGS": "hubspot",
            "OFFHOOK_HUBSPOT_APP_ID": APP_ID,
        } | self._eight_by_eight_environment()

    def _eight_by_eight_environment(self) -> dict[str, str]:
        """Looked at every two seconds: nobody who plays wants to wait a minute."""
        if not self.eight_by_eight_port:
            return {}
        return {
            "OFFHOOK_PHONE_SYSTEMS": "exchange,webhook,eight_by_eight",
            "OFFHOOK_EIGHT_BY_EIGHT_API_URL": self.eight_by_eight,
            "OFFHOOK_EIGHT_BY_EIGHT_API_KEY": fake.KEY,
            "OFFHOOK_EIGHT_BY_EIGHT_API_SECRET": fake.SECRET,
            "OFFHOOK_EIGHT_BY_EIGHT_USER": fake.USER,
            "OFFHOOK_EIGHT_BY_EIGHT_PASSWORD": fake.PASSWORD,
            "OFFHOOK_EIGHT_BY_EIGHT_RECORDS_EVERY": "2",
        }

    def register_app(self) -> None:
        """Tell the sandbox where this service's callback is, and where it tells the addresses of recordings.

        On other ports than usual the sandbox could not know.
        """
        body = {**APP, "redirect_urls": [f"{self.service}/oauth/callback"]}
        httpx.post(f"{self.sandbox}/_sandbox/apps", json=body).raise_for_status()
        settings = f"{self.sandbox}/crm/extensions/calling/2026-03/{APP_ID}/settings/recording"
        recording = {"urlToRetrieveAuthedRecording": f"{self.service}/recordings/%s/address"}
        httpx.post(settings, params={"hapikey": DEVELOPER_KEY}, json=recording).raise_for_status()

    def wait(self, name: str) -> None:
        """Until it is ready. Raises DemoError with the end of its log when it is not."""
        url = {
            "sandbox": f"{self.sandbox}/_sandbox/health",
            "8x8": f"{self.eight_by_eight}/_fake/health",
            "service": f"{self.service}/health/ready",
        }[name]
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.processes[name].poll() is None:
            # It must be ours that answers: somebody else may have taken the port since we looked.
            if _answers(url) and self.processes[name].poll() is None:
                return
            time.sleep(0.05)
        raise DemoError(f"The {name} did not start.\n{self.log_of(name)}")

    def log_of(self, name: str, lines: int = 25) -> str:
        path = self.folder / f"{name}.log"
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""

    def kill(self, name: str) -> None:
        """As a power cut would: no time to say goodbye."""
        process = self.processes.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait(STOP_SECONDS)

    def stop(self) -> None:
        """End all, politely first."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()

    def _run(self, name: str, command: list[str], environment: dict[str, str]) -> None:
        log: IO[bytes] = (self.folder / f"{name}.log").open("ab")
        with log:
            self.processes[name] = subprocess.Popen(  # noqa: S603
                command, env=surroundings() | environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )


@contextmanager
def running_world(folder: Path, *, fresh: bool = True, patience: float = 20.0) -> Iterator[World]:
    """The demo's processes, on the usual ports or on free ones; stopped at the end whatever happens."""
    if fresh and folder.exists():
        shutil.rmtree(folder)
    ports = (_port(SANDBOX_PORT), _port(SERVICE_PORT), _port(EIGHT_BY_EIGHT_PORT))
    world = World(folder, *ports, patience=patience)
    try:
        world.start()
        yield world
    finally:
        world.stop()


def _program(name: str) -> str:
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        raise DemoError(f"{name} is not installed here. In a checkout, `make demo` installs it.")
    return found


def _port(wanted: int) -> int:
    """The wanted port of this machine, or any free one when it is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise DemoError("There is no free port on this machine.")


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False
