"""The three signatures, against values computed by hand with the standard tools."""

import hashlib
import hmac
from base64 import b64encode

from hubspot_sandbox.webhooks import signatures

SECRET, BODY, URL = "secret", b'[{"a":1}]', "https://example.com/hook?to=a%2Fb%20c"


def test_v1_is_of_secret_and_body() -> None:
    assert signatures.v1(SECRET, BODY) == hashlib.sha256(b'secret[{"a":1}]').hexdigest()


def test_v2_is_also_of_method_and_uri() -> None:
    assert signatures.v2("yyyyyyyy", "GET", "https://www.example.com/webhook_uri", b"") == (
        hashlib.sha256(b"yyyyyyyyGEThttps://www.example.com/webhook_uri").hexdigest()
    )


def test_v3_undoes_some_escapes_and_ends_with_the_timestamp() -> None:
    signed = b'POSThttps://example.com/hook?to=a/b%20c[{"a":1}]1700000000000'
    assert signatures.v3(SECRET, "POST", URL, BODY, 1700000000000) == (
        b64encode(hmac.digest(b"secret", signed, "sha256")).decode()
    )
