"""Connected Apps: what is installed, and taking it away."""

from datetime import UTC, datetime
from typing import Any

from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds.people import ACORN, ADA, BEN, CLIENT_ID

INSTALLED = f"/integrations-settings/{ACORN}/installed"


def test_nothing_is_connected_at_first(ada: Any) -> None:
    assert "No app is connected." in ada.get(INSTALLED).one("main").text


def test_an_installed_app_says_who_and_what(ben: Any, portal: Portal) -> None:
    portal.grants.mint(ACORN, CLIENT_ID, ADA, ("oauth", "crm.objects.contacts.read"))
    page = ben.get(INSTALLED)
    app = page.one("article", data_client_id=CLIENT_ID)
    assert "Offhook" in app.text
    assert "Installed by Ada Abara" in app.text
    assert [each.text for each in page.within(app, "code")] == ["oauth", "crm.objects.contacts.read"]
    assert "Uninstall" not in app.text
    assert ben.get(f"{INSTALLED}/{CLIENT_ID}/uninstall", expect=403).heading == "You can't uninstall apps"


def test_everybody_who_let_the_app_in_is_listed_with_time_and_scopes(ada: Any, portal: Portal) -> None:
    portal.clock.freeze(datetime(2026, 11, 23, 18, 33, tzinfo=UTC))
    first = portal.grants.mint(ACORN, CLIENT_ID, ADA, ("oauth",))
    for minute, (email, scopes) in enumerate([(BEN, ("oauth",)), (BEN, ("oauth", "crm.objects.contacts.read"))]):
        portal.clock.advance(60 * (minute + 1))
        last = portal.grants.mint(ACORN, CLIENT_ID, email, scopes)
    page = ada.get(INSTALLED)
    shown = [each.text for each in page.within(page.one("ul", data_list="granted"), "li")]
    assert shown == [
        f"Ben Bright ({BEN}) on 23 Nov 2026 at 18:36 GMToauth, crm.objects.contacts.read",
        f"Ada Abara ({ADA}) on 23 Nov 2026 at 18:33 GMToauth",
    ]
    assert "Installed by Ada Abara on 23 Nov 2026 at 18:33 GMT" in page.one("article").text
    app = portal.apps.get(CLIENT_ID)
    assert app
    portal.grants.refresh(app, last.refresh.token)
    assert len(portal.grants.granted(ACORN, CLIENT_ID)) == 2
    portal.grants.revoke(first.refresh.token)
    assert [each.email for each in portal.grants.granted(ACORN, CLIENT_ID)] == [BEN]


def test_uninstalling_kills_the_tokens(ada: Any, portal: Portal) -> None:
    pair = portal.grants.mint(ACORN, CLIENT_ID, BEN, ("oauth",))
    assert ada.get(f"{INSTALLED}/{CLIENT_ID}/uninstall").heading == "Uninstall Offhook"
    ada.submit(f"{INSTALLED}/{CLIENT_ID}/uninstall")
    assert ada.follow().one("p", role="status").text == "Uninstalled."
    assert portal.grants.token(pair.refresh.token) is None
    assert portal.grants.installation(ACORN, CLIENT_ID) is None


def test_what_is_not_installed_cannot_be_uninstalled(ada: Any) -> None:
    assert ada.get(f"{INSTALLED}/{CLIENT_ID}/uninstall", expect=404).heading == "Page not found"
