"""The extension on HubSpot's pages, with an agent who is connected and at his line."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import FrameLocator, Page, expect
from tests.browser.arrival import connects
from tests.browser.conftest import EXTENSION, PROGRAM, Complaints
from tests.browser.phones import clear
from tests.scenarios.desk import Desk
from tests.scenarios.stage import Stage, eventually, running_stage

from offhook.demo import people
from offhook.demo.in_browser import PANEL, InBrowser

pytestmark = pytest.mark.usefixtures("nothing_to_complain_of")

SCRIPT_NAME, SCRIPT_NUMBER = "<script>alert(1)</script> Tags", "+13125550199"
OURS = ".offhook-number"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running_stage(tmp_path_factory.mktemp("stage")) as stage:
        stage.give_rights(people.BEN)
        yield stage


@pytest.fixture(scope="module")
def player(stage: Stage, complaints: Complaints) -> Iterator[InBrowser]:
    """Ben at his desk, through the panel."""
    assert EXTENSION
    with InBrowser(stage, PROGRAM, EXTENSION) as player:
        complaints.listen(player.ben_browser)
        connects(player)
        player.ben_chooses_product()
        player.ben_logs_in_to_line()
        yield player


@pytest.fixture(scope="module")
def desk(stage: Stage, player: InBrowser) -> Iterator[Desk]:
    """The same agent once more, as requests: to see what is true, and to clear up."""
    desk = Desk(stage)
    desk.consent()
    yield desk
    desk.leave()


@pytest.fixture(autouse=True)
def ben(stage: Stage, player: InBrowser, desk: Desk) -> Iterator[Page]:
    """Ben on Contacts, the panel open, no call; whatever the test before left."""
    for page in player.ben_browser.pages:
        if page is not player.ben:
            page.close()
    clear(desk)
    player.ben.goto(contacts(stage))
    if not player.ben.locator(PANEL).is_visible():
        player.launcher.click()
    expect(player.panel.get_by_role("tab", name="Phone")).to_be_visible()
    player.tab("Phone")
    expect(player.panel.get_by_label("Number to call")).to_be_visible()
    yield player.ben
    if "service" not in stage.processes:
        stage.service_comes_back()
    clear(desk)


def contacts(stage: Stage, query: str = "") -> str:
    return f"{stage.sandbox}{people.CONTACTS_PATH}{query}"


def panel_in(page: Page) -> FrameLocator:
    return page.frame_locator(PANEL)


def test_what_was_closed_stays_closed(player: InBrowser, stage: Stage, ben: Page) -> None:
    """In this tab and in others, until it is opened again; the × and the launcher are the same switch."""
    player.button("Close panel").click()
    expect(ben.locator(PANEL)).to_be_hidden()
    ben.reload()
    expect(player.launcher).to_have_attribute("aria-expanded", "false")
    expect(ben.locator(PANEL)).to_have_count(0)
    other = player.ben_browser.new_page()
    other.goto(contacts(stage))
    launcher = other.get_by_role("button", name="Offhook")
    expect(launcher).to_have_attribute("aria-expanded", "false")
    launcher.click()
    expect(panel_in(other).get_by_label("Number to call")).to_be_visible()
    expect(player.launcher).to_have_attribute("aria-expanded", "true")
    launcher.click()
    expect(other.locator(PANEL)).to_be_hidden()
    expect(player.launcher).to_have_attribute("aria-expanded", "false")


def test_a_call_opens_a_closed_panel(player: InBrowser, stage: Stage, ben: Page) -> None:
    player.button("Close panel").click()
    expect(ben.locator(PANEL)).to_be_hidden()
    stage.ring(people.TWINS_NUMBER)
    expect(player.button("Answer")).to_be_visible()
    expect(player.launcher).to_have_attribute("aria-label", re.compile("ringing"))
    for name in people.TWINS:
        expect(player.panel.get_by_role("button", name=name)).to_be_visible()
    assert "/record/" not in ben.url, "of two contacts, none is opened"


def test_a_record_opens_once_although_two_tabs_are_there(player: InBrowser, stage: Stage, ben: Page) -> None:
    customer = stage.customer()
    other = player.ben_browser.new_page()
    other.goto(contacts(stage))
    expect(panel_in(other).get_by_label("Number to call")).to_be_visible()
    opened: list[str] = []
    for page in (ben, other):
        page.on("framenavigated", lambda frame: opened.append(frame.url) if "/record/" in frame.url else None)
    stage.ring(customer.number)
    other.wait_for_url(f"**/record/0-1/{customer.id}")
    expect(panel_in(other).get_by_role("button", name="Answer")).to_be_visible()
    expect(player.button("Answer")).to_be_visible()
    assert "/record/" not in ben.url, "the tab that nobody looks at stays where it is"
    other.goto(contacts(stage))
    expect(panel_in(other).get_by_role("button", name="Answer")).to_be_visible()
    panel_in(other).get_by_role("button", name="Answer").click()
    expect(player.button("Hang up")).to_be_visible()
    assert len([url for url in opened if customer.id in url]) == 1
    assert len(player.ben_browser.pages) == 2, "no tab was opened besides"


def test_numbers_on_the_page_can_be_clicked_and_become_text_again(player: InBrowser, stage: Stage, ben: Page) -> None:
    ben.goto(contacts(stage, "?q=415"))
    table = ben.get_by_role("table", name="Contacts")
    expect(ben.locator(OURS).first).to_be_visible()
    shown = table.inner_text()
    assert ben.locator(f"input {OURS}, textarea {OURS}, button {OURS}, a {OURS}").count() == 0
    expect(ben.get_by_role("searchbox").first).to_have_value("415")
    player.button("Setup").click()
    player.panel.get_by_role("button", name="Advanced").click()
    player.button("Log out of line").click()
    expect(ben.locator(OURS)).to_have_count(0)
    assert table.inner_text() == shown
    assert ben.locator("offhook-numbers").count() == 0, "nothing of ours is left on the page"
    kept = table.evaluate("table => table.outerHTML")
    fresh = ben.evaluate(
        """async () => {
            const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
            return page.querySelector("table").outerHTML;
        }"""
    )
    assert kept == fresh
    player.ben_logs_in_to_line()
    expect(ben.locator(OURS).first).to_be_visible()


def test_a_number_on_the_page_is_dialled(player: InBrowser, stage: Stage, ben: Page, desk: Desk) -> None:
    ben.goto(contacts(stage, "?q=Carla"))
    number = ben.locator(OURS).first
    expect(number).to_have_attribute("title", re.compile("^Call .* with Offhook$"))
    number.focus()
    ben.keyboard.press("Enter")
    expect(player.button("Hang up")).to_be_visible()
    # The telephone shows its call at once; the service hears of it a moment later.
    (call,) = eventually(lambda: desk.sees()["calls"], bool, "the call")
    assert (call["direction"], call["number"]) == ("outbound", "+14155550100")


def test_a_hostile_name_is_only_a_name(player: InBrowser, stage: Stage, ben: Page) -> None:
    stage.ring(SCRIPT_NUMBER)
    expect(player.panel.get_by_text(SCRIPT_NAME).first).to_be_visible()
    ben.wait_for_url("**/record/0-1/*")
    expect(ben.get_by_role("heading", name=SCRIPT_NAME).first).to_be_visible()
    player.button("Answer").click()
    notes = "<img src=x onerror=alert(2)>"
    player.panel.get_by_label("Notes").fill(notes)
    player.hang_up_and_wrap_up("connected")
    player.tab("Recent")
    expect(player.panel.get_by_role("listitem").filter(has_text=SCRIPT_NAME).first).to_contain_text("Logged")
    ben.reload()
    expect(ben.get_by_role("article").first).to_contain_text(notes)
    player.tab("Contacts")
    player.panel.get_by_label("Search contacts").fill("Tags")
    expect(player.panel.get_by_role("listitem").filter(has_text=SCRIPT_NAME).first).to_be_visible()
    for frame in ben.frames:
        assert frame.locator("script:has-text('alert('), img[onerror]").count() == 0


def test_a_call_outlives_navigation_reload_and_a_closed_panel(player: InBrowser, stage: Stage, ben: Page) -> None:
    customer = stage.customer("Nico", "Nomad")
    stage.ring(customer.number)
    ben.wait_for_url(f"**/record/0-1/{customer.id}")
    player.button("Answer").click()
    player.panel.get_by_label("Notes").fill("half a sent")
    ben.goto(contacts(stage, "?q=Tags"))  # at once: notes are saved all the same
    expect(player.panel.get_by_label("Notes")).to_have_value("half a sent")
    ben.reload()
    expect(player.panel.get_by_text("Talking", exact=True)).to_be_visible()
    ben.go_back()
    expect(player.button("Hang up")).to_be_visible()
    player.button("Close panel").click()
    ben.goto(contacts(stage))
    player.launcher.click()
    expect(player.panel.get_by_label("Notes")).to_have_value("half a sent")
    player.hang_up_and_wrap_up("connected")
    assert stage.logged_once(customer)["hs_call_body"] == "half a sent"


def test_it_is_readable_by_day_and_by_night(player: InBrowser, stage: Stage, ben: Page) -> None:
    """Every text of the panel, in both looks, with a call ringing: 4.5 to 1, as WCAG 2.2 wants it."""
    seen = {}
    for look in ("light", "dark"):
        ben.emulate_media(color_scheme=look)
        stage.ring(people.CARLA_NUMBER)
        expect(player.button("Answer")).to_be_visible()
        frame = next(each for each in ben.frames if "panel.html" in each.url)
        ground, unreadable = frame.evaluate(LOOK)
        assert unreadable == [], look
        assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it must be scrolled sideways"
        seen[look] = ground
        player.button("Decline").click()
        expect(player.button("Answer")).to_be_hidden()
    ben.emulate_media(color_scheme="null")
    assert seen["light"] > 0.8
    assert seen["dark"] < 0.1


# The luminance of the ground, and the texts whose contrast is too low.
LOOK = """() => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgba = (colour) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const part = (c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
    const luminance = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
    const over = (top, bottom) => top.slice(0, 3).map((c, i) => (c * top[3] + bottom[i] * (255 - top[3])) / 255);
    const ground = (element) => {
        const layers = [];
        for (let each = element; each; each = each.parentElement) {
            layers.unshift(rgba(getComputedStyle(each).backgroundColor));
        }
        return layers.reduce((below, layer) => over(layer, below), rgba("Canvas").slice(0, 3));
    };
    const contrast = (a, b) => (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const bad = [];
    for (const element of document.querySelectorAll("body *")) {
        const own = [...element.childNodes].filter((n) => n.nodeType === 3 && n.data.trim());
        if (!own.length || !element.checkVisibility({ opacityProperty: true })) continue;
        if (element.closest("[disabled], .unseen")) continue;
        const below = ground(element);
        const ratio = contrast(luminance(over(rgba(getComputedStyle(element).color), below)), luminance(below));
        if (ratio < 4.5) bad.push(`${ratio.toFixed(2)} ${element.tagName}.${element.className}: ${own[0].data}`);
    }
    return [luminance(ground(document.body)), bad];
}"""


def test_a_call_is_taken_by_keyboard_alone(player: InBrowser, stage: Stage, ben: Page) -> None:
    """From the page into the panel, and through it, with Tab and Enter."""
    customer = stage.customer("Kay", "Board")
    stage.ring(customer.number)
    ben.wait_for_url(f"**/record/0-1/{customer.id}")
    expect(player.button("Answer")).to_be_visible()
    _reach(ben, player, "Answer", backwards=True)
    ben.keyboard.press("Enter")
    expect(player.button("Hang up")).to_be_visible()
    _reach(ben, player, "Hang up")
    ben.keyboard.press("Enter")
    expect(player.panel.get_by_role("heading", name="Call ended")).to_be_visible()
    _reach(ben, player, "Save")
    ben.keyboard.press("Enter")
    expect(player.panel.get_by_role("heading", name="Call ended")).to_be_hidden()


def _reach(page: Page, player: InBrowser, button: str, *, backwards: bool = False) -> None:
    """Press Tab until the button has the focus; a person gives up sooner."""
    wanted = player.button(button)
    for _ in range(25):
        if wanted.evaluate("button => button === document.activeElement && document.hasFocus()"):
            return
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
    pytest.fail(f"{button} cannot be reached by keyboard")


def test_it_is_never_blank_when_the_service_goes_away(
    player: InBrowser, stage: Stage, ben: Page, complaints: Complaints
) -> None:
    """What was known is shown, and that there is no connection; it comes back by itself."""
    stage.service_dies()
    expect(player.panel.get_by_text("No connection. Trying again…")).to_be_visible()
    ben.reload()
    expect(player.panel.get_by_text("No connection. Trying again…")).to_be_visible()
    expect(player.panel.get_by_label("Number to call")).to_be_visible()
    player.panel.get_by_label("Number to call").fill(people.CARLA_NUMBER)
    player.button("Call").click()
    expect(player.panel.get_by_role("alert").filter(has_text=stage.service).first).to_be_visible()
    stage.service_comes_back()
    expect(player.panel.get_by_text("Line 201 · Ready")).to_be_visible(timeout=30_000)
    complaints.heard[:] = [each for each in complaints.heard if "ERR_CONNECTION_REFUSED" not in each]
