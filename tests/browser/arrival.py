"""Ben arrives: he logs in to HubSpot and connects it, in the extension's panel or in the panel as a page."""

from playwright.sync_api import BrowserContext, Page
from tests.scenarios.stage import Stage

from offhook.demo import people
from offhook.demo.in_browser import InBrowser
from offhook.demo.world import PASSWORD


def connects(player: InBrowser) -> None:
    """With the extension."""
    player.log_in(player.ben, people.BEN)
    consents(player)


def consents(player: InBrowser) -> None:
    """The same for whoever is logged in to HubSpot already."""
    tab = player.to_consent("Connect HubSpot")
    tab.get_by_label("I am not a robot").check()
    tab.get_by_role("button", name="Grant access").click()
    tab.wait_for_url(f"**{people.CONTACTS_PATH}")
    tab.close()


def connects_as_page(stage: Stage, context: BrowserContext, product: str) -> Page:
    """Without it; the phone system is chosen, and the panel asks for the line."""
    hubspot, panel = context.new_page(), context.new_page()
    hubspot.goto(f"{stage.sandbox}/login?next={people.CONTACTS_PATH}")
    hubspot.get_by_label("E-mail").fill(people.BEN)
    hubspot.get_by_label("Password").fill(PASSWORD)
    hubspot.get_by_role("button", name="Log in", exact=True).click()
    hubspot.wait_for_url(f"**{people.CONTACTS_PATH}")
    panel.goto(f"{stage.service}/panel/")
    with context.expect_page() as opened:
        panel.get_by_role("button", name="Connect HubSpot", exact=True).click()
    consent = opened.value
    consent.get_by_role("button", name="Acorn Supplies").click()
    consent.get_by_label("I am not a robot").check()
    consent.get_by_role("button", name="Grant access").click()
    panel.get_by_label("Product").select_option(product)
    panel.get_by_role("button", name="Save").click()
    return panel
