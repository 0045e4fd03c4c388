import pytest

from offhook.errors import InvalidInput
from offhook.hubspot.scopes import (
    CAPABILITIES,
    CONTACTS_WRITE,
    OF_ACCOUNT,
    OPTIONAL,
    OWNERS_READ,
    REQUIRED,
    TICKETS,
    capabilities,
    needing,
    scopes_for,
)


def test_only_finding_contacts_is_required() -> None:
    on = [each.key for each in capabilities(REQUIRED) if each.on]
    assert on == ["find-contacts"]


def test_everything_unlocks_every_capability() -> None:
    assert all(each.on for each in capabilities([*REQUIRED, *OPTIONAL]))


def test_nothing_is_asked_for_that_no_capability_needs() -> None:
    needed = {scope for each in CAPABILITIES for scope in each.scopes}
    assert {*REQUIRED, *OPTIONAL} - {"oauth"} == needed


def test_every_ask_requires_only_what_finds_contacts() -> None:
    assert scopes_for("search-only") == (REQUIRED, ())
    assert scopes_for("everything") == (REQUIRED, OPTIONAL)
    assert scopes_for("account") == (REQUIRED, OPTIONAL + OF_ACCOUNT)


def test_adding_a_capability_keeps_what_was_granted() -> None:
    assert scopes_for("add:tickets", held=(*REQUIRED, OWNERS_READ)) == (REQUIRED, (TICKETS, OWNERS_READ))
    assert scopes_for("add:log-calls,tickets") == (REQUIRED, (CONTACTS_WRITE, TICKETS))
    assert scopes_for("search-only", held=(CONTACTS_WRITE,)) == (REQUIRED, (CONTACTS_WRITE,))


def test_what_an_administrator_does_not_want_is_not_asked_for() -> None:
    assert TICKETS not in scopes_for("everything", without=("tickets",)).optional
    assert CONTACTS_WRITE in scopes_for("everything", without=("create-contacts",)).optional, "logging needs it still"
    assert CONTACTS_WRITE not in scopes_for("account", without=("log-calls", "create-contacts", "recordings")).optional


@pytest.mark.parametrize("ask", ["", "all", "add:", "add:fly", "add:tickets,", "EVERYTHING"])
def test_an_unknown_ask_is_refused(ask: str) -> None:
    with pytest.raises(InvalidInput):
        scopes_for(ask)


@pytest.mark.parametrize(
    ("scope", "keys"),
    [
        ("crm.objects.contacts.write", ["log-calls", "create-contacts", "recordings"]),
        ("settings.users.read", ["check-rights"]),
        ("content", []),
    ],
)
def test_it_says_what_a_scope_is_needed_for(scope: str, keys: list[str]) -> None:
    assert [each.key for each in needing([scope])] == keys


def test_half_of_the_scopes_do_not_unlock_a_capability() -> None:
    assert ("company-and-deals", "Show company and deals", False) in capabilities(["crm.objects.companies.read"])
