"""What an SDP says that the exchange must know (RFC 3264): which way sound goes. Everything else is passed on. Pure."""

import re
import secrets

TYPE = ("content-type", "application/sdp")

_WAY = re.compile(r"^a=(sendrecv|sendonly|recvonly|inactive)\s*$", re.MULTILINE)
_UFRAG = re.compile(r"^a=ice-ufrag:(\S+)", re.MULTILINE)
_SETUP = re.compile(r"^a=setup:(?:active|passive)(?=\s*$)", re.MULTILINE)
_AUDIO = re.compile(r"^m=audio [^\r\n]*", re.MULTILINE)


def has_audio(sdp: str) -> bool:
    return bool(_AUDIO.search(sdp))


def is_hold(sdp: str) -> bool:
    """Whether its sender wants to hear nothing for a while."""
    way = _WAY.search(sdp)
    return bool(way and way[1] in ("sendonly", "inactive"))


def ufrag(sdp: str) -> str:
    """Another one than before asks for new ways (an ICE restart); empty without ICE."""
    found = _UFRAG.search(sdp)
    return found[1] if found else ""


def offered_again(sdp: str, way: str) -> str:
    """What was said before, as an offer of now with another way for its sound."""
    plain = _SETUP.sub("a=setup:actpass", sdp)
    if _WAY.search(plain):
        return _WAY.sub(lambda found: found[0].replace(found[1], way), plain)
    return f"{plain.rstrip()}\r\na={way}\r\n"


def placeholder(sdp: str) -> str:
    """An offer to which nobody will connect, in the form of one that somebody made before.

    JsSIP answers an INVITE without an offer with silence, so there must be one even when the true one comes later.
    Keys and names are other ones than before, so that the true offer is a new beginning for ICE and DTLS.
    """
    lines = [line for line in sdp.splitlines() if not line.startswith(("a=candidate", "a=end-of-candidates"))]
    text = "\r\n".join(lines) + "\r\n"
    text = re.sub(
        r"^(a=ice-ufrag:|a=ice-pwd:).*", lambda found: f"{found[1]}{secrets.token_hex(12)}", text, flags=re.MULTILINE
    )
    keys = ":".join(f"{each:02X}" for each in secrets.token_bytes(32))
    text = re.sub(r"^a=fingerprint:.*", f"a=fingerprint:sha-256 {keys}", text, flags=re.MULTILINE)
    return offered_again(text, "sendrecv")
