"""The passwords of agents' own phones: one a line, from its login to its log-out, also over a restart of the service.

What is on disk is only salt; the password is made of it with the service's key.
"""

import base64
import hmac
import secrets
from pathlib import Path

import msgspec


class Passwords:
    """`key`: secret. `path`: where the salt is kept; without one it is forgotten at a restart."""

    def __init__(self, key: bytes, path: Path | None) -> None:
        self._key, self._path = key or secrets.token_bytes(32), path
        self._salts = _read(path) if path else {}

    def give(self, line: str) -> str:
        """The line's password; made at the first time."""
        if line not in self._salts:
            self._salts[line] = secrets.token_urlsafe(24)
            self._keep()
        return self._made(line)

    def known(self, line: str) -> list[str]:
        """The line's password, when it has one."""
        return [self._made(line)] if line in self._salts else []

    def forget(self, line: str) -> None:
        if self._salts.pop(line, None):
            self._keep()

    def _made(self, line: str) -> str:
        proof = hmac.digest(self._key, f"exchange {line} {self._salts[line]}".encode(), "sha256")
        return base64.urlsafe_b64encode(proof).decode().rstrip("=")

    def _keep(self) -> None:
        if self._path:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.touch(mode=0o600)
            self._path.write_bytes(msgspec.json.encode(self._salts))


def _read(path: Path) -> dict[str, str]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except (OSError, ValueError):
        return {}
