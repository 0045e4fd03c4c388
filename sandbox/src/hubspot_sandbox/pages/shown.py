"""The kinds of records that have pages, as data: a row here is a list, a record page and its forms.

The columns of the lists and the facts of the record page are ours; HubSpot's can be chosen by each user.
"""

from typing import Literal

import msgspec

from hubspot_sandbox.companies.model import COMPANIES
from hubspot_sandbox.contacts.model import CONTACTS
from hubspot_sandbox.deals.model import DEALS
from hubspot_sandbox.objects.kind import Kind
from hubspot_sandbox.record import Record
from hubspot_sandbox.tickets.model import TICKETS

Style = Literal["text", "phone", "day", "company", "owner"]


class Column(msgspec.Struct, frozen=True):
    """A column of a list; `name` is the property that it shows."""

    label: str
    name: str
    style: Style = "text"

    @property
    def sort(self) -> str:
        """The property that the list can be sorted by, or nothing: an owner is kept as a number."""
        return "" if self.style == "owner" else self.name


class Shown(msgspec.Struct, frozen=True):
    """A kind of record as people see it.

    `named` are the properties that make its name, `always` and `more` those of the record page (`more` only when they
    have a value), `unwritten` those of them that no form has, `detail` the one under its name beside another record.
    """

    of: Kind
    name_label: str
    named: tuple[str, ...]
    columns: tuple[Column, ...]
    always: tuple[str, ...]
    more: tuple[str, ...]
    unwritten: tuple[str, ...] = ()
    detail: str = ""

    @property
    def kind(self) -> str:
        return self.of.name

    @property
    def type_id(self) -> str:
        return self.of.type_id

    @property
    def noun(self) -> str:
        return self.of.noun

    @property
    def title(self) -> str:
        return self.kind.capitalize()

    @property
    def name_sort(self) -> str:
        """What the list is sorted by to sort it by name."""
        return self.named[0]

    @property
    def facts(self) -> tuple[str, ...]:
        """The properties of the record page."""
        return self.always + self.more

    @property
    def fields(self) -> tuple[str, ...]:
        """The properties that people may write."""
        return tuple(name for name in self.named + self.facts if name not in self.unwritten)

    @property
    def others(self) -> tuple[str, ...]:
        """The kinds of records that can stand beside it."""
        return tuple(each.kind for each in ALL if each is not self)


_OWNER = Column("Owner", "hubspot_owner_id", "owner")
ALL = (
    Shown(
        CONTACTS,
        name_label="Name",
        named=("firstname", "lastname"),
        columns=(
            Column("Email", "email"),
            Column("Phone number", "phone", "phone"),
            Column("Mobile phone number", "mobilephone", "phone"),
            Column("Company", "company", "company"),
            _OWNER,
        ),
        always=("email", "phone", "mobilephone"),
        more=("fax", "company", "jobtitle", "lifecyclestage", "city", "country"),
        unwritten=("fax",),
        detail="email",
    ),
    Shown(
        COMPANIES,
        name_label="Company name",
        named=("name",),
        columns=(
            Column("Company domain name", "domain"),
            Column("Phone number", "phone", "phone"),
            Column("City", "city"),
            Column("Country/Region", "country"),
            _OWNER,
        ),
        always=("domain", "phone"),
        more=("website", "industry", "numberofemployees", "city", "country"),
        detail="domain",
    ),
    Shown(
        DEALS,
        name_label="Deal name",
        named=("dealname",),
        columns=(
            Column("Deal stage", "dealstage"),
            Column("Amount", "amount"),
            Column("Close date", "closedate", "day"),
            _OWNER,
        ),
        always=("amount", "dealstage"),
        more=("pipeline", "closedate", "dealtype", "hs_priority", "description"),
        unwritten=("pipeline",),
        detail="amount",
    ),
    Shown(
        TICKETS,
        name_label="Ticket name",
        named=("subject",),
        columns=(
            Column("Ticket status", "hs_pipeline_stage"),
            Column("Priority", "hs_ticket_priority"),
            Column("Source", "source_type"),
            Column("Create date", "createdate", "day"),
            _OWNER,
        ),
        always=("hs_pipeline_stage", "hs_ticket_priority"),
        more=("hs_ticket_category", "source_type", "content"),
    ),
)
BY_TYPE_ID = {each.type_id: each for each in ALL}
BY_KIND = {each.kind: each for each in ALL}
FIRST_STAGES = {"dealstage": "appointmentscheduled", "hs_pipeline_stage": "1"}
INSTEAD_OF_A_NAME = ("email", "domain")


def record_name(record: Record) -> str:
    """The name, else an address, else HubSpot's two dashes."""
    shown = BY_KIND[record.kind]
    full = " ".join(filter(None, map(record.get, shown.named)))
    other = (record.get(name) for name in INSTEAD_OF_A_NAME)
    return full.strip() or next(filter(None, other), "") or "--"
