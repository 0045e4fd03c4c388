"""Connecting an app: choose an account, be refused, pass the human check, grant, cancel."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from hubspot_sandbox.gate import Terms
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds.people import ACORN, ADA, BEN, BIRCH, CLEO, CLIENT_ID, OPTIONAL_SCOPES, REDIRECT_URL

TITLE = "Request for Integration Permissions"
OPTIONAL = " ".join(OPTIONAL_SCOPES)


def _sent(location: str) -> dict[str, str]:
    assert location.startswith(REDIRECT_URL + "?")
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


def test_a_stranger_logs_in_first_and_comes_back_with_everything(someone: Any, authorize: Any) -> None:
    address = authorize(optional_scope=OPTIONAL, code_challenge="abc", code_challenge_method="S256")
    ben = someone()
    ben.get(address, expect=302)
    ben.post("/login", ben.follow().fields("/login") | {"email": BEN, "password": "demo"})
    assert parse_qs(urlsplit(ben.location).query) == parse_qs(urlsplit(address).query)


def test_several_accounts_are_a_choice_that_keeps_all_parameters(ben: Any, authorize: Any) -> None:
    page = ben.get(authorize(optional_scope=OPTIONAL, something="else"))
    assert page.title.startswith("Choose an account")
    assert page.heading == "Choose an account"
    birch = page.fields(f"/oauth/{BIRCH}/authorize")
    assert birch["state"] == "s t&te"
    assert birch["optional_scope"] == OPTIONAL
    assert birch["something"] == "else"
    buttons = [page.within(each, "span")[1:] for each in page.all("button") if each["class"] == "choice"]
    assert [[span.text for span in spans] for spans in buttons] == [
        ["Acorn Supplies", str(ACORN)],
        ["Birch Studio", str(BIRCH)],
    ]


def test_the_only_account_needs_no_choice(someone: Any, authorize: Any) -> None:
    cleo = someone().log_in(CLEO)
    cleo.get(authorize(), expect=302)
    assert cleo.location == authorize(ACORN)


def test_ben_is_refused_in_acorn_in_hubspots_words(ben: Any, authorize: Any) -> None:
    page = ben.get(authorize(ACORN, optional_scope=OPTIONAL), expect=403)
    assert page.title.startswith(TITLE)
    assert page.heading == "You don't have the right permissions to install Offhook"
    listed = page.within(page.one("ol"), "li")
    assert [each.text for each in listed] == ["App Marketplace access", "Team contact visibility"]
    assert REDIRECT_URL not in ben.answer.text, "nothing leads back to the app"


def test_nor_can_ben_grant_by_sending_the_form_himself(ben: Any, authorize: Any) -> None:
    csrf = ben.get("/").fields("/logout")["csrf"]
    page = ben.post(authorize(ACORN), {"csrf": csrf, "human": "yes", "decision": "grant"}, expect=403)
    assert page.heading == "You don't have the right permissions to install Offhook"


def test_only_marketplace_access_missing_has_its_own_words(someone: Any, authorize: Any) -> None:
    page = someone().log_in(CLEO).get(authorize(ACORN), expect=403)
    assert page.heading == "You don't have permission to connect this app"


def test_ben_connects_birch_with_search_only(ben: Any, authorize: Any, portal: Portal) -> None:
    address = authorize(BIRCH)
    page = ben.get(address)
    assert page.title.startswith(TITLE)
    assert page.heading == TITLE
    assert "Offhook would like to connect to Birch Studio" in page.one("main").text
    assert page.texts("h2") == ["Required"]
    assert "not verified" in page.one("main").text
    ben.submit(address, human="yes", decision="grant", expect=302)
    answer = _sent(ben.location)
    assert answer["state"] == "s t&te"
    app = portal.apps.get(CLIENT_ID)
    assert app
    pair = portal.grants.exchange(app, answer["code"], REDIRECT_URL)
    assert pair.access.scopes == ("oauth", "crm.objects.contacts.read")
    assert (pair.access.account_id, pair.access.email) == (BIRCH, BEN)


def test_required_and_optional_are_told_apart_in_plain_words(ada: Any, authorize: Any) -> None:
    page = ada.get(authorize(ACORN, optional_scope=OPTIONAL))
    assert page.texts("h2") == ["Required", "Optional"]
    lists = [each for each in page.all("ul") if each["class"] == "asked"]
    names = [[code.text for code in page.within(each, "code")] for each in lists]
    assert names == [["oauth", "crm.objects.contacts.read"], list(OPTIONAL_SCOPES)]
    assert "View properties and other details about contacts" in lists[0].text


def test_optional_scopes_she_cannot_give_are_not_mentioned(ben: Any, authorize: Any) -> None:
    ben.get(authorize(BIRCH, optional_scope=OPTIONAL), expect=403)
    page = ben.get(authorize(BIRCH, optional_scope="settings.users.read"))
    assert "settings.users.read" not in page.one("main").text


def test_the_human_check_is_required(ada: Any, authorize: Any) -> None:
    address = authorize(ACORN)
    assert ada.get(address).one("label", **{"for": "human"}).text == "I am not a robot"
    page = ada.submit(address, decision="grant", expect=400)
    assert page.one("p", role="alert").text == "Tick this box to show that you are a person."
    assert page.one("input", id="human")["aria-describedby"] == "human-error"
    assert page.heading == TITLE


def test_the_token_of_the_form_is_required(ada: Any, authorize: Any) -> None:
    ada.post(authorize(ACORN), {"human": "yes", "decision": "grant"}, expect=403)
    assert "location" not in ada.answer.headers


def test_pkce_is_kept_with_the_code(ada: Any, authorize: Any, portal: Portal) -> None:
    verifier = "v" * 64
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    address = authorize(ACORN, code_challenge=challenge, code_challenge_method="S256")
    ada.submit(address, human="yes", decision="grant", expect=302)
    app = portal.apps.get(CLIENT_ID)
    assert app
    assert portal.grants.exchange(app, _sent(ada.location)["code"], REDIRECT_URL, verifier).access.account_id == ACORN


def test_cancel_tells_the_app(ada: Any, authorize: Any) -> None:
    ada.submit(authorize(ACORN), decision="cancel", expect=302)
    assert _sent(ada.location)["error"] == "access_denied"


def test_the_story_ada_helps_ben_and_the_next_login_counts(ada: Any, ben: Any, authorize: Any, portal: Portal) -> None:
    address = authorize(ACORN)
    member = portal.people.membership(ACORN, BEN)
    assert member
    edit = f"/settings/{ACORN}/users/{member.user_id}/edit"
    ben.get(address, expect=403)
    ada.submit(edit, **{"contacts.view": "all", "app_marketplace_access": "on"})
    ben.get(address, expect=403)
    ben.log_out()
    ben.log_in(BEN)
    ben.submit(address, human="yes", decision="grant", expect=302)
    assert _sent(ben.location)["code"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"client_id": "nobody"}, "unknown"),
        ({"redirect_uri": "https://evil.example/<b>"}, "https://evil.example/<b> is not one of the URLs"),
        ({"scope": "oauth"}, "the provided scopes are insufficient"),
        ({"scope": "oauth crm.objects.contacts.read tickets"}, "there is a mismatch between the scopes"),
        ({"code_challenge": "x", "code_challenge_method": "plain"}, "S256"),
    ],
)
def test_a_wrong_request_stays_here(ada: Any, authorize: Any, changes: dict[str, str], words: str) -> None:
    for address in (authorize(**changes), authorize(ACORN, **changes)):
        page = ada.get(address, expect=400)
        assert page.heading == "Couldn't complete the connection"
        assert words in page.one("main").text
        assert not [link for link in page.all("a") if link["href"].startswith("http")]


def test_a_feature_the_account_lacks_is_a_refusal(ada: Any, authorize: Any, portal: Portal) -> None:
    app = portal.apps.get(CLIENT_ID)
    assert app
    portal.apps.register(
        name="Offhook", redirect_urls=app.redirect_urls, client_id=CLIENT_ID,
        scopes=type(app.scopes)(required=("oauth", "automation")),
    )  # fmt: skip
    page = ada.get(authorize(BIRCH, scope="oauth automation"), expect=403)
    assert page.heading == "Couldn't complete the connection"
    assert "This account doesn't have access to some HubSpot features" in page.one("main").text


def test_a_verified_app_has_no_warning(ada: Any, authorize: Any, portal: Portal) -> None:
    app = portal.apps.get(CLIENT_ID)
    assert app
    portal.apps._apps.put(
        CLIENT_ID, type(app)(**{name: getattr(app, name) for name in app.__struct_fields__} | {"is_verified": True})
    )
    assert "not verified" not in ada.get(authorize(ACORN)).one("main").text


def test_somebody_elses_account_is_no_choice(someone: Any, authorize: Any) -> None:
    cleo = someone().log_in(CLEO)
    assert cleo.get(authorize(BIRCH), expect=403).heading == "You don't have access to this account"


def test_a_name_with_markup_is_only_text(ada: Any, authorize: Any, portal: Portal) -> None:
    app = portal.apps.get(CLIENT_ID)
    assert app
    portal.apps.register(name="<img src=x>", redirect_urls=app.redirect_urls, client_id=CLIENT_ID, scopes=app.scopes)
    assert not ada.get(authorize(ACORN)).all("img")
    assert not ada.get(authorize()).all("img")
    assert ADA in ada.get(authorize(ACORN)).one("main").text


def _with_terms(portal: Portal, **terms: Any) -> None:
    app = portal.apps.get(CLIENT_ID)
    assert app
    marketplace = "marketplace" if terms.pop("marketplace", False) else "private"
    portal.apps.save(msgspec.structs.replace(app, distribution=marketplace, terms=Terms(**terms)))


@pytest.mark.parametrize(
    ("terms", "status", "heading", "words"),
    [
        ({"allow_list": ()}, 403, "Couldn't complete the connection", "list of allowed accounts"),
        ({"install_cap": 1}, 403, "Couldn't complete the connection", "limit of 1 installs"),
        (
            {"marketplace": True, "policy_signed": False},
            403,
            "Couldn't complete the connection",
            "the app developer has not signed the acceptable use policy.",
        ),
        (
            {"forbidden_scopes": ("crm.objects.contacts.read",)},
            400,
            "Couldn't complete the connection",
            "The app developer doesn't have permissions to request the set of scopes.",
        ),
    ],
)
def test_what_hubspot_lets_the_developer_do(
    ada: Any, authorize: Any, portal: Portal, terms: dict[str, Any], status: int, heading: str, words: str
) -> None:
    _with_terms(portal, **terms)
    page = ada.get(authorize(ACORN), expect=status)
    assert page.heading == heading
    assert words in page.one("main").text


def test_an_account_that_has_the_app_keeps_it(ada: Any, authorize: Any, portal: Portal) -> None:
    _with_terms(portal, allow_list=(), install_cap=1)
    ada.get(authorize(BIRCH))


def test_older_wording(ben: Any, ada: Any, authorize: Any, portal: Portal) -> None:
    _with_terms(portal, wording="older")
    page = ben.get(authorize(ACORN), expect=403)
    assert page.heading.startswith("You do not have the correct role to grant these permissions.")
    assert not page.all("ol")
    assert "Insufficient scopes were provided." in ada.get(authorize(scope="oauth"), expect=400).one("main").text


def test_a_required_scope_in_the_wrong_parameter_is_insufficient(ada: Any, authorize: Any) -> None:
    page = ada.get(authorize(scope="oauth", optional_scope="crm.objects.contacts.read"), expect=400)
    assert "the provided scopes are insufficient" in page.one("main").text
