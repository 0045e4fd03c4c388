import pytest

from offhook.errors import HubSpotNotFound
from offhook.hubspot import users
from offhook.hubspot.users import Account, Owner, Role, User


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


def test_users_come_in_pages() -> None:
    request = users.page_of_users()
    assert request.path == "/settings/users/2026-03?limit=100"
    body = (
        b'{"results":[{"id":"7","email":"ben@acme.test","firstName":"Ben","lastName":null,"roleId":"31","roleIds":["31","32"],'
        b'"superAdmin":false,"secondaryTeamIds":[]},{"id":"8","email":"ada@acme.test","superAdmin":true}],'
        b'"paging":{"next":{"after":"8","link":"https://api.hubapi.com/"}}}'
    )
    page = request.read(body)
    assert page.users == (
        User(7, "ben@acme.test", "Ben", "", False, ("31", "32")),
        User(8, "ada@acme.test", "", "", True, ()),
    )
    assert page.after == "8"
    assert users.page_of_users(page.after).path == "/settings/users/2026-03?limit=100&after=8"
    assert request.read(b'{"results":[]}').after is None


def test_a_user_is_found_by_any_e_mail_address_and_by_nothing_else() -> None:
    path = users.user_by_email("o'hara+x?&#@acme.test").path
    assert path == "/settings/users/2026-03/o%27hara%2Bx%3F%26%23%40acme.test?idProperty=EMAIL"
    for text in ("roles", "../roles@acme.test", ""):
        with pytest.raises(HubSpotNotFound):
            users.user_by_email(text)


def test_permission_sets_say_whether_they_cost_a_seat() -> None:
    body = b'{"results":[{"id":"31","name":"Sales rep","requiresBillingWrite":true},{"id":"32","name":"Reader"}]}'
    assert users.roles().read(body) == (Role("31", "Sales rep", True), Role("32", "Reader", False))
