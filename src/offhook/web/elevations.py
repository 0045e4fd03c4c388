"""Rights that were lent: what administrators see of them and do about them, and how panels remind of them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated

from litestar import get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Struct, structs

from offhook.administration.lending import BY_HAND
from offhook.administration.loan import Loan, set_of
from offhook.agents.agent import Agent
from offhook.database import Database
from offhook.desktop.panel import Reminder
from offhook.desktop.who import Reason, reason_of
from offhook.errors import OffhookError, WrongState
from offhook.grants.elevation import Elevation, Elevations
from offhook.policies import store as policies
from offhook.web.administration import TheAdministrator
from offhook.web.parts import Parts, TheParts

# So long after the end somebody is reminded to log out of HubSpot and in again.
RELOGIN_SHOWN = timedelta(hours=1)
RELOGIN = "Log out of HubSpot and in again, so that it counts."


class RoleView(Struct, frozen=True):
    """A permission set. `billable`: it takes a paid seat, and HubSpot may refuse to let an app lend it."""

    id: str
    name: str
    billable: bool


class RolesView(Struct, frozen=True):
    """`problem`: why there are none to choose from."""

    roles: tuple[RoleView, ...]
    problem: Reason | None = None


class ElevationView(Struct, frozen=True):
    """`ended_by`: who says that it is over: an e-mail address, HubSpot, or Offhook, which put it back."""

    id: str
    agent: str
    email: str | None
    hubspot_user_id: int
    kind: str
    rights: tuple[str, ...]
    asked_at: datetime | None
    granted_at: datetime
    due_at: datetime | None
    overdue: bool
    ended_at: datetime | None
    ended_by: str | None
    checked: bool
    by: str | None
    why: str | None


class ElevationsView(Struct, frozen=True):
    elevations: tuple[ElevationView, ...]


class Ending(Struct, frozen=True):
    """`stays`: she is to stay Super Admin, and nobody shall be reminded of it."""

    stays: bool = False


@get("/api/administration/roles", tags=["Administration"])
async def roles(administrator: TheAdministrator, parts: TheParts) -> RolesView:
    """The account's permission sets, to lend one."""
    try:
        found = await parts.lending.roles(administrator.account_id)
    except OffhookError as error:
        return RolesView((), reason_of(error))
    return RolesView(tuple(RoleView(each.id, each.name, each.billable) for each in found))


@post("/api/administration/people/{hubspot_user_id:int}/lend", status_code=200, tags=["Administration"])
async def lend(
    hubspot_user_id: FromPath[int], data: JSONBody[Loan], administrator: TheAdministrator, parts: TheParts
) -> ElevationView:
    """Put somebody under another permission set for some minutes; the old one is put back by itself."""
    elevation = await parts.lending.lend(administrator, hubspot_user_id, data)
    parts.nudge()
    return elevation_view(elevation, parts.now())


@get("/api/administration/elevations", tags=["Administration"])
async def elevations(
    administrator: TheAdministrator, parts: TheParts, open_: Annotated[bool, QueryParameter(name="open")] = True
) -> ElevationsView:
    """Rights that were lent; with `open=false` also what is over, newest first."""
    async with parts.database.reading() as connection:
        of = parts.elevations.pending if open_ else parts.elevations.newest
        found = await of(connection, administrator.account_id)
    return ElevationsView(tuple(elevation_view(each, parts.now()) for each in found))


@post("/api/administration/elevations/{elevation_id:str}/end", status_code=200, tags=["Administration"])
async def end_elevation(
    elevation_id: FromPath[str],
    administrator: TheAdministrator,
    parts: TheParts,
    data: JSONBody[Ending | None] = None,
) -> ElevationView:
    """Put a permission set back now; of other rights: they are taken back, an administrator says."""
    await take_back(parts, administrator, elevation_id, stays=bool(data and data.stays))
    async with parts.database.reading() as connection:
        elevation = await parts.elevations.one(connection, administrator.account_id, elevation_id)
    return elevation_view(elevation, parts.now())


async def take_back(parts: Parts, administrator: Agent, elevation_id: str, *, stays: bool = False) -> None:
    """End it.

    Raises:
        NotFound: nothing such is lent in her account.
        WrongState: HubSpot says that it is not taken back.
    """
    account_id = administrator.account_id
    async with parts.database.reading() as connection:
        elevation = await parts.elevations.one(connection, account_id, elevation_id)
    if elevation.role_lent:
        await parts.lending.end_now(administrator, elevation_id)
        return
    if not stays:
        await _refuse_while_super_admin(parts, elevation)
    async with parts.database.transaction() as connection:
        await parts.elevations.ended(connection, account_id, elevation_id, administrator.email)
        what = "super-admin-stays" if stays else "rights-taken-back"
        detail = f"{elevation.agent_name}: {', '.join(elevation.rights) or elevation.kind}"
        await policies.record(connection, account_id, who=administrator.email, what=what, detail=detail, now=parts.now())
    await parts.telling.concerned(account_id, elevation.hubspot_user_id)


async def _refuse_while_super_admin(parts: Parts, elevation: Elevation) -> None:
    if elevation.kind != "super-admin" or elevation.ended_at:
        return
    if await parts.is_super_admin(elevation.account_id, elevation.hubspot_user_id):
        raise WrongState(
            f"HubSpot still shows {elevation.agent_name} as Super Admin.",
            remedy="Take it back in HubSpot: Users & Teams, Actions > Remove super admin. Offhook notices by itself.",
        )


def elevation_view(elevation: Elevation, now: datetime) -> ElevationView:
    shown = {name: value for name, value in structs.asdict(elevation).items() if name in _SHOWN}
    return ElevationView(agent=elevation.agent_name, overdue=elevation.overdue(now), **shown)


_SHOWN = frozenset(ElevationView.__struct_fields__) - {"agent", "overdue"}


# On the panel.


class Reminders:
    """What panels remind of."""

    def __init__(
        self,
        database: Database,
        elevations: Elevations,
        users_url: Callable[[int], str],
        now: Callable[[], datetime],
    ) -> None:
        self._database, self._elevations, self._users_url, self._now = database, elevations, users_url, now

    async def of(self, agent: Agent, administrator: bool) -> tuple[Reminder, ...]:
        """What was lent to her, and for an administrator what was lent to others."""
        account_id, now = agent.account_id, self._now()
        async with self._database.reading() as connection:
            pending = await self._elevations.pending(connection, account_id) if administrator else []
            hers = await self._elevations.of_person(connection, account_id, agent.hubspot_user_id, now - RELOGIN_SHOWN)
        own = [own_reminder(each, self._users_url(account_id), now) for each in hers if not _stays(each)]
        others = [each for each in pending if each.hubspot_user_id != agent.hubspot_user_id]
        return (*own, *(reminder_view(each, self._users_url(account_id), now) for each in others))


def reminder_view(elevation: Elevation, users_url: str, now: datetime) -> Reminder:
    """For administrators."""
    says = _for_administrators(elevation, overdue=elevation.overdue(now))
    return _reminder(elevation, says, users_url, now)


def _for_administrators(elevation: Elevation, *, overdue: bool) -> str:
    name, late = elevation.agent_name, "Overdue: " if overdue else ""
    if elevation.kind == "permission-set":
        what = f"{late}{name} has the permission set {set_of(elevation)}, lent by {elevation.by}: {elevation.why}"
        return f"{what} {'Offhook goes on trying to put the old one back.' if overdue else 'It is put back by itself.'}"
    if not elevation.agent_id:
        return f"{late}{name} was made Super Admin in order to connect, and has not connected yet. Take it back then."
    if elevation.kind == "super-admin":
        what = f"{name} is Super Admin in HubSpot, which was only needed to connect."
        return f"{late}{what} Take it back; the connection stays."
    return f"{late}{name} was given rights in order to connect. They can be taken back now; the connection stays."


def _stays(elevation: Elevation) -> bool:
    """She is Super Admin for good now, as far as HubSpot has not said otherwise."""
    return elevation.kind == "super-admin" and elevation.ended_at is not None and elevation.ended_by != BY_HAND


def own_reminder(elevation: Elevation, users_url: str, now: datetime) -> Reminder:
    """For the person herself."""
    says = _when_over(elevation) if elevation.ended_at else _while_lent(elevation)
    return structs.replace(_reminder(elevation, says, users_url, now), mine=True)


def _while_lent(elevation: Elevation) -> str:
    if elevation.kind == "permission-set":
        return f"The permission set {set_of(elevation)} is lent to you for a while, and put back by itself. {RELOGIN}"
    if elevation.kind == "super-admin":
        what = "You are Super Admin in HubSpot, which was only needed to connect."
    else:
        what = "You were given rights in HubSpot that were only needed to connect."
    return f"{what} Ask an administrator to take that back; your connection stays."


def _when_over(elevation: Elevation) -> str:
    if elevation.kind == "permission-set":
        return f"The permission set {set_of(elevation)} was taken back. {RELOGIN}"
    what = "You are no Super Admin any more" if elevation.kind == "super-admin" else "Rights in HubSpot were taken back"
    return f"{what}; your connection stays. {RELOGIN}"


def _reminder(elevation: Elevation, says: str, users_url: str, now: datetime) -> Reminder:
    return Reminder(
        id=elevation.id,
        agent=elevation.agent_name,
        says=says,
        rights=elevation.rights,
        since=elevation.granted_at,
        users_url=users_url,
        checked=elevation.checked,
        kind=elevation.kind,
        due_at=elevation.due_at,
        overdue=elevation.overdue(now),
        mine=False,
    )


routes = [roles, lend, elevations, end_elevation]
