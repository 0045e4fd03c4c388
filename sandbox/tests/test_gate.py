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


def test_missing_scopes_of_a_call() -> None:
    assert gate.missing_scopes({"oauth", READ}, [READ, WRITE]) == (WRITE,)


@pytest.mark.parametrize(
    ("standing", "may"),
    [
        (None, False),
        (Standing(), False),
        (Standing({"contacts.view": "own"}), True),
        (Standing({}, super_admin=True), True),
    ],
)
def test_user_level_apps_follow_the_person(standing: Standing | None, may: bool) -> None:
    assert gate.person_may(standing, "contacts", "view") is may
