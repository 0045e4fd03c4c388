"""What holds for all pages: the policy, nothing inline, labels, one heading, the banner, no dead links."""

from typing import Any

import pytest

from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds.people import ACORN, ADA, BIRCH, CLEO, CLIENT_ID

POLICY = ("default-src 'self'", "style-src 'self'", "img-src 'self' data:", "frame-ancestors 'self'")
BANNER = "HubSpot sandbox: local, for tests and demos. Not HubSpot."
EXPECTED = (
    "/make-super-admin",
    "/remove-super-admin",
    "/edit",
    "/uninstall",
    "/record/0-2/",
    "/objects/0-3/",
    "/objects/0-5/",
    "/objects/0-1/new",
    "/permission-sets/new",
    "/clone",
    "/delete",
    "/teams/new",
    "/permission-set",
    "/deactivate",
    "sort=email",
    "?show=notes",
    "/views/my/",
    "page=2",
    "/login",
)


@pytest.fixture
def pages(ada: Any, ben: Any, someone: Any, authorize: Any, portal: Portal, contact: Any, html: Any) -> dict[str, Any]:
    """Every page that can be reached, as `(answer, what it holds)`."""
    _furnish(portal, contact)
    begin = ["/", f"/contacts/{BIRCH}/objects/0-2/views/all/list", f"/contacts/{ACORN}/record/0-1/404", "/contacts/1"]
    seen: dict[str, Any] = {}
    _crawl(ada.client, [*begin, authorize(), authorize(ACORN), authorize(client_id="x")], seen, html)
    _crawl(ben.client, [authorize(ACORN) + "&ben", f"/settings/{ACORN}/users?ben"], seen, html)
    _crawl(someone().client, ["/login", "/login?out=1"], seen, html)
    return seen


def _furnish(portal: Portal, contact: Any) -> None:
    portal.people.set_super_admin(ACORN, CLEO, True)
    portal.grants.install(ACORN, CLIENT_ID, ADA, ("oauth",))
    first = next(iter([contact(firstname=f"N{place}", phone="1") for place in range(30)]))
    company = portal.records.create(ACORN, "companies", {"name": "Reyes Roasters"})
    portal.associate(ACORN, "contacts", first, "companies", company.id)
    values = {"hs_timestamp": "1", "hs_call_body": "a" * 2000, "hs_call_recording_url": "https://x.example/a.mp3"}
    call = portal.records.create(ACORN, "calls", values)
    portal.associate(ACORN, "calls", call.id, "contacts", first)


def _crawl(client: Any, paths: list[str], seen: dict[str, Any], html: Any) -> None:
    """Follow every link; pages of records only while they are news."""
    left = list(paths)
    while left:
        path = left.pop()
        many = path not in paths and "/record/0-1/" in path and sum("/record/0-1/" in each for each in seen) > 3
        if path in seen or many:
            continue
        answer = client.get(path, follow_redirects=True)
        page = html(answer.text)
        seen[path] = (answer, page)
        left += [link["href"] for link in page.all("a") if not link["href"].startswith("#")]


def test_the_crawl_reached_everything(pages: dict[str, Any]) -> None:
    for part in EXPECTED:
        assert any(part in path for path in pages), part
    for path, (answer, _) in pages.items():
        assert answer.status_code < 500, path


def test_links_lead_somewhere(pages: dict[str, Any]) -> None:
    dead = [path for path, (answer, _) in pages.items() if answer.status_code == 404]
    assert dead == [f"/contacts/{ACORN}/record/0-1/404"]


def test_every_page_sends_the_strict_policy(pages: dict[str, Any]) -> None:
    for path, (answer, _) in pages.items():
        directives = [each.strip() for each in answer.headers["content-security-policy"].split(";")]
        assert set(POLICY) <= set(directives), path
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_nothing_is_inline(pages: dict[str, Any]) -> None:
    for path, (_, page) in pages.items():
        assert not page.all("style"), path
        for element in page.elements:
            assert "style" not in element, path
            assert not [name for name in element.attributes if name.startswith("on")], path
            ours = element["src"].startswith("/static/") and not element.text
            assert element.tag != "script" or ours or element["type"] == "application/json", path


def test_every_page_says_that_it_is_not_hubspot(pages: dict[str, Any]) -> None:
    for path, (_, page) in pages.items():
        assert page.one("aside", aria_label="About this site").text == BANNER, path


def test_every_page_has_a_title_a_language_and_one_heading(pages: dict[str, Any]) -> None:
    for path, (_, page) in pages.items():
        assert page.title.endswith(" | HubSpot sandbox"), path
        assert page.title != " | HubSpot sandbox", path
        assert page.one("html")["lang"] == "en"
        assert page.heading, path
        assert page.one("main")


def test_every_control_has_a_name(pages: dict[str, Any]) -> None:
    for path, (_, page) in pages.items():
        for_ids = {label["for"] for label in page.all("label")}
        for tag in ("input", "select"):
            for control in page.all(tag):
                inside_label = any(outer.tag == "label" for outer in control.inside)
                named = "aria-label" in control or control["id"] in for_ids or inside_label
                assert control["type"] == "hidden" or named, (path, control.attributes)
        for tag in ("button", "a"):
            assert all(each.text for each in page.all(tag)), path


def test_ids_are_unique_and_references_hit(pages: dict[str, Any]) -> None:
    for path, (_, page) in pages.items():
        ids = [element["id"] for element in page.elements if "id" in element]
        assert len(ids) == len(set(ids)), path
        for element in page.elements:
            for name in ("aria-labelledby", "aria-describedby", "aria-controls", "for"):
                assert element[name] in ("", *ids), (path, name, element[name])


def test_every_form_that_changes_something_carries_the_token(pages: dict[str, Any]) -> None:
    for path, (_, page) in pages.items():
        for form in page.all("form", method="post"):
            names = [each["name"] for each in page.within(form, "input")]
            assert "csrf" in names or form["action"] == "/login", path


def test_static_files_have_types_and_an_address_that_changes(ada: Any) -> None:
    page = ada.get(f"/contacts/{ACORN}/objects/0-1/views/all/list")
    for address, kind in (
        (page.one("link", rel="stylesheet")["href"], "text/css"),
        (page.one("link", rel="icon")["href"], "image/svg+xml"),
        (page.all("script")[0]["src"], "text/javascript"),
    ):
        answer = ada.client.get(address)
        assert answer.headers["content-type"].startswith(kind)
        assert "immutable" in answer.headers["cache-control"]
        assert "?v=" in address
    assert ada.client.get("/static/..%2Frender.py").status_code == 404
    assert ada.client.get("/static/nothing.css").status_code == 404


def test_a_broken_page_is_a_page(ada: Any, portal: Portal, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    monkeypatch.setattr(portal.people, "members", lambda account_id: 1 / 0)
    page = ada.get(f"/settings/{ACORN}/users", expect=500)
    assert page.heading == "Something went wrong"
    assert "ZeroDivisionError" not in ada.answer.text
    assert "ZeroDivisionError" in caplog.text
