import pytest

from offhook.hubspot.scopes import ASKS, CAPABILITIES, OPTIONAL, REQUIRED, capabilities, needing


def test_only_finding_contacts_is_required() -> None:
    on = [each.key for each in capabilities(REQUIRED) if each.on]
    assert on == ["find-contacts"]


def test_everything_unlocks_every_capability() -> None:
    assert all(each.on for each in capabilities([*REQUIRED, *OPTIONAL]))


def test_nothing_is_asked_for_that_no_capability_needs() -> None:
    needed = {scope for each in CAPABILITIES for scope in each.scopes}
    assert {*REQUIRED, *OPTIONAL} - {"oauth"} == needed


def test_search_only_asks_for_no_more_than_it_must() -> None:
    assert ASKS["search-only"] == (REQUIRED, ())
    assert ASKS["everything"] == (REQUIRED, OPTIONAL)


@pytest.mark.parametrize(
    ("scope", "keys"),
    [
        ("crm.objects.contacts.write", ["log-calls", "create-contacts"]),
        ("settings.users.read", ["check-rights"]),
        ("content", []),
    ],
)
def test_it_says_what_a_scope_is_needed_for(scope: str, keys: list[str]) -> None:
    assert [each.key for each in needing([scope])] == keys


def test_half_of_the_scopes_do_not_unlock_a_capability() -> None:
    assert ("company-and-owner-names", "Show companies and owners", False) in capabilities(["crm.objects.owners.read"])
