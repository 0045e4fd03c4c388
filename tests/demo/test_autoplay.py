"""`offhook demo --autoplay`, as somebody types it on a machine without a browser."""

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.scenarios.stage import eventually

from offhook.demo import people
from offhook.demo.world import EIGHT_BY_EIGHT_PORT, SANDBOX_PORT, SERVICE_PORT
from offhook.settings import surroundings

SECONDS = 240
USUAL = {SANDBOX_PORT, SERVICE_PORT, EIGHT_BY_EIGHT_PORT}


@pytest.fixture(autouse=True)
def usual_ports_taken() -> Iterator[None]:
    """By somebody else, if they are not already."""
    with ExitStack() as stack:
        for port in USUAL:
            taken = stack.enter_context(socket.socket())
            # As the demo looks for ports: one that a server has just left is free.
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                taken.bind(("127.0.0.1", port))
                taken.listen()
        yield


@contextmanager
def demo(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """Running; stopped as by Ctrl-C when it does not end by itself."""
    command = [sys.executable, "-m", "offhook", "demo", "--autoplay", "--no-browser"]
    where = ["--folder", str(folder / "demo"), "--report", str(folder / "report.jsonl")]
    with subprocess.Popen(
        [*command, *where], env=surroundings(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        try:
            yield running
        finally:
            if running.poll() is None:
                running.send_signal(signal.SIGINT)


def reported(folder: Path) -> list[dict[str, Any]]:
    """The report's lines; each has the fields that others may rely on, and no more."""
    lines = [json.loads(line) for line in (folder / "report.jsonl").read_text().splitlines()]
    for line in lines:
        assert {name: type(value) for name, value in line.items()} == {
            "step": int,
            "ok": bool,
            "seconds": float,
            "detail": str,
        }
    assert [line["step"] for line in lines] == list(range(1, 13))
    return lines


def addresses(folder: Path) -> set[int]:
    """The ports of the demo, as its logs tell them."""
    logs = [(folder / f"demo/{name}.log").read_text() for name in ("sandbox", "8x8", "service")]
    return {int(port) for log in logs for port in re.findall(r"(?:127\.0\.0\.1|localhost):(\d+)", log)}


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_without_a_browser_it_plays_the_rest_and_calls_it_no_pass(tmp_path: Path) -> None:
    with demo(tmp_path) as running:
        said, _ = running.communicate(timeout=SECONDS)
    assert (tmp_path / "report.jsonl").exists(), said
    lines = reported(tmp_path)
    assert (lines[0]["ok"], lines[0]["detail"]) == (False, "skipped: it needs a browser")
    assert [line for line in lines[1:] if not line["ok"]] == []
    assert all(line["detail"] for line in lines)
    assert running.returncode == 3, said
    assert "this is no pass" in " ".join(said.split())
    assert addresses(tmp_path)
    assert not addresses(tmp_path) & USUAL, "it took ports that were taken"
    assert not any(answers(port) for port in addresses(tmp_path)), "something of the demo still runs"


def sandbox_of(folder: Path) -> str:
    """The address of the demo's sandbox, as soon as it says so."""
    log = folder / "demo/sandbox.log"
    found = eventually(
        lambda: re.search(r"http://127\.0\.0\.1:\d+", log.read_text()) if log.exists() else None,
        what="the sandbox's address",
    )
    assert found
    return found[0]


def test_a_demo_that_is_told_to_stop_leaves_nothing_behind(tmp_path: Path) -> None:
    with demo(tmp_path) as running:
        port = int(sandbox_of(tmp_path).rpartition(":")[2])
        assert answers(port)
        running.send_signal(signal.SIGTERM)
        assert running.wait(SECONDS) == 128 + signal.SIGTERM
    assert not any(answers(each) for each in {port, *addresses(tmp_path)})


def test_a_step_that_fails_fails_the_demo(tmp_path: Path) -> None:
    """Ada is deactivated while the demo starts, so step 4 cannot hold, and the story does not go on without it."""
    with demo(tmp_path) as running:
        sandbox = sandbox_of(tmp_path)
        body = {"account_id": people.ACORN, "active": False}
        httpx.post(f"{sandbox}/_sandbox/people/{people.ADA}/rights", json=body, timeout=20).raise_for_status()
        said, _ = running.communicate(timeout=SECONDS)
    assert (tmp_path / "report.jsonl").exists(), said
    lines = reported(tmp_path)
    assert [line["ok"] for line in lines] == [False, True, True, *[False] * 9]
    assert all(line["detail"] == "not played, because step 4 did not hold" for line in lines[4:])
    assert people.ADA in lines[3]["detail"]
    assert running.returncode == 1, said
    assert "The story does not hold." in said
