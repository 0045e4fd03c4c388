"""People who use the pages without a browser: they log in, read, follow links and send the forms they are shown."""

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from urllib.parse import urlencode

import httpx
import pytest

from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds.people import ADA, BEN, CLIENT_ID, REDIRECT_URL
from hubspot_sandbox.testing import RunningSandbox

VOID = {"input", "meta", "link", "br", "img", "hr", "path"}


class Element:
    """A tag with its attributes and all the text inside it."""

    def __init__(self, tag: str, attributes: dict[str, str], inside: "list[Element]") -> None:
        self.tag, self.attributes, self.inside, self.pieces = tag, attributes, inside, [""]

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name, "")

    def __contains__(self, name: str) -> bool:
        return name in self.attributes

    @property
    def text(self) -> str:
        return " ".join("".join(self.pieces).split())


class Html(HTMLParser):
    """A page as a flat list of elements, each of which knows what it stands in."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, list(self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while self._open and tag not in VOID and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.pieces.append(data)

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """`all("td", data_label="Email")`: elements of this tag with these attribute values."""
        wanted = {name.replace("_", "-"): value for name, value in attributes.items()}
        return [
            each
            for each in self.elements
            if each.tag == tag and all(each.attributes.get(name) == value for name, value in wanted.items())
        ]

    def one(self, tag: str, **attributes: str) -> Element:
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} elements {tag} {attributes}"
        return found[0]

    @property
    def heading(self) -> str:
        return self.one("h1").text

    @property
    def title(self) -> str:
        return self.one("title").text

    def texts(self, tag: str, **attributes: str) -> list[str]:
        return [each.text for each in self.all(tag, **attributes)]

    def within(self, outer: Element, tag: str, **attributes: str) -> list[Element]:
        return [each for each in self.all(tag, **attributes) if outer in each.inside]

    def fields(self, action: str) -> dict[str, str]:
        """What the form with this action would send if nobody touched it."""
        form = self.one("form", action=action)
        sent = {}
        for each in self.within(form, "input"):
            if each["name"] and (each["type"] != "checkbox" or "checked" in each):
                sent[each["name"]] = each["value"]
        for select in self.within(form, "select"):
            chosen = [each["value"] for each in self.within(select, "option") if "selected" in each]
            sent |= dict.fromkeys([select["name"]], "".join(chosen))
        return sent


class Someone:
    """A person at the pages, with her own cookies."""

    def __init__(self, client: httpx.Client) -> None:
        self.client, self.answer = client, httpx.Response(0)

    def get(self, path: str, expect: int = 200) -> Html:
        return self._read(self.client.get(path), expect)

    def post(self, path: str, fields: dict[str, str], expect: int = 303, **headers: str) -> Html:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self._read(self.client.post(path, data=fields, headers=sent), expect)

    def submit(self, page: str, action: str = "", /, expect: int = 303, **changes: str | None) -> Html:
        """Open a page, change some fields of its form (None unticks), and send it."""
        fields: dict[str, str | None] = {**self.get(page).fields(action or page), **changes}
        return self.post(action or page, {name: value for name, value in fields.items() if value is not None}, expect)

    def follow(self) -> Html:
        return self.get(self.location)

    def log_in(self, email: str, password: str = "demo") -> "Someone":
        self.post("/login", {"email": email, "password": password})
        return self

    def log_out(self) -> None:
        page = self.get("/login", expect=303) and self.get("/contacts/48201001/objects/0-1/views/all/list")
        self.post("/logout", page.fields("/logout"))

    @property
    def location(self) -> str:
        return str(self.answer.headers["location"])

    def _read(self, answer: httpx.Response, expect: int) -> Html:
        assert answer.status_code == expect, (
            f"{answer.status_code} instead of {expect}: {Html(answer.text).texts('main')}"
        )
        self.answer = answer
        return Html(answer.text)


@pytest.fixture
def portal(sandbox: RunningSandbox) -> Portal:
    """The state behind the pages' server, fresh."""
    return sandbox.portal


@pytest.fixture
def someone(sandbox: RunningSandbox) -> Iterator[Callable[[], Someone]]:
    """Makes people who are not logged in; all of them see the same portal."""
    clients: list[httpx.Client] = []

    def make() -> Someone:
        clients.append(httpx.Client(base_url=sandbox.base_url, timeout=20, follow_redirects=False))
        return Someone(clients[-1])

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def ada(someone: Callable[[], Someone]) -> Someone:
    return someone().log_in(ADA)


@pytest.fixture
def ben(someone: Callable[[], Someone]) -> Someone:
    return someone().log_in(BEN)


@pytest.fixture
def authorize() -> Callable[..., str]:
    """The address an app sends a browser to; `hub` preselects an account."""

    def address(hub: int = 0, **changes: str) -> str:
        asked = {
            "client_id": CLIENT_ID,
            "redirect_uri": REDIRECT_URL,
            "scope": "oauth crm.objects.contacts.read",
            "state": "s t&te",
            **changes,
        }
        kept = {name: value for name, value in asked.items() if value}
        return f"/oauth/{f'{hub}/' if hub else ''}authorize?{urlencode(kept)}"

    return address


@pytest.fixture
def contact(portal: Portal) -> Callable[..., str]:
    """Adds a contact to Acorn, or to another account, and tells its id."""

    def add(account: int = 48201001, **values: str) -> str:
        return portal.records.create(account, "contacts", values).id

    return add


@pytest.fixture
def html() -> Callable[[str], Html]:
    return Html
