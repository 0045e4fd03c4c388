"""Messages to STUN and TURN servers (RFC 8489, RFC 8656): enough to be given a relay and to give it back. Pure."""

import hashlib
import hmac
import struct
from ipaddress import ip_address

from msgspec import Struct

BINDING, ALLOCATE, REFRESH = 0x0001, 0x0003, 0x0004
HEADER = 20
# What a server says that wants a proof, or a newer one.
UNPROVEN = 401
STALE = 438
_COOKIE = b"\x21\x12\xa4\x42"
_SUCCESS, _ERROR = 0x0100, 0x0110
_USERNAME, _INTEGRITY, _ERROR_CODE, _LIFETIME, _RELAYED = 0x0006, 0x0008, 0x0009, 0x000D, 0x0016
_REALM, _NONCE, _TRANSPORT = 0x0014, 0x0015, 0x0019
_OVER_UDP = b"\x11\x00\x00\x00"


class Account(Struct, frozen=True):
    """Whoever may use a TURN server, and what the server then wants to have in each request. Long-term credentials."""

    name: str
    password: str
    realm: str
    nonce: bytes

    @property
    def key(self) -> bytes:
        text = f"{self.name}:{self.realm}:{self.password}"
        return hashlib.md5(text.encode(), usedforsecurity=False).digest()

    def __repr__(self) -> str:
        return f"Account({self.name})"


class Answer(Struct, frozen=True):
    """`code`: 0 when the server agrees, else its error. `relayed`: the address from which it will relay."""

    code: int = 0
    reason: str = ""
    realm: str = ""
    nonce: bytes = b""
    relayed: str = ""


def request(kind: int, number: bytes, account: Account | None = None) -> bytes:
    """`number`: twelve bytes that the answer will have, too."""
    body = {ALLOCATE: _attribute(_TRANSPORT, _OVER_UDP), REFRESH: _attribute(_LIFETIME, bytes(4))}.get(kind, b"")
    if account is None:
        return _header(kind, number, len(body)) + body
    for each, value in ((_USERNAME, account.name.encode()), (_NONCE, account.nonce), (_REALM, account.realm.encode())):
        body += _attribute(each, value)
    whole = _header(kind, number, len(body) + 24) + body  # the proof's own 24 bytes count
    return whole + _attribute(_INTEGRITY, hmac.digest(account.key, whole, "sha1"))


def length(header: bytes) -> int:
    """How many bytes follow the first 20 of a message."""
    return int.from_bytes(header[2:4])


def read(data: bytes, kind: int, number: bytes) -> Answer | None:
    """None: it is no answer to this request."""
    if len(data) < HEADER or data[4:HEADER] != _COOKIE + number or HEADER + length(data) != len(data):
        return None
    said = int.from_bytes(data[:2])
    if said not in (kind | _SUCCESS, kind | _ERROR):
        return None
    found = _attributes(data[HEADER:])
    wrong = found.get(_ERROR_CODE, b"\0\0\0\0")
    return Answer(
        code=wrong[2] * 100 + wrong[3] if said == kind | _ERROR and len(wrong) > 3 else 0,
        reason=wrong[4:].decode(errors="replace"),
        realm=found.get(_REALM, b"").decode(errors="replace"),
        nonce=found.get(_NONCE, b""),
        relayed=_address(found.get(_RELAYED, b""), number),
    )


def _header(kind: int, number: bytes, length: int) -> bytes:
    return struct.pack("!HH", kind, length) + _COOKIE + number


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


def _attributes(data: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    while len(data) >= 4:
        kind, size = struct.unpack("!HH", data[:4])
        found.setdefault(kind, data[4 : 4 + size])
        data = data[4 + size + -size % 4 :]
    return found


def _address(value: bytes, number: bytes) -> str:
    """An address as these messages hide it from routers that rewrite addresses."""
    mask, size = _COOKIE + number, {1: 4, 2: 16}.get(value[1] if len(value) > 1 else 0, 0)
    hidden = value[4 : 4 + size]
    if not size or len(hidden) != size:
        return ""
    return str(ip_address(bytes(each ^ other for each, other in zip(hidden, mask, strict=False))))
