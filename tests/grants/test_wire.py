"""What goes to HubSpot's token endpoints, and what each answer means."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook import errors
from offhook.grants import wire
from offhook.grants.vault import Secret

NOW = datetime(2026, 11, 23, tzinfo=UTC)
APP = wire.App("client-id", Secret("client-secret"), "http://localhost:8600/oauth/callback")


def url(**changes: object) -> str:
    given = {
        "required": ("oauth", "crm.objects.contacts.read"),
        "optional": ("tickets",),
        "state": "st.a-te",
        "challenge": "ch",
        **changes,
    }
    return wire.authorize_url("https://app.hubspot.com/", APP, **given)  # type: ignore[arg-type]


def test_the_consent_url_asks_as_hubspot_wants_it() -> None:
    parts = urlsplit(url())
    assert (parts.netloc, parts.path) == ("app.hubspot.com", "/oauth/authorize")
    assert "scope=oauth%20crm.objects.contacts.read&" in parts.query
    assert {name: values[0] for name, values in parse_qs(parts.query).items()} == {
        "client_id": "client-id",
        "redirect_uri": "http://localhost:8600/oauth/callback",
        "scope": "oauth crm.objects.contacts.read",
        "optional_scope": "tickets",
        "state": "st.a-te",
        "code_challenge": "ch",
        "code_challenge_method": "S256",
    }


def test_no_optional_scope_is_no_parameter() -> None:
    assert "optional_scope" not in url(optional=())


def test_the_account_that_is_wanted_is_preselected() -> None:
    assert urlsplit(url(account_id=111)).path == "/oauth/111/authorize"


def test_each_request_says_what_it_is_for_and_hides_its_form() -> None:
    posts = {
        "/oauth/2026-09/token": [wire.exchange(APP, "a-code", Secret("ver")), wire.refresh(APP, Secret("a-token"))],
        "/oauth/2026-09/token/introspect": [wire.introspect(APP, Secret("a-token"))],
        "/oauth/2026-09/token/revoke": [wire.revoke(APP, Secret("a-token"))],
    }
    for path, same in posts.items():
        for post in same:
            assert post.path == path
            assert post.form["client_secret"] == "client-secret"
            assert not any(secret in repr(post) for secret in ("client-secret", "a-token", "a-code"))


def test_tokens_are_read_with_or_without_who_consented() -> None:
    body = {"access_token": "a", "refresh_token": "r", "expires_in": 1800, "token_type": "bearer"}
    bare = wire.decipher_tokens(msgspec.json.encode(body), NOW)
    full = wire.decipher_tokens(msgspec.json.encode({**body, "hub_id": 1, "user_id": 2, "scopes": ["oauth"]}), NOW)
    assert bare == wire.TokenAnswer(wire.Tokens(Secret("a"), Secret("r"), NOW + timedelta(minutes=30)))
    assert (full.account_id, full.user_id, full.scopes) == (1, 2, ("oauth",))


@given(st.binary(max_size=200) | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(msgspec.json.encode))
def test_an_answer_that_is_none_is_a_reason_to_try_later(body: bytes) -> None:
    with pytest.raises(errors.HubSpotUnavailable):
        wire.decipher_tokens(body, NOW)


@pytest.mark.parametrize("expires_in", [-1, 0, 10**18, "soon", None])
def test_an_absurd_lifetime_is_no_answer(expires_in: object) -> None:
    body = {"access_token": "t0ken", "refresh_token": "r", "expires_in": expires_in}
    with pytest.raises(errors.HubSpotUnavailable) as raised:
        wire.decipher_tokens(msgspec.json.encode(body), NOW)
    assert "t0ken" not in str(raised.value)


def test_introspection_says_who() -> None:
    body = {"active": True, "hub_id": 1, "user_id": 2, "user": "b@x.com", "hub_domain": "x.com", "scopes": ["oauth"]}
    assert wire.decipher_identity(msgspec.json.encode(body)) == wire.Identity(1, 2, "b@x.com", "x.com", ("oauth",))


def test_a_token_that_hubspot_does_not_know_is_nobody() -> None:
    assert wire.decipher_identity(b'{"active": false}') is None


MEANINGS = [
    ("refresh", 400, {"error": "invalid_grant", "status": "BAD_REFRESH_TOKEN"}, errors.GrantBroken),
    ("refresh", 400, {"status": "BAD_REFRESH_TOKEN", "message": "missing or invalid refresh token"}, errors.GrantBroken),
    ("refresh", 403, {"status": "BAD_HUB", "message": "missing or unknown hub id"}, errors.GrantBroken),
    ("refresh", 400, {"error": "access_denied", "status": "BAD_HUB"}, errors.GrantBroken),
    ("refresh", 400, {"status": "BAD_CLIENT_ID"}, errors.AppRejected),
    ("refresh", 401, {"error": "invalid_client", "status": "BAD_CLIENT_SECRET"}, errors.AppRejected),
    ("exchange", 400, {"error": "invalid_grant", "status": "BAD_AUTH_CODE"}, errors.ExpiredConsent),
    ("exchange", 400, {"status": "BAD_CODE_VERIFIER"}, errors.ExpiredConsent),
    ("exchange", 400, {"error": "invalid_request", "status": "BAD_REDIRECT_URI"}, errors.AppRejected),
    ("exchange", 400, {"status": "BAD_GRANT_TYPE"}, errors.AppRejected),
    ("exchange", 400, {"status": "BAD_SCOPES"}, errors.AppRejected),
    ("refresh", 429, {"errorType": "RATE_LIMIT"}, errors.HubSpotBusy),
    ("refresh", 423, {}, errors.HubSpotBusy),
    ("refresh", 477, {}, errors.HubSpotMigrating),
    ("refresh", 502, {}, errors.HubSpotUnavailable),
    ("refresh", 521, {}, errors.HubSpotUnavailable),
    ("refresh", 400, {"status": "SOMETHING_NEW", "message": "no"}, errors.HubSpotRejected),
    ("refresh", 400, {"status": 5, "message": ["no"]}, errors.HubSpotRejected),
    ("revoke", 404, {}, errors.HubSpotRejected),
]


@pytest.mark.parametrize(("purpose", "status", "body", "meaning"), MEANINGS)
def test_a_refusal_means(purpose: wire.Purpose, status: int, body: dict[str, Any], meaning: type[Exception]) -> None:
    with pytest.raises(meaning) as raised:
        wire.check(purpose, status, {}, msgspec.json.encode(body))
    assert type(raised.value) is meaning


def test_hubspots_own_words_reach_the_person() -> None:
    body = b'{"error":"invalid_grant","error_description":"refresh token is invalid, expired or revoked"}'
    with pytest.raises(errors.GrantBroken, match="refresh token is invalid, expired or revoked"):
        wire.check("refresh", 400, {}, body)


@pytest.mark.parametrize(("header", "seconds"), [("30", 30.0), ("", None), ("Wed, 21 Oct", None), ("-1", None)])
def test_it_waits_as_long_as_it_is_told(header: str, seconds: float | None) -> None:
    with pytest.raises(errors.HubSpotMigrating) as raised:
        wire.check("refresh", 477, {"retry-after": header}, b"")
    assert raised.value.retry_after == seconds


@given(st.integers(300, 599), st.binary(max_size=300))
def test_any_other_answer_is_an_error_of_ours(status: int, body: bytes) -> None:
    with pytest.raises(errors.OffhookError):
        wire.check("refresh", status, {}, body)


@given(st.text(max_size=3000))
def test_a_strangers_sentence_becomes_one_bounded_line(text: str) -> None:
    said = wire.plain(text)
    assert len(said) <= wire.LONGEST_SENTENCE
    assert said.isprintable()
