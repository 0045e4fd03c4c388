"""Scope → right → where to switch it on. Pure.

HubSpot publishes no such table; each row says how sure it is and where it was read. Paths are those of
Settings > Users & Teams; accounts with permission sets have the same switches in the set.
"""

from collections.abc import Iterable

from msgspec import Struct

from offhook.diagnosis.report import Sure

USERS_AND_TEAMS = "Settings > Users & Teams > (hover over the person) Actions > Edit"

_INSTALLING = "https://developers.hubspot.com/changelog/new-permission-requirements-for-installing-public-apps"
_SCREENS = "https://github.com/vobiz-ai/Vobiz-HubSpot-Calling"
_LONG_LIST = "https://github.com/estuary/connectors/issues/5069"
_FORUM = (
    "https://integrate.hubspot.com/t/uh-oh-you-do-not-have-the-correct-role-to-grant-these-permissions-please-contact-"
    "your-administrator/8600"
)
_SCOPE_TEXTS = "https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/scopes"
_USERS_API = "https://developers.hubspot.com/docs/api-reference/latest/account/settings/user-provisioning/guide"


class Right(Struct, frozen=True):
    """A switch: its name, the value that is needed, its group in the editor, and what refusal pages call it."""

    label: str
    value: str
    group: str
    shown_as: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """The way to the switch; only to the editor when its group is not known."""
        return f"{USERS_AND_TEAMS} > {self.group}" if self.group else USERS_AND_TEAMS


class Need(Struct, frozen=True):
    """A right that a scope needs of the person who grants it."""

    right: Right
    sure: Sure
    source: str


MARKETPLACE = Right(
    "App Marketplace access",
    "On",
    "Account > Settings access",
    ("hubspot marketplace access", "marketplace access"),
)
CONTACTS_VIEW = Right(
    "Contacts > View",
    "All contacts, or the team's contacts with Unassigned ticked",
    "CRM > CRM objects > Contacts",
    ("team contact visibility", "contacts-reader", "contact visibility"),
)
CONTACTS_EDIT = Right(
    "Contacts > Edit",
    "All contacts, or fewer with Unassigned ticked",
    "CRM > CRM objects > Contacts",
    ("contacts-writer",),
)
CONTACTS_UNASSIGNED = Right(
    "Contacts > Edit > Unassigned",
    "Ticked (not needed where Edit is All contacts)",
    "CRM > CRM objects > Contacts",
    ("contacts-writer (unassigned)",),
)
COMPANIES_VIEW = Right(
    "Companies > View",
    "All companies, or the team's companies with Unassigned ticked",
    "CRM > CRM objects > Companies",
    ("team company visibility", "companies-reader"),
)
COMPANIES_EDIT = Right(
    "Companies > Edit",
    "All companies, or fewer with Unassigned ticked",
    "CRM > CRM objects > Companies",
    ("companies-writer",),
)
DEALS_VIEW = Right("Deals > View", "All deals", "CRM > CRM objects > Deals", ("deals-reader",))
DEALS_EDIT = Right("Deals > Edit", "All deals", "CRM > CRM objects > Deals", ("deals-writer",))
TICKETS = Right("Tickets > Edit", "All tickets", "CRM > CRM objects > Tickets", ("tickets-writer",))
ADD_USERS = Right("Add and edit users", "On", "Account > User and account access", ("add & edit users",))

# Rights that only pages of other apps have asked for: known, so that a pasted page is understood.
_OTHERS = (
    Right("Marketing access", "On", "Marketing"),
    Right("Sales access", "On", "Sales"),
    Right("Service access", "On", "Service"),
    Right("Developer tools access", "On", "Account > Settings access"),
    Right("Account Access", "On", "Account > Settings access"),
    Right(
        "Custom objects > Edit",
        "All records, or fewer with Unassigned ticked",
        "CRM > CRM objects > Custom objects",
        ("custom object editor", "custom object unassigned editor"),
    ),
    Right("Workflows > Edit", "On", "CRM > CRM tools"),
    Right("Workflows > Delete", "On", "CRM > CRM tools"),
    Right("Forms > Publish", "On", "Marketing"),
    Right("Website pages > Edit", "On", "Marketing"),
    Right("Design tools > View", "On", "Marketing"),
    Right("URL Redirects > Publish", "On", "Marketing"),
    Right("Email Writer", "On", "Sales"),
    Right("Feedback surveys > View", "On", "Service"),
    Right("Knowledge base settings", "On", "Service"),
    Right("Reports (HubSpot's own name: mam-reports-virtual-user)", "On", "Reports", ("mam-reports-virtual-user",)),
)

# Asked of whoever connects the first time that these scopes are asked for in the account.
FIRST_TIME = Need(MARKETPLACE, "documented", _INSTALLING)

NEEDS: dict[str, tuple[Need, ...]] = {
    "oauth": (),
    "crm.objects.contacts.read": (Need(CONTACTS_VIEW, "likely", _SCREENS),),
    "crm.objects.contacts.write": (Need(CONTACTS_EDIT, "likely", _FORUM),),
    "crm.objects.companies.read": (Need(COMPANIES_VIEW, "guess", _SCOPE_TEXTS),),
    "crm.objects.companies.write": (Need(COMPANIES_EDIT, "guess", _SCOPE_TEXTS),),
    "crm.objects.deals.read": (Need(DEALS_VIEW, "guess", _SCOPE_TEXTS),),
    "crm.objects.deals.write": (Need(DEALS_EDIT, "guess", _SCOPE_TEXTS),),
    "crm.objects.owners.read": (),  # no refusal was ever reported
    "settings.users.read": (Need(ADD_USERS, "guess", _USERS_API),),
    "settings.users.write": (Need(ADD_USERS, "guess", _USERS_API),),
    "tickets": (Need(TICKETS, "likely", _LONG_LIST),),
}


def needs_of(scope: str) -> tuple[Need, ...]:
    """What a scope needs of the person; nothing when nothing is known."""
    return NEEDS.get(scope, ())


def by_name(text: str) -> Right | None:
    """The right that a refusal page means, by its label or its raw internal name; None when it is new to us."""
    folded = _folded(text)
    return _NAMES.get(folded) or _NAMES.get(_folded(folded.replace("(unassigned)", " ")))


def _folded(text: str) -> str:
    words = text.casefold().replace("›", ">").replace(":", " ")
    return " ".join(words.split()).rstrip(". ")


def _names(rights: Iterable[Right]) -> dict[str, Right]:
    return {_folded(name): right for right in rights for name in (right.label, *right.shown_as)}


_NAMES = _names(
    (
        MARKETPLACE,
        CONTACTS_VIEW,
        CONTACTS_EDIT,
        CONTACTS_UNASSIGNED,
        COMPANIES_VIEW,
        COMPANIES_EDIT,
        DEALS_VIEW,
        DEALS_EDIT,
        TICKETS,
        ADD_USERS,
        *_OTHERS,
    )
)
