"""`/_sandbox/journal`: what the API was asked."""

import msgspec
from litestar import delete, get

from hubspot_sandbox.access import Call, ThePortal
from hubspot_sandbox.control.journal import Entry, Wanted
from hubspot_sandbox.control.patterns import check_pattern
from hubspot_sandbox.problems import invalid


@get("/journal")
async def read_journal(request: Call, portal: ThePortal) -> list[Entry]:
    """The newest ten thousand API requests, oldest first, without secrets; the query's fields choose among them."""
    return portal.journal.read(_wanted(request))


def _wanted(request: Call) -> Wanted:
    """:raises HubSpotProblem: 400 for a field that is unknown, or not what it should be"""
    try:
        wanted = msgspec.convert(dict(request.query_params), Wanted, strict=False)
        if wanted.pattern:
            check_pattern(wanted.pattern)
    except ValueError as wrong:
        raise invalid(f"{wrong}; the journal is asked by {', '.join(Wanted.__struct_fields__)}") from wrong
    return wanted


@delete("/journal", status_code=204)
async def clear_journal(portal: ThePortal) -> None:
    """Forget what was asked; ids go on."""
    portal.journal.clear()


HANDLERS = [read_journal, clear_journal]
