import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.hubspot_app.conftest import APP_PATH, LABEL, WANTED

from hubspot_sandbox.gate import AppScopes, scope_problem
from offhook.diagnosis.catalogue import Kind, read_page
from offhook.diagnosis.report import Check
from offhook.hubspot_app.comparison import INSUFFICIENT, MISMATCH, REDIRECT, checks
from offhook.hubspot_app.project import AppFile, Auth, ProjectFile, Wanted, read, written

APP = read(written(WANTED, LABEL)[APP_PATH], AppFile)
PROJECT = ProjectFile("offhook", "2026.09")
READ, WRITE, USERS = "crm.objects.contacts.read", "crm.objects.contacts.write", "settings.users.read"


def failed(auth: Auth | None = None, wanted: Wanted = WANTED, **config: object) -> list[Check]:
    """What is wrong with the app when its settings are changed like this."""
    app = replace(APP, config=replace(APP.config, auth=auth or APP.config.auth, **config))
    return [each for each in checks(PROJECT, app, wanted) if each.state == "fail"]


def with_scopes(required: tuple[str, ...], optional: tuple[str, ...], conditional: tuple[str, ...] = ()) -> Auth:
    auth = APP.config.auth
    return replace(auth, required_scopes=required, optional_scopes=optional, conditionally_required_scopes=conditional)


def test_what_init_writes_passes_every_check() -> None:
    assert {each.state for each in checks(PROJECT, APP, WANTED)} == {"pass"}


# Scopes. Each row: the app's lists, the sentence that HubSpot shows, what to change.


@pytest.mark.parametrize(
    ("required", "optional", "conditional", "shows", "change"),
    [
        ((), (WRITE, USERS), (), MISMATCH, f"Add {READ} to requiredScopes."),
        ((), (READ, WRITE, USERS), (), MISMATCH, f"Move {READ} from optionalScopes to requiredScopes."),
        ((READ,), (USERS,), (), MISMATCH, f"Add {WRITE} to optionalScopes."),
        ((READ,), (USERS,), (WRITE,), MISMATCH, f"Move {WRITE} from conditionallyRequiredScopes to optionalScopes."),
        ((READ, WRITE), (USERS,), (), INSUFFICIENT, f"Move {WRITE} from requiredScopes to optionalScopes."),
        (
            (READ, WRITE),
            (WRITE, USERS),
            (),
            INSUFFICIENT,
            f"Take {WRITE} out of requiredScopes; it stands in optionalScopes already.",
        ),
        ((READ, "tickets"), (WRITE, USERS), (), INSUFFICIENT, "Take tickets out of requiredScopes."),
    ],
)
def test_a_scope_in_the_wrong_place_says_what_hubspot_shows_and_what_to_change(
    required: tuple[str, ...], optional: tuple[str, ...], conditional: tuple[str, ...], shows: str, change: str
) -> None:
    [found] = failed(with_scopes(required, optional, conditional))
    assert shows in found.says
    assert found.remedy == change


@pytest.mark.parametrize(
    "auth",
    [
        with_scopes((READ,), (WRITE, USERS)),
        with_scopes((), (WRITE, USERS), (READ,)),
        with_scopes(("oauth", READ), (WRITE, USERS, "tickets"), ("crm.lists.read",)),
    ],
    ids=["oauth is not named", "conditionally required is enough", "more than is asked"],
)
def test_what_hubspot_does_not_mind_is_no_difference(auth: Auth) -> None:
    assert failed(auth) == []


SCOPE = st.sampled_from(["oauth", READ, WRITE, USERS, "tickets"])
SCOPES = st.sets(SCOPE).map(lambda scopes: tuple(sorted(scopes)))


@given(SCOPES, SCOPES, SCOPES)
def test_it_says_what_the_sandbox_shows_for_any_lists(
    required: tuple[str, ...], optional: tuple[str, ...], conditional: tuple[str, ...]
) -> None:
    shown = scope_problem(AppScopes(required, conditional, optional), WANTED.required, WANTED.optional)
    found = " ".join(each.says for each in failed(with_scopes(required, optional, conditional)))
    assert bool(found) == bool(shown)
    for said in ("the provided scopes are insufficient", "mismatch between the scopes in the install URL"):
        if said in (shown or ""):
            assert said in found


def test_offhooks_own_catalogue_knows_the_words_that_are_promised() -> None:
    kinds = [read_page(words).kind for words in (INSUFFICIENT, MISMATCH, REDIRECT)]
    assert kinds == [Kind.SCOPES_INSUFFICIENT, Kind.SCOPES_MISMATCH, Kind.REDIRECT_MISMATCH]


# Where HubSpot sends people back to.


@pytest.mark.parametrize(
    ("listed", "says"),
    [
        ("https://offhook.example.com/oauth/callback/", "with a slash at its end"),
        ("https://Offhook.example.com/oauth/callback", "with other capital letters"),
        ("https://old.example.com/oauth/callback", "only https://old.example.com"),
    ],
)
def test_another_redirect_url_stops_everybody_and_is_shown_beside_ours(listed: str, says: str) -> None:
    [found] = failed(replace(APP.config.auth, redirect_urls=(listed,)))
    assert says in found.says
    assert REDIRECT in found.says
    assert found.remedy
    assert WANTED.redirect_uri in found.remedy


def test_no_redirect_url_at_all_is_told_too() -> None:
    [found] = failed(replace(APP.config.auth, redirect_urls=()))
    assert "does not list https://offhook.example.com/oauth/callback: HubSpot" in found.says


def test_http_is_for_localhost_only() -> None:
    listed = ("http://offhook.example.com/oauth/callback",)
    first, second = failed(replace(APP.config.auth, redirect_urls=listed))
    assert "must begin with https:// or http://localhost" in first.says
    assert "with another beginning" in second.says


@pytest.mark.parametrize(
    ("own", "remedy"),
    [
        ("http://127.0.0.1:8600/oauth/callback", "Set OFFHOOK_BASE_URL to http://localhost:8600."),
        ("http://offhook.lan/oauth/callback", "Set OFFHOOK_BASE_URL to the https address"),
    ],
)
def test_an_address_of_offhook_that_hubspot_would_not_take_is_said_first(own: str, remedy: str) -> None:
    [found] = failed(wanted=replace(WANTED, redirect_uri=own))
    assert own in found.says
    assert found.remedy
    assert found.remedy.startswith(remedy)


# The rest of the project.


@pytest.mark.parametrize(
    ("config", "name"),
    [
        ({"distribution": "public"}, "Distribution"),
        ({"name": " Offhook"}, "Project"),
        ({"name": "x" * 201}, "Project"),
        ({"description": ""}, "Project"),
    ],
)
def test_what_hubspot_does_not_take_is_a_difference(config: dict[str, object], name: str) -> None:
    [found] = failed(**config)
    assert found.name == name
    assert found.remedy


def test_an_app_with_a_fixed_token_asks_nobody() -> None:
    [found] = failed(replace(APP.config.auth, type="static"))
    assert (found.name, found.remedy) == ("Auth type", 'Set config.auth.type to "oauth".')


def test_uid_and_platform_version_must_be_hubspots() -> None:
    found = [each for each in checks(ProjectFile("x", "latest"), replace(APP, uid="a b"), WANTED) if each.state == "fail"]
    assert ["'latest'" in found[0].says, "'a b'" in found[1].says] == [True, True]


def test_an_app_of_the_marketplace_is_told_its_limit() -> None:
    app = replace(APP, config=replace(APP.config, distribution="marketplace"))
    [found] = [each for each in checks(PROJECT, app, WANTED) if each.name == "Distribution"]
    assert (found.state, "25 installations" in found.says) == ("pass", True)
