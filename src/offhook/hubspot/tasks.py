"""Tasks: something that a person has to do in HubSpot. Pure.

https://developers.hubspot.com/docs/api-reference/latest/crm/activities/tasks/guide
"""

from datetime import UTC, datetime

from msgspec import Struct

from offhook.hubspot.engagements import notes_as_html
from offhook.hubspot.rate import Urgency
from offhook.hubspot.wire import OBJECTS, Record, Request, one_record

TASK_TYPE = "0-27"


class Task(Struct, frozen=True):
    """`text` is plain; `owner_id`: the owner record of who shall do it; `due_at`: when it should be done."""

    subject: str
    text: str
    owner_id: str
    due_at: datetime


def creation(task: Task) -> Request[Record]:
    due = task.due_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    properties = {
        "hs_timestamp": due,
        "hs_task_subject": task.subject,
        "hs_task_body": notes_as_html(task.text),
        "hs_task_status": "NOT_STARTED",
        "hs_task_priority": "HIGH",
        "hs_task_type": "TODO",
        "hubspot_owner_id": task.owner_id,
    }
    return one_record("POST", f"{OBJECTS}/tasks", {"properties": properties}, urgency=Urgency.LATER)


def task_url(app_url: str, account_id: int, task_id: str) -> str:
    """The page of the task, as of any record. [unverified for tasks]"""
    return f"{app_url}/contacts/{account_id}/record/{TASK_TYPE}/{task_id}"
