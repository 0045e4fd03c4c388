"""Somebody is stopped by HubSpot and asks the administrators of her account; what then becomes of it, on both screens.

She touches her panel and HubSpot's pages; Ada the administrators' page and HubSpot's Users & Teams.
"""

from collections.abc import Iterator

import pytest
from tests.scenarios.administrator import CONNECTORS, Administrator, administrator, person, with_permission_sets
from tests.scenarios.applicant import MARKETPLACE, MAY_VIEW, Applicant, set_up_app
from tests.scenarios.stage import Json, Stage, eventually, running_stage

from offhook.demo import people

OWN = {"contacts.view": "own", "sales.access": "on"}
LOG_IN_AGAIN = "Log out of HubSpot and in again before you try"


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with running_stage(tmp_path_factory.mktemp("stage"), patience=2.0) as stage:
        stage.control("POST", "/limits", {"enabled": False})
        set_up_app(stage)
        with_permission_sets(stage)
        yield stage


@pytest.fixture(scope="module")
def ada(stage: Stage) -> Iterator[Administrator]:
    with administrator(stage) as ada:
        yield ada


class Stopped(Applicant):
    """HubSpot stopped her, and she looks at her panel."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage, people.ACORN, OWN)
        self.user_id = int(person(stage, self.email)["user_id"])
        self.logs_in()
        self.begins(came_from=people.ACORN)
        assert self.opens().status_code == 403
        self.first_screen(read=True)

    def asks_administrator(self) -> Json:
        body = {"attempt_id": self.panel.attempt, "secret": self.panel.secret, "email": self.email}
        return self.panel.ask("POST", "/api/help", body)

    def has_rights_checked(self) -> Json:
        body = {"attempt_id": self.panel.attempt, "secret": self.panel.secret, "email": self.email}
        return dict(self.panel.ask("POST", "/api/rights", body)["report"])

    def is_told(self) -> Json:
        """Her panel goes on asking how it stands."""
        told = eventually(
            self.panel.claim, lambda claim: LOG_IN_AGAIN in str(claim["diagnosis"]), "her panel to know", 40
        )
        return dict(told["diagnosis"])

    def gets_through(self) -> None:
        self.logs_in()
        self.begins()
        assert self.grants()["state"] == "granted"


@pytest.fixture
def abby(stage: Stage, ada: Administrator) -> Iterator[Stopped]:
    abby = Stopped(stage)
    yield abby
    abby.leaves()


def seen(ada: Administrator, abby: Stopped) -> Json:
    """How Ada's page has her."""
    everybody = ada.asks("GET", "people")["people"]
    [found] = [each for each in everybody if each["email"] == abby.email]
    return dict(found)


def test_one_press_asks_another_one_looks_and_she_goes_on(abby: Stopped, ada: Administrator) -> None:
    message = abby.asks_administrator()["message"]["text"]
    assert f"/settings/{people.ACORN}/users" in message
    assert "Contacts > View" in message
    waits = eventually(lambda: seen(ada, abby), lambda found: found["state"] == "asked", "her on Ada's page", 30)
    assert [each["right"] for each in waits["missing"] if each["sure"] == "proved"] == ["Contacts > View"]
    assert waits["message"]["text"] == message.replace(f"My user in HubSpot is {abby.email}.\n\n", "")
    abby.gets(MAY_VIEW | MARKETPLACE)
    assert ada.asks("POST", f"people/{abby.user_id}/check")["may_need_relogin"] is True
    assert abby.is_told()["title"] == "An administrator has looked at your request"
    abby.gets_through()
    connected = eventually(lambda: seen(ada, abby), lambda found: found["state"] == "connected", "her connected", 30)
    assert (connected["asked_at"], connected["may_need_relogin"]) == (None, False)


def test_a_permission_set_is_noticed_without_anybody_pressing(abby: Stopped, ada: Administrator, stage: Stage) -> None:
    abby.asks_administrator()
    knows_her = eventually(
        lambda: stage.control("GET", f"/journal?pattern=/settings/users/*/{abby.email}"),
        bool,
        "Offhook to look her up",
        30,
    )
    assert knows_her[0]["status"] == 200
    abby.gets({}, permission_set=CONNECTORS)
    assert abby.is_told()["title"] == "Something was done about your request"
    assert seen(ada, abby)["may_need_relogin"] is True
    abby.gets_through()
    eventually(lambda: seen(ada, abby), lambda found: found["state"] == "connected", "her connected", 30)


def test_her_own_rights_are_told_in_hubspot_to_her_alone(abby: Stopped, ada: Administrator, stage: Stage) -> None:
    report = abby.has_rights_checked()
    assert {each["state"] for each in report["checks"]} == {"could-not-ask"}
    owner = str(person(stage, abby.email)["owner_id"])

    def her_tasks() -> list[Json]:
        found = stage.control("GET", "/journal?method=POST&pattern=/crm/objects/*/tasks&status=201")
        return [each for each in found if owner in str(each)]

    assert eventually(her_tasks, bool, "the answer on her list", 30)
