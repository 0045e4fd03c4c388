"""The catalogue of rights that an administrator sees, and which scope needs which right.

A *right* is a switch in Settings > Users & Teams. Record rights have a level (`none`, `own`, `team`, `all`),
the others are `off` or `on`. HubSpot publishes no scope-to-permission table, so each mapping says how sure
it is:

- `documented`: official text says so
- `likely`: seen on refusal screens or in reports of real refusals
- `inferred`: our reading; [inf] in the README's list of guesses
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

import msgspec

from hubspot_sandbox.switches import APP_MARKETPLACE_ACCESS as APP_MARKETPLACE_ACCESS
from hubspot_sandbox.switches import OBJECTS as OBJECTS
from hubspot_sandbox.switches import SWITCHES
from hubspot_sandbox.switches import Tab as Tab

Sureness = Literal["documented", "likely", "inferred"]
Rights = Mapping[str, str]

TABS: tuple[Tab, ...] = ("CRM", "Marketing", "Sales", "Service", "Reports", "Account")
LEVELS = ("none", "own", "team", "all")
SWITCH = ("off", "on")
TIERS = ("free", "starter", "professional", "enterprise")


class Right(msgspec.Struct, frozen=True):
    """One switch or level in the rights editor. `values` are ordered from least to most."""

    key: str
    label: str
    tab: Tab
    group: str
    values: tuple[str, ...] = SWITCH

    @property
    def least(self) -> str:
        return self.values[0]


class Need(msgspec.Struct, frozen=True):
    """A right that a scope asks of the person; `shown_as` is the name on HubSpot's refusal screen."""

    right: str
    at_least: str
    shown_as: str


class Scope(msgspec.Struct, frozen=True):
    """An OAuth scope, what the consent screen says of it, and whom HubSpot lets grant it."""

    name: str
    description: str
    needs: tuple[Need, ...] = ()
    sureness: Sureness = "inferred"
    lowest_tier: str = "free"


def _object_rights(key: str, name: str) -> Iterator[Right]:
    for action in ("view", "edit", "delete"):
        label = f"{name} > {action.capitalize()}"
        yield Right(f"{key}.{action}", label, "CRM", name, LEVELS)
        yield Right(f"{key}.{action}.unassigned", f"{label} > Unassigned", "CRM", name)
    if key in ("contacts", "companies"):
        yield Right(f"{key}.communicate", f"{name} > Communicate", "CRM", name, LEVELS)


def _catalogue() -> Iterator[Right]:
    for key, name in OBJECTS.items():
        yield from _object_rights(key, name)
    for tab, group, labels in SWITCHES:
        for key, label in labels.items():
            yield Right(key, label, tab, group)


CATALOGUE: dict[str, Right] = {right.key: right for right in _catalogue()}


def _view(key: str, at_least: str = "team", shown_as: str = "") -> Need:
    return Need(f"{key}.view", at_least, shown_as or f"{OBJECTS[key]} > View")


def _edit_unassigned(key: str, shown_as: str = "") -> tuple[Need, ...]:
    name = shown_as or f"{OBJECTS[key]} > Edit"
    return (Need(f"{key}.edit", "own", name), Need(f"{key}.edit.unassigned", "on", f"{name} (Unassigned)"))


def _switch(key: str) -> Need:
    return Need(key, "on", CATALOGUE[key].label)


# Facts 2.1: contacts read + write together listed "contacts-writer" and team contact visibility; a person
# limited to owned contacts, or without Unassigned, was refused. Which half belongs to which scope is [inf].
_SCOPES = (
    Scope("oauth", "See basic account information", (), "likely"),
    Scope(
        "crm.objects.contacts.read",
        "View properties and other details about contacts",
        (_view("contacts", shown_as="Team contact visibility"),),
        "likely",
    ),
    Scope(
        "crm.objects.contacts.write",
        "Create, delete or make changes to contacts",
        _edit_unassigned("contacts", "contacts-writer"),
        "likely",
    ),
    Scope("crm.objects.companies.read", "View details about companies", (_view("companies"),)),
    Scope("crm.objects.companies.write", "Create and change companies", _edit_unassigned("companies")),
    Scope("crm.objects.deals.read", "View details about deals", (_view("deals"),)),
    Scope("crm.objects.deals.write", "Create and change deals", _edit_unassigned("deals")),
    Scope("tickets", "View and change tickets", _edit_unassigned("tickets", "tickets-writer"), "likely"),
    Scope("crm.objects.owners.read", "View details about users who own records"),
    Scope("crm.objects.users.read", "View CRM users"),
    Scope("crm.objects.users.write", "Change CRM users", (_switch("users.edit"),)),
    Scope("settings.users.read", "View account users", (_switch("users.edit"),)),
    Scope("settings.users.write", "Manage account users", (_switch("users.edit"),)),
    Scope("settings.users.teams.read", "View teams", (_switch("teams.edit"),)),
    Scope("settings.users.teams.write", "Manage teams", (_switch("teams.edit"),)),
    Scope("crm.lists.read", "View lists", (_switch("lists.view"),)),
    Scope("crm.lists.write", "Create and change lists", (_switch("lists.edit"),)),
    Scope("crm.schemas.contacts.read", "View contact property settings"),
    Scope("crm.schemas.contacts.write", "Change contact property settings", (_switch("property_settings"),)),
    Scope("crm.schemas.companies.read", "View company property settings"),
    Scope("crm.schemas.companies.write", "Change company property settings", (_switch("property_settings"),)),
    Scope("crm.schemas.deals.read", "View deal property settings"),
    Scope("timeline", "Create timeline events"),
    Scope("crm.extensions_calling_transcripts.read", "View call transcripts"),
    Scope("crm.extensions_calling_transcripts.write", "Add call transcripts"),
    Scope("conversations.read", "View inbox threads", (_switch("service.access"), _switch("inbox.access"))),
    Scope("conversations.write", "Send messages", (_switch("service.access"), _switch("inbox.access"))),
    Scope("files", "Manage files", (_switch("files.edit"),)),
    Scope("forms", "Access forms", (_switch("marketing.access"), _switch("forms.publish")), "likely"),
    Scope(
        "automation",
        "Access workflows",
        (_switch("workflows.edit"), _switch("workflows.delete")),
        "likely",
        "professional",
    ),
    Scope(
        "content",
        "Access websites, landing pages, email, blog and campaigns",
        (
            _switch("marketing.access"),
            _switch("website_pages.edit"),
            _switch("design_tools.view"),
            _switch("url_redirects.publish"),
            _switch("knowledge_base.settings"),
        ),
        "likely",
        "professional",
    ),
    Scope("business-intelligence", "Access analytics"),
    Scope("e-commerce", "Access products and line items"),
    Scope(
        "crm.objects.feedback_submissions.read",
        "View survey answers",
        (_switch("service.access"), _switch("feedback_surveys.view")),
        "likely",
        "professional",
    ),
    Scope(
        "crm.objects.custom.read",
        "View custom objects",
        (Need("custom_objects.edit.unassigned", "on", "Custom object unassigned editor"),),
        "likely",
        "enterprise",
    ),
    Scope("sales-email-read", "View one-to-one emails", (_switch("email_writer"),), "likely"),
    Scope(
        "account-info.security.read",
        "View security logs",
        (_switch("account_access"),),
        "inferred",
        "enterprise",
    ),
    Scope("crm.import", "Import records", (_switch("import"),)),
    Scope("crm.export", "Export records", (_switch("export"),)),
    Scope("settings.billing.write", "Change seats", (_switch("billing.modify"),)),
    Scope(
        "crm.objects.custom.write",
        "Create and change custom objects",
        _edit_unassigned("custom_objects", "Custom object editor"),
        "inferred",
        "enterprise",
    ),
    Scope("crm.objects.line_items.read", "View line items"),
    Scope("crm.objects.line_items.write", "Create and change line items", (_switch("line_items.custom"),)),
    Scope("crm.objects.products.read", "View products"),
    Scope("crm.objects.products.write", "Create and change products", (_switch("products.edit"),)),
    Scope("crm.objects.quotes.read", "View quotes", (_switch("quotes.view"),)),
    Scope("crm.objects.quotes.write", "Create and change quotes", (_switch("quotes.edit"),)),
    Scope("crm.objects.invoices.read", "View invoices", (_view("invoices"),)),
    Scope("crm.objects.invoices.write", "Create and change invoices", _edit_unassigned("invoices")),
    Scope("crm.objects.leads.read", "View leads", (_switch("sales.access"),), "inferred", "professional"),
    Scope("crm.objects.leads.write", "Create and change leads", (_switch("sales.access"),), "inferred", "professional"),
    Scope("crm.objects.marketing_events.read", "View marketing events", (_switch("marketing.access"),)),
    Scope("crm.objects.marketing_events.write", "Change marketing events", (_switch("marketing.access"),)),
    Scope("crm.schemas.deals.write", "Change deal property settings", (_switch("property_settings"),)),
    Scope("crm.schemas.custom.read", "View custom object definitions", (), "inferred", "enterprise"),
    Scope("files.ui_hidden.read", "View hidden files and attachments", (_switch("files.view"),)),
    Scope("communication_preferences.read", "View subscription preferences", (_switch("marketing.access"),)),
    Scope("communication_preferences.write", "Change subscription preferences", (_switch("marketing.access"),)),
    Scope("transactional-email", "Send transactional email", (_switch("marketing.access"),), "inferred", "professional"),
    Scope("hubdb", "Access HubDB", (_switch("hubdb.view"), _switch("hubdb.edit")), "inferred", "professional"),
    Scope("social", "Access social media tools", (_switch("social.publish"),), "inferred", "professional"),
)
SCOPES: dict[str, Scope] = {scope.name: scope for scope in _SCOPES}
CRM_SCOPES = tuple(name for name in SCOPES if name.startswith(("crm.", "settings.users")) or name == "tickets")


def clean(rights: Rights) -> dict[str, str]:
    """The same rights without the ones left at their least.

    :raises ValueError: unknown key or value, with a message that names it
    """
    for key, value in rights.items():
        if key not in CATALOGUE:
            raise ValueError(f"unknown right {key!r}; see hubspot_sandbox.rights.CATALOGUE")
        if value not in CATALOGUE[key].values:
            raise ValueError(f"right {key!r} takes {', '.join(CATALOGUE[key].values)}; not {value!r}")
    return {key: value for key, value in rights.items() if value != CATALOGUE[key].least}


def value_of(rights: Rights, key: str) -> str:
    """The value of a right, its least when it was never set."""
    return rights.get(key, CATALOGUE[key].least)


def most(several: Iterable[Rights]) -> dict[str, str]:
    """Several sets of rights together: of each right the greatest value."""
    together: dict[str, str] = {}
    for rights in several:
        for key, value in rights.items():
            together[key] = max(value, value_of(together, key), key=CATALOGUE[key].values.index)
    return together


def holds(rights: Rights, need: Need) -> bool:
    """Whether these rights satisfy the need. *All* includes the unassigned records."""
    if need.right.endswith(".unassigned") and value_of(rights, need.right.removesuffix(".unassigned")) == "all":
        return True
    order = CATALOGUE[need.right].values
    return order.index(value_of(rights, need.right)) >= order.index(need.at_least)


def missing(rights: Rights, scopes: Iterable[str]) -> tuple[Need, ...]:
    """The needs of these scopes that the rights do not satisfy, each once, in the scopes' order."""
    lacking = {need.right: need for name in scopes for need in SCOPES[name].needs if not holds(rights, need)}
    return tuple(lacking.values())


def tier_allows(tier: str, scope: str) -> bool:
    return TIERS.index(tier) >= TIERS.index(SCOPES[scope].lowest_tier)
