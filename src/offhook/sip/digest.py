"""Digest authentication (RFC 7616 and RFC 8760 for SIP): a phone proves its password without saying it.

A nonce is made of the time and signed, so that nothing is kept for phones that only knock. What is kept is how often a
nonce was used: a count that is not larger than the last one is a replay.
"""

import hashlib
import hmac
import re
import secrets
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from enum import Enum

from offhook.sip.message import Request

# The strongest first, as RFC 8760 wants it, and MD5 last: JsSIP and SIP.js know nothing else, and of several challenges
# they keep the last.
ALGORITHMS = {"SHA-256": hashlib.sha256, "MD5": hashlib.md5}
LIVES = 300
MOST_NONCES = 2_000

_PART = re.compile(r'([A-Za-z0-9_-]{1,20})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))')


class Proof(Enum):
    """What a request proves about who sent it."""

    RIGHT = "right"
    WRONG = "wrong"
    STALE = "stale"  # the nonce is too old or was used already; the password may be right
    NONE = "none"


class Digest:
    """Challenges and checks of one realm."""

    def __init__(self, realm: str, secret: bytes | None = None) -> None:
        self.realm = realm
        self._secret = secret or secrets.token_bytes(32)
        self._used: OrderedDict[str, int] = OrderedDict()

    def challenges(self, now: float, *, stale: bool = False) -> list[tuple[str, str]]:
        """Headers of a 401, one for each algorithm. `now`: seconds."""
        end = ", stale=true" if stale else ""
        return [
            (
                "www-authenticate",
                f'Digest realm="{self.realm}", nonce="{self._nonce(now)}", algorithm={each}, qop="auth"{end}',
            )
            for each in ALGORITHMS
        ]

    def prove(self, request: Request, username: str, passwords: Iterable[str], now: float) -> Proof:
        """Whether the request proves that its sender knows one of the passwords of `username`."""
        said = credentials(request)
        if not said:
            return Proof.NONE
        fits = said.get("username") == username and said.get("realm") == self.realm
        if not fits or said.get("uri") != request.uri or said.get("qop", "auth") != "auth":
            return Proof.WRONG
        # Whether the password is right is looked at before the nonce is marked as used: others cannot use it up.
        if not any(hmac.compare_digest(_response(said, request.method, each), said["response"]) for each in passwords):
            return Proof.WRONG
        return Proof.RIGHT if self._is_fresh(said, now) else Proof.STALE

    def _nonce(self, now: float) -> str:
        text = f"{int(now)}.{secrets.token_hex(8)}"
        return f"{text}.{self._signed(text)}"

    def _signed(self, text: str) -> str:
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()[:32]

    def _is_fresh(self, said: Mapping[str, str], now: float) -> bool:
        nonce = said.get("nonce", "")
        text, _, signature = nonce.rpartition(".")
        made = text.partition(".")[0]
        if not hmac.compare_digest(self._signed(text), signature) or not 0 <= now - int(made) <= LIVES:
            return False
        count = int(said.get("nc", "0") or "0", 16)
        if count <= self._used.get(nonce, 0):
            return False
        self._used[nonce] = count
        self._used.move_to_end(nonce)
        while len(self._used) > MOST_NONCES:
            self._forget_oldest(now)
        return True

    def _forget_oldest(self, now: float) -> None:
        """A forgotten nonce could be replayed while it lives: then everything before it is made void instead."""
        nonce, _ = self._used.popitem(last=False)
        if now - int(nonce.partition(".")[0]) <= LIVES:
            self._secret = secrets.token_bytes(32)
            self._used.clear()


def credentials(request: Request) -> dict[str, str] | None:
    """The parts of the first readable Authorization; None without one."""
    for value in (request.first("authorization"), request.first("proxy-authorization")):
        scheme, _, rest = value.partition(" ")
        if scheme.lower() != "digest":
            continue
        said = {found[1].lower(): found[2] if found[2] is not None else found[3] for found in _PART.finditer(rest)}
        if _is_whole(said):
            return said
    return None


def _is_whole(said: Mapping[str, str]) -> bool:
    algorithm = said.get("algorithm", "MD5").upper()
    proper = all(said.get(each) and said[each].isascii() for each in ("nonce", "uri", "response", "cnonce", "nc"))
    return proper and algorithm in ALGORITHMS and bool(re.fullmatch("[0-9a-fA-F]{8}", said["nc"])) and "username" in said


def _response(said: Mapping[str, str], method: str, password: str) -> str:
    hash_of = ALGORITHMS[said.get("algorithm", "MD5").upper()]

    def hashed(text: str) -> str:
        return hash_of(text.encode(errors="replace"), usedforsecurity=False).hexdigest()

    whose = hashed(f"{said['username']}:{said['realm']}:{password}")
    what = hashed(f"{method}:{said['uri']}")
    return hashed(f"{whose}:{said['nonce']}:{said['nc']}:{said['cnonce']}:auth:{what}")


def authorization(request: Request, challenge: str, username: str, password: str, count: int = 1) -> tuple[str, str]:
    """The header with which a phone answers a challenge: for our own phones in tests and benchmarks."""
    asked = {found[1].lower(): found[2] if found[2] is not None else found[3] for found in _PART.finditer(challenge)}
    said = {
        "username": username,
        "realm": asked["realm"],
        "nonce": asked["nonce"],
        "uri": request.uri,
        "algorithm": asked.get("algorithm", "MD5"),
        "cnonce": secrets.token_hex(8),
        "nc": f"{count:08x}",
    }
    parts = [f'{key}="{value}"' for key, value in said.items() if key not in ("algorithm", "nc")]
    response = _response(said, request.method, password)
    tail = f'algorithm={said["algorithm"]}, qop=auth, nc={said["nc"]}, response="{response}"'
    return "authorization", f"Digest {', '.join(parts)}, {tail}"
