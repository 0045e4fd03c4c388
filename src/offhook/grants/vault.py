"""Secrets at rest and in memory: tokens are sealed before they reach the database, and hide from `repr`."""

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from offhook.errors import ConfigurationError


class Secret:
    """A text that must not be seen; `reveal` is the only way to it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


class Unopenable(Exception):
    """Sealed under a key that is no longer among ours, or damaged."""


class Vault:
    """Seals with the newest of the operator's keys and opens with any of them, so keys can be rotated."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        """`secret_keys`: any texts, newest first.

        Raises:
            ConfigurationError: there is none, or an empty one.
        """
        if not secret_keys or not all(secret_keys):
            raise ConfigurationError("OFFHOOK_SECRET_KEYS must hold at least one key, and no empty one.")
        self._secret_keys = tuple(secret_keys)
        keys = self.keys_for("tokens at rest")
        self._fernet = MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])

    def __repr__(self) -> str:
        return f"Vault({len(self._secret_keys)} keys)"

    def seal(self, secret: Secret) -> str:
        """Text for the database; two sealings of one secret differ."""
        return self._fernet.encrypt(secret.reveal().encode()).decode()

    def open(self, sealed: str) -> Secret:
        """
        Raises:
            Unopenable: none of our keys sealed this.
        """
        try:
            return Secret(self._fernet.decrypt(sealed.encode()).decode())
        except InvalidToken as error:
            raise Unopenable("the secret key that sealed this is not among OFFHOOK_SECRET_KEYS") from error

    def opens(self, sealed: str) -> bool:
        """Whether one of our keys sealed this."""
        try:
            self.open(sealed)
        except Unopenable:
            return False
        return True

    def keys_for(self, purpose: str) -> tuple[bytes, ...]:
        """32 bytes for each of the operator's keys, newest first, of use for this purpose only."""
        return tuple(_derived(key, purpose) for key in self._secret_keys)


def _derived(secret_key: str, purpose: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=f"offhook: {purpose}".encode()).derive(secret_key.encode())
