"""Tickets (0-5), with the stages of the pipeline that every account begins with. One scope reads and writes them."""

from collections.abc import Mapping

from hubspot_sandbox.objects.kind import Kind, by_name, owner, read_only, select, stamps, strings
from hubspot_sandbox.problems import required_missing

GROUP = "ticketinformation"
STAGES = {"1": "New", "2": "Waiting on contact", "3": "Waiting on us", "4": "Closed"}
CLOSED = "4"
SOURCES = {"CHAT": "Chat", "EMAIL": "Email", "FORM": "Form", "PHONE": "Phone"}
PRIORITIES = {"LOW": "Low", "MEDIUM": "Medium", "HIGH": "High", "URGENT": "Urgent"}
CATEGORIES = {
    "PRODUCT_ISSUE": "Product issue",
    "BILLING_ISSUE": "Billing issue",
    "FEATURE_REQUEST": "Feature request",
    "GENERAL_INQUIRY": "General inquiry",
}
_PROPERTIES = by_name(
    strings(GROUP, subject="Ticket name", content="Ticket description"),
    [
        select(GROUP, "hs_pipeline", "Pipeline", {"0": "Support Pipeline"}),
        select(GROUP, "hs_pipeline_stage", "Ticket status", STAGES),
        select(GROUP, "hs_ticket_priority", "Priority", PRIORITIES),
        select(GROUP, "hs_ticket_category", "Category", CATEGORIES),
        select(GROUP, "source_type", "Source", SOURCES),
        owner(GROUP, "Ticket owner"),
    ],
    stamps(GROUP),
    read_only(GROUP, "number", hs_ticket_id="Ticket ID"),
    read_only(
        GROUP, "datetime", createdate="Create date", closed_date="Close date", hs_lastmodifieddate="Last modified date"
    ),
)


def _check(values: Mapping[str, str], creating: bool) -> None:
    """HubSpot's guide asks for the stage when a ticket is made."""
    if creating and not values.get("hs_pipeline_stage"):
        raise required_missing("hs_pipeline_stage")


def _derive(values: dict[str, str]) -> dict[str, str]:
    """The close date is when the ticket came into the closed stage, and goes when it is opened again [inf]."""
    closed = values.get("closed_date") or values.get("hs_lastmodifieddate", "")
    dated = {**values, "closed_date": closed if values.get("hs_pipeline_stage") == CLOSED else ""}
    kept = {name: value for name, value in dated.items() if value}
    return {"hs_pipeline": "0", **kept, "hs_ticket_id": values.get("hs_object_id", "")}


TICKETS = Kind(
    name="tickets",
    type_id="0-5",
    noun="ticket",
    right="tickets",
    properties=_PROPERTIES,
    default_properties=(
        "content", "createdate", "hs_lastmodifieddate", "hs_object_id", "hs_pipeline", "hs_pipeline_stage",
        "hs_ticket_category", "hs_ticket_priority", "subject",
    ),
    searched=("subject", "content", "hs_pipeline_stage", "hs_ticket_category", "hs_ticket_id"),
    read_scope="tickets",
    write_scope="tickets",
    created="createdate",
    modified="hs_lastmodifieddate",
    first_id=40200001,
    check=_check,
    derive=_derive,
)  # fmt: skip
