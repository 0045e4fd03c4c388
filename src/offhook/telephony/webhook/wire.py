"""Signatures, the same both ways: `v1=` and the hex HMAC-SHA256 of the timestamp, a full stop and the raw body."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

from offhook.errors import OffhookError, PhoneSystemUnavailable, UnprovenDelivery, Unsupported, WrongState

TIMESTAMP = "Offhook-Timestamp"
SIGNATURE = "Offhook-Signature"

# Seconds by which the two clocks may differ; an older delivery may be somebody's recording of a true one.
TOLERANCE = 300


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """`timestamp`: unix seconds, as it stands in the header."""
    signed = timestamp.encode() + b"." + body
    return f"v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def signed_headers(secret: str, now: datetime, body: bytes) -> dict[str, str]:
    timestamp = str(int(now.timestamp()))
    return {
        "Content-Type": "application/json",
        TIMESTAMP: timestamp,
        SIGNATURE: signature(secret, timestamp, body),
    }


def check_signature(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Header names are in lower case. Several signatures, separated by commas, let a secret be replaced without a gap.

    Raises:
        UnprovenDelivery: with a sentence that says what to change.
    """
    if not secret:
        raise UnprovenDelivery("No delivery is accepted yet: an administrator must set OFFHOOK_WEBHOOK_SECRET first.")
    timestamp, given = headers.get(TIMESTAMP.lower(), "").strip(), headers.get(SIGNATURE.lower(), "")
    _check_time(timestamp, now)
    if not given.strip():
        raise UnprovenDelivery(f"The header {SIGNATURE} is missing.")
    expected = signature(secret, timestamp, body).encode()
    # Every one is compared, so that the time it takes tells nothing.
    same = [hmac.compare_digest(each.strip().encode(errors="replace"), expected) for each in given.split(",")]
    if not any(same):
        raise UnprovenDelivery("The signature does not fit: the secrets differ, or the body was changed on the way.")


def _check_time(timestamp: str, now: datetime) -> None:
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= 12):
        raise UnprovenDelivery(f"The header {TIMESTAMP} must be the time in unix seconds.")
    apart = now.timestamp() - int(timestamp)
    if abs(apart) > TOLERANCE:
        when = f"{abs(apart):.0f} seconds {'ago' if apart > 0 else 'in the future'}"
        raise UnprovenDelivery(f"The delivery was signed {when}; at most {TOLERANCE} are accepted. Check the clock.")


def refusal(status: int) -> OffhookError | None:
    """What the phone system's answer to a request means; None when it will do it."""
    if 200 <= status < 300:
        return None
    if status in (401, 403):
        return PhoneSystemUnavailable(
            "The phone system did not accept Offhook's signature.",
            remedy="Check that both sides have the same secret, and their clocks.",
        )
    if status in (405, 501):
        return Unsupported()
    if 400 <= status < 500 and status not in (408, 425, 429):
        return WrongState("The phone system says that this is not possible now.")
    return PhoneSystemUnavailable("The phone system could not do it just now.")
