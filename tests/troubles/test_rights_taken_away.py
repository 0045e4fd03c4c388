"""HubSpot does not let this agent do it: the scope was never granted, or the person may not any more."""

from collections.abc import Iterator

import pytest
from tests.scenarios.desk import Desk, said
from tests.scenarios.stage import Customer, Stage
from tests.troubles.going_on import logged_once, not_known, plays_on, waits

from offhook.demo import people
from offhook.demo.world import APP


@pytest.fixture
def app_of_the_person(stage: Stage, ben: Desk) -> Iterator[None]:
    """An app that may do what the person may, and no more; HubSpot then looks at the person's rights each time."""
    app = {**APP, "redirect_urls": [f"{stage.service}/oauth/callback"]}
    stage.control("POST", "/apps", {**app, "is_user_level": True})
    yield
    stage.control("POST", "/apps", app)


def test_only_search_was_granted(stage: Stage, ben: Desk, customer: Customer) -> None:
    """The caller is known, the call cannot be logged: the reason names what is missing, and a fuller consent helps."""
    ben.forgets()
    ben.arrive("search-only")
    off = {each["key"] for each in ben.sees()["grant"]["capabilities"] if not each["on"]}
    assert off >= {"log-calls", "create-contacts"}
    stage.ring(customer.number)
    ben.call(customer, lambda call: call["who"]["answer"] == "one", "known")
    plays_on(ben, customer)
    reason, again = waits(ben, customer)
    assert reason.startswith("missing-scope: ")
    assert "log calls on the timeline" in reason
    assert "Connect HubSpot again and grant what is asked." in reason
    assert again is None
    assert stage.timeline(customer.id) == []
    ben.consent()
    logged_once(ben, customer)


@pytest.mark.usefixtures("app_of_the_person")
def test_the_person_may_not_see_contacts_any_more(stage: Stage, ben: Desk, customer: Customer) -> None:
    """*Not allowed* is another answer than *nobody*, also in the search."""
    stage.give_rights(people.BEN, {"contacts.view": "none", "contacts.edit": "none"})
    ben.person.log_in()
    stage.ring(customer.number)
    assert not_known(ben, customer, "not-allowed").startswith("missing-right: HubSpot says that this person may not")
    found = ben.panel.ask("GET", "/api/contacts?query=Carla")
    assert (found["answer"], found["contacts"]) == ("not-allowed", [])
    assert "Ask a HubSpot administrator" in said(found["reason"])
    plays_on(ben, customer)
    reason, again = waits(ben, customer)
    assert reason.startswith("missing-right: ")
    assert again is None
    stage.give_rights(people.BEN)
    ben.person.log_in()
    ben.does("log", ben.call(customer))
    logged_once(ben, customer)
