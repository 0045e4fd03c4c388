"""The command: what it says, how it ends, and what is wrong in one sentence."""

import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from hubspot_sandbox.cli import run
from hubspot_sandbox.opening import open_portal
from hubspot_sandbox.testing import ADA, SERVICE_KEY, Sandbox

COMMAND = [sys.executable, "-W", "error", "-m", "hubspot_sandbox.cli"]
ENDING_SECONDS = 20
Served = tuple[Sandbox, "subprocess.Popen[str]"]


@contextmanager
def served(*arguments: str) -> Iterator[Served]:
    """The command on a free port, as soon as it is ready."""
    command = [*COMMAND, *arguments, "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            first = process.stdout.readline()
            assert first.startswith("hubspot-sandbox ready on http://127.0.0.1:"), (
                process.stderr and process.stderr.read()
            )
            yield Sandbox(first.split()[-1]), process
        finally:
            process.kill()


def ended(process: "subprocess.Popen[str]", by: signal.Signals) -> tuple[int, str, str]:
    """Exit code and the rest of what it said."""
    process.send_signal(by)
    assert process.stdout
    assert process.stderr
    said, wrong = process.stdout.read(), process.stderr.read()
    return process.wait(ENDING_SECONDS), said, wrong


def test_a_newcomer_reads_what_to_do_next_and_stops_it_with_ctrl_c() -> None:
    with served() as (sandbox, process):
        with sandbox.client() as client:
            assert client.get("/crm/v3/objects/contacts").status_code == 200
        code, said, wrong = ended(process, signal.SIGINT)
    assert (code, wrong) == (0, "")
    for told in (ADA, "every password is demo", SERVICE_KEY, "/_sandbox/", "--database", "Ctrl-C"):
        assert told in said


def test_what_was_done_is_there_after_a_restart(tmp_path: Path) -> None:
    arguments = ("serve", "--seed", "empty", "--database", str(tmp_path / "sandbox.db"))
    with served(*arguments) as (sandbox, process):
        with sandbox.client() as client:
            made = client.post("/crm/v3/objects/contacts", json={"properties": {"email": "ann@x.example"}}).json()
        tokens = sandbox.grant(sandbox.app())
        assert ended(process, signal.SIGTERM)[::2] == (0, "")
    with served(*arguments) as (sandbox, process):
        with sandbox.client(tokens.access_token) as client:
            assert client.get(f"/crm/v3/objects/contacts/{made['id']}").json()["properties"]["email"] == "ann@x.example"
        assert "in " + arguments[-1] in ended(process, signal.SIGINT)[1]


def test_a_request_that_hangs_does_not_keep_it_from_ending() -> None:
    with served("--seed", "empty") as (sandbox, process):
        sandbox.fault("/crm/", delay_seconds=60)
        host, port = sandbox.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port))) as hanging:
            hanging.sendall(b"GET /crm/v3/objects/contacts HTTP/1.1\r\nHost: x\r\n\r\n")
            while sandbox.control("GET", "/faults"):
                pass
            code, _, wrong = ended(process, signal.SIGTERM)
    assert (code, wrong) == (0, "")


@pytest.fixture
def taken() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield str(listener.getsockname()[1])


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one sentence that it says."""
    try:
        code: object = run(arguments)
    except SystemExit as ending:
        code = ending.code
    said = capsys.readouterr()
    assert (code, said.out, said.err.count("\n")) == (2, "", 1)
    return said.err


def test_a_port_that_is_taken_is_said(capsys: pytest.CaptureFixture[str], taken: str) -> None:
    assert f"Port {taken} is taken" in refused(capsys, "--port", taken)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--port", "65536"), "is not a number from 0 to 65535"),
        (("--port", "x"), "is not a number from 0 to 65535"),
        (("--host", "no.such.host.invalid"), "cannot listen on 'no.such.host.invalid'"),
        (("--seed", "nope"), "There is no seed 'nope'; there are demo, empty, large:N"),
        (("--seed", "large:0"), "There is no seed"),
        (("--colour", "red"), "unrecognized arguments"),
        (("dance",), "unrecognized arguments: dance"),
    ],
)
def test_what_cannot_be_is_said(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], says: str) -> None:
    assert says in refused(capsys, *(("--port", "0") if "--port" not in arguments else ()), *arguments)


def test_a_file_that_is_not_the_sandboxs_is_left_alone(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    letter, other = tmp_path / "letter.txt", tmp_path / "other.db"
    letter.write_text("Dear Ann")
    with closing(sqlite3.connect(other)) as database:
        database.execute("CREATE TABLE theirs (x)")
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    before = {each: each.read_bytes() for each in tmp_path.iterdir()}
    for path, says in (
        (letter, "is not a database"),
        (other, "is another program's database"),
        (broken, "cannot be used as the database"),
        (tmp_path, "is a folder"),
        (tmp_path / "no" / "x.db", "does not exist"),
    ):
        assert says in refused(capsys, "--port", "0", "--database", str(path))
    assert {each: each.read_bytes() for each in tmp_path.iterdir()} == before


def test_a_project_that_will_not_do_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    said = refused(capsys, "--port", "0", "--seed", "empty", "--project", str(tmp_path))
    assert "hsproject.json: cannot be read" in said


def test_help_shows_how_to_begin_and_loads_nothing_slow() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "hubspot_sandbox.cli", "--help"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=ENDING_SECONDS, check=True)
    assert "--database sandbox.db" in done.stdout
    assert not {"litestar", "httpx", "uvicorn"} & {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}


def test_what_only_pages_webhooks_and_numbers_need_is_not_loaded_at_the_start(tmp_path: Path) -> None:
    """Each of them is a good part of the time that a start takes."""
    open_portal(tmp_path / "sandbox.db", "empty").close()
    asks = (
        "import sys; from pathlib import Path; from hubspot_sandbox.opening import open_portal;"
        "from hubspot_sandbox.server import build_server;"
        f"build_server(open_portal(Path({str(tmp_path / 'sandbox.db')!r}), 'empty'), print);"
        "print({'httpx', 'jinja2', 'phonenumbers', 'cyclopts'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", asks]
    done = subprocess.run(command, capture_output=True, text=True, timeout=ENDING_SECONDS, check=True)
    assert done.stdout == "set()\n"
