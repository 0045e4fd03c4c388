"""`/_sandbox/journal`: what the API was asked."""

from litestar import delete, get

from hubspot_sandbox.access import ThePortal
from hubspot_sandbox.control.journal import Entry


@get("/journal")
async def read_journal(portal: ThePortal) -> list[Entry]:
    """The newest ten thousand API requests, oldest first, without secrets."""
    return portal.journal.read()


@delete("/journal", status_code=204)
async def clear_journal(portal: ThePortal) -> None:
    """Forget what was asked."""
    portal.journal.clear()


HANDLERS = [read_journal, clear_journal]
