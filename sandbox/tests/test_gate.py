"""The three refusals as tables."""

from collections.abc import Sequence
from typing import Any

import pytest

from hubspot_sandbox import gate
from hubspot_sandbox.gate import Allowed, AppScopes, Refused
from hubspot_sandbox.people import Standing

READ, WRITE = "crm.objects.contacts.read", "crm.objects.contacts.write"
OWNERS, COMPANIES = "crm.objects.owners.read", "crm.objects.companies.read"
MARKETPLACE = {"app_marketplace_access": "on"}
TEAM = {"contacts.view": "team"}
WRITER = {"contacts.edit": "own", "contacts.edit.unassigned": "on"}


def judge(
    rights: dict[str, str],
    asked: list[str],
    optional: Sequence[str] = (),
    approved: Sequence[str] = (),
    super_admin: bool = False,
    tier: str = "professional",
) -> Any:
    return gate.judge(
        app_name="Offhook",
        standing=Standing(rights, super_admin),
        tier=tier,
        asked=asked,
        optional=optional,
        approved=approved,
    )


@pytest.mark.parametrize(
    ("rights", "asked", "lacking"),
    [
        ({}, ["oauth"], ["App Marketplace access"]),
        (MARKETPLACE, [READ], ["Team contact visibility"]),
        (MARKETPLACE | {"contacts.view": "own"}, [READ], ["Team contact visibility"]),
        (TEAM, [READ], ["App Marketplace access"]),
        (MARKETPLACE | TEAM, [READ, WRITE], ["contacts-writer", "contacts-writer (Unassigned)"]),
        (MARKETPLACE | TEAM | {"contacts.edit": "own"}, [READ, WRITE], ["contacts-writer (Unassigned)"]),
        ({}, [READ], ["App Marketplace access", "Team contact visibility"]),
    ],
)
def test_a_person_lacking_rights_is_told_which(rights: dict[str, str], asked: list[str], lacking: list[str]) -> None:
    refused = judge(rights, asked)
    assert isinstance(refused, Refused)
    assert refused.kind == "person"
    assert [each.shown_as for each in refused.missing] == lacking


@pytest.mark.parametrize(
    ("rights", "asked"),
    [
        (MARKETPLACE, ["oauth"]),
        (MARKETPLACE | TEAM, [READ]),
        (MARKETPLACE | {"contacts.view": "all"}, [READ]),
        (MARKETPLACE | TEAM | WRITER, [READ, WRITE]),
        (MARKETPLACE | TEAM | {"contacts.edit": "all"}, [READ, WRITE]),
    ],
)
def test_a_person_with_the_rights_may_connect(rights: dict[str, str], asked: list[str]) -> None:
    allowed = judge(rights, asked)
    assert isinstance(allowed, Allowed)
    assert set(allowed.granted) == {"oauth", *asked}


def test_a_super_admin_passes_without_any_right() -> None:
    assert isinstance(judge({}, [READ, WRITE, "tickets"], super_admin=True), Allowed)


def test_headings_follow_what_is_missing() -> None:
    only_marketplace, rights_too = judge(TEAM, [READ]), judge({}, [READ])
    assert only_marketplace.heading == "You don't have permission to connect this app"
    assert rights_too.heading == "You don't have the right permissions to install Offhook"
    assert rights_too.title == "Request for Integration Permissions"


def test_marketplace_access_is_not_needed_for_scopes_already_approved() -> None:
    allowed = judge(TEAM, [READ], approved=["oauth", READ])
    assert allowed == Allowed(("oauth", READ))


def test_optional_scopes_that_cannot_be_had_are_dropped_and_do_not_count_as_new() -> None:
    allowed = judge(TEAM, [READ], optional=[WRITE, COMPANIES], approved=["oauth", READ])
    assert allowed == Allowed(("oauth", READ), (WRITE, COMPANIES))


def test_an_optional_scope_that_would_be_new_needs_marketplace_access() -> None:
    refused = judge(TEAM, [READ], optional=[OWNERS], approved=["oauth", READ])
    assert isinstance(refused, Refused)
    assert [each.right.key for each in refused.missing] == ["app_marketplace_access"]


def test_an_account_without_the_tier_is_refused_whoever_asks() -> None:
    refused = judge({}, ["oauth", "automation"], super_admin=True, tier="starter")
    assert isinstance(refused, Refused)
    assert (refused.kind, refused.heading) == ("account", "Couldn't complete the connection")
    assert judge({}, ["oauth"], optional=["automation"], super_admin=True, tier="free").dropped == ("automation",)


@pytest.mark.parametrize(
    ("asked", "optional", "problem"),
    [
        ([READ], [], None),
        (["oauth", READ], [WRITE], None),
        (["oauth", READ, "tickets"], [], None),
        (["oauth"], [], gate.INSUFFICIENT_SCOPES),
        (["oauth"], [READ], gate.INSUFFICIENT_SCOPES),
        ([READ, WRITE], [], gate.MISMATCHED_SCOPES),
        ([READ, "forms"], [], gate.MISMATCHED_SCOPES),
        ([READ], ["forms"], gate.MISMATCHED_SCOPES),
        ([READ], ["tickets"], gate.MISMATCHED_SCOPES),
        ([READ, "no.such.scope"], [], gate.MISMATCHED_SCOPES),
    ],
)
def test_the_scopes_in_the_url_must_fit_the_app(asked: list[str], optional: Sequence[str], problem: str | None) -> None:
    configured = AppScopes(("oauth", READ), ("tickets",), (WRITE,))
    assert gate.scope_problem(configured, asked, optional) == problem


TERMS = gate.Terms()


def distribution(terms: gate.Terms = TERMS, **more: Any) -> Any:
    asked = {"account_id": 1, "test_account": False, "marketplace": False, "cap": 10, "installed_in": (), **more}
    return gate.judge_distribution(terms, **asked)


@pytest.mark.parametrize(
    ("terms", "more", "words"),
    [
        (TERMS, {}, ""),
        (gate.Terms(allow_list=(1, 2)), {}, ""),
        (gate.Terms(allow_list=(2,)), {}, "list of allowed accounts"),
        (gate.Terms(allow_list=()), {"installed_in": (1,)}, ""),
        (gate.Terms(allow_list=()), {"marketplace": True}, ""),
        (TERMS, {"cap": 2, "installed_in": (2, 3)}, "reached its limit of 2 installs"),
        (TERMS, {"cap": 2, "installed_in": (1, 3)}, ""),
        (TERMS, {"cap": 0, "installed_in": range(2, 100)}, ""),
        (gate.Terms(policy_signed=False), {"marketplace": True}, gate.POLICY_NOT_SIGNED),
        (gate.Terms(policy_signed=False), {"marketplace": True, "test_account": True}, ""),
        (gate.Terms(policy_signed=False), {}, ""),
    ],
)
def test_where_an_app_may_be_at_all(terms: gate.Terms, more: dict[str, Any], words: str) -> None:
    refused = distribution(terms, **more)
    assert (refused is not None) is bool(words)
    assert refused is None or (words in refused.detail and refused.heading == gate.COULD_NOT_CONNECT)


def test_scopes_that_the_developer_may_not_request() -> None:
    configured, terms = AppScopes(("oauth", READ), (), (WRITE,)), gate.Terms(forbidden_scopes=(WRITE,))
    assert gate.scope_problem(configured, [READ], [], terms) is None
    assert gate.scope_problem(configured, [READ], [WRITE], terms) == gate.SCOPES_NOT_PERMITTED


def test_older_words_are_chosen_by_the_app() -> None:
    older = gate.Terms(wording="older")
    assert gate.scope_problem(AppScopes(("oauth", READ)), ["oauth"], [], older) == gate.OLDER_INSUFFICIENT_SCOPES
    refused = gate.judge(
        app_name="Offhook", standing=Standing(), tier="free", asked=[READ], optional=(), approved=(), older=True
    )
    assert isinstance(refused, Refused)
    assert (refused.heading, refused.missing) == (gate.OLDER_PERSON_REFUSED, ())


@pytest.mark.parametrize(
    ("approved", "lets_in", "super_admin", "heading", "may_ask"),
    [
        (True, True, False, None, False),
        (True, False, False, gate.NO_PERMISSION, False),
        (False, False, False, "Offhook needs to be approved", True),
        (False, False, True, gate.COULD_NOT_CONNECT, False),
    ],
)
def test_approval(approved: bool, lets_in: bool, super_admin: bool, heading: str | None, may_ask: bool) -> None:
    refused = gate.judge_approval("Offhook", approved=approved, lets_in=lets_in, super_admin=super_admin, asked=[READ])
    assert (refused.heading if refused else None) == heading
    assert (refused is not None and refused.may_ask) is may_ask


def test_conditionally_required_scopes_count_as_required_once_they_are_asked() -> None:
    configured = AppScopes(("oauth", READ), ("tickets",), ())
    assert gate.scope_problem(configured, [READ, "tickets"], []) is None
    refused = judge(MARKETPLACE | TEAM, [READ, "tickets"])
    assert [each.shown_as for each in refused.missing] == ["tickets-writer", "tickets-writer (Unassigned)"]


def test_the_list_of_the_estuary_report_can_be_shown() -> None:
    """S15: labels and raw names stand mixed in one list, App Marketplace access first."""
    refused = judge({}, ["oauth", "forms", "automation", "content", "tickets", "sales-email-read"])
    shown = [each.shown_as for each in refused.missing]
    assert shown[0] == "App Marketplace access"
    assert {"Forms > Publish", "Workflows > Edit", "Workflows > Delete", "Design tools > View", "tickets-writer"} <= set(
        shown
    )
    assert len(shown) == len(set(shown))
