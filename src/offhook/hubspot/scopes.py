"""What Offhook can do in HubSpot, and which OAuth scopes each of it takes. Pure.

Only finding contacts is required; every other scope is optional and unlocks something named. HubSpot drops optional
scopes that the person or the account cannot have, so asking for them never stands in anybody's way:
https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/scopes
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

CONTACTS_READ = "crm.objects.contacts.read"
CONTACTS_WRITE = "crm.objects.contacts.write"
COMPANIES_READ = "crm.objects.companies.read"
OWNERS_READ = "crm.objects.owners.read"
USERS_READ = "settings.users.read"

REQUIRED = ("oauth", CONTACTS_READ)
OPTIONAL = (CONTACTS_WRITE, COMPANIES_READ, OWNERS_READ, USERS_READ)


class Capability(NamedTuple):
    """Something an agent can do; all of `scopes` must be granted. `title` fits after "Offhook needs this to …"."""

    key: str
    title: str
    scopes: tuple[str, ...]


class Ask(NamedTuple):
    """The scopes of one consent, as HubSpot's authorize address takes them."""

    required: tuple[str, ...]
    optional: tuple[str, ...]


class Unlocked(NamedTuple):
    """A capability and whether what was granted is enough for it."""

    key: str
    title: str
    on: bool


CAPABILITIES = (
    Capability("find-contacts", "Find contacts", (CONTACTS_READ,)),
    # Calls have no scope of their own that an app may ask for; contacts' write scope covers them:
    # https://developers.hubspot.com/docs/api-reference/latest/crm/activities/calls/guide
    Capability("log-calls", "Log calls on the timeline", (CONTACTS_WRITE,)),
    Capability("create-contacts", "Create contacts", (CONTACTS_WRITE,)),
    Capability("company-and-owner-names", "Show companies and owners", (COMPANIES_READ, OWNERS_READ)),
    Capability("check-rights", "Check who is Super Admin", (USERS_READ,)),
)

ASKS: Mapping[str, Ask] = {"everything": Ask(REQUIRED, OPTIONAL), "search-only": Ask(REQUIRED, ())}


def capabilities(scopes: Collection[str]) -> tuple[Unlocked, ...]:
    """Every capability, on or off, for what was granted."""
    return tuple(Unlocked(each.key, each.title, set(each.scopes) <= set(scopes)) for each in CAPABILITIES)


def needing(scopes: Collection[str]) -> tuple[Capability, ...]:
    """The capabilities that any of these scopes is needed for."""
    return tuple(each for each in CAPABILITIES if set(each.scopes) & set(scopes))
