"""The extension and the service's own page in one browser: one phone, whichever of them the agent has in front of her."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import BrowserContext, Locator, Playwright, WebSocket, expect
from tests.browser.arrival import consents
from tests.browser.conftest import PROGRAM
from tests.browser.offscreen import Offscreen, put_to_sleep
from tests.browser.phones import WITH_MICROPHONE, Agent, browser, clear
from tests.scenarios.desk import Desk
from tests.scenarios.stage import Stage, eventually, running_stage

from offhook.demo import people
from offhook.demo.browser import EXTENSION_ID
from offhook.demo.in_browser import HEARD

pytest.importorskip("aiortc", reason="the exchange's own voices need aiortc: the extra offhook[audio]")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running_stage(tmp_path_factory.mktemp("stage")) as stage:
        stage.give_rights(people.BEN)
        yield stage


@pytest.fixture(scope="module")
def agent(stage: Stage, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Agent]:
    profile = tmp_path_factory.mktemp("profile")
    with browser(playwright, profile, stage.service, WITH_MICROPHONE) as context:
        yield Agent(stage, context, profile).arrives()


@pytest.fixture(scope="module")
def desk(stage: Stage, agent: Agent) -> Iterator[Desk]:
    """The same agent once more, as requests: to see what is true, and to clear up."""
    desk = Desk(stage)
    desk.consent()
    yield desk
    desk.leave()


class OwnPage:
    """The service's own page in a browser, signed in as the same agent, and the phones that it was itself."""

    def __init__(self, context: BrowserContext, stage: Stage, token: str) -> None:
        self.phones: list[WebSocket] = []
        self.page = context.new_page()
        self.page.on("websocket", lambda socket: self.phones.append(socket) if socket.url.endswith("/sip") else None)
        self.page.goto(f"{stage.service}/page.css")  # of the same origin, and no panel
        kept = json.dumps({"address": stage.service, "token": token})
        self.page.evaluate("kept => localStorage.setItem('offhook:sign-in', kept)", kept)
        self.page.goto(f"{stage.service}/panel/")

    def is_phone(self) -> bool:
        self.page.evaluate("0")  # Playwright hears of sockets only while it is asked something
        return any(not each.is_closed() for each in self.phones)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def is_ready(self) -> None:
        expect(self.page.get_by_text("Line 201 · Ready")).to_be_visible()

    def talks(self) -> None:
        expect(self.page.get_by_role("timer")).to_be_visible()
        expect(self.page.get_by_text(HEARD)).to_be_visible()

    def wraps_up(self) -> None:
        self.button("Hang up").click()
        self.button("Save").click()


@pytest.fixture
def own(stage: Stage, agent: Agent, desk: Desk) -> Iterator[OwnPage]:
    """Beside the extension's panel on HubSpot's page; in no call, whatever the test before left."""
    clear(desk)
    to_hubspot(agent, stage)
    agent.status_is("Ready")
    page = OwnPage(agent.ben_browser, stage, desk.token)
    page.is_ready()
    yield page
    page.page.close()


def to_hubspot(agent: Agent, stage: Stage) -> None:
    agent.ben.goto(f"{stage.sandbox}{people.CONTACTS_PATH}")


def rings(stage: Stage, agent: Agent, first: str, last: str) -> None:
    """A customer calls and her record has opened: until then a click may meet a page that is just leaving."""
    customer = stage.customer(first, last)
    stage.ring(customer.number)
    agent.ben.wait_for_url(f"**/record/0-1/{customer.id}")


def test_a_call_is_answered_on_the_page_and_lives_in_the_extension(stage: Stage, agent: Agent, own: OwnPage) -> None:
    with Offscreen.of(agent.profile) as inside:
        rings(stage, agent, "Olga", "Onephone")
        expect(agent.button("Answer")).to_be_visible()
        own.button("Answer").click()
        own.talks()
        expect(agent.panel.get_by_text(HEARD)).to_be_visible()
        own.button("Mute").click()
        expect(agent.button("Unmute")).to_be_visible()
        agent.ben.bring_to_front()
        agent.button("Unmute").click()
        expect(own.button("Mute")).to_be_visible()
        own.page.goto("about:blank")
        inside.goes_on()
        own.page.goto(f"{stage.service}/panel/")
        own.talks()
        agent.ben.goto("about:blank")
        inside.goes_on()
        own.button("Hold").click()
        own.button("Resume").click()
        own.wraps_up()
    own.is_ready()
    assert own.phones == [], "the page registered a phone of its own"


def test_a_number_is_dialled_on_the_page_through_a_worker_that_sleeps(stage: Stage, agent: Agent, own: OwnPage) -> None:
    own.page.get_by_label("Number to call").fill(stage.customer("Dora", "Dialled").number)
    own.button("Call").click()
    own.talks()
    put_to_sleep(agent.profile)
    expect(agent.button("Hang up")).to_be_visible()
    own.button("Mute").click()
    expect(own.button("Unmute")).to_be_visible()
    own.wraps_up()
    own.is_ready()
    assert own.phones == []


def test_the_page_says_whose_microphone_counts(agent: Agent, own: OwnPage) -> None:
    own.button("Setup").click()
    own.page.get_by_role("button", name="Sound and microphone").click()
    with agent.ben_browser.expect_page() as opened:
        own.button("Open its sound and microphone").click()
    assert opened.value.url.startswith(f"chrome-extension://{EXTENSION_ID}/")
    expect(opened.value.get_by_role("heading", name="Devices")).to_be_visible()
    opened.value.close()


def test_the_page_takes_the_phone_over_when_the_extension_is_gone_and_gives_it_back_after_its_call(
    stage: Stage, agent: Agent, own: OwnPage
) -> None:
    with extensions(agent) as switch:
        switch(False)
        eventually(own.is_phone, bool, "the page to be the phone")
        own.is_ready()
        stage.ring(stage.customer("Wanda", "Without").number)
        own.button("Answer").click()
        own.talks()
        switch(True)
        to_hubspot(agent, stage)
        agent.status_is("Ready")
        assert own.is_phone(), "its call ends before the phone moves"
        own.talks()
        own.wraps_up()
    eventually(own.is_phone, lambda is_phone: not is_phone, "the page to be no phone any more")
    agent.ben.bring_to_front()
    rings(stage, agent, "Una", "Underway")
    agent.button("Answer").click()
    own.talks()
    own.wraps_up()


def test_another_browser_says_that_it_has_not_got_the_call(
    stage: Stage, playwright: Playwright, agent: Agent, desk: Desk, own: OwnPage
) -> None:
    home = playwright.chromium.launch(executable_path=PROGRAM, args=list(WITH_MICROPHONE))
    other = OwnPage(home.new_context(permissions=["microphone"]), stage, desk.token)
    other.is_ready()
    rings(stage, agent, "Hedda", "Home")
    expect(other.button("Answer")).to_be_visible()
    own.button("Answer").click()
    own.talks()
    says = "Not on this browser’s phone: you have this call in another browser, or on your desk."
    expect(other.page.get_by_text(says)).to_be_visible()
    expect(agent.panel.get_by_text(HEARD)).to_be_visible()
    expect(own.page.get_by_text(says)).to_be_hidden()
    own.wraps_up()
    home.close()


def test_who_signs_out_of_the_extension_keeps_the_page_as_her_phone(stage: Stage, agent: Agent, own: OwnPage) -> None:
    agent.ben.bring_to_front()
    agent.button("Setup").click()
    agent.panel.get_by_role("button", name="Advanced").click()
    agent.button("Sign out").click()
    eventually(own.is_phone, bool, "the page to be the phone")
    own.is_ready()
    stage.ring(stage.customer("Sabine", "Signedout").number)
    own.button("Answer").click()
    own.talks()
    own.wraps_up()
    consents(agent)
    eventually(own.is_phone, lambda is_phone: not is_phone, "the page to be no phone any more")
    own.is_ready()


@contextmanager
def extensions(agent: Agent) -> Iterator[Callable[[bool], None]]:
    """The browser's own page of extensions, where people switch them off and on."""
    page = agent.ben_browser.new_page()
    page.goto("chrome://extensions")
    yield lambda on: page.evaluate("([id, on]) => chrome.management.setEnabled(id, on)", [EXTENSION_ID, on])
    page.close()
