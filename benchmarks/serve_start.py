"""`serve.start`: from the command to *ready*, against only importing what any such service stands on."""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import httpx

from benchmarks.result import Result
from offhook.demo.world import running_world
from offhook.settings import surroundings

RUNS = 5


def measure() -> list[dict[str, object]]:
    theirs, ours = [], []
    for _ in range(RUNS):  # in turn, so that a slow moment of the machine meets both
        theirs.append(_timed(_import))
        ours.append(_serve())
    peer = 'python -c "import litestar, sqlalchemy"'
    started = Result("serve.start", "s", round(median(ours), 3), round(median(theirs), 3), peer, "less is better")
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        with running_world(Path(folder) / "demo"):
            ready = time.monotonic() - began
    demo = Result(
        "demo.ready",
        "s",
        round(ready, 3),
        round(median(theirs), 3),
        peer,
        "sandbox with its data and service, both ready",
    )
    return [started.row(), demo.row()]


def _timed(run: Callable[[], None]) -> float:
    began = time.monotonic()
    run()
    return time.monotonic() - began


def _import() -> None:
    subprocess.run([sys.executable, "-c", "import litestar, sqlalchemy"], check=True)


def _serve() -> float:
    """Seconds until a service on a database that exists is ready: an ordinary restart."""
    with tempfile.TemporaryDirectory() as folder:
        environment = _environment(folder)
        subprocess.run(
            [sys.executable, "-m", "offhook", "migrate"], env=environment, check=True, stdout=subprocess.DEVNULL
        )
        began = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "offhook", "serve"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            while not _ready(environment["OFFHOOK_PORT"]):
                time.sleep(0.005)
            return time.monotonic() - began
        finally:
            process.terminate()
            process.wait(30)


def _environment(folder: str) -> dict[str, str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    ours = {
        "OFFHOOK_DATA_DIR": folder,
        "OFFHOOK_PORT": port,
        "OFFHOOK_HUBSPOT_CLIENT_ID": "benchmark",
        "OFFHOOK_HUBSPOT_CLIENT_SECRET": "benchmark",
    }
    return surroundings() | ours


def _ready(port: str) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/health/ready", timeout=2).status_code == 200
    except httpx.HTTPError:
        return False
