"""Permission sets that are lent, and that they are put back, whatever happens in between."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import msgspec
import pytest

from offhook.administration.lending import GIVE_BACK_ROLE, SETTLING, Lending
from offhook.administration.loan import LONGEST, SHORTEST, Loan
from offhook.agents.agent import Agent
from offhook.database import Database
from offhook.errors import (
    GrantBroken,
    HubSpotRejected,
    HubSpotUnreachable,
    InvalidInput,
    MissingScope,
    NoGrant,
    NotFound,
    OffhookError,
    WouldBeLost,
    WrongState,
)
from offhook.grants.elevation import Elevation, Elevations
from offhook.grants.grant import Grant, GrantState
from offhook.hubspot.scopes import ACCOUNT, scopes_for
from offhook.hubspot.users import Role, User
from offhook.jobs.worker import Worker
from offhook.policies import store as policies

ACORN, BEN = 111, 7
REP, CONNECTORS, PAID = "1", "2", "3"
ADA = Agent("ada", ACORN, 1, "ada@acorn.example", "Ada Abara")
ROLES = (Role(REP, "Sales rep", False), Role(CONNECTORS, "Connectors", False), Role(PAID, "Sellers", True))
LOAN = Loan(CONNECTORS, 30, "To connect Offhook.")
DOWN = HubSpotUnreachable("HubSpot cannot be reached (ConnectError).")


@dataclass
class FakeHubSpot:
    """Users and their permission sets. `script`: what goes wrong next, by method; `after`: once it was done."""

    users: dict[int, User]
    script: dict[str, list[OffhookError]] = field(default_factory=dict)
    after: dict[str, list[OffhookError]] = field(default_factory=dict)
    given: list[str | None] = field(default_factory=list)

    def _trouble(self, script: dict[str, list[OffhookError]], method: str) -> None:
        if script.get(method):
            raise script[method].pop(0)

    async def roles(self) -> tuple[Role, ...]:
        self._trouble(self.script, "roles")
        return ROLES

    async def user(self, user_id: int) -> User | None:
        self._trouble(self.script, "user")
        return self.users.get(user_id)

    async def give_role(self, user: User, role_id: str | None) -> None:
        self._trouble(self.script, "give_role")
        if self.users[user.id].super_admin:
            raise HubSpotRejected("Super Admins cannot be changed.")
        self.given.append(role_id)
        self.changes(user.id, roles=(role_id,) if role_id else ())
        self._trouble(self.after, "give_role")

    def changes(self, user_id: int = BEN, **what: Any) -> None:
        """By hand."""
        self.users[user_id] = msgspec.structs.replace(self.users[user_id], **what)

    @property
    def roles_of_ben(self) -> tuple[str, ...]:
        return self.users[BEN].roles


@dataclass
class FakeAccess:
    grant: Grant | None

    async def grant_of(self, holder: str) -> Grant | None:
        assert holder == f"account-{ACORN}"
        return self.grant


@dataclass
class Office:
    """Ada's account, its HubSpot, and the worker."""

    database: Database
    hubspot: FakeHubSpot
    access: FakeAccess
    now: datetime = datetime(2026, 11, 25, 12, tzinfo=UTC)
    told: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.elevations = Elevations(self.database, self.clock)
        hubspot = cast(Any, self.hubspot)
        access = cast(Any, self.access)
        self.lending = Lending(self.database, self.elevations, access, lambda account: hubspot, self.clock, self.tell)
        self.worker = self.new_worker()

    def clock(self) -> datetime:
        return self.now

    async def tell(self, account_id: int, user_id: int) -> None:
        self.told.append((account_id, user_id))

    def new_worker(self) -> Worker:
        handlers = {GIVE_BACK_ROLE: lambda job: self.lending.give_back(job.payload)}
        return Worker(self.database, handlers, self.clock, name="only", jitter=lambda: 0.5)

    async def later(self, **by: float) -> int:
        """So much time passes, and the worker does what is due; how many tries that were."""
        self.now += timedelta(**by)
        return await self.worker.catch_up()

    async def lend(self, loan: Loan = LOAN, user_id: int = BEN) -> Elevation:
        return await self.lending.lend(ADA, user_id, loan)

    async def newest(self) -> Elevation:
        async with self.database.reading() as connection:
            return (await self.elevations.newest(connection, ACORN))[0]

    async def deeds(self) -> list[str]:
        """In the order of the alphabet: the clock stands still between two of them."""
        async with self.database.reading() as connection:
            return sorted(each.deed for each in await policies.deeds(connection, ACORN))


@pytest.fixture
def office(database: Database) -> Office:
    asked = scopes_for(ACCOUNT)
    grant = Grant(
        "g", f"account-{ACORN}", ACORN, "Acorn", 1, ADA.email, (*asked.required, *asked.optional),
        GrantState.ACTIVE, None, datetime(2026, 11, 1, tzinfo=UTC),
    )  # fmt: skip
    ben = User(BEN, "ben@acorn.example", "Ben", "Bright", False, (REP,))
    return Office(database, FakeHubSpot({BEN: ben}), FakeAccess(grant))


# Lent and put back.


async def test_it_is_lent_and_put_back_when_its_time_is_over(office: Office) -> None:
    lent = await office.lend()
    assert office.hubspot.roles_of_ben == (CONNECTORS,)
    assert (lent.checked, lent.by, lent.why, lent.rights) == (True, ADA.email, LOAN.why, ("Connectors",))
    assert (lent.role_before, lent.agent_name, lent.email) == (REP, "Ben Bright", "ben@acorn.example")
    assert lent.due_at == office.now + timedelta(minutes=30)
    assert await office.later(minutes=29, seconds=59) == 0
    assert await office.later(seconds=1) == 1
    assert office.hubspot.roles_of_ben == (REP,)
    ended = await office.newest()
    assert (ended.ended_at, ended.ended_by, ended.checked) == (office.now, "Offhook", True)
    assert await office.deeds() == ["lending-begun", "role-given-back", "role-lent"]
    assert office.told == [(ACORN, BEN)] * 2
    assert await office.later(days=1) == 0


async def test_an_administrator_ends_it_early_and_the_job_finds_nothing_to_do(office: Office) -> None:
    lent = await office.lend()
    await office.lending.end_now(ADA, lent.id)
    assert office.hubspot.roles_of_ben == (REP,)
    assert (await office.newest()).ended_by == ADA.email
    await office.later(hours=1)
    assert office.hubspot.given == [CONNECTORS, REP]
    with pytest.raises(NotFound):
        await office.lending.end_now(ADA, lent.id)


async def test_nobody_ends_what_is_another_accounts(office: Office) -> None:
    lent = await office.lend()
    with pytest.raises(NotFound):
        await office.lending.end_now(msgspec.structs.replace(ADA, account_id=222), lent.id)
    assert office.hubspot.roles_of_ben == (CONNECTORS,)


async def test_it_is_tried_again_while_hubspot_is_down(office: Office) -> None:
    lent = await office.lend()
    office.hubspot.script = {"user": [DOWN], "give_role": [DOWN]}
    with pytest.raises(HubSpotUnreachable):
        await office.lending.end_now(ADA, lent.id)
    assert await office.later() == 1, "the job tries at once, and HubSpot is still down"
    assert office.hubspot.roles_of_ben == (CONNECTORS,)
    assert await office.later(seconds=2) == 1
    assert office.hubspot.roles_of_ben == (REP,)


async def test_it_waits_for_the_accounts_grant_and_goes_on_when_that_is_there_again(office: Office) -> None:
    await office.lend()
    office.hubspot.script["user"] = [GrantBroken()]
    await office.later(minutes=30)
    await office.later(hours=1)
    assert office.hubspot.roles_of_ben == (CONNECTORS,), "a person has to act first"
    await office.lending.look(await office.newest())
    await office.later()
    assert office.hubspot.roles_of_ben == (REP,)


async def test_it_is_not_over_before_hubspot_shows_it(office: Office) -> None:
    await office.lend()

    async def accept_and_forget(user: User, role_id: str | None) -> None:
        office.hubspot.given.append(role_id)

    genuine, office.hubspot.give_role = office.hubspot.give_role, accept_and_forget  # type: ignore[method-assign]
    await office.later(minutes=30)
    assert (await office.newest()).ended_at is None
    office.hubspot.give_role = genuine  # type: ignore[method-assign]
    await office.later(minutes=1)
    assert office.hubspot.roles_of_ben == (REP,)


# Whatever dies in between.


async def test_killed_between_hubspots_doing_and_ours_it_is_put_back_all_the_same(office: Office) -> None:
    office.hubspot.after["give_role"] = [
        cast(Any, asyncio.CancelledError())
    ]  # what a kill leaves: nothing after this line
    with pytest.raises(asyncio.CancelledError):
        await office.lend()
    assert office.hubspot.roles_of_ben == (CONNECTORS,)
    intended = await office.newest()
    assert (intended.checked, intended.role_before) == (False, REP)
    office.worker = office.new_worker()
    await office.later(minutes=30)
    assert office.hubspot.roles_of_ben == (REP,)


async def test_killed_while_it_is_put_back_it_is_not_put_back_twice(office: Office) -> None:
    lent = await office.lend()
    office.hubspot.after["give_role"] = [cast(Any, asyncio.CancelledError())]
    with pytest.raises(asyncio.CancelledError):
        await office.lending.put_back(ACORN, lent.id, "Offhook")
    await office.later(minutes=30)
    assert office.hubspot.given == [CONNECTORS, REP]
    assert (await office.newest()).ended_at == office.now


async def test_what_hubspot_may_have_done_without_an_answer_is_put_back_at_once(office: Office) -> None:
    office.hubspot.after["give_role"] = [DOWN]
    with pytest.raises(HubSpotUnreachable, match="put back at once"):
        await office.lend()
    assert await office.later() == 1
    assert office.hubspot.roles_of_ben == (REP,)
    assert await office.deeds() == ["lending-begun", "lending-failed", "role-given-back"]


async def test_what_hubspot_does_late_is_put_back_too(office: Office) -> None:
    office.hubspot.script["give_role"] = [DOWN]
    with pytest.raises(HubSpotUnreachable):
        await office.lend()
    await office.later()
    assert (await office.newest()).ended_at is None, "it may still happen"
    office.hubspot.changes(roles=(CONNECTORS,))
    await office.later(seconds=10)
    assert office.hubspot.roles_of_ben == (REP,)


async def test_what_never_happened_is_over_when_it_cannot_happen_any_more(office: Office) -> None:
    office.hubspot.script["give_role"] = [DOWN]
    with pytest.raises(HubSpotUnreachable):
        await office.lend()
    for _ in range(10):
        await office.later(seconds=SETTLING.total_seconds() / 5)
    assert (await office.newest()).ended_by == "HubSpot"
    assert office.hubspot.given == []


async def test_what_hubspot_refuses_is_over(office: Office) -> None:
    office.hubspot.script["give_role"] = [HubSpotRejected("HubSpot did not accept what was sent: paid seats.")]
    with pytest.raises(HubSpotRejected, match="paid seats"):
        await office.lend(LOAN)
    assert (await office.newest()).ended_by == "HubSpot"
    await office.lend()
    assert office.hubspot.roles_of_ben == (CONNECTORS,)


async def test_it_is_lent_although_hubspot_does_not_show_it_just_now(office: Office) -> None:
    office.hubspot.script["user"] = []
    genuine = office.hubspot.give_role

    async def and_then_silence(user: User, role_id: str | None) -> None:
        await genuine(user, role_id)
        office.hubspot.script["user"] = [DOWN]

    office.hubspot.give_role = and_then_silence  # type: ignore[method-assign]
    lent = await office.lend()
    assert (lent.checked, lent.ended_at) == (False, None)
    assert await office.lending.look(lent)
    assert (await office.newest()).checked


# Changed by hand meanwhile.


@pytest.mark.parametrize("roles", [(REP,), (PAID,), ()], ids=["as before", "another", "none"])
async def test_what_was_changed_by_hand_stays_as_it_is(office: Office, roles: tuple[str, ...]) -> None:
    lent = await office.lend()
    office.hubspot.changes(roles=roles)
    assert await office.lending.look(lent)
    assert (await office.newest()).ended_by == "HubSpot"
    await office.later(minutes=30)
    assert office.hubspot.roles_of_ben == roles


async def test_it_is_over_when_the_person_left_the_account(office: Office) -> None:
    await office.lend()
    del office.hubspot.users[BEN]
    await office.later(minutes=30)
    assert (await office.newest()).ended_at == office.now


async def test_permission_sets_that_were_added_are_not_dropped_and_it_goes_on_when_they_are_gone(office: Office) -> None:
    lent = await office.lend()
    office.hubspot.changes(roles=(CONNECTORS, PAID))
    with pytest.raises(WouldBeLost, match="more permission sets"):
        await office.lending.end_now(ADA, lent.id)
    await office.later(minutes=32)
    assert office.hubspot.given == [CONNECTORS]
    assert (await office.newest()).overdue(office.now)
    office.hubspot.changes(roles=(CONNECTORS,))
    await office.lending.look(await office.newest())
    assert await office.later() == 1, "the job that had given up is tried again"
    assert office.hubspot.roles_of_ben == (REP,)


async def test_who_was_made_super_admin_meanwhile_is_put_back_after_she_is_demoted(office: Office) -> None:
    lent = await office.lend()
    office.hubspot.changes(super_admin=True)
    with pytest.raises(WrongState, match="Super Admin now"):
        await office.lending.end_now(ADA, lent.id)
    await office.later(minutes=32)
    office.hubspot.changes(super_admin=False)
    await office.lending.look(await office.newest())
    await office.later()
    assert office.hubspot.roles_of_ben == (REP,)


# Refused.


@pytest.mark.parametrize(
    ("before", "loan", "refusal"),
    [
        ({"super_admin": True}, LOAN, WrongState),
        ({"roles": (CONNECTORS,)}, LOAN, WrongState),
        ({"roles": (REP, PAID)}, LOAN, WouldBeLost),
        ({"roles": ()}, LOAN, WouldBeLost),
        ({"roles": (PAID,)}, LOAN, WouldBeLost),
        ({}, Loan("9", 30, "why"), NotFound),
        ({}, Loan(CONNECTORS, SHORTEST - 1, "why"), InvalidInput),
        ({}, Loan(CONNECTORS, LONGEST + 1, "why"), InvalidInput),
        ({}, Loan(CONNECTORS, 30, "  "), InvalidInput),
    ],
    ids=["super admin", "has it", "several", "none", "paid seat", "no such", "too short", "too long", "no reason"],
)
async def test_what_could_not_be_put_back_or_is_not_needed_is_refused(
    office: Office, before: dict[str, Any], loan: Loan, refusal: type[OffhookError]
) -> None:
    office.hubspot.changes(**before)
    with pytest.raises(refusal):
        await office.lend(loan)
    assert office.hubspot.given == []
    assert await office.deeds() == []


async def test_single_rights_may_be_overridden_when_the_administrator_says_so(office: Office) -> None:
    office.hubspot.changes(roles=())
    lent = await office.lend(msgspec.structs.replace(LOAN, over_single_rights=True))
    assert (lent.role_before, office.hubspot.roles_of_ben) == (None, (CONNECTORS,))
    await office.later(minutes=30)
    assert office.hubspot.roles_of_ben == ()
    async with office.database.reading() as connection:
        [last, *_] = await policies.deeds(connection, ACORN)
    assert "look at the single rights" in last.detail


async def test_nobody_is_lent_two_at_a_time(office: Office) -> None:
    await office.lend()
    with pytest.raises(WrongState, match="lent to this person already"):
        await office.lend(Loan(REP, 30, "why"))
    with pytest.raises(NotFound):
        await office.lend(user_id=8)


async def test_without_an_account_that_may_change_users_it_says_how_to_add_that(office: Office) -> None:
    grant = office.access.grant
    assert grant
    for held, refusal in (
        (None, NoGrant),
        (msgspec.structs.replace(grant, state=GrantState.BROKEN), GrantBroken),
        (msgspec.structs.replace(grant, scopes=("oauth", "settings.users.read")), MissingScope),
    ):
        office.access.grant = held
        with pytest.raises(refusal) as refused:
            await office.lend()
        assert "connects the whole account" in (refused.value.remedy or "")
    assert refused.value.says.endswith("(settings.users.write).")
