import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from offhook.errors import OffhookError, PhoneSystemUnavailable, UnprovenDelivery, Unsupported, WrongState
from offhook.telephony.webhook.wire import check_signature, refusal, signature, signed_headers

NOW = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
BODY = b'{"type":"ringing"}'


def lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def test_it_signs_the_time_a_full_stop_and_the_raw_body() -> None:
    expected = hmac.new(b"s", b'1795458600.{"type":"ringing"}', hashlib.sha256).hexdigest()
    assert signature("s", "1795458600", BODY) == f"v1={expected}"


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_it_believes_its_own_signature_within_five_minutes(seconds: int) -> None:
    check_signature("s", lower(signed_headers("s", NOW, BODY)), BODY, NOW + timedelta(seconds=seconds))


def test_it_believes_one_of_several_signatures() -> None:
    headers = lower(signed_headers("new", NOW, BODY))
    headers["offhook-signature"] = (
        signature("old", headers["offhook-timestamp"], BODY) + " , " + headers["offhook-signature"]
    )
    check_signature("new", headers, BODY, NOW)
    check_signature("old", headers, BODY, NOW)
    with pytest.raises(UnprovenDelivery):
        check_signature("older", headers, BODY, NOW)


def test_it_believes_nothing_without_a_secret_and_says_who_must_set_it() -> None:
    with pytest.raises(UnprovenDelivery, match="administrator must set OFFHOOK_WEBHOOK_SECRET"):
        check_signature("", lower(signed_headers("", NOW, BODY)), BODY, NOW)


@pytest.mark.parametrize(
    ("header", "value", "says"),
    [
        ("offhook-timestamp", "", "Offhook-Timestamp"),
        ("offhook-timestamp", "1" * 5_000, "Offhook-Timestamp"),
        ("offhook-timestamp", str(int(NOW.timestamp()) - 900), "900 seconds ago"),
        ("offhook-timestamp", str(int(NOW.timestamp()) + 900), "900 seconds in the future"),
        ("offhook-signature", " ", "Offhook-Signature is missing"),
        ("offhook-signature", "v1=00", "does not fit"),
    ],
)
def test_it_says_what_is_wrong_with_a_signature(header: str, value: str, says: str) -> None:
    with pytest.raises(UnprovenDelivery, match=says):
        check_signature("s", lower(signed_headers("s", NOW, BODY)) | {header: value}, BODY, NOW)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (200, None),
        (202, None),
        (401, PhoneSystemUnavailable),
        (404, WrongState),
        (405, Unsupported),
        (409, WrongState),
        (422, WrongState),
        (429, PhoneSystemUnavailable),
        (302, PhoneSystemUnavailable),
        (500, PhoneSystemUnavailable),
        (501, Unsupported),
    ],
)
def test_it_understands_the_answer_to_a_request(status: int, error: type[OffhookError] | None) -> None:
    assert type(refusal(status)) is (error or type(None))
