"""The two accounts, the six people with their rights, the app and the service key. Every password is `demo`."""

from hubspot_sandbox.gate import AppScopes
from hubspot_sandbox.people import Account, Person
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.rights import CRM_SCOPES

ACORN, BIRCH = 48201001, 48201002
ADA, BEN, CLEO, DEV, EVE, FINN = (f"{name}@acorn.example" for name in ("ada", "ben", "cleo", "dev", "eve", "finn"))
SALES_TEAM = "Sales"
PASSWORD = "demo"  # noqa: S105 - a documented sandbox value
CLIENT_ID, CLIENT_SECRET = "offhook-demo-client", "offhook-demo-secret"
REDIRECT_URL = "http://localhost:8600/oauth/callback"
SERVICE_KEY = "pat-sandbox-demo"
REQUIRED_SCOPES = ("oauth", "crm.objects.contacts.read")
OPTIONAL_SCOPES = (
    "crm.objects.contacts.write",
    "crm.objects.companies.read",
    "crm.objects.deals.read",
    "tickets",
    "crm.objects.owners.read",
    "settings.users.read",
    "settings.users.write",
)

_NAMES = {
    ADA: ("Ada", "Abara"),
    BEN: ("Ben", "Bright"),
    CLEO: ("Cleo", "Costa"),
    DEV: ("Dev", "Das"),
    EVE: ("Eve", "Eriksen"),
    FINN: ("Finn", "Fischer"),
}
BEN_AT_FIRST = {
    "contacts.view": "own",
    "contacts.edit": "own",
    "contacts.communicate": "own",
    "calls.view": "own",
    "calls.edit": "own",
    "sales.access": "on",
}
BEN_IN_BIRCH = {"contacts.view": "all", "sales.access": "on"}
_EVERYTHING_IN_CRM = {
    f"{name}.{action}": "all"
    for name in ("contacts", "companies", "deals", "tickets", "tasks", "calls", "notes")
    for action in ("view", "edit")
}
_CLEO = _EVERYTHING_IN_CRM | {
    "marketing.access": "on",
    "sales.access": "on",
    "service.access": "on",
    "reports.access": "on",
}
_EVE = {"marketing.access": "on", "lists.view": "on", "forms.view": "on", "forms.publish": "on"}


def plant(portal: Portal) -> None:
    """Accounts, people, app, installation in Birch, service key."""
    portal.people.add_account(Account(ACORN, "Acorn Supplies", "acorn.example", "professional"))
    portal.people.add_account(Account(BIRCH, "Birch Studio", "birch.example", "starter", "America/New_York", "USD"))
    for email, (first, last) in _NAMES.items():
        portal.people.add_person(Person(email, first, last, PASSWORD))
    _acorn(portal)
    portal.people.add_member(BIRCH, ADA, super_admin=True)
    portal.people.add_member(BIRCH, BEN, rights=BEN_IN_BIRCH)
    _app(portal)


def _acorn(portal: Portal) -> None:
    team = portal.people.save_team(ACORN, SALES_TEAM)
    portal.people.add_member(ACORN, ADA, super_admin=True)
    portal.people.add_member(ACORN, BEN, rights=BEN_AT_FIRST, team_ids=(team.id,))
    portal.people.add_member(ACORN, CLEO, rights=_CLEO, team_ids=(team.id,))
    portal.people.add_member(ACORN, DEV, rights={"contacts.view": "own"})
    portal.people.add_member(ACORN, EVE, rights=_EVE)
    sales = {"contacts.view": "team", "contacts.edit": "team", "sales.access": "on"}
    rep = portal.people.save_permission_set(ACORN, "Sales rep", sales)
    portal.people.add_member(ACORN, FINN, active=False, permission_set_id=rep.id, team_ids=(team.id,))


def _app(portal: Portal) -> None:
    """In Birch, Ada installed the app with search only; in Acorn nobody has."""
    portal.apps.register(
        name="Offhook",
        redirect_urls=(REDIRECT_URL,),
        scopes=AppScopes(required=REQUIRED_SCOPES, optional=OPTIONAL_SCOPES),
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
    )
    portal.grants.install(BIRCH, CLIENT_ID, ADA, REQUIRED_SCOPES)
    portal.grants.add_service_key(SERVICE_KEY, ACORN, ("oauth", *CRM_SCOPES))
