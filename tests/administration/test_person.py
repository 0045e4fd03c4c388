"""One person, put together of all that is known of her."""

from datetime import UTC, datetime, timedelta

import msgspec

from offhook.administration.attending import DONE, attended, changed, standing_of
from offhook.administration.person import Traces, person_of
from offhook.administration.store import HelpRequest
from offhook.agents.agent import Agent
from offhook.diagnosis.no_consent import why_no_consent
from offhook.grants.elevation import Elevation
from offhook.grants.grant import Grant, GrantState
from offhook.hubspot import scopes
from offhook.hubspot.users import User

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
BEN = User(7, "ben@acorn.example", "Ben", "Bright", False, ("31", "32"))
AGENT = Agent("a1", 1, 7, "ben@acorn.example", "ben")
REPORT = why_no_consent("everything", scopes.REQUIRED, (), capabilities=scopes.CAPABILITIES, users_url="https://x/1")
ASKED = HelpRequest("r1", 1, "ben@acorn.example", None, "s1", msgspec.json.encode(REPORT).decode(), NOON)


def grant(*granted: str, state: GrantState = GrantState.ACTIVE, reason: str | None = None) -> Grant:
    return Grant("g1", "a1", 1, "Acorn", 7, "ben@acorn.example", granted, state, reason, NOON)


def test_who_is_connected_lacks_what_her_capabilities_need_that_are_off() -> None:
    person = person_of(Traces(True, BEN, AGENT, grant(*scopes.REQUIRED)), {"31": "Sales rep"}, ("tickets",), NOON)
    assert (person.state, person.name, person.role) == ("connected", "Ben Bright", "Sales rep")
    on = {each.key for each in person.capabilities if each.on}
    assert on == {"find-contacts"}
    rights = {each.right for each in person.missing}
    assert "Contacts > Edit" in rights
    assert "Tickets > Edit" not in rights, "nobody shall have it"
    assert "Add and edit users" not in rights, "nobody needs power over others for a phone"


def test_a_super_admin_lacks_nothing() -> None:
    admin = msgspec.structs.replace(BEN, super_admin=True)
    assert person_of(Traces(True, admin, AGENT, grant(*scopes.REQUIRED)), {}, (), NOON).missing == ()


def test_a_capability_that_nobody_shall_have_is_off() -> None:
    all_of_them = grant(*scopes.REQUIRED, *scopes.OPTIONAL)
    capabilities = person_of(Traces(True, BEN, AGENT, all_of_them), {}, ("tickets",), NOON).capabilities
    assert [each.key for each in capabilities if not each.on] == ["tickets"]


def test_what_broke_says_why_and_what_is_off_is_off() -> None:
    broken = person_of(Traces(True, BEN, AGENT, grant(state=GrantState.BROKEN, reason="Revoked.")), {}, (), NOON)
    assert (broken.state, broken.reason and broken.reason.says) == ("broken", "Revoked.")
    assert person_of(Traces(True, BEN, AGENT, grant(state=GrantState.OFF)), {}, (), NOON).state == "off"


def test_what_hubspot_was_not_asked_is_not_known() -> None:
    person = person_of(Traces(False, None, AGENT, grant(*scopes.REQUIRED)), {}, (), NOON)
    assert (person.super_admin, person.role, person.reason) == (None, None, None)
    assert person_of(Traces(True, None, AGENT), {}, (), NOON).reason is not None


def test_who_asked_is_shown_with_what_she_asked_for() -> None:
    person = person_of(Traces(True, BEN, request=ASKED), {}, (), NOON)
    assert (person.state, person.asked_at, person.missing) == ("asked", NOON, REPORT.missing)
    assert person.message == REPORT.message
    assert not person.may_need_relogin
    assert person.claimed, "she was not signed in"
    proven = msgspec.structs.replace(ASKED, hubspot_user_id=7)
    assert not person_of(Traces(True, BEN, request=proven), {}, (), NOON).claimed
    nameless = msgspec.structs.replace(ASKED, email="")
    assert not person_of(Traces(True, None, request=nameless), {}, (), NOON).claimed, "nothing is claimed"
    attended_to = msgspec.structs.replace(ASKED, attended_at=NOON)
    assert person_of(Traces(True, BEN, request=attended_to), {}, (), NOON).may_need_relogin


def test_the_gravest_of_what_was_lent_is_shown() -> None:
    def lent(kind: str) -> Elevation:
        values = {"account_id": 1, "agent_id": "a1", "agent_name": "Ben", "hubspot_user_id": 7, "rights": ("R",)}
        values |= {"asked_at": None, "granted_at": NOON, "due_at": NOON + timedelta(hours=1)}
        return msgspec.convert({"id": kind, "kind": kind, **values}, Elevation)

    elevations = [lent("rights"), lent("super-admin"), lent("permission-set")]
    shown = person_of(Traces(True, BEN, AGENT, elevations=elevations), {}, (), NOON + timedelta(hours=2)).elevation
    assert shown
    assert (shown.kind, shown.overdue) == ("super-admin", True)


# Whether something was done.


def test_a_change_is_one_against_what_was_learned_when_she_asked() -> None:
    assert not changed(ASKED, BEN), "it was not learned"
    learned = msgspec.structs.replace(ASKED, standing=msgspec.json.encode(standing_of(BEN)).decode())
    assert not changed(learned, msgspec.structs.replace(BEN, roles=("32", "31"), first_name="Benedict"))
    assert changed(learned, msgspec.structs.replace(BEN, super_admin=True))
    assert changed(learned, msgspec.structs.replace(BEN, roles=("31",)))


def test_she_is_told_that_something_was_done_and_what_was_missing_stays() -> None:
    after = attended(REPORT, DONE)
    assert (after.title, after.missing, after.message) == (DONE[0], REPORT.missing, REPORT.message)
    assert "Log out of HubSpot and in again" in (after.remember or "")
