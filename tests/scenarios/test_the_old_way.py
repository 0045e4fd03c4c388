"""The old way beside ours, in one HubSpot: an app that asks as widely as the product that Offhook replaces, and Offhook.

What the old product asks for: *Contacts* and *Content* in its administrator's guide, and *Service* rights in its list of
minimum rights. Both ways of its articles are played: the rights are edited; Super Admin, and demoted.
docs/how-to/coming-from-8x8.md shows the two side by side.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from tests.house_rules.repository import DOCS
from tests.scenarios.desk import Desk
from tests.scenarios.stage import Json, Stage, running_stage

from hubspot_sandbox.rights import CATALOGUE
from hubspot_sandbox.testing import ConsentRefused, RegisteredApp, Sandbox
from offhook.demo import people
from offhook.demo.over_api import Person
from offhook.diagnosis.catalogue import read_page
from offhook.diagnosis.rights import by_name

OLD_SCOPES = ("oauth", "crm.objects.contacts.read", "crm.objects.contacts.write", "content", "tickets")
# HubSpot's name of a right on the page that stops Ben → the switch in Edit permissions, and what Ada sets it to.
OLD_WAY = {
    "App Marketplace access": ("app_marketplace_access", "on"),
    "Team contact visibility": ("contacts.view", "all"),
    "contacts-writer (Unassigned)": ("contacts.edit.unassigned", "on"),
    "Marketing access": ("marketing.access", "on"),
    "Website pages > Edit": ("website_pages.edit", "on"),
    "Design tools > View": ("design_tools.view", "on"),
    "URL Redirects > Publish": ("url_redirects.publish", "on"),
    "Knowledge base settings": ("knowledge_base.settings", "on"),
    "tickets-writer": ("tickets.edit", "own"),
    "tickets-writer (Unassigned)": ("tickets.edit.unassigned", "on"),
}
# The same work, search and log, asks these of Ben once Ada has connected Offhook.
OUR_WAY = {name: OLD_WAY[name] for name in ("Team contact visibility", "contacts-writer (Unassigned)")}
WIDE = {"Marketing", "Service"}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running_stage(tmp_path_factory.mktemp("stage"), patience=2.0) as stage:
        yield stage


@pytest.fixture
def ben(stage: Stage) -> Iterator[Desk]:
    desk = Desk(stage)
    yield desk
    desk.leave()


@pytest.fixture
def administrator(stage: Stage) -> Iterator[Desk]:
    """Ada, as one who connects Offhook herself."""
    desk = Desk(stage, people.ADA, "202")
    yield desk
    desk.leave()


@pytest.fixture
def ada(stage: Stage) -> "Iterator[Ada]":
    person = Person(stage, people.ADA)
    person.log_in()
    yield Ada(person)
    person.browser.close()


class Ada:
    """The administrator at Settings > Users & Teams, at Ben's row and at Ben's switches."""

    def __init__(self, person: Person) -> None:
        self._person = person

    def access_of_ben(self) -> str:
        page = self._person.browser.get(people.USERS_PATH).text
        rows: list[str] = re.findall(r"(?s)<tr[^>]*data-user-id.*?</tr>", page)
        [row] = [each for each in rows if people.BEN in each]
        return row

    def does(self, action: str, fields: dict[str, str] | None = None) -> None:
        """Actions > …, some fields, Save."""
        [number] = re.findall(r'data-user-id="(\d+)"', self.access_of_ben())
        answer = self._person.submit(f"{people.USERS_PATH}/{number}/{action}", fields or {})
        assert answer.has_redirect_location, answer.text[:300]

    def sets(self, names: dict[str, tuple[str, str]]) -> None:
        self.does("edit", dict(names.values()))


@dataclass
class OldPanel:
    """The old product as HubSpot sees it: one app, which requires all that it may ever need."""

    hubspot: Sandbox
    app: RegisteredApp

    @classmethod
    def in_this(cls, stage: Stage) -> "OldPanel":
        hubspot = Sandbox(stage.sandbox)
        return cls(hubspot, hubspot.register_app("Old panel", OLD_SCOPES))

    def connect(self) -> str:
        """Ben logs in and grants all; the access token."""
        tokens = self.hubspot.grant(self.app, people.BEN)
        assert set(tokens.scopes) == set(OLD_SCOPES)
        return tokens.access_token

    def refused(self) -> ConsentRefused:
        with pytest.raises(ConsentRefused) as refused:
            self.hubspot.grant(self.app, people.BEN)
        return refused.value

    def finds_contacts(self, token: str) -> bool:
        with self.hubspot.client(token) as client:
            return client.get("/crm/v3/objects/contacts").is_success


def rights_of_ben(stage: Stage) -> dict[str, str]:
    members: list[Json] = stage.control("GET", f"/accounts/{people.ACORN}/people")
    [ben] = [each for each in members if each["email"] == people.BEN]
    return dict(ben["rights"])


def tabs(rights: dict[str, str]) -> set[str]:
    """Where these switches stand in HubSpot's editor; of records, which records."""
    return {right.group if right.tab == "CRM" else right.tab for right in map(CATALOGUE.__getitem__, rights)}


def capabilities(desk: Desk) -> set[str]:
    """What is on."""
    return {each["key"] for each in desk.sees()["grant"]["capabilities"] if each["on"]}


def test_the_old_way_needs_contacts_marketing_and_service_and_ours_needs_contacts(
    stage: Stage, ada: Ada, ben: Desk, administrator: Desk
) -> None:
    old = OldPanel.in_this(stage)
    at_first = rights_of_ben(stage)
    put_back = {key: (key, at_first.get(key, CATALOGUE[key].least)) for key, _ in OLD_WAY.values()}

    # Ben is refused, and the page lists what he lacks, in three corners of HubSpot's editor and one switch more.
    page = old.refused()
    assert page.missing == tuple(OLD_WAY)
    groups = [right.group for name in read_page(str(page)).listed if (right := by_name(name))]
    assert len(groups) == len(OLD_WAY), "Offhook's diagnosis knows every one of the names"
    assert {"CRM > CRM objects > Contacts", *WIDE} <= set(groups)

    # The first way: Ada edits his rights. It counts when he has logged in again, which `grant` does.
    lacking = dict(list(OLD_WAY.items())[1:])
    ada.sets(lacking)
    assert old.refused().missing == ("App Marketplace access",), "everything but one is not enough"
    ada.sets(OLD_WAY)
    assert tabs(rights_of_ben(stage)) >= WIDE
    token = old.connect()
    ada.sets(put_back)
    assert old.finds_contacts(token), "the grant outlives the rights"

    # The second way: Super Admin, and demoted. The app is uninstalled first, so that it is new to the account again.
    stage.control("POST", f"/accounts/{people.ACORN}/apps/{old.app.client_id}/uninstall")
    assert old.refused().missing == tuple(OLD_WAY)
    ada.does("make-super-admin")
    assert "Super Admin" in ada.access_of_ben()
    token = old.connect()
    ada.does("remove-super-admin")
    assert "Super Admin" not in ada.access_of_ben()
    assert old.finds_contacts(token)
    assert rights_of_ben(stage) == at_first

    # Ours, beside it: Ada connects once, and Ben needs no right of the account, of Marketing or of Service.
    administrator.consent()
    ada.sets({"Team contact visibility": OUR_WAY["Team contact visibility"]})
    ben.consent()
    assert {"find-contacts"} <= capabilities(ben)
    assert "log-calls" not in capabilities(ben)
    ada.sets(OUR_WAY)
    ben.consent()
    assert {"find-contacts", "log-calls"} <= capabilities(ben)
    assert not {*WIDE, "Account"} & tabs(rights_of_ben(stage))
    ada.sets(put_back)
    answer = ben.panel.api.get("/api/contacts", params={"query": people.CARLA})
    assert [each["name"] for each in answer.json()["contacts"]] == [people.CARLA]


def test_the_page_for_those_who_come_from_there_shows_the_same() -> None:
    page = (DOCS / "how-to/coming-from-8x8.md").read_text()
    rows = re.findall(r"^\| `([^`]+)` \|[^|]*\|([^|]*)\|", page, flags=re.MULTILINE)
    written = {name: cell.strip() for name, cell in rows}
    assert set(written) == set(OLD_WAY), "The table of rights in the page is not what HubSpot's page lists."
    assert {name for name, cell in written.items() if cell.startswith("yes")} == set(OUR_WAY)
