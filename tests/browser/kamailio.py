"""A telephone network of its own: Kamailio as docs/how-to/kamailio has it, rtpengine, SIPp and baresip as strangers.

All of it lives in a network namespace that has nothing but a loopback, so the ports are free and nobody else hears it.
The calling thread moves into it, and with it what it starts: the sandbox, the service, the browsers.
"""

import ctypes
import json
import math
import os
import re
import shutil
import socket
import struct
import subprocess
import wave
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest
from tests.browser.certificates import Authority
from tests.scenarios.stage import eventually

HERE = Path(__file__).parent
CONFIGURATION = HERE.parents[1] / "docs/how-to/kamailio"
DOMAIN, SERVER, SECURE, TRUNK = "pbx.test", "ws://127.0.0.1:8088", "wss://localhost:8089", "127.0.0.2"
RTPENGINE = (
    *("rtpengine", "--foreground", "--log-stderr", "--table=-1", "--config-file=none", "--interface=127.0.0.1"),
    *("--listen-ng=127.0.0.1:2223", "--port-min=30000", "--port-max=30200", "--num-threads=2"),
)
RELAY, SECURE_RELAY = "turn:offhook:let-me-through@127.0.0.1:3478", "turns:offhook:let-me-through@localhost:5349"
TURNSERVER = (
    *(
        "turnserver",
        "-n",
        "--no-cli",
        "--no-dtls",
        "--log-file=stdout",
        "--lt-cred-mech",
        "--user=offhook:let-me-through",
    ),
    *("--realm=pbx.test", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", "--min-port=31000", "--max-port=31100"),
    "--allow-loopback-peers",
)
MODULES = {"app_python3": "kamailio-python3-modules", "tls": "kamailio-tls-modules"}
PROGRAMS = {
    "kamailio": "kamailio",
    "rtpengine": "rtpengine-daemon",
    "turnserver": "coturn",
    "iptables": "iptables",
    "sipp": "sip-tester",
    "baresip": "baresip-core",
}
SYSTEM = "/usr/sbin:/usr/bin:/sbin:/bin"
_MODULE, _NEW_NETWORK = "*/kamailio/modules/{}.so", 0x40000000


@contextmanager
def own_network() -> Iterator[None]:
    """Skips, and says why, where this machine cannot."""
    missing = [package for program, package in PROGRAMS.items() if shutil.which(program) is None]
    missing += [package for module, package in MODULES.items() if not [*Path("/usr/lib").glob(_MODULE.format(module))]]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    libc = ctypes.CDLL(None, use_errno=True)
    before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        if libc.unshare(_NEW_NETWORK) != 0:
            pytest.skip(f"no network namespace of our own ({os.strerror(ctypes.get_errno())}); it needs root")
        try:
            # baresip refuses 127.0.0.1 as an address of its own.
            for command in ("ip link set lo up", "ip addr add 127.0.0.2/8 dev lo"):
                subprocess.run(command.split(), check=True)
            yield
        finally:
            libc.setns(before, _NEW_NETWORK)
    finally:
        os.close(before)


@contextmanager
def started(command: Sequence[str | Path], folder: Path, name: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process whose words are in a file beside it; ended by its id when it is over.

    Its surroundings are the system's own: the Python in Kamailio would take its library from whichever it finds first.
    """
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env={"PATH": SYSTEM}, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@dataclass(frozen=True)
class Network:
    """Kamailio and rtpengine that run. `folder`: where logs, tones and recordings are. `believed`: what a browser must be
    started with to believe its certificate."""

    folder: Path
    believed: str
    switched_on: Sequence[str]
    running: ExitStack = field(repr=False)

    def start_kamailio(self) -> None:
        """It knows no registration and no call any more when it ran before."""
        self.running.close()
        switches = [part for each in self.switched_on for part in ("-A", each)]
        where = ("-f", "kamailio.cfg", "-P", self.folder / "kamailio.pid", "-Y", self.folder)
        self.running.enter_context(started(["kamailio", "-DD", "-E", *where, *switches], self.folder, "kamailio"))
        eventually(lambda: listens(8088), bool, "Kamailio", 15)

    def calls(
        self, line: str, seconds: float, caller: str, holds: int = 0
    ) -> AbstractContextManager[subprocess.Popen[bytes]]:
        """SIPp, a carrier on UDP: calls a line, sends a tone for so long, hangs up; exits with 0 if all was well.

        `holds`: how often it is put on hold, or taken back, before the time runs.
        """
        held = _filled("carrier-is-held.xml", {"CALLER": caller}) * holds
        return self._sipp("carrier.xml", line, seconds, caller, HOLDS=held)

    def gives_up(self, line: str, seconds: float, caller: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
        """The carrier calls a line, lets it ring for so long, and takes the call back."""
        return self._sipp("carrier-gives-up.xml", line, seconds, caller)

    @contextmanager
    def _sipp(self, name: str, line: str, seconds: float, caller: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
        values = {"CALLER": caller, "SECONDS": str(round(seconds * 1000)), "TONE": str(self.folder / "tone.ulaw")}
        scenario = self.folder / f"{line}-{name}"
        scenario.write_text(_filled(name, values | more))
        where = f"-s {line} 127.0.0.1:5060 -i {TRUNK} -p 5090 -mi {TRUNK} -mp 26000 -m 1 -nostdin -timeout 120"
        with started(["sipp", "-sf", scenario, *where.split(), "-timeout_error"], self.folder, "sipp") as process:
            yield process

    def through(self) -> list[int]:
        """Packets that rtpengine has had from each side of the newest call, most first; it remembers older ones."""
        calls = _texts(ng(b"d7:command4:list5:limit2:32e").partition(b"5:callsl")[2])
        answers = [ng(b"d7:call-id%d:%s7:command5:querye" % (len(call), call)) for call in calls]
        newest = max(answers, key=lambda answer: max(map(int, re.findall(rb"7:createdi(\d+)e", answer)), default=0))
        return sorted((int(each) for each in re.findall(rb"7:packetsi(\d+)e", newest)), reverse=True)

    @contextmanager
    def baresip(self, number: str, password: str = "", *, lifts: bool = True) -> Iterator["Baresip"]:
        """A telephone of a number outside; with a password the one that stands on the desk of this line.

        `lifts`: it answers at once.
        """
        folder = self.folder / f"baresip-{number}"
        folder.mkdir(exist_ok=True)
        modules = next(Path("/usr/lib").glob("**/baresip/modules"))
        (folder / "config").write_text(_filled("baresip.conf", {"MODULES": str(modules), "FOLDER": str(folder)}))
        registers = f"auth_pass={password};regint=60" if password else "regint=0"
        proxy = 'outbound="sip:127.0.0.1:5060;transport=udp"'
        answers = f"audio_codecs=pcmu;answermode={'auto' if lifts else 'manual'}"
        (folder / "accounts").write_text(f"<sip:{number}@{DOMAIN}>;{proxy};{answers};{registers}\n")
        (folder / "contacts").write_text("")
        with started(["baresip", "-f", folder], self.folder, "baresip"):
            eventually(lambda: listens(4444), bool, "baresip", 15)
            with socket.create_connection(("127.0.0.1", 4444), timeout=10) as connection:
                phone = Baresip(folder, connection)
                if password:
                    eventually(lambda: phone.says("reginfo"), lambda said: "OK" in said, "the telephone at its line", 15)
                yield phone

    def words_of(self, program: str) -> str:
        return (self.folder / f"{program}.log").read_text(errors="replace")


@dataclass(frozen=True)
class Baresip:
    """A telephone of another make, on UDP, at its control port. What it hears it writes down."""

    folder: Path
    connection: socket.socket

    def does(self, command: str, parameters: str = "") -> None:
        said = f'{{"command":"{command}","params":"{parameters}"}}'.encode()
        self.connection.sendall(b"%d:%s," % (len(said), said))

    def says(self, command: str) -> str:
        self.does(command)
        return self.connection.recv(65_536).decode(errors="replace")

    def loudest(self) -> float:
        """Of all that was heard, 0 to 1."""
        return max((loudness(each) for each in self.folder.glob("dump-*-dec.wav")), default=0.0)


@contextmanager
def network(
    folder: Path, lines: Mapping[str, str], tells: str = "", secret: str = "", authority: Authority | None = None
) -> Iterator[Network]:
    """`lines`: names and passwords. `tells`: where Offhook takes deliveries, signed with `secret`; nobody when empty.

    `authority`: who signs the certificate for wss://localhost:8089.
    """
    for each in CONFIGURATION.glob("*.*"):
        (folder / each.name).write_text(each.read_text().replace("/etc/kamailio/", f"{folder}/"))
    known = " ".join(f'$sht(lines=>{line}) = "{password}";' for line, password in lines.items())
    (folder / "lines.cfg").write_text(f"event_route[htable:mod-init] {{ {known} }}\n")
    offhook = {"url": tells, "secret": secret, "kept": str(folder / "offhook.db")}
    (folder / "offhook.json").write_text(json.dumps(offhook))
    write_tones(folder)
    with started(RTPENGINE, folder, "rtpengine"), ExitStack() as running:
        eventually(lambda: b"pong" in ng(b"d7:command4:pinge"), bool, "rtpengine", 15)
        believed = authority.certify(folder) if authority else ""
        switches = {"WITH_OFFHOOK": tells, "WITH_TLS": authority}
        network = Network(folder, believed, [each for each, on in switches.items() if on], running)
        network.start_kamailio()
        yield network


@contextmanager
def only_by_relay() -> Iterator[None]:
    """As behind a firewall: no UDP between rtpengine and anybody but the relay, the carrier and telephones on desks."""
    others = "31000:31100,26000:26100,20000:20100"
    rules = [
        f"OUTPUT -p udp --dport 30000:30200 -m multiport ! --sports {others} -j DROP",
        f"OUTPUT -p udp --sport 30000:30200 -m multiport ! --dports {others} -j DROP",
    ]
    with ExitStack() as undone:
        for rule in rules:
            subprocess.run(["iptables", "-A", *rule.split()], check=True)
            undone.callback(subprocess.run, ["iptables", "-D", *rule.split()], check=True)
        yield


@contextmanager
def relaying(folder: Path, authority: Authority) -> Iterator[None]:
    """coturn for RELAY, by UDP and TCP, and for SECURE_RELAY."""
    authority.certify(folder)
    files = {"--pidfile": "coturn.pid", "--cert": "certificate.pem", "--pkey": "key.pem", "--userdb": "coturn.db"}
    named = [each for option, name in files.items() for each in (option, str(folder / name))]
    with started([*TURNSERVER, *named], folder, "coturn"):
        eventually(lambda: listens(3478), bool, "coturn", 15)
        yield


def listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def ng(asked: bytes) -> bytes:
    """rtpengine's own way of being asked: bencode over UDP. Empty when it does not answer."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.settimeout(1)
        with suppress(OSError):
            probe.sendto(b"%s %s" % (uuid4().hex.encode(), asked), ("127.0.0.1", 2223))
            return probe.recv(65_536)
    return b""


def _texts(bencoded: bytes) -> Iterator[bytes]:
    """Those at the beginning of a list's inside."""
    while length := re.match(rb"(\d+):", bencoded):
        end = length.end() + int(length[1])
        yield bencoded[length.end() : end]
        bencoded = bencoded[end:]


def _filled(name: str, values: Mapping[str, str]) -> str:
    text = (HERE / "strangers" / name).read_text()
    for each, value in values.items():
        text = text.replace(f"__{each}__", value)
    return text


def write_tones(folder: Path) -> None:
    """440 Hz at 8 kHz: raw mu-law for SIPp, a longer WAV for baresip."""
    samples = [round(math.sin(2 * math.pi * 440 * each / 8000) * 12_000) for each in range(8000)]
    (folder / "tone.ulaw").write_bytes(bytes(map(_mu_law, samples)))
    with wave.open(str(folder / "said.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(struct.pack(f"<{len(samples)}h", *samples) * 120)


def _mu_law(sample: int) -> int:
    """G.711."""
    sign, magnitude = (0x80 if sample < 0 else 0), min(abs(sample), 32_635) + 132
    exponent = max(magnitude.bit_length() - 8, 0)
    return ~(sign | exponent << 4 | (magnitude >> (exponent + 3)) & 0x0F) & 0xFF


def loudness(path: Path) -> float:
    """The loudest sample of a recording, 0 to 1; 0 of one that is not whole yet."""
    with suppress(wave.Error, EOFError), wave.open(str(path)) as sound:
        frames = sound.readframes(sound.getnframes())
        samples = struct.unpack(f"<{len(frames) // 2}h", frames[: len(frames) // 2 * 2])
        return max((abs(each) for each in samples), default=0) / 32_768
    return 0.0
