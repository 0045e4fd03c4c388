"""What records and owners are called on the pages."""

from hubspot_sandbox.portal import Portal
from hubspot_sandbox.records import Record


def contact_name(record: Record) -> str:
    """First and last name, else the e-mail address, else HubSpot's two dashes."""
    full = f"{record.get('firstname')} {record.get('lastname')}".strip()
    return full or record.get("email") or "--"


def company_name(record: Record) -> str:
    return record.get("name") or record.get("domain") or "--"


def record_name(record: Record) -> str:
    return company_name(record) if record.kind == "companies" else contact_name(record)


def owner_names(portal: Portal, account_id: int) -> dict[str, str]:
    """The names behind the account's owner ids."""
    members = portal.people.members(account_id)
    return {str(member.owner_id): person_name(portal, member.email) for member in members}


def person_name(portal: Portal, email: str) -> str:
    person = portal.people.person(email)
    return person.name if person else email
