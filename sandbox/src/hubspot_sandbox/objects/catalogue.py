"""The kinds of records that the sandbox knows, by name, singular and type id."""

from hubspot_sandbox.calls.model import CALLS
from hubspot_sandbox.companies.model import COMPANIES
from hubspot_sandbox.contacts.model import CONTACTS
from hubspot_sandbox.deals.model import DEALS
from hubspot_sandbox.notes.model import NOTES
from hubspot_sandbox.objects.kind import Kind
from hubspot_sandbox.problems import invalid
from hubspot_sandbox.tasks.model import TASKS
from hubspot_sandbox.tickets.model import TICKETS
from hubspot_sandbox.users.kind import USERS

KINDS = (CONTACTS, COMPANIES, DEALS, TICKETS, CALLS, NOTES, TASKS, USERS)
_BY_NAME = {name: kind for kind in KINDS for name in (kind.name, kind.noun, kind.type_id)}


def kind_of(name: str) -> Kind:
    """`contacts`, `contact` or `0-1`.

    :raises HubSpotProblem: 400, as HubSpot answers for an unknown object type
    """
    kind = _BY_NAME.get(name.lower())
    if kind is None:
        raise invalid(f"Unable to infer object type from: {name}")
    return kind
