"""A job, as a worker is given it, and what becomes of it."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from offhook.jobs.retry import Problem


class JobStatus(StrEnum):
    READY = "ready"  # to be done at `run_at`
    LEASED = "leased"  # in a worker's hands until `leased_until`
    WAITING = "waiting"  # for a person
    FAILED = "failed"  # given up, unless somebody asks again
    DONE = "done"


class Job(Struct, frozen=True):
    """One piece of durable work, as a worker was given it. `payload` is JSON; `tries` counts the one in hand."""

    id: int
    kind: str
    key: str
    lane: str
    subject: str
    account_id: int | None
    payload: bytes
    tries: int
    run_at: datetime
    leased_by: str
    created_at: datetime


class Outcome(Struct, frozen=True):
    """What became of one try. `next_try_at` is there when the status is ready, `problem` unless it is done."""

    status: JobStatus
    problem: Problem | None = None
    next_try_at: datetime | None = None
