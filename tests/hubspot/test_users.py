import pytest

from offhook.hubspot import users
from offhook.hubspot.users import Account, Owner


def test_an_owner_is_found_by_the_user_behind_it() -> None:
    request = users.owner_of_user(7)
    assert request.path == "/crm/owners/2026-09/7?idProperty=userId"
    body = b'{"id":"61","email":"ben@acme.test","firstName":"Ben","lastName":null,"userId":7,"archived":false,"teams":[]}'
    assert request.read(body) == Owner("61", "ben@acme.test", "Ben", "", 7)


@pytest.mark.parametrize(("body", "answer"), [(b'{"id":"7","superAdmin":true}', True), (b'{"id":"7"}', False)])
def test_a_user_who_is_not_said_to_be_super_admin_is_none(body: bytes, answer: bool) -> None:
    request = users.super_admin(7)
    assert request.path == "/settings/users/2026-03/7"
    assert request.read(body) is answer


def test_an_account_says_where_its_pages_are() -> None:
    body = (
        b'{"portalId":111,"accountType":"STANDARD","timeZone":"Europe/Berlin","uiDomain":"app-eu1.hubspot.com",'
        b'"utcOffset":"+01:00","dataHostingLocation":"eu1"}'
    )
    assert users.account_details().read(body) == Account(111, "app-eu1.hubspot.com", "Europe/Berlin", "STANDARD")


def test_users_and_teams_has_an_address() -> None:
    assert users.users_url("https://app.hubspot.com", 111) == "https://app.hubspot.com/settings/111/users"
