"""What Offhook can do in HubSpot, and which OAuth scopes each of it takes. Pure.

Only finding contacts is required; every other scope is optional and unlocks something named. HubSpot drops optional
scopes that the person or the account cannot have, so asking for them never stands in anybody's way:
https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/scopes

Which rights a scope needs of a person is `diagnosis.rights`; docs/reference/capabilities.md shows both as one table.
"""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from offhook.errors import InvalidInput

CONTACTS_READ = "crm.objects.contacts.read"
CONTACTS_WRITE = "crm.objects.contacts.write"
COMPANIES_READ = "crm.objects.companies.read"
DEALS_READ = "crm.objects.deals.read"
TICKETS = "tickets"
OWNERS_READ = "crm.objects.owners.read"
USERS_READ = "settings.users.read"
USERS_WRITE = "settings.users.write"

REQUIRED = ("oauth", CONTACTS_READ)
OPTIONAL = (CONTACTS_WRITE, COMPANIES_READ, DEALS_READ, TICKETS, OWNERS_READ, USERS_READ)
# What only the account's own grant asks for: an administrator gives it, no agent is asked.
OF_ACCOUNT = (USERS_WRITE,)

EVERYTHING, SEARCH_ONLY, ACCOUNT = "everything", "search-only", "account"
ADDING = "add:"
"""`add:log-calls,tickets` asks for what was granted already and for these capabilities."""


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
    Capability("company-and-deals", "Show company and deals", (COMPANIES_READ, DEALS_READ)),
    Capability("tickets", "Show tickets", (TICKETS,)),
    Capability("owner-names", "Show owners by name", (OWNERS_READ,)),
    Capability("check-rights", "Check the rights of others", (USERS_READ,)),
    # A recording is a property of the call.
    Capability("recordings", "Put recordings on the timeline", (CONTACTS_WRITE,)),
)
KEYS = tuple(each.key for each in CAPABILITIES)


def scopes_for(ask: str, held: Collection[str] = (), without: Collection[str] = ()) -> Ask:
    """The scopes of a consent; what was granted before (`held`) is always asked for again, so nothing is lost.

    `ask`: `everything`, `search-only`, `account`, or `add:` with keys of capabilities, separated by commas.
    `without`: capabilities that the account's administrators do not want; what only those need is left out.

    Raises:
        InvalidInput: there is no such ask.
    """
    wanted = _wanted(ask) - _only_for(without)
    return Ask(REQUIRED, tuple(scope for scope in (*OPTIONAL, *OF_ACCOUNT) if scope in wanted or scope in held))


def _wanted(ask: str) -> set[str]:
    if ask.startswith(ADDING):
        return {scope for each in _named(ask.removeprefix(ADDING).split(",")) for scope in each.scopes}
    known = {EVERYTHING: {*OPTIONAL}, SEARCH_ONLY: set[str](), ACCOUNT: {*OPTIONAL, *OF_ACCOUNT}}
    if ask not in known:
        raise InvalidInput(f"One can ask for {', '.join(known)}, or add: with capabilities; not for {ask[:40]!r}.")
    return known[ask]


def _named(keys: Iterable[str]) -> list[Capability]:
    found = {each.key: each for each in CAPABILITIES}
    unknown = [key[:40] for key in keys if key not in found]
    if unknown:
        raise InvalidInput(f"There is no capability {', '.join(map(repr, unknown))}; there are {', '.join(KEYS)}.")
    return [found[key] for key in keys]


def _only_for(without: Collection[str]) -> set[str]:
    """The scopes that no other capability needs."""
    wanted = {scope for each in CAPABILITIES if each.key not in without for scope in each.scopes}
    return {scope for each in CAPABILITIES if each.key in without for scope in each.scopes} - wanted


def capabilities(scopes: Collection[str]) -> tuple[Unlocked, ...]:
    """Every capability, on or off, for what was granted."""
    return tuple(Unlocked(each.key, each.title, set(each.scopes) <= set(scopes)) for each in CAPABILITIES)


def needing(scopes: Collection[str]) -> tuple[Capability, ...]:
    """The capabilities that any of these scopes is needed for."""
    return tuple(each for each in CAPABILITIES if set(each.scopes) & set(scopes))
