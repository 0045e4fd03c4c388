"""A private PostgreSQL server for tests: made by hand in a folder of its own, on loopback, and gone afterwards.

Nothing on this machine is touched; all it needs is the server's programs (Debian: `apt install postgresql`).
"""

import asyncio
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import asyncpg

MISSING = (
    "These tests need PostgreSQL's server programs. Install them, for example with `apt-get install postgresql` "
    "(nothing needs to be set up or running), or leave these tests out with `-m 'not postgres'`."
)

# Nothing here must survive a power cut.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")

_numbers = count(1)


class PostgresFailed(Exception):
    """PostgreSQL could not be started."""


@dataclass(frozen=True)
class Server:
    """A running server. Anybody on this machine may log in as `postgres`."""

    port: int
    folder: Path
    pid: int

    def url(self, database: str) -> str:
        """SQLAlchemy address of one of its databases."""
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/{database}"

    def make_database(self, template: str = "template0") -> str:
        """A fresh copy of a database; gives its name. Copying files takes half as long as PostgreSQL's default here."""
        name = f"fresh_{next(_numbers)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return name

    def drop_database(self, name: str) -> None:
        self.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

    def execute(self, statement: str) -> None:
        asyncio.run(self._execute(statement))

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(host="127.0.0.1", port=self.port, user="postgres", database="postgres")
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


@contextmanager
def running() -> Iterator[Server]:
    """Start a server, and stop it at the end."""
    programs = _programs()
    account = _account()
    folder = Path(tempfile.mkdtemp(prefix="offhook-postgres-"))
    try:
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
        _make_cluster(programs, folder, account)
        process, port = _start(programs, folder, account)
        reader = threading.Thread(target=_drop_what_it_says, args=[process])
        reader.start()
        try:
            yield Server(port, folder, process.pid)
        finally:
            _stop(process)
            reader.join()
    finally:
        shutil.rmtree(folder)


def _programs() -> Path:
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
    if installed:
        return installed[-1].parent
    found = shutil.which("postgres", path=f"{os.environ.get('PATH', '')}:/usr/local/bin:/usr/local/pgsql/bin")
    if found is None:
        raise PostgresFailed(MISSING)
    return Path(found).resolve().parent


def _account() -> pwd.struct_passwd | None:
    """Whom to be: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    known = {each.pw_name: each for each in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _as(account: pwd.struct_passwd | None) -> dict[str, Any]:
    if account is None:
        return {"cwd": "/"}
    return {"cwd": "/", "user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def _make_cluster(programs: Path, folder: Path, account: pwd.struct_passwd | None) -> None:
    command = [f"{programs}/initdb", "-D", f"{folder}/data", "-U", "postgres", "-A", "trust", "-E", "UTF8"]
    made = subprocess.run([*command, "--locale=C", "--no-sync"], capture_output=True, text=True, **_as(account))
    if made.returncode:
        raise PostgresFailed(f"initdb failed: {made.stderr}")


def _start(programs: Path, folder: Path, account: pwd.struct_passwd | None) -> tuple[subprocess.Popen[str], int]:
    """Somebody may take the free port before the server does; then another is tried."""
    for _ in range(5):
        port = _free_port()
        options = [part for setting in (*FAST, "listen_addresses=127.0.0.1") for part in ("-c", setting)]
        command = [f"{programs}/postgres", "-D", f"{folder}/data", "-k", f"{folder}", "-p", f"{port}", *options]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **_as(account))
        said = _read_until_ready(process)
        if process.poll() is None:
            return process, port
    raise PostgresFailed(f"PostgreSQL did not start: {said}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _read_until_ready(process: subprocess.Popen[str]) -> str:
    """Wait for its own word that it is ready, or for its end."""
    assert process.stderr
    said = []
    for line in process.stderr:
        said.append(line)
        if "ready to accept connections" in line:
            return "".join(said)
    process.wait()
    process.stderr.close()
    return "".join(said)


def _drop_what_it_says(process: subprocess.Popen[str]) -> None:
    """A pipe that nobody empties would stop the server when it is full."""
    assert process.stderr
    with process.stderr as log:
        for _ in log:
            pass


def _stop(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGINT)  # "fast": ends sessions that are still open
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait()
