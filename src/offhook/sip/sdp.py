"""What an SDP says that the exchange must know (RFC 3264): which way sound goes. Everything else is passed on. Pure."""

import re

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
