"""`exchange.registrations` and `exchange.calls`: how many a second our exchange takes over WebSocket, against Kamailio.

The same phones, written here, register and call each other with both; each server is a process of its own, and the two
are measured in turns. Kamailio is a proxy in C with several processes that keeps nothing; ours answers every call itself,
and keeps what happens in SQLite. Without Kamailio on the machine there is nothing to compare with, and no row.
"""

import asyncio
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median

from websockets.asyncio.client import ClientConnection, connect

from benchmarks.result import Result
from offhook.sip.digest import authorization
from offhook.sip.message import Message, Request, Response, answer, read, write

PAIRS, REGISTRATIONS, CALLS, ROUNDS = 20, 25, 25, 3
PHONES = 2 * PAIRS
HERE = Path(__file__).parent
SDP = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\na=sendrecv\r\n"
Headers = tuple[tuple[str, str], ...]


def measure() -> Sequence[dict[str, object]]:
    if not shutil.which("kamailio"):
        print(
            "exchange: no Kamailio on this machine (apt-get install kamailio kamailio-websocket-modules)", file=sys.stderr
        )
        return []
    rounds = [(_measured(_ours), _measured(_kamailio)) for _ in range(ROUNDS)]
    how = f"{PHONES} phones at once over WebSocket, median of {ROUNDS} rounds; more is better"
    rows = []
    for index, (name, what) in enumerate(
        (("registrations", "challenged and proven"), ("calls", "rung, answered, hung up"))
    ):
        ours, theirs = (median(each[side][index] for each in rounds) for side in (0, 1))
        note = f"{what}; {how}. Kamailio: C, several processes, keeps nothing; ours: Python, one, keeps every call"
        rows.append(Result(f"exchange.{name}", f"{name}/s", round(ours), round(theirs), "Kamailio, proxy", note).row())
    return rows


Server = Callable[[int, Path], "subprocess.Popen[bytes]"]


def _ours(port: int, folder: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "benchmarks.exchange_server", str(port), str(PHONES), str(folder)])


def _kamailio(port: int, folder: Path) -> "subprocess.Popen[bytes]":
    users = "\n".join(f'  $sht(users=>{line}) = "{line}";' for line in _lines())
    config = (HERE / "kamailio.cfg").read_text().replace("__PORT__", str(port)).replace("__USERS__", users)
    (folder / "kamailio.cfg").write_text(config)
    command: list[str | Path] = [
        "kamailio",
        "-f",
        folder / "kamailio.cfg",
        "-DD",
        "-E",
        "-P",
        folder / "pid",
        "-Y",
        folder,
    ]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _lines() -> list[str]:
    return [str(1000 + each) for each in range(PHONES)]


def _measured(server: Server) -> tuple[float, float]:
    """Registrations and calls a second."""
    with tempfile.TemporaryDirectory(prefix="offhook-bench-") as name, _running(server, Path(name)) as port:
        return asyncio.run(_asked(port))


@contextmanager
def _running(server: Server, folder: Path) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = server(port, folder)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise RuntimeError("A server of the benchmark did not start.")


async def _asked(port: int) -> tuple[float, float]:
    phones = [await Phone.connected(port, line) for line in _lines()]
    callers, called = phones[:PAIRS], phones[PAIRS:]
    registrations = await _rate(PHONES * REGISTRATIONS, [each.registers(REGISTRATIONS) for each in phones])
    pairs = zip(callers, called, strict=True)
    calls = await _rate(PAIRS * CALLS, [caller.calls(other.line, CALLS) for caller, other in pairs])
    for each in phones:
        await each.close()
    return registrations, calls


async def _rate(count: int, work: Sequence[object]) -> float:
    began = time.perf_counter()
    async with asyncio.timeout(120):
        await asyncio.gather(*work)  # type: ignore[call-overload]
    return count / (time.perf_counter() - began)


class Phone:
    """Registers, calls, and lifts at once when it rings."""

    def __init__(self, line: str, socket: ClientConnection) -> None:
        self.line, self._socket = line, socket
        self._number = 0
        self._waiting: dict[tuple[str, int, str], asyncio.Future[Response]] = {}
        self._listening = asyncio.create_task(self._listen())

    @classmethod
    async def connected(cls, port: int, line: str) -> "Phone":
        return cls(line, await connect(f"ws://127.0.0.1:{port}/sip", subprotocols=["sip"], compression=None))  # type: ignore[list-item]

    async def close(self) -> None:
        self._listening.cancel()
        await self._socket.close()

    async def registers(self, times: int) -> None:
        for _ in range(times):
            more = (("expires", "120"),)
            challenged = await self._ask(self._made("REGISTER", "sip:offhook.invalid", "reg", more))
            challenge = next(
                value for name, value in challenged.headers if name == "www-authenticate" and "SHA-256" not in value
            )
            again = self._made("REGISTER", "sip:offhook.invalid", "reg", more)
            proof = authorization(again, challenge, self.line, self.line)
            proven = await self._ask(Request((*again.headers, proof), "", again.method, again.uri))
            if proven.status != 200:
                raise RuntimeError(f"A registration was answered {proven.status}.")

    async def calls(self, other: str, times: int) -> None:
        for number in range(times):
            uri = f"sip:{other}@offhook.invalid"
            invite = self._made("INVITE", uri, f"call-{self.line}-{number}", (), to=f"<{uri}>", body=SDP)
            answered = await self._ask(invite)
            if answered.status != 200:
                raise RuntimeError(f"A call was answered {answered.status}.")
            await self._within(answered, "ACK", invite.sequence[0])
            if (await self._within(answered, "BYE")).status != 200:
                raise RuntimeError("A call could not be hung up.")

    async def _within(self, answered: Response, method: str, number: int = 0) -> Response:
        target = answered.first("contact").partition("<")[2].partition(">")[0]
        routes = tuple(("route", each) for each in reversed(answered.every("record-route")))
        request = self._made(method, target, answered.call_id, routes, to=answered.first("to"), number=number)
        if method == "ACK":
            await self._socket.send(write(request))
            return answered
        return await self._ask(request)

    def _made(
        self, method: str, uri: str, call_id: str, more: Headers, *, to: str = "", body: str = "", number: int = 0
    ) -> Request:
        self._number += 1
        own = f"<sip:{self.line}@offhook.invalid>"
        headers = (
            ("via", f"SIP/2.0/WS {self.line}.invalid;branch=z9hG4bK{self.line}{self._number}"),
            ("max-forwards", "70"),
            ("from", f"{own};tag=t{self.line}"),
            ("to", to or own),
            ("call-id", f"{call_id}@{self.line}" if "@" not in call_id else call_id),
            ("cseq", f"{number or self._number} {method}"),
            ("contact", f"<sip:{self.line}@{self.line}.invalid;transport=ws>"),
            *more,
            *((("content-type", "application/sdp"),) if body else ()),
        )
        return Request(headers, body, method, uri)

    async def _ask(self, request: Request) -> Response:
        waiting: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self._waiting[request.call_id, *request.sequence] = waiting
        await self._socket.send(write(request))
        return await waiting

    async def _listen(self) -> None:
        async for frame in self._socket:
            await self._hear(read(frame))

    async def _hear(self, message: Message) -> None:
        if isinstance(message, Response):
            waiting = self._waiting.get((message.call_id, *message.sequence))
            if waiting and message.status >= 200 and not waiting.done():
                del self._waiting[message.call_id, *message.sequence]
                waiting.set_result(message)
        elif message.method != "ACK":
            routes = tuple(("record-route", each) for each in message.every("record-route"))
            contact = ("contact", f"<sip:{self.line}@{self.line}.invalid;transport=ws>")
            body = SDP if message.method == "INVITE" else ""
            kind = (("content-type", "application/sdp"),) if body else ()
            await self._socket.send(write(answer(message, 200, contact, *routes, *kind, tag="lifted", body=body)))


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
