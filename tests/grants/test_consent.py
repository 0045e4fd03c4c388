"""From *Connect HubSpot* to a claim, with everything that comes in between."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import structlog

from offhook.database import Database
from offhook.errors import (
    AnotherAccount,
    AppRejected,
    DeclinedConsent,
    ExpiredConsent,
    HubSpotUnreachable,
    InvalidInput,
    NotFound,
    UnknownConsent,
    WrongState,
)
from offhook.grants import store
from offhook.grants.access import Access
from offhook.grants.attempt import Begun, Consented, same_origin
from offhook.grants.consent import LONGEST_PAGE, Consents
from offhook.grants.proofs import hashed, random_text
from offhook.grants.vault import Vault

SECRET, DEVICE = "s" * 43, "d" * 43
CONTACTS = "https://app.hubspot.com/contacts/111/objects/0-1"

Connect = Callable[..., Awaitable[tuple[str, Consented]]]


async def begin(consents: Consents, **changes: Any) -> Begun:
    return await consents.begin(**{"ask": "everything", "secret_hash": hashed(SECRET), "device_hash": DEVICE, **changes})


async def test_a_consent_becomes_a_grant_and_is_claimed_once(connect: Connect, consents: Consents, hubspot: Any) -> None:
    attempt_id, consented = await connect(return_to=CONTACTS)
    assert (consented.account_id, consented.user_id, consented.email) == (111, 7, "ben@example.com")
    assert (consented.hub_domain, consented.ask, consented.device_hash) == ("example.com", "everything", DEVICE)
    assert (consented.scopes, consented.return_to) == (("oauth", "crm.objects.contacts.read"), CONTACTS)
    first, second = await consents.claim(attempt_id, SECRET), await consents.claim(attempt_id, SECRET)
    assert (first.state, first.agent_id) == ("granted", "ben")
    assert (second.state, second.agent_id) == ("expired", None)


async def test_of_many_claims_at_once_one_is_granted(connect: Connect, consents: Consents) -> None:
    attempt_id, _ = await connect()
    claims = await asyncio.gather(*(consents.claim(attempt_id, SECRET) for _ in range(20)))
    assert sorted(claim.state for claim in claims) == ["expired"] * 19 + ["granted"]


async def test_the_wrong_secret_learns_nothing(connect: Connect, consents: Consents) -> None:
    attempt_id, _ = await connect()
    with pytest.raises(NotFound) as wrong:
        await consents.claim(attempt_id, "x" * 43)
    with pytest.raises(NotFound) as never:
        await consents.claim("no-such-attempt", SECRET)
    assert str(wrong.value) == str(never.value)
    assert (await consents.claim(attempt_id, SECRET)).state == "granted"


async def test_it_waits_then_is_stuck_then_expired(consents: Consents, clock: Any) -> None:
    begun = await begin(consents)
    assert (await consents.claim(begun.id, SECRET)).state == "waiting"
    clock.advance(seconds=45)
    assert (await consents.claim(begun.id, SECRET)).state == "stuck"
    clock.now = begun.expires_at
    assert (await consents.claim(begun.id, SECRET)).state == "expired"


async def test_a_stuck_one_keeps_its_page_and_its_report_and_may_still_be_granted(
    consents: Consents, hubspot: Any
) -> None:
    begun = await begin(consents, return_to=CONTACTS)
    attempt = await consents.stuck(begun.id, SECRET, "You don't have permission" + "x" * LONGEST_PAGE)
    assert attempt.page_text is not None
    assert len(attempt.page_text) == LONGEST_PAGE
    await consents.stuck(begun.id, SECRET)
    await consents.remember_report(begun.id, b'{"missing": []}')
    claim = await consents.claim(begun.id, SECRET)
    assert (claim.state, claim.page_text, claim.report) == ("stuck", attempt.page_text, b'{"missing": []}')
    assert (claim.ask, claim.return_to) == ("everything", CONTACTS)
    assert (await consents.complete(hubspot.consent(begun.consent_url))).attempt_id == begun.id


async def test_only_who_began_can_say_that_it_is_stuck(consents: Consents) -> None:
    begun = await begin(consents)
    with pytest.raises(NotFound):
        await consents.stuck(begun.id, "x" * 43)


async def test_what_was_answered_is_not_stuck(connect: Connect, consents: Consents) -> None:
    attempt_id, _ = await connect()
    with pytest.raises(WrongState):
        await consents.stuck(attempt_id, SECRET)


async def test_a_replayed_callback_is_refused_and_asks_hubspot_nothing(consents: Consents, hubspot: Any) -> None:
    begun = await begin(consents)
    answer = hubspot.consent(begun.consent_url)
    results = await asyncio.gather(*(consents.complete(answer) for _ in range(5)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Consented"] + ["ExpiredConsent"] * 4
    assert len(hubspot.asked("exchange")) == 1
    assert (await consents.claim(begun.id, SECRET)).state == "waiting"


async def test_an_old_callback_is_refused(consents: Consents, hubspot: Any, clock: Any) -> None:
    begun = await begin(consents)
    answer = hubspot.consent(begun.consent_url)
    clock.now = begun.expires_at
    with pytest.raises(ExpiredConsent):
        await consents.complete(answer)
    assert hubspot.requests == []


async def test_a_callback_without_our_state_is_unknown(consents: Consents) -> None:
    for params in ({}, {"code": "c"}, {"code": "c", "state": ""}, {"code": "c", "state": "x.y.z"}):
        with pytest.raises(UnknownConsent):
            await consents.complete(params)


async def test_a_foreign_state_is_unknown(
    consents: Consents, database: Database, server: Any, clock: Any, hubspot: Any
) -> None:
    options: dict[str, Any] = {"app_url": "https://app.hubspot.com", "lifetime": 1800, "patience": 45}
    foreign = Consents(
        database, server, Vault(["another key"]), clock, scopes_for=lambda ask, *held: (("oauth",), ()), **options
    )
    begun = await begin(foreign)
    with pytest.raises(UnknownConsent):
        await consents.complete(hubspot.consent(begun.consent_url))


async def test_an_answer_without_code_or_error_does_not_use_the_attempt_up(consents: Consents, hubspot: Any) -> None:
    begun = await begin(consents)
    answer = hubspot.consent(begun.consent_url)
    with pytest.raises(UnknownConsent):
        await consents.complete({"state": answer["state"]})
    assert (await consents.complete(answer)).account_id == 111


async def test_hubspots_no_reaches_the_panel_in_plain_words(consents: Consents, hubspot: Any) -> None:
    begun = await begin(consents)
    state = hubspot.consent(begun.consent_url)["state"]
    said = "The user\n denied <script>access</script>" + "!" * 1000
    with pytest.raises(DeclinedConsent) as raised:
        await consents.complete({"state": state, "error": "access_denied", "error_description": said})
    claim = await consents.claim(begun.id, SECRET)
    assert claim.state == "failed"
    assert claim.problem is not None
    assert (claim.problem.code, claim.problem.says) == ("declined-consent", raised.value.says)
    assert claim.problem.says.startswith("HubSpot did not connect: The user denied <script>")
    assert len(claim.problem.says) < 350


async def test_another_account_is_refused_by_name_and_its_tokens_are_revoked(
    connect: Connect, consents: Consents, hubspot: Any
) -> None:
    await connect()
    begun = await begin(consents, expected=(111, 7))
    hubspot.account_id, hubspot.user_id, hubspot.email = 222, 9, "eve@other.com"
    with pytest.raises(AnotherAccount) as raised:
        await consents.complete(hubspot.consent(begun.consent_url))
    for name in ("222", "eve@other.com", "Example Inc", "111", "ben@example.com"):
        assert name in raised.value.says
    assert len(hubspot.revoked) == 1
    claim = await consents.claim(begun.id, SECRET)
    assert claim.problem is not None
    assert (claim.state, claim.problem.code) == ("failed", "another-account")


async def test_refusing_another_agent_of_ours_does_not_cut_her_off(
    connect: Connect, consents: Consents, hubspot: Any
) -> None:
    hubspot.user_id = 9
    await connect(agent_id="eve")
    begun = await begin(consents, expected=(111, 7))
    with pytest.raises(AnotherAccount):
        await consents.complete(hubspot.consent(begun.consent_url))
    assert hubspot.revoked == []


async def test_the_expected_person_is_let_in_and_her_account_is_preselected(
    connect: Connect, consents: Consents, hubspot: Any
) -> None:
    begun = await begin(consents, expected=(111, 7))
    assert urlsplit(begun.consent_url).path == "/oauth/111/authorize"
    assert (await consents.complete(hubspot.consent(begun.consent_url))).user_id == 7


async def test_who_consented_is_taken_from_the_tokens_when_introspection_fails(consents: Consents, hubspot: Any) -> None:
    begun = await begin(consents)
    tokens = {
        "access_token": "a",
        "refresh_token": "r",
        "expires_in": 1800,
        "hub_id": 5,
        "user_id": 6,
        "scopes": ["oauth"],
    }
    hubspot.script = [httpx.Response(200, json=tokens), httpx.Response(503)]
    consented = await consents.complete(hubspot.consent(begun.consent_url))
    assert (consented.account_id, consented.user_id, consented.scopes) == (5, 6, ("oauth",))


async def test_a_consent_of_nobody_fails(consents: Consents, hubspot: Any) -> None:
    begun = await begin(consents)
    hubspot.tells_who = False
    with pytest.raises(Exception, match="did not say who"):
        await consents.complete(hubspot.consent(begun.consent_url))
    assert (await consents.claim(begun.id, SECRET)).state == "failed"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx.ConnectError("no route"), HubSpotUnreachable),
        (httpx.Response(400, json={"status": "BAD_CLIENT_SECRET"}), AppRejected),
        (httpx.Response(400, json={"status": "BAD_AUTH_CODE", "error": "invalid_grant"}), ExpiredConsent),
    ],
)
async def test_a_failed_exchange_is_told_to_the_panel(
    consents: Consents, hubspot: Any, answer: Any, error: type[Exception]
) -> None:
    begun = await begin(consents)
    hubspot.script = [answer]
    with pytest.raises(error):
        await consents.complete(hubspot.consent(begun.consent_url))
    claim = await consents.claim(begun.id, SECRET)
    assert claim.problem is not None
    assert claim.problem.code == error.code  # type: ignore[attr-defined]


async def test_only_a_completed_consent_becomes_a_grant(consents: Consents, database: Database) -> None:
    begun = await begin(consents)
    with pytest.raises(WrongState):
        async with database.transaction() as connection:
            await consents.granted(connection, begun.id, "ben")


async def test_what_cannot_be_begun_is_refused(consents: Consents) -> None:
    for change in ({"ask": "the-moon"}, {"secret_hash": "short"}, {"device_hash": "d" * 44}):
        with pytest.raises(InvalidInput):
            await begin(consents, **change)


async def test_less_can_be_asked(consents: Consents) -> None:
    query = parse_qs(urlsplit((await begin(consents, ask="search-only")).consent_url).query)
    assert query["scope"] == ["oauth crm.objects.contacts.read"]
    assert "optional_scope" not in query


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/contacts",
        "https://app.hubspot.com.evil.example/",
        "https://app.hubspot.com@evil.example/",
        "https://evil.example\\@app.hubspot.com/",
        "http://app.hubspot.com/",
        "https://app.hubspot.com:444/",
        "//app.hubspot.com/",
        "/contacts",
        "javascript:alert(1)",
        "https://app.hubspot.com/\n",
        "https://[app.hubspot.com/",
        "https://app.hubspot.com:port/",
    ],
)
def test_what_is_not_exactly_hubspots_app_is_another_origin(elsewhere: str) -> None:
    assert not same_origin(elsewhere, "https://app.hubspot.com")


async def test_it_returns_to_hubspot_only(consents: Consents, database: Database) -> None:
    for address, kept in (
        (CONTACTS, CONTACTS),
        (None, None),
        ("https://evil.example/contacts", None),
        (CONTACTS + "x" * 2048, None),
    ):
        begun = await begin(consents, return_to=address)
        async with database.reading() as connection:
            attempt = await store.attempt(connection, begun.id)
        assert attempt is not None
        assert attempt.return_to == kept


def test_the_default_port_is_the_same_origin() -> None:
    assert same_origin("https://APP.hubspot.com:443/x", "https://app.hubspot.com")


async def test_attempts_of_long_ago_are_swept(consents: Consents, database: Database, clock: Any) -> None:
    old = await begin(consents)
    clock.advance(days=31)
    new = await begin(consents)
    async with database.reading() as connection:
        assert await store.attempt(connection, old.id) is None
        assert await store.attempt(connection, new.id) is not None


async def test_no_secret_is_kept_or_logged(
    connect: Connect, consents: Consents, access: Access, database: Database, hubspot: Any
) -> None:
    secret = random_text()
    with structlog.testing.capture_logs() as logs:
        _, consented = await connect()
        await access.token_source("ben")(False)
        await access.token_source("ben")(True)
        begun = await begin(consents, secret_hash=hashed(secret))
        await consents.complete(hubspot.consent(begun.consent_url))
        await access.forget("ben")
    assert {entry["action"] for entry in logs} >= {"consent-given", "token-refreshed", "grant-forgotten"}
    forms = [value for _, form in hubspot.requests for value in form.values()]
    hidden = [value for value in forms if value.startswith(("access-", "na1-", "code-"))]
    verifiers = [form["code_verifier"] for form in hubspot.asked("exchange")]
    for value in [*hidden, *verifiers, secret, "client-secret"]:
        assert value not in f"{logs} {consented!r} {begun!r}"
