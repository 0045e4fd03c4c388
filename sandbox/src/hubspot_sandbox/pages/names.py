"""What people and owners are called on the pages."""

from hubspot_sandbox.portal import Portal


def owner_names(portal: Portal, account_id: int) -> dict[str, str]:
    """The names behind the account's owner ids."""
    members = portal.people.owners(account_id)
    return {str(member.owner_id): person_name(portal, member.email) for member in members}


def person_name(portal: Portal, email: str) -> str:
    person = portal.people.person(email)
    return (person.name if person else "") or email
