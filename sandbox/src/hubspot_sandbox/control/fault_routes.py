"""`/_sandbox/faults`: the script of troubles."""

from litestar import delete, get, post

from hubspot_sandbox.access import Call, ThePortal
from hubspot_sandbox.control.faults import Fault
from hubspot_sandbox.objects.wire import read_body


@get("/faults")
async def list_faults(portal: ThePortal) -> list[Fault]:
    """What of the script is still to be played, in order."""
    return portal.faults.pending()


@post("/faults", status_code=201)
async def add_fault(request: Call, portal: ThePortal) -> Fault:
    """Add a trouble to the script: for the next `times` requests of a path an answer, a delay, a broken connection."""
    fault = read_body(await request.body(), Fault)
    portal.faults.add(fault)
    return fault


@delete("/faults", status_code=204)
async def clear_faults(portal: ThePortal) -> None:
    """Forget the script."""
    portal.faults.clear()


HANDLERS = [list_faults, add_fault, clear_faults]
