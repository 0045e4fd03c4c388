"""The kinds of records that have pages, as data: a row here is a list, a record page and its forms.

The columns of the lists and the facts of the record page are ours; HubSpot's can be chosen by each user.
"""

from typing import Literal

import msgspec

from hubspot_sandbox.record import Record

Style = Literal["text", "phone", "day", "company", "owner"]


class Column(msgspec.Struct, frozen=True):
    """A column of a list; `sort` is the property that the list can be sorted by, or nothing."""

    label: str
    property: str
    style: Style = "text"
    sort: str = ""


class Shown(msgspec.Struct, frozen=True):
    """A kind of record as people see it.

    `named` are the properties that make its name, `facts` those of the record page (the `always` ones even when they
    are empty), `fields` those that people may write, `others` the kinds of associated records.
    """

    kind: str
    type_id: str
    noun: str
    name_label: str
    named: tuple[str, ...]
    name_sort: str
    columns: tuple[Column, ...]
    facts: tuple[str, ...]
    always: tuple[str, ...]
    fields: tuple[str, ...]
    others: tuple[str, ...]
    detail: str

    @property
    def title(self) -> str:
        return self.kind.capitalize()


def _plain(label: str, name: str, style: Style = "text") -> Column:
    return Column(label, name, style, name)


_OWNER = Column("Owner", "hubspot_owner_id", "owner")
CONTACTS = Shown(
    kind="contacts",
    type_id="0-1",
    noun="contact",
    name_label="Name",
    named=("firstname", "lastname"),
    name_sort="firstname",
    columns=(
        _plain("Email", "email"),
        _plain("Phone number", "phone", "phone"),
        _plain("Mobile phone number", "mobilephone", "phone"),
        Column("Company", "company", "company", "company"),
        _OWNER,
    ),
    facts=("email", "phone", "mobilephone", "fax", "company", "jobtitle", "lifecyclestage", "city", "country"),
    always=("email", "phone", "mobilephone"),
    fields=(
        "firstname", "lastname", "email", "phone", "mobilephone", "company", "jobtitle",
        "lifecyclestage", "city", "country",
    ),
    others=("companies", "deals", "tickets"),
    detail="email",
)  # fmt: skip
COMPANIES = Shown(
    kind="companies",
    type_id="0-2",
    noun="company",
    name_label="Company name",
    named=("name",),
    name_sort="name",
    columns=(
        _plain("Company domain name", "domain"),
        _plain("Phone number", "phone", "phone"),
        _plain("City", "city"),
        _plain("Country/Region", "country"),
        _OWNER,
    ),
    facts=("domain", "phone", "website", "industry", "numberofemployees", "city", "country"),
    always=("domain", "phone"),
    fields=("name", "domain", "phone", "website", "industry", "numberofemployees", "city", "country"),
    others=("contacts", "deals", "tickets"),
    detail="domain",
)
DEALS = Shown(
    kind="deals",
    type_id="0-3",
    noun="deal",
    name_label="Deal name",
    named=("dealname",),
    name_sort="dealname",
    columns=(
        _plain("Deal stage", "dealstage"),
        _plain("Amount", "amount"),
        _plain("Close date", "closedate", "day"),
        _OWNER,
    ),
    facts=("amount", "dealstage", "pipeline", "closedate", "dealtype", "hs_priority", "description"),
    always=("amount", "dealstage"),
    fields=("dealname", "amount", "dealstage", "closedate", "dealtype", "hs_priority", "description"),
    others=("contacts", "companies", "tickets"),
    detail="amount",
)
TICKETS = Shown(
    kind="tickets",
    type_id="0-5",
    noun="ticket",
    name_label="Ticket name",
    named=("subject",),
    name_sort="subject",
    columns=(
        _plain("Ticket status", "hs_pipeline_stage"),
        _plain("Priority", "hs_ticket_priority"),
        _plain("Source", "source_type"),
        _plain("Create date", "createdate", "day"),
        _OWNER,
    ),
    facts=("hs_pipeline_stage", "hs_ticket_priority", "hs_ticket_category", "source_type", "content"),
    always=("hs_pipeline_stage", "hs_ticket_priority"),
    fields=("subject", "hs_pipeline_stage", "hs_ticket_priority", "hs_ticket_category", "source_type", "content"),
    others=("contacts", "companies", "deals"),
    detail="",
)
ALL = (CONTACTS, COMPANIES, DEALS, TICKETS)
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
