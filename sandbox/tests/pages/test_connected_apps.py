"""Connected Apps: what is installed, and taking it away."""

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


def test_uninstalling_kills_the_tokens(ada: Any, portal: Portal) -> None:
    pair = portal.grants.mint(ACORN, CLIENT_ID, BEN, ("oauth",))
    assert ada.get(f"{INSTALLED}/{CLIENT_ID}/uninstall").heading == "Uninstall Offhook"
    ada.submit(f"{INSTALLED}/{CLIENT_ID}/uninstall")
    assert ada.follow().one("p", role="status").text == "Uninstalled."
    assert portal.grants.token(pair.refresh.token) is None
    assert portal.grants.installation(ACORN, CLIENT_ID) is None


def test_what_is_not_installed_cannot_be_uninstalled(ada: Any) -> None:
    assert ada.get(f"{INSTALLED}/{CLIENT_ID}/uninstall", expect=404).heading == "Page not found"
