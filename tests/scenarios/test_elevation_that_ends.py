"""Somebody is stopped by HubSpot, is lent what she lacks, connects, and gives it back: in each of the three ways.

She touches nothing but her panel and HubSpot's pages. Ada edits rights, makes Super Admins and demotes them in HubSpot's
Users & Teams, or lends a permission set on Offhook's administrator page.
"""

from collections.abc import Iterator

import pytest
from tests.scenarios.administrator import Administrator, administrator, has_set, person, with_permission_sets
from tests.scenarios.applicant import Applicant, set_up_app
from tests.scenarios.stage import Json, Stage, eventually, running_stage

from offhook.demo import people
from offhook.demo.over_api import Person

REP = "Sales rep"
OWN = {"contacts.view": "own", "sales.access": "on"}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running_stage(tmp_path_factory.mktemp("stage"), patience=2.0) as stage:
        set_up_app(stage)
        with_permission_sets(stage)
        yield stage


@pytest.fixture(scope="module")
def ada(stage: Stage) -> Iterator[Administrator]:
    with administrator(stage) as ada:
        yield ada


class Stopped(Applicant):
    """She has tried, and HubSpot stopped her; what she then does."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage, people.ACORN, OWN)
        self.user_id = int(person(stage, self.email)["user_id"])
        assert self.tries().status_code == 403
        assert "Contacts > View" in {each["right"] for each in self.first_screen(read=True)["missing"]}

    def connects(self) -> None:
        """Log out of HubSpot and in again, as the panel says, and try again."""
        self.logs_in()
        self.begins()
        assert self.grants()["state"] == "granted"

    def reminders(self) -> list[Json]:
        return list(self.panel.ask("GET", "/api/panel")["reminders"])

    def works(self) -> bool:
        found = self.panel.api.get("/api/contacts", params={"query": people.CARLA}).json()
        return [each["name"] for each in found["contacts"]] == [people.CARLA]


@pytest.fixture
def applicant(stage: Stage, ada: Administrator) -> Iterator[Stopped]:
    applicant = Stopped(stage)
    yield applicant
    applicant.leaves()


def in_users_and_teams(ada: Administrator, user_id: int, action: str, fields: dict[str, str] | None = None) -> None:
    """HubSpot's page: hover over somebody, Actions > …, some fields, Save."""
    page = Person(ada.stage, people.ADA)
    page.log_in()
    assert page.submit(f"{people.USERS_PATH}/{user_id}/{action}", fields or {}).has_redirect_location
    page.browser.close()


def reminder_of(ada: Administrator, applicant: Stopped) -> Json:
    """The one that Ada's panel shows of her, and hers, which is the same."""
    [elevation] = ada.elevations_of(applicant.user_id)
    [on_adas] = [each for each in ada.sees()["reminders"] if each["id"] == elevation["id"]]
    [on_hers] = applicant.reminders()
    assert (on_hers["id"], on_hers["mine"], on_adas["mine"]) == (elevation["id"], True, False)
    return {**elevation, "to_ada": on_adas["says"], "to_her": on_hers["says"]}


def is_over(ada: Administrator, applicant: Stopped, by: str) -> None:
    """Ada is not reminded any more; she is told to log out and in again; her connection works on."""
    eventually(lambda: ada.elevations_of(applicant.user_id), lambda left: not left, "nothing lent any more")
    newest = ada.elevations_of(applicant.user_id, still=False)[0]
    assert newest["ended_by"] == by
    assert newest["id"] not in {each["id"] for each in ada.sees()["reminders"]}
    [reminder] = applicant.reminders()
    assert reminder["says"].endswith("Log out of HubSpot and in again, so that it counts.")
    applicant.logs_in()
    assert applicant.works()


def test_rights_are_edited_and_taken_back(ada: Administrator, applicant: Stopped) -> None:
    in_users_and_teams(ada, applicant.user_id, "edit", {"contacts.view": "all"})
    applicant.connects()
    reminder = reminder_of(ada, applicant)
    assert (reminder["kind"], reminder["email"], reminder["by"]) == ("rights", applicant.email, None)
    assert "Contacts > View" in reminder["rights"]
    assert "for want of: " in reminder["why"]
    assert "can be taken back now" in reminder["to_ada"]
    assert "Ask an administrator to take that back" in reminder["to_her"]
    in_users_and_teams(ada, applicant.user_id, "edit", {"contacts.view": "own"})
    ada.asks("POST", f"elevations/{reminder['id']}/end")
    is_over(ada, applicant, people.ADA)
    assert [each["deed"] for each in ada.deeds()[:2]] == ["rights-taken-back", "elevation-noticed"]


def test_super_admin_and_demoted(ada: Administrator, applicant: Stopped) -> None:
    in_users_and_teams(ada, applicant.user_id, "make-super-admin")
    applicant.connects()
    reminder = reminder_of(ada, applicant)
    assert (reminder["kind"], reminder["checked"]) == ("super-admin", True)
    assert "which was only needed to connect" in reminder["to_ada"]
    assert "You are Super Admin in HubSpot" in reminder["to_her"]
    refused = ada.refused("POST", f"/api/administration/elevations/{reminder['id']}/end")
    assert (refused["code"], "still shows" in refused["detail"]) == ("wrong-state", True)
    assert applicant.panel.api.get("/api/administration/elevations").status_code == 403, "she administrates nothing"
    in_users_and_teams(ada, applicant.user_id, "remove-super-admin")
    is_over(ada, applicant, "HubSpot")
    assert ada.deeds()[0]["deed"] == "elevation-ended"


def test_a_permission_set_is_lent_and_put_back(stage: Stage, ada: Administrator, applicant: Stopped) -> None:
    refused = ada.refused("POST", f"/api/administration/people/{applicant.user_id}/lend", ada.loan())
    assert (refused["code"], "no permission set" in refused["detail"]) == ("would-be-lost", True)
    applicant.gets({}, permission_set=REP)
    assert ada.lends(applicant.user_id)["checked"]
    applicant.connects()
    reminder = reminder_of(ada, applicant)
    assert (reminder["kind"], reminder["by"], reminder["why"]) == ("permission-set", people.ADA, "To connect Offhook.")
    assert "It is put back by itself." in reminder["to_ada"]
    assert "Log out of HubSpot and in again" in reminder["to_her"]
    ada.asks("POST", f"elevations/{reminder['id']}/end")
    has_set(stage, applicant.email, REP)
    is_over(ada, applicant, people.ADA)
    assert [each["deed"] for each in ada.deeds()[:3]] == ["role-given-back", "role-lent", "lending-begun"]
