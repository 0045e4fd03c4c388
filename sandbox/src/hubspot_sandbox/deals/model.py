"""Deals (0-3), with the stages of the pipeline that every account begins with."""

from hubspot_sandbox.objects.kind import Kind, Property, Values, by_name, owner, read_only, select, stamps, strings

GROUP = "dealinformation"
STAGES = {
    "appointmentscheduled": "Appointment Scheduled",
    "qualifiedtobuy": "Qualified To Buy",
    "presentationscheduled": "Presentation Scheduled",
    "decisionmakerboughtin": "Decision Maker Bought-In",
    "contractsent": "Contract Sent",
    "closedwon": "Closed Won",
    "closedlost": "Closed Lost",
}
_PROPERTIES = by_name(
    strings(GROUP, dealname="Deal Name", description="Deal Description", closed_lost_reason="Closed Lost Reason"),
    [
        select(GROUP, "pipeline", "Pipeline", {"default": "Sales Pipeline"}),
        select(GROUP, "dealstage", "Deal Stage", STAGES),
        select(GROUP, "dealtype", "Deal Type", {"newbusiness": "New Business", "existingbusiness": "Existing Business"}),
        select(GROUP, "hs_priority", "Priority", {"low": "Low", "medium": "Medium", "high": "High"}),
        Property("amount", "Amount", "number", "number", GROUP),
        Property("closedate", "Close Date", "datetime", "date", GROUP),
        owner(GROUP, "Deal owner"),
    ],
    stamps(GROUP),
    read_only(GROUP, "bool", hs_is_closed="Is Deal Closed?", hs_is_closed_won="Is Closed Won"),
    read_only(GROUP, "datetime", createdate="Create Date", hs_lastmodifieddate="Last Modified Date"),
)


def _derive(values: Values) -> Values:
    """Whether the stage is one in which a deal is over, as texts [inf]."""
    stage = values.get("dealstage", "")
    closed, won = stage in ("closedwon", "closedlost"), stage == "closedwon"
    return {**values, "hs_is_closed": str(closed).lower(), "hs_is_closed_won": str(won).lower()}


DEALS = Kind(
    name="deals",
    type_id="0-3",
    noun="deal",
    right="deals",
    properties=_PROPERTIES,
    default_properties=(
        "amount", "closedate", "createdate", "dealname", "dealstage", "hs_lastmodifieddate", "hs_object_id", "pipeline",
    ),
    searched=("dealname", "pipeline", "dealstage", "description", "dealtype"),
    read_scope="crm.objects.deals.read",
    write_scope="crm.objects.deals.write",
    created="createdate",
    modified="hs_lastmodifieddate",
    first_id=30100001,
    derive=_derive,
)  # fmt: skip
