"""`/_sandbox/faults`: the script of troubles."""

from litestar import delete, get, post
from litestar.params import FromPath

from hubspot_sandbox.access import Call, ThePortal
from hubspot_sandbox.control.faults import Fault
from hubspot_sandbox.control.named_faults import NAMED, Scripted
from hubspot_sandbox.objects.wire import read_body
from hubspot_sandbox.problems import invalid, not_found


@get("/faults")
async def list_faults(portal: ThePortal) -> list[Fault]:
    """What of the script is still to be played, in order."""
    return portal.faults.pending()


@get("/faults/names")
async def list_names() -> dict[str, Scripted]:
    """The troubles that have a name, each with its answer."""
    return {name: made() for name, made in NAMED.items()}


@post("/faults", status_code=201)
async def add_fault(request: Call, portal: ThePortal) -> Fault:
    """Add a trouble to the script: for the next `times` requests of a path an answer, a delay, a broken connection."""
    try:
        return portal.faults.add(read_body(await request.body(), Fault))
    except ValueError as wrong:
        raise invalid(str(wrong)) from wrong


@delete("/faults/{fault_id:int}", status_code=204)
async def cancel_fault(portal: ThePortal, fault_id: FromPath[int]) -> None:
    """Take one trouble out of the script; 404 when it was played already."""
    if not portal.faults.cancel(fault_id):
        raise not_found(f"there is no fault {fault_id} left")


@delete("/faults", status_code=204)
async def clear_faults(portal: ThePortal) -> None:
    """Forget the script."""
    portal.faults.clear()


HANDLERS = [list_faults, list_names, add_fault, cancel_fault, clear_faults]
