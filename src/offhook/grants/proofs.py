"""How each side proves itself while a consent is under way. Pure, but for the randomness of `random_text`.

- The panel proves that it began: it sent the hash of a secret, later it shows the secret (RFC 8628 in spirit).
- HubSpot's answer proves that it belongs to what we began: it brings back a state that only we can sign.
- We prove to HubSpot that who redeems the code is who began: PKCE (RFC 7636).
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import datetime

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import OctKey
from msgspec import Struct

from offhook.errors import ExpiredConsent, InvalidInput, NotFound, UnknownConsent

# Base64url of 32 bytes without padding.
_HASH = re.compile(r"[A-Za-z0-9_-]{43}")
# The longest secret and state that are looked at; ours are 43 and about 250 characters.
_LONGEST_SECRET = 512
_LONGEST_STATE = 2048


def hashed(text: str) -> str:
    """base64url(SHA-256(text)) without padding: a panel's `secret_hash`, and PKCE's `S256` challenge."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def random_text() -> str:
    """43 characters of base64url that nobody can guess."""
    return secrets.token_urlsafe(32)


def require_hash(name: str, text: str) -> str:
    """
    Raises:
        InvalidInput: that is no base64url of a SHA-256.
    """
    if not _HASH.fullmatch(text):
        raise InvalidInput(f"{name} must be the base64url of a SHA-256: 43 characters.")
    return text


def prove_secret(secret: str, secret_hash: str) -> None:
    """
    Raises:
        NotFound: the wrong secret; the same answer as for an attempt that never was.
    """
    if len(secret) > _LONGEST_SECRET or not hmac.compare_digest(hashed(secret), secret_hash):
        raise NotFound


class State(Struct, frozen=True):
    """What the `state` parameter carries: which attempt, and a value that only this begin knew."""

    attempt_id: str
    nonce: str


def sign_state(state: State, key: bytes, expires_at: datetime) -> str:
    claims = {"jti": state.attempt_id, "nonce": state.nonce, "exp": int(expires_at.timestamp())}
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(key))


def read_state(text: str, keys: Sequence[bytes], now: datetime) -> State:
    """Read a state that came back; `keys`: newest first, all that may have signed it.

    Raises:
        UnknownConsent: missing, garbled, or not signed by us.
        ExpiredConsent: ours, but too old.
    """
    claims = next(filter(None, (_claims(text, key) for key in keys)), None)
    if claims is None:
        raise UnknownConsent
    try:
        jwt.JWTClaimsRegistry(now=int(now.timestamp()), exp={"essential": True}).validate(claims)
        return State(str(claims["jti"]), str(claims["nonce"]))
    except ExpiredTokenError:
        raise ExpiredConsent from None
    except (JoseError, KeyError) as error:
        raise UnknownConsent from error


def _claims(text: str, key: bytes) -> dict[str, object] | None:
    if not text or len(text) > _LONGEST_STATE or not text.isascii():
        return None
    try:
        return dict(jwt.decode(text, OctKey.import_key(key), algorithms=["HS256"]).claims)
    except (JoseError, ValueError):
        return None
