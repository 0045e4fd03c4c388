"""The story in a real browser with the real extension: Ben in one, Ada in another."""

import re
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from playwright.sync_api import FrameLocator, Locator, Page, expect, sync_playwright

from offhook.demo import operator, people
from offhook.demo.browser import ARGUMENTS, PATIENCE, WITH_MICROPHONE, agent_browser
from offhook.demo.story import StepFailed
from offhook.demo.wait import wait_until
from offhook.demo.world import LINES, PASSWORD, World

PANEL = "iframe[src*='panel']"
# What the panel says of sound that comes, however busy this machine is; of none it says that nothing is heard.
HEARD = re.compile("^(Good sound|A little choppy|Bad|Slow)")


class InBrowser:
    """Plays every step."""

    skips: tuple[int, ...] = ()

    def __init__(self, world: World, program: str, extension: Path, *, pictures: Path | None = None) -> None:
        """`pictures`: a folder for a screenshot after each step."""
        self.world, self._pictures = world, pictures
        self._program, self._extension = program, extension
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        expect.set_options(timeout=PATIENCE)
        playwright = self._stack.enter_context(sync_playwright())
        ben = agent_browser(playwright, self._program, self._extension, self.world.service, arguments=WITH_MICROPHONE)
        self.ben_browser = self._stack.enter_context(ben)
        ada = playwright.chromium.launch(executable_path=self._program, args=list(ARGUMENTS))
        self._stack.callback(ada.close)
        self.ada_browser = ada.new_context(viewport={"width": 1360, "height": 860})
        self.ada_browser.set_default_timeout(PATIENCE)
        self.ben = self.ben_browser.pages[0]
        self.ada = self.ada_browser.new_page()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def play(self, number: int) -> str:
        steps: dict[int, Callable[[], str]] = {
            1: self.panel_pops_up,
            2: self.hubspot_refuses,
            3: self.panel_says_why,
            4: self.ada_gives_rights,
            5: self.ben_connects,
            6: self.ben_chooses_product,
            7: self.ben_logs_in_to_line,
            8: self.integration_switches,
            9: self.ada_takes_rights_back,
            10: self.customer_calls,
            11: self.calls_are_on_the_timeline,
            12: self.ben_searches_and_dials,
        }
        try:
            return steps[number]()
        finally:
            self.picture(f"{number:02}-ben", self.ben)

    def picture(self, name: str, page: Page) -> None:
        if self._pictures:
            self._pictures.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=self._pictures / f"{name}.png")

    # The places.

    @property
    def panel(self) -> FrameLocator:
        return self.ben.frame_locator(PANEL)

    def button(self, name: str) -> Locator:
        return self.panel.get_by_role("button", name=name, exact=True)

    def log_in(self, page: Page, email: str, path: str = people.CONTACTS_PATH) -> None:
        page.goto(f"{self.world.sandbox}/login?next={path}")
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in", exact=True).click()
        page.wait_for_url(f"**{path}")

    def log_in_again(self, page: Page, email: str) -> None:
        """What has changed in somebody's rights counts from the next login."""
        page.context.clear_cookies()
        self.log_in(page, email)

    # The steps.

    def panel_pops_up(self) -> str:
        self.log_in(self.ben, people.BEN)
        expect(self.button("Connect HubSpot")).to_be_visible()
        self.button("Close panel").click()
        expect(self.ben.locator(PANEL)).to_be_hidden()
        self.launcher.click()
        expect(self.button("Connect HubSpot")).to_be_visible()
        return "popped up on Contacts by itself; the red × closed it, the launcher opened it"

    @property
    def launcher(self) -> Locator:
        return self.ben.get_by_role("button", name="Offhook")

    def hubspot_refuses(self) -> str:
        tab = self.to_consent("Connect HubSpot")
        heading = tab.get_by_role("heading", level=1)
        expect(heading).to_contain_text("You don't have the right permissions")
        self.picture("02-refused", tab)
        self.refusal = heading.inner_text()
        tab.close()
        return f"HubSpot's page said: {self.refusal}"

    def to_consent(self, button: str) -> Page:
        """Press a button that opens HubSpot's consent in a tab, and choose the account."""
        with self.ben_browser.expect_page() as opened:
            self.button(button).click()
        tab = opened.value
        tab.get_by_role("button", name="Acorn Supplies").click()
        return tab

    def panel_says_why(self) -> str:
        listed = self.panel.get_by_role("list", name="Missing rights")
        expect(listed).to_contain_text("App Marketplace access")
        expect(listed).to_contain_text("HubSpot says so")
        message = self.panel.get_by_label("Message for your administrator").input_value()
        if "App Marketplace access" not in message or "Users & Teams" not in message:
            raise StepFailed(f"the message for the administrator does not say what to do: {message[:200]}")
        expect(self.button("Go on with search only")).to_be_visible()
        rights = [each.inner_text() for each in listed.locator(".right-title").all()]
        return (
            f"{len(rights)} rights named, with where and what for: {'; '.join(' '.join(each.split()) for each in rights)}"
        )

    def ada_gives_rights(self) -> str:
        self.log_in(self.ada, people.ADA, people.USERS_PATH)
        self.set_rights(give=True)
        self.super_admin("Make super admin")
        access = self.row().locator("[data-field=access]")
        expect(access).to_have_text("Super Admin")
        self.super_admin("Remove super admin")
        expect(access).not_to_have_text("Super Admin")
        return "switched on what the diagnosis listed; ACCESS read Super Admin, and no longer after the demotion"

    def row(self) -> Locator:
        return self.ada.get_by_role("row").filter(has_text=people.BEN)

    def action(self, name: str) -> None:
        """Hover over Ben, open Actions, choose."""
        self.ada.goto(f"{self.world.sandbox}{people.USERS_PATH}")
        self.row().hover()
        self.row().get_by_role("button", name="Actions").click()
        self.row().get_by_role("link", name=name, exact=True).click()

    def super_admin(self, deed: str) -> None:
        self.action(deed)
        self.ada.get_by_role("button", name="Save", exact=True).click()
        self.ada.wait_for_url(f"**{people.USERS_PATH}**")
        self.picture(f"04-{deed.lower().replace(' ', '-')}", self.ada)

    def set_rights(self, *, give: bool) -> None:
        self.action("Edit")
        for name, (given, before) in people.SELECTS.items():
            self.ada.get_by_label(name, exact=True).select_option(given if give else before)
        for name in people.SWITCHES:
            self.ada.get_by_label(name, exact=True).set_checked(give)
        self.ada.get_by_role("button", name="Save", exact=True).click()
        self.ada.wait_for_url("**saved=1**")

    def ben_connects(self) -> str:
        self.log_in_again(self.ben, people.BEN)
        tab = self.to_consent("Try again")
        tab.get_by_label("I am not a robot").check()
        self.picture("05-consent", tab)
        tab.get_by_role("button", name="Grant access").click()
        tab.wait_for_url(f"**{people.CONTACTS_PATH}")
        expect(tab.frame_locator(PANEL).get_by_label("Product")).to_be_visible()
        tab.close()
        expect(self.panel.get_by_label("Product")).to_be_visible()
        return "account chosen, access granted, human check passed; back on Contacts with the panel"

    def ben_chooses_product(self) -> str:
        self.panel.get_by_label("Product").select_option("exchange")
        self.button("Save").click()
        expect(self.panel.get_by_label("Line")).to_be_visible()
        return "Offhook exchange chosen and saved"

    def ben_logs_in_to_line(self) -> str:
        line, pin, _ = LINES[0]
        self.panel.get_by_label("Line").fill(line)
        self.panel.get_by_label("PIN").fill("0000")
        self.button("Log in").click()
        expect(self.panel.get_by_text("The line or its PIN is wrong.")).to_be_visible()
        self.panel.get_by_label("PIN").fill(pin)
        self.button("Log in").click()
        expect(self.panel.get_by_label("Number to call")).to_be_visible()
        expect(self.panel.get_by_text(f"Line {line} · Ready")).to_be_visible()
        return f"a wrong PIN was refused in words; then logged in to line {line}, and the browser is its telephone"

    def integration_switches(self) -> str:
        self.button("Setup").click()
        self.panel.get_by_role("button", name="Integrations").click()
        self.panel.get_by_role("button", name="HubSpot").click()
        expect(self.panel.get_by_text("Connected", exact=True)).to_be_visible()
        expect(self.panel.get_by_text(people.BEN)).to_be_visible()
        self.picture("08-connected", self.ben)
        self.button("Disconnect").click()
        expect(self.panel.get_by_text("Switched off", exact=True)).to_be_visible()
        self.button("Connect").click()
        expect(self.panel.get_by_text("Connected", exact=True)).to_be_visible()
        self.home()
        return f"Connected as {people.BEN}; switched off and on, the grant stayed"

    def home(self) -> None:
        while self.button("Back").is_visible():
            self.button("Back").click()
            self.ben.wait_for_timeout(50)
        expect(self.panel.get_by_label("Number to call")).to_be_visible()

    def ada_takes_rights_back(self) -> str:
        self.ada_joins()
        panel = self.ada_panel
        reminder = panel.get_by_text(f"{people.BEN_NAME} was given rights", exact=False).first
        expect(reminder).to_be_visible()
        self.picture("09-reminder", panel)
        self.set_rights(give=False)
        panel.get_by_role("button", name="They are taken back").click()
        expect(reminder).to_be_hidden()
        self.log_in_again(self.ben, people.BEN)
        self.search("Carla Reyes")
        expect(self.panel.get_by_text(people.CARLA).first).to_be_visible()
        return "Ada was reminded until she had; Ben's connection still finds contacts"

    def ada_joins(self) -> None:
        """Ada has no extension: she uses the service's own page, and connects in one go."""
        self.ada_panel = self.ada_browser.new_page()
        self.ada_panel.goto(f"{self.world.service}/panel/")
        with self.ada_browser.expect_page() as opened:
            self.ada_panel.get_by_role("button", name="Connect HubSpot", exact=True).click()
        tab = opened.value
        tab.get_by_role("button", name="Acorn Supplies").click()
        tab.get_by_label("I am not a robot").check()
        tab.get_by_role("button", name="Grant access").click()
        self.ada_panel.get_by_role("button", name="Setup", exact=True).click()
        self.ada_panel.get_by_role("button", name="Administration").click()

    def customer_calls(self) -> str:
        operator.ring(self.world, people.CARLA_NUMBER)
        began = time.monotonic()
        expect(self.button("Answer")).to_be_visible()
        self.ben.wait_for_url("**/record/0-1/*")
        expect(self.ben.get_by_role("heading", name=people.CARLA).first).to_be_visible()
        popped = time.monotonic() - began
        self.carla_id = self.ben.url.rstrip("/").rpartition("/")[2]
        expect(self.panel.get_by_text(people.CARLA).first).to_be_visible()
        self.picture("10-ringing", self.ben)
        self.button("Answer").click()
        self.panel.get_by_label("Notes").fill(people.NOTES)
        self.hears()
        self.button("Hold").click()
        self.button("Resume").click()
        self.ben.reload()
        expect(self.button("Hang up")).to_be_visible()
        self.hears()
        self.picture("10-talking", self.ben)
        self.hang_up_and_wrap_up("connected")
        return (
            f"Carla's record was open {popped:.1f} s after the ring; she was heard in the browser, also after a reload; "
            "noted and wrapped up"
        )

    def hears(self) -> None:
        """The telephone in the browser measures what comes from the other side, and says how it is."""
        expect(self.panel.get_by_text(HEARD)).to_be_visible()

    def hang_up_and_wrap_up(self, outcome: str | None) -> None:
        self.button("Hang up").click()
        expect(self.panel.get_by_role("heading", name="Call ended")).to_be_visible()
        if outcome:
            self.panel.get_by_label("Outcome").select_option(outcome)
        self.button("Save").click()
        expect(self.panel.get_by_role("heading", name="Call ended")).to_be_hidden()

    def calls_are_on_the_timeline(self) -> str:
        call = self.the_only_call()
        seen = {name: call[f"hs_call_{name}"] for name in ("direction", "status", "from_number", "body")}
        wanted = {"direction": "INBOUND", "status": "COMPLETED", "from_number": "+14155550100"}
        if wanted.items() - seen.items() or "Sidamo" not in seen["body"] or "&lt;Tuesday&gt;" not in seen["body"]:
            raise StepFailed(f"the timeline says {seen}")
        self.ben.goto(self.carla_url)
        expect(self.ben.get_by_role("article")).to_have_count(1)
        self.picture("11-timeline", self.ben)
        self.log_through_trouble()
        return "once, with direction, numbers, duration, outcome and notes; a second one came through HubSpot's trouble"

    @property
    def carla_url(self) -> str:
        return f"{self.world.sandbox}/contacts/{people.ACORN}/record/0-1/{self.carla_id}"

    def the_only_call(self) -> dict[str, str]:
        wait_until(lambda: self._calls(1) and "f240bbac" in str(self._calls(1)[0]["hs_call_disposition"]), "the outcome")
        return self._calls(1)[0]

    def _calls(self, most: int) -> list[dict[str, str]]:
        calls = operator.calls_of(self.world, self.carla_id)
        if len(calls) > most:
            raise StepFailed(f"{len(calls)} entries on the timeline instead of {most}")
        return calls

    def log_through_trouble(self) -> None:
        """HubSpot is down as the second call ends; the service dies; then HubSpot comes back."""
        operator.hubspot_fails(self.world, "/crm/objects/2026-09/calls", 1000, status=503)
        operator.ring(self.world, people.CARLA_NUMBER)
        self.button("Answer").click()
        self.hang_up_and_wrap_up(None)
        self.tab("Recent")
        waiting = self.panel.get_by_text("HubSpot is not working properly just now", exact=False).first
        expect(waiting).to_be_visible()
        self.picture("11-waiting", self.ben)
        operator.service_dies(self.world)
        operator.hubspot_works(self.world)
        wait_until(lambda: len(self._calls(2)) == 2, "the second call on the timeline")
        expect(waiting).to_be_hidden()

    def ben_searches_and_dials(self) -> str:
        for query in (people.CARLA, people.CARLA_EMAIL, people.CARLA_COMPANY, *people.CARLA_WRITINGS):
            self.search(query)
            expect(self.panel.get_by_role("listitem").filter(has_text=people.CARLA).first).to_be_visible()
        self.picture("12-search", self.ben)
        self.panel.get_by_role("button", name="Call +1 415-555-0100").first.click()
        self.talk()
        self.tab("Phone")
        self.panel.get_by_label("Number to call").fill("+44 20 7946 0018")
        self.button("Call").click()
        self.talk()
        self.tab("Recent")
        self.panel.get_by_role("button", name="Call +44 20 7946 0018").first.click()
        self.talk()
        self.ben.goto(f"{self.world.sandbox}{people.CONTACTS_PATH}?q=Carla")
        self.ben.locator(".offhook-number").first.click()
        self.talk()
        return "found by name, e-mail, company and four writings; dialled from result, keypad, recents and the page"

    def talk(self) -> None:
        expect(self.button("Hold")).to_be_visible()
        self.hang_up_and_wrap_up("connected")

    def tab(self, name: str) -> None:
        self.panel.get_by_role("tab", name=name).click()

    def search(self, query: str) -> None:
        self.tab("Contacts")
        self.panel.get_by_label("Search contacts").fill("")
        self.panel.get_by_label("Search contacts").fill(query)
