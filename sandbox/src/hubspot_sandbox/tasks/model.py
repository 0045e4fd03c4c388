"""Tasks (0-27): something that somebody has to do until `hs_timestamp`. Scopes as for calls (facts 2.1)."""

from collections.abc import Mapping

from hubspot_sandbox.objects.html_text import plain
from hubspot_sandbox.objects.kind import Kind, Property, Values, by_name, owner, read_only, select, stamps, strings
from hubspot_sandbox.problems import required_missing

GROUP = "task"
STATUSES = {
    "NOT_STARTED": "Not started",
    "IN_PROGRESS": "In progress",
    "WAITING": "Waiting",
    "COMPLETED": "Completed",
    "DEFERRED": "Deferred",
}
TYPES = {"CALL": "Call", "EMAIL": "Email", "TODO": "To-do"}
_PROPERTIES = by_name(
    strings(GROUP, hs_task_subject="Task title", hs_task_body="Task notes", hs_task_reminders="Reminders"),
    [
        Property("hs_timestamp", "Due date", "datetime", "date", GROUP),
        select(GROUP, "hs_task_status", "Task status", STATUSES),
        select(GROUP, "hs_task_priority", "Priority", {"NONE": "None", "LOW": "Low", "MEDIUM": "Medium", "HIGH": "High"}),
        select(GROUP, "hs_task_type", "Task type", TYPES),
        owner(GROUP, "Assigned to"),
    ],
    stamps(GROUP),
    read_only(GROUP, "datetime", hs_createdate="Create date", hs_lastmodifieddate="Last modified date"),
    read_only(
        GROUP,
        "string",
        hs_body_preview="Body preview",
    ),
)


def _check(values: Mapping[str, str], creating: bool) -> None:
    if creating and not values.get("hs_timestamp"):
        raise required_missing("hs_timestamp")


def _derive(values: Values) -> Values:
    """A new task is not started, has no priority and is a to-do [inf]."""
    first = {"hs_task_status": "NOT_STARTED", "hs_task_priority": "NONE", "hs_task_type": "TODO"}
    preview = plain(values.get("hs_task_body", ""))
    return {name: value for name, value in {**first, **values, "hs_body_preview": preview}.items() if value}


TASKS = Kind(
    name="tasks",
    type_id="0-27",
    noun="task",
    right="contacts",
    properties=_PROPERTIES,
    default_properties=("hs_createdate", "hs_lastmodifieddate", "hs_object_id"),
    searched=("hs_task_subject", "hs_body_preview"),
    read_scope="crm.objects.contacts.read",
    write_scope="crm.objects.contacts.write",
    created="hs_createdate",
    modified="hs_lastmodifieddate",
    first_id=80600001,
    check=_check,
    derive=_derive,
)
