"""How a receiver knows that a request is HubSpot's: three signatures with the app's client secret (facts 3.7, S48)."""

import base64
import hashlib
import hmac
import re
from typing import Literal
from urllib.parse import unquote

PlainVersion = Literal["v1", "v2"]
_DECODED = re.compile("%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)
"""The escapes that are undone in the URI before v3 signs it; the list is [unv]."""


def v1(secret: str, body: bytes) -> str:
    """Hex SHA-256 of secret + body."""
    return hashlib.sha256(secret.encode() + body).hexdigest()


def v2(secret: str, method: str, uri: str, body: bytes) -> str:
    """Hex SHA-256 of secret + method + URI + body."""
    return hashlib.sha256(f"{secret}{method}{uri}".encode() + body).hexdigest()


def v3(secret: str, method: str, uri: str, body: bytes, timestamp: int) -> str:
    """Base64 HMAC-SHA256 of method + URI + body + timestamp (milliseconds)."""
    plain = _DECODED.sub(lambda found: unquote(found[0]), uri)
    signed = f"{method}{plain}".encode() + body + str(timestamp).encode()
    return base64.b64encode(hmac.digest(secret.encode(), signed, "sha256")).decode()


def signed_headers(
    secret: str, method: str, uri: str, body: bytes, timestamp: int, plain: PlainVersion = "v1"
) -> dict[str, str]:
    """v3 always, and beside it v1 or v2: one header carries either of these and another says which.

    HubSpot sends v1 with webhooks of records, and v2 with workflow actions and cards.
    """
    older = v1(secret, body) if plain == "v1" else v2(secret, method, uri, body)
    return {
        "X-HubSpot-Signature": older,
        "X-HubSpot-Signature-Version": plain,
        "X-HubSpot-Signature-v3": v3(secret, method, uri, body, timestamp),
        "X-HubSpot-Request-Timestamp": str(timestamp),
    }
