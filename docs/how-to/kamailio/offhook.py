"""Kamailio tells Offhook of its calls: what offhook.cfg put into the queue goes, signed, to Offhook's webhook.

Kamailio's app_python3 runs this in one process, beside those that handle SIP. What is not delivered yet is in a file:
neither a restart of Kamailio nor one of Offhook loses it, and what is sent twice Offhook keeps once.

What offhook.json must say: `url`, where Offhook takes deliveries; `secret`, which it checks them with; `kept`, the file.
"""

import hashlib
import hmac
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

import KSR

WEEK, LONGEST_ID = 7 * 86_400, 200
AGAIN_AFTER = 1.0
WRITTEN_BY_OTHERS = {"call", "from", "to", "name"}


class Offhook:
    """Methods are called by Kamailio, with the message, and what the configuration gives."""

    def __init__(self) -> None:
        self.settings: dict[str, str] = {}
        self.not_before = 0.0
        self.why = ""
        self.new: list[str] = []

    def child_init(self, rank: int) -> int:
        return 0

    def send(self, message: object, settings: str) -> int:
        """Called many times a second: keep what is new, and deliver what is kept, oldest first."""
        if not self.settings:
            with open(settings) as file:
                self.settings = json.load(file)
            self.kept = opened(self.settings["kept"])
        self.new += queued()
        if self.new:
            with self.kept:
                self.kept.executemany("INSERT INTO kept (body) VALUES (?)", [(body(each),) for each in self.new])
            self.new = []
        if time.monotonic() >= self.not_before:
            self.not_before = 0.0 if self.delivered() else time.monotonic() + AGAIN_AFTER
        return 1

    def delivered(self) -> bool:
        """All that is kept, over one connection; False when there is more to try later."""
        waiting = self.kept.execute("SELECT id, body FROM kept ORDER BY id LIMIT 1000").fetchall()
        if not waiting:
            return True
        url = urlsplit(self.settings["url"])
        made = (HTTPSConnection if url.scheme == "https" else HTTPConnection)(url.netloc, timeout=10)
        with closing(made) as connection:
            return all(self.taken(connection, url.path, number, body) for number, body in waiting)

    def taken(self, connection: HTTPConnection, path: str, number: int, body: str) -> bool:
        try:
            connection.request("POST", path, body, signed(self.settings["secret"], body))
            answer = connection.getresponse()
            says = answer.read().decode(errors="replace")
        except (OSError, HTTPException) as error:
            return self.later(f"{error}")
        if answer.status in (400, 413):
            KSR.err(f"Offhook can make nothing of this, it is left out: {body} ({says})\n")
        elif answer.status != 202:
            return self.later(f"{answer.status} {says}")
        with self.kept:
            self.kept.execute("DELETE FROM kept WHERE id = ?", (number,))
        self.why = ""
        return True

    def later(self, why: str) -> bool:
        if why != self.why:
            KSR.warn(f"Offhook takes no calls just now; they are kept and sent again: {why}\n")
        self.why = why
        return False


def opened(path: str) -> sqlite3.Connection:
    kept = sqlite3.connect(path)
    kept.execute("PRAGMA journal_mode = WAL")
    kept.execute(
        "CREATE TABLE IF NOT EXISTS kept (id INTEGER PRIMARY KEY, body TEXT NOT NULL, at INTEGER DEFAULT (unixepoch()))"
    )
    kept.execute("DELETE FROM kept WHERE at < unixepoch() - ?", (WEEK,))
    kept.commit()
    return kept


def queued() -> Iterator[str]:
    while KSR.mqueue.mq_fetch("offhook") > 0:
        yield KSR.pv.get("$mqv(offhook)")


def body(said: str) -> str:
    """What offhook.cfg wrote, as an event of docs/reference/webhook.md. What others can choose is hexadecimal there."""
    event = dict(each.split("=", 1) for each in said.split("&"))
    event |= {name: bytes.fromhex(event[name]).decode(errors="replace") for name in WRITTEN_BY_OTHERS & event.keys()}
    if "name" in event:
        event["name"] = event["name"].strip('" ')
    # The softphone of a line that another line calls names the call like this, too.
    line = f" {event['line']}" if event.pop("between", "") else ""
    event["call"] = event["call"][: LONGEST_ID - len(line)] + line
    return json.dumps(event)


def signed(secret: str, body: str) -> dict[str, str]:
    now = str(int(time.time()))
    signature = hmac.new(secret.encode(), f"{now}.{body}".encode(), hashlib.sha256).hexdigest()
    return {"Content-Type": "application/json", "Offhook-Timestamp": now, "Offhook-Signature": f"v1={signature}"}


def mod_init() -> Offhook:
    return Offhook()
