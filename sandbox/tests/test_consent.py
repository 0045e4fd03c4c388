"""Consent as a person meets it: sessions, refusals, codes."""

from urllib.parse import parse_qs, urlsplit

import pytest

from hubspot_sandbox.apps import RegistrationRefused
from hubspot_sandbox.consent import ConsentProblem, ConsentRefused, ConsentRequest
from hubspot_sandbox.gate import Allowed, Refused
from hubspot_sandbox.people import Session, UnknownPerson
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds.people import ACORN, ADA, BEN, BIRCH, CLEO, CLIENT_ID, DEV, EVE, FINN, REDIRECT_URL

READ = "crm.objects.contacts.read"
QUERY = {"client_id": CLIENT_ID, "redirect_uri": REDIRECT_URL, "scope": f"oauth {READ}", "state": "a b&c"}


def logged_in(portal: Portal, email: str) -> Session:
    session = portal.session(portal.log_in(email, "demo"))
    assert session is not None
    return session


def asking(portal: Portal, **more: str) -> ConsentRequest:
    request = portal.begin_consent(QUERY | more)
    assert isinstance(request, ConsentRequest)
    return request


def test_log_in_and_out(portal: Portal) -> None:
    assert portal.log_in(BEN, "wrong") is None
    assert portal.log_in("nobody@acorn.example", "demo") is None
    assert portal.log_in(FINN, "demo") is None, "a deactivated person cannot log in"
    session = logged_in(portal, BEN.upper())
    assert [account.id for account in portal.accounts_of(session)] == [ACORN, BIRCH]
    portal.log_out(session.id)
    assert portal.session(session.id) is None
    assert portal.session(None) is None


def test_rights_count_from_the_next_login(portal: Portal) -> None:
    before = logged_in(portal, BEN)
    portal.people.set_super_admin(ACORN, BEN, on=True)
    assert isinstance(portal.judge(before, ACORN, asking(portal)), Refused)
    assert portal.people.members(ACORN)[1].super_admin, "what is saved shows at once"
    assert isinstance(portal.judge(logged_in(portal, BEN), ACORN, asking(portal)), Allowed)


def test_a_super_admin_session_outlives_the_demotion_until_log_out(portal: Portal) -> None:
    portal.people.set_super_admin(ACORN, BEN, on=True)
    session = logged_in(portal, BEN)
    portal.people.set_super_admin(ACORN, BEN, on=False)
    assert isinstance(portal.judge(session, ACORN, asking(portal)), Allowed)


@pytest.mark.parametrize(
    ("email", "account", "optional", "verdict"),
    [
        (ADA, ACORN, "crm.objects.contacts.write", Allowed),
        (BEN, ACORN, "", Refused),
        (CLEO, ACORN, "", Refused),
        (DEV, ACORN, "", Refused),
        (EVE, ACORN, "", Refused),
        (BEN, BIRCH, "", Allowed),
        (BEN, BIRCH, "crm.objects.contacts.write crm.objects.companies.read", Allowed),
        (BEN, BIRCH, "crm.objects.owners.read", Refused),
        (CLEO, BIRCH, "", Refused),
    ],
)
def test_the_seeded_people(portal: Portal, email: str, account: int, optional: str, verdict: type) -> None:
    session, request = logged_in(portal, email), asking(portal, optional_scope=optional)
    assert isinstance(portal.judge(session, account, request), verdict)


def test_cleo_lacks_only_marketplace_access(portal: Portal) -> None:
    refused = portal.judge(logged_in(portal, CLEO), ACORN, asking(portal))
    assert isinstance(refused, Refused)
    assert [each.right.key for each in refused.missing] == ["app_marketplace_access"]
    assert refused.heading == "You don't have permission to connect this app"


def test_grant_sends_code_and_state_back(portal: Portal) -> None:
    url = portal.grant(logged_in(portal, ADA), ACORN, asking(portal))
    query = parse_qs(urlsplit(url).query)
    assert url.startswith(REDIRECT_URL + "?")
    assert query["state"] == ["a b&c"]
    assert query["code"][0].startswith("na1-")


def test_a_refused_person_cannot_be_granted(portal: Portal) -> None:
    with pytest.raises(ConsentRefused):
        portal.grant(logged_in(portal, BEN), ACORN, asking(portal))


def test_cancel_tells_the_app(portal: Portal) -> None:
    query = parse_qs(urlsplit(portal.deny(asking(portal))).query)
    assert (query["error"], query["state"]) == (["access_denied"], ["a b&c"])


def test_the_request_gives_its_parameters_again(portal: Portal) -> None:
    request = asking(portal, optional_scope="crm.objects.owners.read", code_challenge="x")
    assert portal.begin_consent(request.query()) == request


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"client_id": "nobody"}, "client ID"),
        ({"redirect_uri": "http://localhost:1/other"}, "redirect URL"),
        ({"redirect_uri": ""}, "redirect URL"),
        ({"scope": "oauth"}, "insufficient"),
        ({"scope": ""}, "insufficient"),
        ({"scope": f"oauth {READ} forms"}, "mismatch"),
        ({"optional_scope": "forms"}, "mismatch"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, "S256"),
    ],
)
def test_a_wrong_url_is_a_problem_on_hubspots_page(portal: Portal, change: dict[str, str], words: str) -> None:
    problem = portal.begin_consent(QUERY | change)
    assert isinstance(problem, ConsentProblem)
    assert problem.heading == "Couldn't complete the connection"
    assert words in problem.detail


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("https://app.example/callback", True),
        ("http://localhost/callback", True),
        ("http://localhost:9000/callback", True),
        ("http://127.0.0.1:9000/callback", False),
        ("http://app.example/callback", False),
        ("ftp://app.example", False),
        ("nonsense", False),
        ("http://localhost/x\r\nSet-Cookie: a=b", False),
        ("https://app.example/a b", False),
        ("https://[broken", False),
    ],
)
def test_redirect_urls_are_https_or_localhost(portal: Portal, url: str, fine: bool) -> None:
    if fine:
        assert portal.apps.register(name="Mine", redirect_urls=(url,)).redirect_urls == (url,)
    else:
        with pytest.raises(RegistrationRefused, match="redirect URL"):
            portal.apps.register(name="Mine", redirect_urls=(url,))


def test_who_may_manage_users(portal: Portal) -> None:
    ada, ben = logged_in(portal, ADA), logged_in(portal, BEN)
    assert portal.may_manage_users(ada, ACORN)
    assert portal.may_manage_super_admins(ada, BIRCH)
    assert not portal.may_manage_users(ben, ACORN)
    assert not portal.may_manage_super_admins(ben, BIRCH)


def test_rights_of_a_stranger_cannot_be_set(portal: Portal) -> None:
    with pytest.raises(UnknownPerson):
        portal.people.set_rights(BIRCH, CLEO, {})
