"""The administrators' office: who is in the account, who asked for help, and what became of it; built together."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from offhook.administration.attending import Attending
from offhook.administration.help import HelpDesk
from offhook.administration.people import People, TaskUrl
from offhook.administration.promotions import Promotions
from offhook.administration.rights import ANSWER_RIGHTS as ANSWER_RIGHTS
from offhook.administration.rights import OwnRights
from offhook.administration.roster import Roster
from offhook.administration.telling import Telling
from offhook.database import Database
from offhook.desktop.callers import ActingFor
from offhook.desktop.panels import Panels
from offhook.grants.access import Access
from offhook.grants.elevation import Elevations
from offhook.hubspot.client import Acting


@dataclass(frozen=True)
class Office:
    people: People
    attending: Attending
    help_desk: HelpDesk
    own_rights: OwnRights


def open_office(
    database: Database,
    acting_for: ActingFor,
    of_account: Callable[[int], Acting],
    panels: Panels,
    access: Access,
    elevations: Elevations,
    task_url: TaskUrl,
    now: Callable[[], datetime],
) -> Office:
    """`of_account(account)`: HubSpot with the account's own grant."""
    roster = Roster(acting_for, of_account, now)
    people = People(database, roster, access, elevations, panels, now, task_url)
    promotions = Promotions(database, elevations, Telling(database, panels), now)
    attending = Attending(database, people, roster, of_account, panels, now, promotions.notice)
    help_desk = HelpDesk(database, people, roster, of_account, now, attending.heard)
    return Office(people, attending, help_desk, OwnRights(database, of_account, now))
