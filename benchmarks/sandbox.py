"""`sandbox.*`: HubSpot's sandbox with a million contacts against raw SQLite on the same rows.

Both sides are asked in turn in this process, so that neither pays for HTTP; what HTTP adds stands in the notes.
"""

import http.client
import json
import random
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median, quantiles

import msgspec

from benchmarks.result import Result
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.search import Filter, FilterGroup, Search
from hubspot_sandbox.seeds import people, plant
from hubspot_sandbox.seeds.large import contact
from hubspot_sandbox.testing import RunningSandbox, running_sandbox

CONTACTS, QUERIES, PAGE, RUNS = 1_000_000, 400, 10, 5
BATCH, BATCHES = 100, 50
SEARCHABLE = "hs_searchable_calculated_phone_number"
PEER = """
CREATE TABLE contacts (id INTEGER PRIMARY KEY, phone TEXT, words TEXT, properties TEXT);
CREATE INDEX by_phone ON contacts (phone, id);
CREATE VIRTUAL TABLE found USING fts5(words, content='contacts', content_rowid='id');
"""
FILL = """
INSERT INTO contacts SELECT key & 1099511627775, json_extract(properties, '$.hs_searchable_calculated_phone_number'),
    words, properties FROM ours.records WHERE shelf = ?
"""


def measure() -> list[dict[str, object]]:
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = Path(folder) / "sandbox.db", Path(folder) / "raw.db"
        loading = _load(ours)
        raw = _raw(theirs, ours)
        portal = Portal(ours)
        asked = [*_phone_searches(portal, raw), *_text_searches(portal, raw)]
        portal.close()
        served, created = _serve(ours, raw, asked)
        return [*served, created, _start(ours, loading)]


# the rows -------------------------------------------------------------------------------------------------


def _load(path: Path) -> str:
    portal = Portal(path)
    began = time.monotonic()
    plant(portal, f"large:{CONTACTS}")
    took = time.monotonic() - began
    portal.close()
    return f"{CONTACTS:,} contacts loaded in {took:.0f} s, {path.stat().st_size / 2**20:.0f} MiB"


def _raw(path: Path, ours: Path) -> sqlite3.Connection:
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("PRAGMA journal_mode=WAL")
    raw.execute("PRAGMA synchronous=NORMAL")
    raw.executescript(PEER)
    raw.execute("ATTACH ? AS ours", (str(ours),))
    (shelf,) = raw.execute("SELECT number FROM ours.shelves WHERE type = 'contacts' ORDER BY number").fetchone()
    raw.execute(FILL, (shelf,))
    raw.execute("INSERT INTO found (found) VALUES ('rebuild')")
    raw.execute("DETACH ours")
    return raw


# searching ------------------------------------------------------------------------------------------------

Timed = tuple[str, list[float], list[float]]


def _phone_searches(portal: Portal, raw: sqlite3.Connection) -> list[Timed]:
    def ours(number: str) -> int:
        wanted = (FilterGroup((Filter(SEARCHABLE, "EQ", number),)),)
        return portal.records.search(people.ACORN, "contacts", Search(filter_groups=wanted, limit=PAGE)).total

    def theirs(number: str) -> int:
        return _ask(raw, "contacts WHERE phone = ?", "id", number)

    return [("phone_search", *_in_turn(ours, theirs, _numbers()))]


def _text_searches(portal: Portal, raw: sqlite3.Connection) -> list[Timed]:
    def ours(words: str) -> int:
        return portal.records.search(people.ACORN, "contacts", Search(query=words, limit=PAGE)).total

    def theirs(words: str) -> int:
        match = " ".join(f'"{word}" *' for word in words.split())
        return _ask(raw, "found JOIN contacts ON id = found.rowid WHERE found MATCH ?", "found.rowid", match)

    return [("text_search", *_in_turn(ours, theirs, _words()))]


def _ask(raw: sqlite3.Connection, condition: str, order: str, value: str) -> int:
    """A page with its records read, and the total: what a search answers."""
    page = f"SELECT id, properties FROM {condition} ORDER BY {order} LIMIT {PAGE}"
    for _, properties in raw.execute(page, (value,)).fetchall():
        msgspec.json.decode(properties)
    tables, _, tests = condition.partition(" WHERE ")
    table = "found" if tables.startswith("found") else tables
    return int(raw.execute(f"SELECT count(*) FROM {table} WHERE {tests}", (value,)).fetchone()[0])


def _numbers() -> Iterator[str]:
    dice = random.Random(1)
    for _ in range(QUERIES):
        written = contact(dice.randrange(CONTACTS))["phone"]
        yield "".join(sign for sign in written if sign.isdecimal())[1:]


def _words() -> Iterator[str]:
    """As people type: a last name, the beginning of one, a first name with one, an e-mail address."""
    dice = random.Random(2)
    for place in range(QUERIES):
        row = contact(dice.randrange(CONTACTS))
        first, last = row["firstname"].lower(), row["lastname"].lower()
        yield (last, last[:-1], f"{first} {last}", row["email"].partition("@")[0])[place % 4]


def _in_turn(
    ours: Callable[[str], int], theirs: Callable[[str], int], questions: Iterator[str]
) -> tuple[list[float], list[float]]:
    """Microseconds of each side. Both must find the same number of contacts."""
    mine, other = list[float](), list[float]()
    for question in questions:
        for ask, times in ((ours, mine), (theirs, other)):
            began = time.perf_counter()
            found = ask(question)
            times.append((time.perf_counter() - began) * 1e6)
            if found < 1:
                raise RuntimeError(f"{question!r} was not found")
        if ours(question) != theirs(question):
            raise RuntimeError(f"the two sides disagree about {question!r}")
    return mine, other


def _rows(timed: Timed, note: str) -> list[dict[str, object]]:
    name, ours, theirs = timed
    peer = "raw SQLite, indexed" if name == "phone_search" else "raw SQLite, FTS5"
    points: dict[str, Callable[[list[float]], float]] = {"p50": median, "p95": lambda times: quantiles(times, n=20)[-1]}
    return [
        Result(f"sandbox.{name}.{point}", "µs", round(of(ours), 1), round(of(theirs), 1), peer, note).row()
        for point, of in points.items()
    ]


# over HTTP ------------------------------------------------------------------------------------------------


def _serve(path: Path, raw: sqlite3.Connection, asked: list[Timed]) -> tuple[list[dict[str, object]], dict[str, object]]:
    """The rows of the searches with what HTTP makes of them, and the row of batch create."""
    with running_sandbox("empty", path) as sandbox:
        sandbox.control("POST", "/limits", {"enabled": False})
        http_times = {
            "phone_search": _over_http(sandbox, [_phone_body(number) for number in _numbers()]),
            "text_search": _over_http(sandbox, [{"query": words, "limit": PAGE} for words in _words()]),
        }
        rows = [row for each in asked for row in _rows(each, f"less is better; over HTTP {http_times[each[0]]:.2f} ms")]
        return rows, _batch_create(sandbox, raw)


def _phone_body(number: str) -> dict[str, object]:
    wanted = {"propertyName": SEARCHABLE, "operator": "EQ", "value": number}
    return {"filterGroups": [{"filters": [wanted]}], "limit": PAGE}


def _over_http(sandbox: RunningSandbox, bodies: list[dict[str, object]]) -> float:
    connection, times = _connection(sandbox), list[float]()
    for body in bodies:
        began = time.perf_counter()
        _post(connection, sandbox, "/crm/objects/2026-09/contacts/search", body)
        times.append((time.perf_counter() - began) * 1e3)
    connection.close()
    return median(times)


def _connection(sandbox: RunningSandbox) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(sandbox.base_url.removeprefix("http://"), timeout=60)


def _post(connection: http.client.HTTPConnection, sandbox: RunningSandbox, path: str, body: object) -> None:
    headers = {"content-type": "application/json", **sandbox.bearer()}
    connection.request("POST", path, json.dumps(body), headers)
    answer = connection.getresponse()
    text = answer.read()
    if answer.status >= 300:
        raise RuntimeError(text.decode())


def _batch_create(sandbox: RunningSandbox, raw: sqlite3.Connection) -> dict[str, object]:
    """Contacts a second, a hundred in a request; the peer inserts a hundred in a transaction, indexes included."""
    connection, ours, theirs = _connection(sandbox), list[float](), list[float]()
    for batch in range(BATCHES):
        first = CONTACTS + batch * BATCH
        contacts = [contact(place) for place in range(first, first + BATCH)]
        ours.append(_per_second(partial(_create, connection, sandbox, contacts)))
        theirs.append(_per_second(partial(_insert, raw, contacts)))
    connection.close()
    peer = "raw SQLite inserts, indexed and FTS5"
    note = "more is better; ours over HTTP, with checks, unique e-mail and calculated numbers"
    return Result("sandbox.batch_create", "contacts/s", round(median(ours)), round(median(theirs)), peer, note).row()


def _per_second(run: Callable[[], None]) -> float:
    began = time.perf_counter()
    run()
    return BATCH / (time.perf_counter() - began)


def _create(connection: http.client.HTTPConnection, sandbox: RunningSandbox, contacts: list[dict[str, str]]) -> None:
    body = {"inputs": [{"properties": each} for each in contacts]}
    _post(connection, sandbox, "/crm/objects/2026-09/contacts/batch/create", body)


def _insert(raw: sqlite3.Connection, contacts: list[dict[str, str]]) -> None:
    raw.execute("BEGIN IMMEDIATE")
    for each in contacts:
        words = "\n".join(each.values())
        row = raw.execute(
            "INSERT INTO contacts (phone, words, properties) VALUES (?, ?, ?) RETURNING id",
            (each["phone"], words, msgspec.json.encode(each).decode()),
        ).fetchone()
        raw.execute("INSERT INTO found (rowid, words) VALUES (?, ?)", (row[0], words))
    raw.execute("COMMIT")


# starting -------------------------------------------------------------------------------------------------


def _start(path: Path, loading: str) -> dict[str, object]:
    ours, theirs, memory = [], [], []
    for _ in range(RUNS):  # in turn, so that a slow moment of the machine meets both
        began = time.monotonic()
        subprocess.run([sys.executable, "-c", "import litestar"], check=True)
        theirs.append(time.monotonic() - began)
        seconds, mebibytes = _started(path)
        ours.append(seconds)
        memory.append(mebibytes)
    note = f"less is better; {loading}; {median(memory):.0f} MiB of memory once it is ready"
    peer = 'python -c "import litestar"'
    return Result("sandbox.start", "s", round(median(ours), 3), round(median(theirs), 3), peer, note).row()


def _started(path: Path) -> tuple[float, float]:
    """Seconds from the command to *ready* with the existing file, and the memory it then has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    command = [sys.executable, "-m", "hubspot_sandbox.cli", "serve", "--port", port, "--database", str(path)]
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        for line in process.stdout or ():
            if "ready" in line:
                return time.monotonic() - began, _resident(process.pid)
        raise RuntimeError("the sandbox did not start")
    finally:
        process.terminate()
        process.wait(30)


def _resident(pid: int) -> float:
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)
