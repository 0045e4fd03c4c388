"""Somebody who tries to connect, is stopped, and looks at her panel; in an account of her own, made for one test."""

import html
import itertools
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from tests.scenarios.stage import Json, Stage, eventually

from offhook.demo.over_api import PanelByApi, Person
from offhook.demo.world import APP, PASSWORD

# What Offhook's required scopes need of a person, and what connecting the first time in an account needs.
MAY_VIEW = {"contacts.view": "all"}
MARKETPLACE = {"app_marketplace_access": "on"}

# HubSpot lets a private app into ten accounts, and every test has one of its own.
ANY_NUMBER = {"install_cap": 0}

_NUMBERS = itertools.count(1)


def new_account(stage: Stage, tier: str = "free") -> int:
    made = stage.control("POST", "/accounts", {"name": f"Account {next(_NUMBERS)}", "tier": tier})
    return int(made["id"])


class Applicant:
    """Her HubSpot, her panel, and what both say."""

    def __init__(self, stage: Stage, account: int, rights: Json | None = None, *, super_admin: bool = False) -> None:
        self.stage, self.account = stage, account
        self.email = f"applicant{next(_NUMBERS)}@acorn.example"
        self.joins(account, rights or {}, super_admin=super_admin)
        self.person, self.panel = Person(stage, self.email), PanelByApi(stage)
        self.asks = ""
        self.page: httpx.Response | None = None

    def joins(self, account: int, rights: Json, *, super_admin: bool = False) -> None:
        """She becomes a user of this account, too."""
        wish = {
            "email": self.email,
            "name": "Abby Ames",
            "rights": rights,
            "super_admin": super_admin,
            "password": PASSWORD,
        }
        self.stage.control("POST", f"/accounts/{account}/people", wish)

    def gets(self, rights: Json, account: int | None = None, **more: Any) -> None:
        """An administrator saves this for her; it counts from her next login."""
        body = {"account_id": account or self.account, "change": rights, **more}
        self.stage.control("POST", f"/people/{self.email}/rights", body)

    def logs_in(self) -> None:
        self.person.log_in()

    def begins(self, ask: str = "everything", came_from: int | None = None) -> str:
        """Press Connect HubSpot; `came_from`: on the Contacts page of which account she stood."""
        contacts = f"{self.stage.sandbox}/contacts/{came_from}/objects/0-1/views/all/list" if came_from else None
        self.asks = self.panel.begin(ask, contacts)
        return self.asks

    def opens(self, account: int | None = None, **changed: str) -> httpx.Response:
        """HubSpot's page for what she was sent to; `changed` are other parameters of the address."""
        query = dict(_parameters(self.asks)) | changed
        self.page = self.person.browser.get(f"/oauth/{account or self.account}/authorize?{urlencode(query)}")
        return self.page

    def tries(self, **changed: str) -> httpx.Response:
        """Log in, press Connect HubSpot, and look at HubSpot's page."""
        self.logs_in()
        self.begins()
        return self.opens(None, **changed)

    # What she reads.

    def first_screen(self, *, read: bool) -> Json:
        """The diagnosis that her panel shows; `read`: the extension has read HubSpot's page."""
        return self.with_page() if read else self.in_silence()

    def with_page(self) -> Json:
        assert self.page is not None
        return self.says(page_text=read_by_extension(self.page.text), page_address=str(self.page.url))

    def says(self, **what: str) -> Json:
        body = {"secret": self.panel.secret, **what}
        return dict(self.panel.ask("POST", f"/api/sign-ins/{self.panel.attempt}/stuck", body)["diagnosis"])

    def in_silence(self) -> Json:
        """Nobody tells the service anything; its patience passes."""
        claim = eventually(self.panel.claim, lambda claim: claim["state"] != "waiting", "the patience to pass", 30)
        assert claim["state"] == "stuck", claim
        return dict(claim["diagnosis"])

    def answers(self) -> str:
        """Press Grant access; gives the address to which HubSpot then sends her browser."""
        path = f"/oauth/{self.account}/authorize?{urlsplit(self.asks).query}"
        answer = self.person.submit(path, {"human": "yes", "decision": "grant"})
        assert answer.status_code == 302, read_by_extension(answer.text)
        return str(answer.headers["location"])

    def grants(self) -> Json:
        """Press Grant access, and come back; gives the panel's claim."""
        httpx.get(self.answers(), timeout=30, follow_redirects=False)
        return self.panel.claim()

    def leaves(self) -> None:
        self.person.browser.close()
        self.panel.api.close()


def _parameters(address: str) -> Iterable[tuple[str, str]]:
    return httpx.QueryParams(urlsplit(address).query).multi_items()


def read_by_extension(page: str) -> str:
    """Roughly the innerText of the page's main part: no numbers before the items of a list."""
    main = re.search(r"(?s)<main\b.*?</main>", page)
    body = re.sub(r"(?s)<(script|style|title|svg).*?</\1>", "", main[0] if main else page)
    lines = (line.strip() for line in html.unescape(re.sub(r"<[^>]+>", "\n", body)).splitlines())
    return "\n".join(line for line in lines if line)


def set_up_app(stage: Stage, **changed: Any) -> None:
    """Offhook's app in HubSpot, with some of its settings changed by its owner."""
    settings = {**APP, "redirect_urls": [f"{stage.service}/oauth/callback"], "terms": ANY_NUMBER}
    stage.control("POST", "/apps", settings | changed)
