"""Tasks (0-27): something that somebody has to do until `hs_timestamp`."""

from hubspot_sandbox.objects.activity import activity
from hubspot_sandbox.objects.kind import select, strings

GROUP = "task"
STATUSES = {
    "NOT_STARTED": "Not started",
    "IN_PROGRESS": "In progress",
    "WAITING": "Waiting",
    "COMPLETED": "Completed",
    "DEFERRED": "Deferred",
}
PRIORITIES = {"NONE": "None", "LOW": "Low", "MEDIUM": "Medium", "HIGH": "High"}
TYPES = {"CALL": "Call", "EMAIL": "Email", "TODO": "To-do"}
FIRST_VALUES = {"hs_task_status": "NOT_STARTED", "hs_task_priority": "NONE", "hs_task_type": "TODO"}
"""A new task is not started, has no priority and is a to-do [inf]."""

TASKS = activity(
    "task",
    "0-27",
    strings(GROUP, hs_task_subject="Task title", hs_task_body="Task notes", hs_task_reminders="Reminders"),
    [
        select(GROUP, "hs_task_status", "Task status", STATUSES),
        select(GROUP, "hs_task_priority", "Priority", PRIORITIES),
        select(GROUP, "hs_task_type", "Task type", TYPES),
    ],
    first_id=80600001,
    body="hs_task_body",
    searched=("hs_task_subject",),
    date_label="Due date",
    owner_label="Assigned to",
    first_values=FIRST_VALUES,
)
