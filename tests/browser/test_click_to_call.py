"""Numbers on pages: in shadow roots, through changes, on other sites, by the right mouse button; and gone again."""

import json
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.browser.arrival import connects
from tests.browser.conftest import EXTENSION, PROGRAM, Complaints
from tests.browser.phones import clear
from tests.scenarios.desk import Desk
from tests.scenarios.stage import Stage, eventually, running_stage

from offhook.demo import people
from offhook.demo.in_browser import PANEL, InBrowser

pytestmark = pytest.mark.usefixtures("nothing_to_complain_of")

OURS = ".offhook-number"
NUMBER, E164 = "(415) 555-0100", "+14155550100"
# Browsers ask a person before an extension may see a site, in a window that no test can press. So this one site is in the
# test's manifest already, and the browser grants it without asking; everything after that is as it is for any site.
SITE = "shop.localhost"
SHOP = b"<!doctype html><title>Shop</title><p id=hotline>Hotline <b>(415) 555-0100</b></p><p>Order 4155550101</p>"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running_stage(tmp_path_factory.mktemp("stage")) as stage:
        stage.give_rights(people.BEN)
        yield stage


@pytest.fixture(scope="module")
def extension(tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert EXTENSION
    copy = tmp_path_factory.mktemp("extension") / "offhook"
    shutil.copytree(EXTENSION, copy)
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["host_permissions"].append(f"http://{SITE}/*")
    (copy / "manifest.json").write_text(json.dumps(manifest))
    return copy


@pytest.fixture(scope="module")
def player(stage: Stage, extension: Path, complaints: Complaints) -> Iterator[InBrowser]:
    with InBrowser(stage, PROGRAM, extension) as player:
        complaints.listen(player.ben_browser)
        connects(player)
        player.ben_chooses_product()
        player.ben_logs_in_to_line()
        yield player


@pytest.fixture(scope="module")
def desk(stage: Stage, player: InBrowser) -> Iterator[Desk]:
    desk = Desk(stage)
    desk.consent()
    yield desk
    desk.leave()


@pytest.fixture(autouse=True)
def ben(stage: Stage, player: InBrowser, desk: Desk) -> Iterator[Page]:
    """Ben on Contacts, the panel open, numbers on HubSpot's pages, nothing asked before dialling, no call."""
    for page in player.ben_browser.pages:
        if page is not player.ben:
            page.close()
    clear(desk)
    _prefer(desk)
    player.ben.goto(f"{stage.sandbox}{people.CONTACTS_PATH}?q=Carla")
    if not player.ben.locator(PANEL).is_visible():
        player.launcher.click()
    player.tab("Phone")
    expect(player.panel.get_by_label("Number to call")).to_be_visible()
    yield player.ben
    clear(desk)


def _prefer(desk: Desk, **preferences: object) -> None:
    desk.panel.api.put("/api/preferences", json=preferences)


def dialled(desk: Desk) -> list[str]:
    return [call["number"] for call in desk.sees()["calls"]]


def one_call(desk: Desk) -> str:
    """The number of the one call that was made; the softphone dials, and the service hears of it a moment later."""
    (number,) = eventually(lambda: dialled(desk), bool, "the call")
    return str(number)


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    """The address of another site."""

    class Shop(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/" else 204)
            self.send_header("content-type", "text/html")
            self.end_headers()
            if self.path == "/":
                self.wfile.write(SHOP)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Shop)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://{SITE}:{server.server_port}/"
    server.shutdown()
    server.server_close()


def advanced(player: InBrowser) -> None:
    player.button("Setup").click()
    player.panel.get_by_role("button", name="Advanced").click()


def test_numbers_in_open_shadow_roots_are_found_and_dialled(ben: Page, desk: Desk) -> None:
    ben.evaluate(
        """number => {
            const card = document.body.appendChild(document.createElement("x-card"));
            card.attachShadow({ mode: "open" }).innerHTML = `<p id=inside>Mobile ${number}</p><x-row></x-row>`;
            card.shadowRoot.querySelector("x-row").attachShadow({ mode: "open" }).textContent = number;
        }""",
        NUMBER,
    )
    inside = ben.locator(f"#inside {OURS}")
    expect(inside).to_have_text(NUMBER)
    expect(ben.locator(f"x-row {OURS}")).to_have_text(NUMBER)
    assert "dotted" in inside.evaluate("link => getComputedStyle(link).textDecoration")
    inside.click()
    assert one_call(desk) == E164


def test_what_is_a_field_an_editor_code_a_button_or_a_link_is_left_alone(ben: Page) -> None:
    ben.evaluate(
        """number => {
            const page = document.body.appendChild(document.createElement("section"));
            page.id = "left-alone";
            page.innerHTML = `<a href="#x">${number}</a><button>${number}</button><code>${number}</code>
                <pre>${number}</pre><textarea>${number}</textarea><input value="${number}">
                <div contenteditable><p>${number}</p></div>
                <div role="textbox"><p>${number}</p></div><x-button>${number}</x-button><p id=last>${number}</p>`;
            page.querySelector("x-button").attachShadow({ mode: "open" }).innerHTML = "<button><slot></slot></button>";
        }""",
        NUMBER,
    )
    expect(ben.locator(f"#last {OURS}")).to_be_visible()
    assert ben.locator(f"#left-alone {OURS}").count() == 1
    ben.evaluate("document.querySelector('#last').contentEditable = 'true'")
    expect(ben.locator(f"#last {OURS}")).to_have_count(0)
    assert ben.locator("#last").inner_html() == NUMBER


def test_a_page_that_changes_without_loading_keeps_its_numbers_right(ben: Page) -> None:
    ben.evaluate(
        """number => {
            history.pushState({}, "", location.pathname + "?view=2");
            const list = document.querySelector("main").appendChild(document.createElement("ul"));
            list.id = "list";
            for (let i = 0; i < 300; i++) {
                list.appendChild(document.createElement("li")).textContent = `Row ${i}: ${number}`;
            }
        }""",
        NUMBER,
    )
    expect(ben.locator(f"#list {OURS}")).to_have_count(300)
    # As React does: it writes into the very text it made, moves rows, and takes some away.
    ben.evaluate(
        """() => {
            const rows = [...document.querySelectorAll("#list li")];
            rows[0].firstChild.data = "Row 0: 212-555-0143";
            rows[1].firstChild.data = "no number any more";
            rows[2].parentElement.append(rows[2]);
            rows[3].firstChild.remove();
        }"""
    )
    expect(ben.locator(f"#list {OURS}")).to_have_count(298)
    rows = ben.locator("#list li")
    assert [rows.nth(at).inner_text() for at in (0, 1, 2)] == ["Row 0: 212-555-0143", "no number any more", ""]
    assert rows.last.inner_text() == f"Row 2: {NUMBER}"


WITHOUT_LAUNCHER = """() => {
    const copy = document.documentElement.cloneNode(true);
    for (const ours of copy.querySelectorAll("offhook-extension")) ours.remove();
    const roots = [...document.querySelectorAll("x-card")].map(({ shadowRoot }) => shadowRoot.innerHTML);
    return [copy.outerHTML, roots, document.querySelector("x-card").shadowRoot.adoptedStyleSheets.length];
}"""


def test_switched_off_the_page_is_as_it_was(player: InBrowser, ben: Page, desk: Desk) -> None:
    _prefer(desk, numbers="off")
    expect(ben.locator(OURS)).to_have_count(0)
    ben.evaluate(
        """number => {
            const card = document.body.appendChild(document.createElement("x-card"));
            card.attachShadow({ mode: "open" }).innerHTML = `<p>${number} or ${number}</p>`;
        }""",
        NUMBER,
    )
    before = ben.evaluate(WITHOUT_LAUNCHER)
    advanced(player)
    player.panel.get_by_label("Click to call").select_option("hubspot")
    expect(ben.locator(f"x-card {OURS}")).to_have_count(2)
    assert ben.evaluate(WITHOUT_LAUNCHER) != before
    player.panel.get_by_label("Click to call").select_option("off")
    expect(ben.locator(OURS)).to_have_count(0)
    assert ben.evaluate(WITHOUT_LAUNCHER) == before


def test_a_script_of_the_page_cannot_dial(ben: Page, desk: Desk) -> None:
    ben.evaluate("document.body.insertAdjacentHTML('beforeend', '<a id=tel href=\"tel:+1-212-555-0143\">ring</a>')")
    expect(ben.locator(OURS).first).to_be_visible()
    ben.evaluate(
        """ours => {
            document.querySelector(ours).click();
            document.querySelector(ours).dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
        }""",
        OURS,
    )
    ben.locator("#tel").click()
    assert one_call(desk) == "+12125550143", "only the person's press dialled"


def test_it_asks_before_it_dials_where_that_is_wanted(player: InBrowser, ben: Page, desk: Desk) -> None:
    advanced(player)
    player.panel.get_by_label("Ask before a number on a page is dialled").click()  # checked when the service has it
    eventually(lambda: desk.sees()["habits"]["confirm_dial"], bool, "the preference")
    ben.locator(OURS).first.click()
    waiting = player.panel.get_by_role("alert", name="Number to call")
    expect(waiting).to_contain_text("Call +1 415 555 0100?")
    waiting.get_by_role("button", name="Not now").click()
    expect(waiting).to_have_count(0)
    assert dialled(desk) == []
    ben.locator(OURS).first.click()
    waiting.get_by_role("button", name="Call").click()
    expect(player.button("Hang up")).to_be_visible()
    expect(waiting).to_have_count(0)
    assert one_call(desk) == E164


def test_another_site_is_looked_at_only_when_she_allowed_it(player: InBrowser, ben: Page, desk: Desk, shop: str) -> None:
    site = player.ben_browser.new_page()
    site.goto(shop)
    ben.bring_to_front()
    advanced(player)
    player.panel.get_by_label("Click to call").select_option("sites")
    player.panel.get_by_label("Another site").fill(shop)
    assert site.locator(OURS).count() == 0
    player.button("Allow").click()
    expect(player.panel.get_by_role("list", name="Sites")).to_contain_text(SITE)
    expect(site.locator(OURS)).to_have_text(NUMBER)  # the page was open, and needs no reload
    site.reload()
    expect(site.locator(OURS)).to_have_text(NUMBER)
    assert site.locator("offhook-extension").count() == 0, "no panel stands on other sites"
    with player.ben_browser.expect_page() as opened:
        site.locator(OURS).click()
    expect(opened.value.get_by_role("button", name="Hang up")).to_be_visible()
    assert one_call(desk) == E164
    opened.value.close()
    clear(desk)
    html = site.locator("#hotline").inner_html()
    ben.bring_to_front()
    advanced(player)
    player.panel.get_by_role("button", name=f"Do not look at {shop.rstrip('/')} any more").click()
    expect(site.locator(OURS)).to_have_count(0)
    assert html != site.locator("#hotline").inner_html() == "Hotline <b>(415) 555-0100</b>"
    site.reload()
    expect(site.locator("#hotline")).to_be_visible()
    assert site.locator(OURS).count() == 0


def test_a_selected_number_is_called_from_any_page(player: InBrowser, ben: Page, desk: Desk, shop: str) -> None:
    """The browser's own menu cannot be pressed by a test: the extension is told what the browser tells it."""
    site = player.ben_browser.new_page()
    site.goto(shop)
    (worker,) = player.ben_browser.service_workers
    with player.ben_browser.expect_page() as opened:
        worker.evaluate(
            """async text => {
                const [tab] = await chrome.tabs.query({ url: "http://shop.localhost/*" });
                chrome.contextMenus.onClicked.dispatch({ menuItemId: "call-selection", selectionText: text }, tab);
            }""",
            f"Hotline {NUMBER}, toll-free",
        )
    expect(opened.value.get_by_role("button", name="Hang up")).to_be_visible()
    assert one_call(desk) == E164


def test_a_phone_link_that_the_browser_hands_to_the_panel_page_waits_for_a_word(
    player: InBrowser, stage: Stage, desk: Desk
) -> None:
    page = player.ben_browser.new_page()
    page.goto(f"{stage.service}/panel/?tel=tel%3A%2B1-415-555-0100")
    expect(page.get_by_role("alert", name="Number to call")).to_contain_text("Call +1-415-555-0100?")
    assert page.url.endswith("/panel/"), "loaded again, it does not ask again"
    assert dialled(desk) == []
