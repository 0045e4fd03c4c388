"""`/_sandbox/snapshots`: keep the whole state under a name, and come back to it."""

import msgspec
from litestar import delete, get, post
from litestar.params import FromPath

from hubspot_sandbox.access import Call, ThePortal
from hubspot_sandbox.clock import iso
from hubspot_sandbox.control.snapshots import Snapshot
from hubspot_sandbox.objects.wire import read_body
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, HubSpotProblem, invalid, not_found


class SnapshotWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str


def snapshot_json(snapshot: Snapshot) -> Body:
    return {"name": snapshot.name, "taken_at": iso(snapshot.taken_at), "bytes": snapshot.size}


@get("/snapshots")
async def list_snapshots(portal: ThePortal) -> list[Body]:
    """The snapshots, oldest first; they end with the process."""
    return [snapshot_json(each) for each in portal.snapshots.all()]


@post("/snapshots", status_code=201)
async def take_snapshot(request: Call, portal: ThePortal) -> Body:
    """Keep the whole state as `{"name": "…"}`, instead of what had that name before; fifty at most."""
    wish = read_body(await request.body(), SnapshotWish)
    try:
        return snapshot_json(portal.take_snapshot(wish.name))
    except ValueError as wrong:
        raise invalid(str(wrong)) from wrong


@post("/snapshots/{name:str}/restore", status_code=200)
async def restore_snapshot(portal: ThePortal, name: FromPath[str]) -> Body:
    """Everything as it was then: records, people, tokens, outbox, faults, clock; the journal begins anew."""
    found = portal.snapshots.get(name)
    if found is None:
        raise _unknown(portal, name)
    portal.restore(found)
    return snapshot_json(found)


@delete("/snapshots/{name:str}", status_code=204)
async def delete_snapshot(portal: ThePortal, name: FromPath[str]) -> None:
    """Forget a snapshot; 404 when there is none of this name."""
    if not portal.snapshots.remove(name):
        raise _unknown(portal, name)


def _unknown(portal: Portal, name: str) -> HubSpotProblem:
    known = ", ".join(each.name for each in portal.snapshots.all()) or "none"
    return not_found(f"there is no snapshot {name!r}; there are: {known}")


HANDLERS = [list_snapshots, take_snapshot, restore_snapshot, delete_snapshot]
