"""Digest from a phone's side (RFC 3261 22.4, RFC 2617): what the browser's softphone can prove, and no more. Pure.

JsSIP knows only MD5, so a server that asks for more would let us in and not the agent.
"""

import hashlib
import re

from offhook.errors import PhoneSystemRejected

_PART = re.compile(r'([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))')


def asked(challenge: str) -> dict[str, str]:
    """The parts of a challenge, `scheme` among them."""
    scheme, _, rest = challenge.strip().partition(" ")
    parts = {found[1].lower(): found[2] if found[2] is not None else found[3] for found in _PART.finditer(rest)}
    return parts | {"scheme": scheme.lower()}


def proof(challenge: str, method: str, uri: str, username: str, password: str, cnonce: str) -> str:
    """The value of the Authorization header.

    Raises:
        PhoneSystemRejected: the softphone cannot prove the password in the way that the server asks for.
    """
    said = asked(challenge)
    realm, nonce, algorithm = said.get("realm", ""), said.get("nonce", ""), said.get("algorithm", "MD5")
    qop = [each.strip().lower() for each in said.get("qop", "").split(",") if each.strip()]
    if said["scheme"] != "digest" or algorithm.upper() != "MD5" or (qop and "auth" not in qop):
        wanted = algorithm if said["scheme"] == "digest" else said["scheme"]
        raise PhoneSystemRejected(
            f"The SIP server asks for a proof that browsers' softphones do not know ({wanted}).",
            remedy="Let it ask for Digest with MD5, and with qop auth or none; TLS keeps it from other ears.",
        )
    whose, what = _md5(f"{username}:{realm}:{password}"), _md5(f"{method}:{uri}")
    parts = f'username="{_quoted(username)}", realm="{realm}", nonce="{nonce}", uri="{uri}", algorithm=MD5'
    if "opaque" in said:
        parts += f', opaque="{said["opaque"]}"'
    if not qop:
        return f'Digest {parts}, response="{_md5(f"{whose}:{nonce}:{what}")}"'
    response = _md5(f"{whose}:{nonce}:00000001:{cnonce}:auth:{what}")
    return f'Digest {parts}, qop=auth, nc=00000001, cnonce="{cnonce}", response="{response}"'


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(errors="replace"), usedforsecurity=False).hexdigest()
