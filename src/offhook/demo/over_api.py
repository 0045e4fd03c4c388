"""The story without a browser: Ben and Ada use HubSpot's pages as forms, and Ben's panel is the API."""

import base64
import hashlib
import re
import secrets
from collections.abc import Callable
from functools import partial
from html import unescape
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from offhook.demo import operator, people
from offhook.demo.story import StepFailed
from offhook.demo.wait import wait_until
from offhook.demo.world import LINES, PASSWORD, World

Json = dict[str, Any]


class Person:
    """Somebody at HubSpot's pages, with cookies and forms."""

    def __init__(self, world: World, email: str) -> None:
        self.world, self.email = world, email
        self.browser = httpx.Client(base_url=world.sandbox, follow_redirects=False, timeout=20)

    def log_in(self) -> None:
        self.browser.cookies.clear()
        answer = self.browser.post("/login", data={"email": self.email, "password": PASSWORD, "next": "/"})
        check(answer.status_code in (302, 303), f"{self.email} cannot log in: {answer.status_code}")

    def submit(self, path: str, fields: dict[str, str]) -> httpx.Response:
        """Fill in the form of a page as it stands, change some fields, and send it."""
        page = self.browser.get(path).text
        form = re.findall(r"<form[^>]*method=\"post\".*?</form>", page, flags=re.S)[-1]
        action = re.search(r'action="([^"]*)"', form)
        return self.browser.post(unescape(action[1]) if action else path, data=_values(form) | fields)


def _values(form: str) -> dict[str, str]:
    """What a browser would send for a form that nobody touched."""
    values = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        ticked = attributes.get("type") != "checkbox" or re.search(r"\schecked\b", tag)
        if ticked and "name" in attributes:
            values[attributes["name"]] = unescape(attributes.get("value", "on"))
    for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', form, flags=re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        values[name] = chosen[1] if chosen else ""
    return values


class PanelByApi:
    """A panel that is only its requests."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.api = httpx.Client(base_url=world.service, timeout=20)
        self.secret, self.device = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self.attempt = ""

    def begin(self, ask: str = "everything", return_to: str | None = None) -> str:
        """Begin to connect; gives the address of HubSpot's consent."""
        body = {"secret_hash": _hash(self.secret), "device_hash": _hash(self.device), "ask": ask, "return_to": return_to}
        begun = self.ask("POST", "/api/sign-ins", body)
        self.attempt = begun["id"]
        return str(begun["consent_url"])

    def claim(self) -> Json:
        claim = self.ask("POST", f"/api/sign-ins/{self.attempt}/claim", {"secret": self.secret})
        if claim.get("token"):
            self.api.headers["Authorization"] = f"Bearer {claim['token']}"
        return claim

    def ask(self, method: str, path: str, body: Json | None = None) -> Json:
        answer = self.api.request(method, path, json=body)
        check(answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return dict(answer.json()) if answer.content else {}

    def call(self, state: str) -> Json:
        """The agent's call once it is in a state."""
        found: list[Json] = []

        def there() -> bool:
            calls = self.ask("GET", "/api/panel")["calls"]
            found[:] = [each for each in calls if each["state"] == state]
            return bool(found)

        wait_until(there, f"a call that is {state}", 20)
        return found[0]


def _hash(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def check(holds: object, otherwise: str) -> None:
    if not holds:
        raise StepFailed(otherwise)


class OverApi:
    """Plays all but what only a browser can show."""

    skips: tuple[int, ...] = (1,)

    def __init__(self, world: World) -> None:
        self.world = world
        self.ben, self.ada = Person(world, people.BEN), Person(world, people.ADA)
        self.panel, self.ada_panel = PanelByApi(world), PanelByApi(world)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for client in (self.ben.browser, self.ada.browser, self.panel.api, self.ada_panel.api):
            client.close()

    def play(self, number: int) -> str:
        steps: dict[int, Callable[[], str]] = {
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
        return steps[number]()

    def consent_path(self, url: str) -> str:
        """The consent page of Acorn for an address that the panel was given."""
        query = urlsplit(url).query
        return f"/oauth/{people.ACORN}/authorize?{query}"

    def hubspot_refuses(self) -> str:
        self.ben.log_in()
        page = self.ben.browser.get(self.consent_path(self.panel.begin()))
        check(page.status_code == 403, f"HubSpot's page came with {page.status_code}")
        self.page_text = _text(page.text)
        check("right permissions" in self.page_text, f"the page says: {self.page_text[:200]}")
        return "HubSpot's own page refused, and told the app nothing"

    def panel_says_why(self) -> str:
        body = {"secret": self.panel.secret, "page_text": self.page_text}
        report = self.panel.ask("POST", f"/api/sign-ins/{self.panel.attempt}/stuck", body)["diagnosis"]
        rights = [each["right"] for each in report["missing"] if each["sure"] == "proved"]
        check("App Marketplace access" in rights, f"the rights named are {rights}")
        check("Users & Teams" in report["message"]["text"], "the message does not say where")
        return f"named, as HubSpot says: {', '.join(rights)}"

    def ada_gives_rights(self) -> str:
        self.ada.log_in()
        self.ben_user = self._user_of_ben()
        self.set_rights(give=True)
        for deed in ("make", "remove"):
            self.ada.submit(f"{people.USERS_PATH}/{self.ben_user}/{deed}-super-admin", {})
            access = self._row_of_ben()
            check(("Super Admin" in access) == (deed == "make"), f"after {deed}, ACCESS reads {access}")
        return "switched on what the diagnosis listed; made Super Admin and demoted"

    def _row_of_ben(self) -> str:
        page = self.ada.browser.get(people.USERS_PATH).text
        rows: list[str] = re.findall(r"<tr[^>]*data-user-id.*?</tr>", page, flags=re.S)
        row = next((row for row in rows if people.BEN in row), "")
        check(row, f"{self.ada.email} does not see {people.BEN} among the users")
        return row

    def _user_of_ben(self) -> str:
        found = re.search(r'data-user-id="(\d+)"', self._row_of_ben())
        if found is None:
            raise StepFailed("Ben is not among the users")
        return found[1]

    def set_rights(self, *, give: bool) -> None:
        path = f"{people.USERS_PATH}/{self.ben_user}/edit"
        page = self.ada.browser.get(path).text
        names = {}
        for label, (given, before) in people.SELECTS.items():
            found = re.search(rf'<select name="([^"]+)" aria-label="{re.escape(label)}"', page)
            check(found, f"there is no {label}")
            names[found[1] if found else ""] = given if give else before
        switch = re.search(r'<input type="checkbox" name="([^"]+)"[^>]*><span>App Marketplace access', page)
        check(switch, "there is no App Marketplace access")
        answer = self.ada.submit(path, names | ({switch[1]: "on"} if give and switch else {}))
        check("saved=1" in answer.headers.get("location", ""), f"the rights could not be saved: {answer.text[:200]}")

    def ben_connects(self) -> str:
        self.ben.log_in()
        self.connect(self.ben, self.panel)
        return "granted, claimed with the secret only this panel knows"

    def connect(self, person: Person, panel: PanelByApi) -> None:
        path = self.consent_path(panel.begin())
        answer = person.submit(path, {"human": "yes", "decision": "grant"})
        back = answer.headers.get("location", "")
        check(back.startswith(self.world.service), f"HubSpot did not send anybody back: {answer.status_code}")
        httpx.get(back, timeout=20, follow_redirects=False)
        claim = panel.claim()
        check(claim["state"] == "granted", f"the claim says {claim}")

    def ben_chooses_product(self) -> str:
        panel = self.panel.ask("PUT", "/api/phone-system", {"phone_system": "exchange"})
        check(panel["phone_system"] == "exchange", "the product was not kept")
        return "Offhook exchange"

    def ben_logs_in_to_line(self) -> str:
        line, pin, _ = LINES[0]
        wrong = self.panel.api.post("/api/line-login", json={"line": line, "secret": "0000"})
        check(wrong.json()["code"] == "wrong-line-login", f"a wrong PIN gave {wrong.text[:200]}")
        self.panel.ask("POST", "/api/line-login", {"line": line, "secret": pin})
        return f"line {line}; a wrong PIN was refused"

    def integration_switches(self) -> str:
        states = [self.panel.ask("POST", f"/api/grant/{each}")["grant"]["state"] for each in ("disable", "enable")]
        check(states == ["off", "active"], f"the grant went {states}")
        return "off and on again, the grant stayed"

    def ada_takes_rights_back(self) -> str:
        panel = self.ada_panel
        self.connect(self.ada, panel)
        reminders = panel.ask("GET", "/api/panel")["reminders"]
        check([each["agent"] for each in reminders] == [people.BEN_NAME], f"the reminders are {reminders}")
        self.set_rights(give=False)
        left = panel.ask("POST", f"/api/reminders/{reminders[0]['id']}/done")["reminders"]
        check(left == [], "the reminder stayed")
        self.ben.log_in()
        check(self._found(people.CARLA), "Ben finds nobody any more")
        return "reminded until she had; Ben still finds contacts"

    def _found(self, query: str) -> bool:
        answer = self.panel.api.get("/api/contacts", params={"query": query}).json()
        return any(each["name"] == people.CARLA for each in answer.get("contacts", ()))

    def customer_calls(self) -> str:
        operator.ring(self.world, people.CARLA_NUMBER)
        wait_until(lambda: self.panel.call("ringing")["who"]["answer"] == "one", "the caller's name", 20)
        call = self.panel.call("ringing")
        self.carla_id = call["who"]["contacts"][0]["id"]
        self.panel.ask("POST", f"/api/calls/{call['id']}/answer")
        self.panel.call("connected")
        self.panel.ask("PUT", f"/api/calls/{call['id']}/notes", {"notes": people.NOTES})
        self.finish(call["id"], "connected")
        return f"{call['who']['contacts'][0]['name']} was known while it rang; noted and wrapped up"

    def finish(self, call_id: str, outcome: str) -> None:
        self.panel.ask("POST", f"/api/calls/{call_id}/hang-up")
        ended = self.panel.call("ended")
        body = {"outcome": outcome, "notes": ended["notes"]}
        self.panel.ask("POST", f"/api/calls/{call_id}/wrap-up", body)

    def calls_are_on_the_timeline(self) -> str:
        wait_until(lambda: any(each["hs_call_disposition"] for each in self._calls(1)), "the outcome on the timeline")
        call = self._calls(1)[0]
        check("Sidamo" in call["hs_call_body"], f"the timeline says {call}")
        operator.hubspot_fails(self.world, "/crm/objects/2026-09/calls", 1000, status=503)
        operator.ring(self.world, people.CARLA_NUMBER)
        second = self.panel.call("ringing")
        self.panel.ask("POST", f"/api/calls/{second['id']}/answer")
        self.finish(second["id"], "connected")
        operator.service_dies(self.world)
        operator.hubspot_works(self.world)
        wait_until(lambda: len(self._calls(2)) == 2, "the second call on the timeline")
        return "once each, the second through HubSpot's trouble and a service that was killed"

    def _calls(self, most: int) -> list[Json]:
        calls = operator.calls_of(self.world, self.carla_id)
        check(len(calls) <= most, f"{len(calls)} entries on the timeline instead of {most}")
        return calls

    def ben_searches_and_dials(self) -> str:
        for query in (people.CARLA, people.CARLA_EMAIL, people.CARLA_COMPANY, *people.CARLA_WRITINGS):
            wait_until(partial(self._found, query), f"somebody to be found for {query}", 10)
        call = self.panel.ask("POST", "/api/calls", {"number": people.CARLA_NUMBER, "contact_id": self.carla_id})
        self.panel.call("connected")
        self.finish(call["id"], "connected")
        return "found in every form; dialled from a result"


def _text(page: str) -> str:
    """What a person reads on a page, a line a block."""
    body = re.sub(r"<(script|style|head)\b.*?</\1>", "", page, flags=re.S)
    return re.sub(r"\s*\n\s*", "\n", unescape(re.sub(r"<[^>]+>", "\n", body))).strip()
