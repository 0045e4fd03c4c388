"""HubSpot's documented refusals, and what becomes of them."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.errors import (
    ContactExists,
    GrantBroken,
    HubSpotBusy,
    HubSpotError,
    HubSpotMigrating,
    HubSpotNotFound,
    HubSpotRejected,
    HubSpotUnavailable,
    MissingRight,
    MissingScope,
    OffhookError,
)
from offhook.hubspot.refusals import LONGEST_SENTENCE, error_for, read

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)

EXPIRED = {
    "status": "error",
    "message": "The OAuth token used to make this call expired 5 hour(s) ago.",
    "category": "EXPIRED_AUTHENTICATION",
    "correlationId": "c-1",
}
SCOPES = {
    "status": "error",
    "message": "This app hasn't been granted all required scopes to make this call. "
    "Read more about required scopes here: https://developers.hubspot.com/scopes.",
    "correlationId": "c-2",
    "errors": [
        {
            "message": "One or more of the following scopes are required.",
            "context": {"requiredGranularScopes": ["crm.objects.contacts.write"]},
        }
    ],
    "links": {"scopes": "https://developers.hubspot.com/scopes"},
    "category": "MISSING_SCOPES",
}
TEN_SECONDLY = {
    "status": "error",
    "message": "You have reached your ten_secondly_rolling limit.",
    "errorType": "RATE_LIMIT",
    "correlationId": "c-3",
    "policyName": "TEN_SECONDLY_ROLLING",
    "groupName": "publicapi:private_app-api-calls-ten-secondly:1:2",
}
DAILY = {
    "status": "error",
    "message": "You have reached your daily limit.",
    "errorType": "RATE_LIMIT",
    "correlationId": "c-4",
    "policyName": "DAILY",
}
SECONDLY = {"status": "error", "message": "You have reached your secondly limit.", "errorType": "RATE_LIMIT"}
EXISTS = {
    "status": "error",
    "message": "Contact already exists. Existing ID: 37765128953",
    "correlationId": "c-5",
    "category": "CONFLICT",
}


def refused(status: int, body: Any, **headers: str) -> OffhookError:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return error_for(read(status, {name.replace("_", "-"): value for name, value in headers.items()}, content), NOW)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, EXPIRED, GrantBroken),
        (401, {"category": "INVALID_AUTHENTICATION", "message": "Authentication credentials not found."}, GrantBroken),
        (403, SCOPES, MissingScope),
        (403, {"category": "USER_DOES_NOT_HAVE_PERMISSIONS"}, MissingRight),
        (403, {"message": "no"}, HubSpotRejected),
        (404, {"category": "OBJECT_NOT_FOUND", "message": "resource not found"}, HubSpotNotFound),
        (408, b"", HubSpotUnavailable),
        (409, EXISTS, ContactExists),
        (409, {"category": "CONFLICT", "message": "something else"}, HubSpotRejected),
        (414, b"", HubSpotRejected),
        (423, b"", HubSpotUnavailable),
        (429, TEN_SECONDLY, HubSpotBusy),
        (477, b"", HubSpotMigrating),
        (500, b"", HubSpotUnavailable),
        (502, b"<html>Bad gateway</html>", HubSpotUnavailable),
        (521, b"", HubSpotUnavailable),
        (524, b"", HubSpotUnavailable),
        (301, b"", HubSpotRejected),
    ],
)
def test_every_refusal_has_one_meaning(status: int, body: Any, kind: type[OffhookError]) -> None:
    assert type(refused(status, body)) is kind


def test_a_missing_scope_is_named_together_with_what_it_is_needed_for() -> None:
    error = refused(403, SCOPES)
    assert isinstance(error, MissingScope)
    assert error.scopes == ("crm.objects.contacts.write",)
    assert error.says == (
        "The HubSpot connection does not include what is needed to log calls on the timeline and create contacts "
        "and put recordings on the timeline (crm.objects.contacts.write)."
    )
    assert error.correlation_id == "c-2"


def test_older_bodies_name_scopes_in_another_place() -> None:
    error = refused(403, {"category": "MISSING_SCOPES", "context": {"requiredScopes": ["content", "content"]}})
    assert isinstance(error, MissingScope)
    assert error.scopes == ("content",)
    assert error.says.endswith("what is needed for this (content).")


def test_a_scope_refusal_that_names_none_still_is_one() -> None:
    error = refused(403, {"category": "MISSING_SCOPES", "errors": "?"})
    assert isinstance(error, MissingScope)
    assert error.scopes == ()


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        (TEN_SECONDLY, 10.0),
        (SECONDLY, 1.0),
        (DAILY, 900.0),
        ({"message": "You have reached your ten_secondly limit."}, 10.0),
        (b"slow down", 10.0),
    ],
)
def test_a_limit_says_how_long_to_wait(body: Any, seconds: float) -> None:
    error = refused(429, body)
    assert isinstance(error, HubSpotBusy)
    assert error.retry_after == seconds


def test_the_daily_limit_is_told_in_its_own_words() -> None:
    assert refused(429, DAILY).says == "This HubSpot account has used up its requests for today."


def test_retry_after_is_believed_before_anything_else() -> None:
    error = refused(429, TEN_SECONDLY, retry_after="3")
    assert isinstance(error, HubSpotBusy)
    assert error.retry_after == 3.0


def test_retry_after_may_be_a_date() -> None:
    error = refused(477, b"", retry_after=format_datetime(NOW + timedelta(hours=2), usegmt=True))
    assert isinstance(error, HubSpotMigrating)
    assert error.retry_after == 7200.0


def test_nonsense_in_retry_after_counts_as_none() -> None:
    error = refused(477, b"", retry_after="soon")
    assert isinstance(error, HubSpotMigrating)
    assert error.retry_after is None


def test_a_locked_record_is_free_in_two_seconds() -> None:
    error = refused(423, b"")
    assert isinstance(error, HubSpotUnavailable)
    assert error.retry_after == 2.0


def test_the_contact_that_exists_is_named() -> None:
    error = refused(409, EXISTS)
    assert isinstance(error, ContactExists)
    assert error.record_id == "37765128953"


def test_what_is_rejected_keeps_hubspots_words_and_its_correlation_id() -> None:
    error = refused(
        400, {"message": "Property values were not valid.", "correlationId": "c-6", "category": "VALIDATION_ERROR"}
    )
    assert isinstance(error, HubSpotRejected)
    assert error.says == "HubSpot did not accept what was sent: Property values were not valid."
    assert error.correlation_id == "c-6"


def test_a_rejection_without_words_names_its_status() -> None:
    assert refused(418, b"\xff\x00").says == "HubSpot did not accept what was sent: it answered with HTTP status 418."


def test_a_strangers_sentence_is_made_harmless() -> None:
    error = refused(400, {"message": "a\x1b[31m\nb" + "x" * 5000})
    assert "\n" not in error.says
    assert "\x1b" not in error.says
    assert len(error.says) < LONGEST_SENTENCE + 100


NAMES = ["message", "category", "errors", "context", "requiredScopes", "policyName", "correlationId"]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["message", "category", "errors", "context", "requiredScopes", "policyName", "correlationId"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(
    st.integers(300, 599), st.binary(max_size=60) | json_values.map(lambda value: json.dumps(value).encode()), st.text()
)
def test_no_body_is_too_strange(status: int, body: bytes, retry_after: str) -> None:
    error = error_for(read(status, {"retry-after": retry_after}, body), NOW)
    assert isinstance(error, HubSpotError | GrantBroken | ContactExists)
    assert error.says.endswith(".")
