"""The three refusals, as pure decisions: the app's *scope*, the *account*'s tier, the *person*'s rights.

Nothing here knows HTTP, the database or the time. Sources: facts 1.5 (install checks), 2.1 (scopes), S3
(account-level tokens ignore the person's record rights), S8 (App Marketplace access only for new scopes).
"""

from collections.abc import Collection, Iterable
from typing import Literal

import msgspec

from hubspot_sandbox import rights as catalogue
from hubspot_sandbox.people import Standing
from hubspot_sandbox.rights import APP_MARKETPLACE_ACCESS, CATALOGUE, Need, Right

PAGE_TITLE = "Request for Integration Permissions"
COULD_NOT_CONNECT = "Couldn't complete the connection"
NO_PERMISSION = "You don't have permission to connect this app"
INSUFFICIENT_SCOPES = (
    "Authorization failed because the provided scopes are insufficient. Please contact the app developer."
)
MISMATCHED_SCOPES = (
    "Authorization failed because there is a mismatch between the scopes in the install URL and the app's"
    " configured scopes. Please contact the app developer."
)
ACCOUNT_LACKS_FEATURES = (
    "This account doesn't have access to some HubSpot features that are required by this app."
    " Please contact the app developer."
)

OLDER_INSUFFICIENT_SCOPES = "Insufficient scopes were provided. Please contact the app developer."
OLDER_PERSON_REFUSED = "You do not have the correct role to grant these permissions. Please contact your administrator"
SCOPES_NOT_PERMITTED = (
    "The app developer doesn't have permissions to request the set of scopes. Please contact the app developer."
)
POLICY_NOT_SIGNED = "The app could not be installed because the app developer has not signed the acceptable use policy."
NO_APPROVERS = "There was a problem fetching approvers"
NO_DEVELOPER_TOOLS = "Your account doesn't have access to developer tools"

RefusalKind = Literal["scope", "account", "person", "app", "approval"]


class Allowed(msgspec.Struct, frozen=True):
    """She may connect. `granted` is what the tokens will hold, `dropped` the optional scopes left out."""

    granted: tuple[str, ...]
    dropped: tuple[str, ...] = ()
    new: tuple[str, ...] = ()


class MissingRight(msgspec.Struct, frozen=True):
    """One line of the numbered list. `shown_as` is HubSpot's wording, which mixes labels and raw names."""

    shown_as: str
    right: Right
    at_least: str


class Refused(msgspec.Struct, frozen=True):
    """She is stopped on HubSpot's own page; the app is told nothing."""

    kind: RefusalKind
    heading: str
    detail: str = ""
    missing: tuple[MissingRight, ...] = ()
    title: str = PAGE_TITLE
    may_ask: bool = False
    """For an approval only: the person can request it."""


class Terms(msgspec.Struct, frozen=True):
    """What HubSpot's rules of distribution, and time, make of an app; set through the control plane for tests.

    `install_cap` None is what the distribution has (S24). `allow_list` are the accounts that may have a private app;
    None is every account, which is ours. `forbidden_scopes` the developer may not request (S33). `policy_signed` is the
    developer's signature under the acceptable use policy, needed beyond test accounts by apps of the marketplace [comm].
    `wording` chooses older sentences of the refusal pages (S19, S32).
    """

    install_cap: int | None = None
    allow_list: tuple[int, ...] | None = None
    is_listed: bool = False
    policy_signed: bool = True
    forbidden_scopes: tuple[str, ...] = ()
    wording: Literal["current", "older"] = "current"

    @property
    def older(self) -> bool:
        return self.wording == "older"


class AppScopes(msgspec.Struct, frozen=True):
    """The scopes in the app's settings. `oauth` needs not be named, it is always there."""

    required: tuple[str, ...] = ("oauth",)
    conditionally_required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


def scope_problem(
    configured: AppScopes, asked: Collection[str], optional: Collection[str], terms: Terms | None = None
) -> str | None:
    """HubSpot's sentence when the scopes in the install URL do not fit the app's settings, else None.

    A required scope that is missing from `scope`, even if it stands in `optional_scope`, is *insufficient*;
    a scope that is not configured, or stands in the wrong parameter, is a *mismatch* (S21).
    """
    asked_set, required = {*asked, "oauth"}, {*configured.required, "oauth"}
    if not required <= asked_set:
        return OLDER_INSUFFICIENT_SCOPES if terms and terms.older else INSUFFICIENT_SCOPES
    fits = asked_set <= required | set(configured.conditionally_required)
    if not fits or not set(optional) - {"oauth"} <= set(configured.optional):
        return MISMATCHED_SCOPES
    forbidden = set(terms.forbidden_scopes) if terms else set[str]()
    return SCOPES_NOT_PERMITTED if (asked_set | set(optional)) & forbidden else None


def judge_distribution(
    terms: Terms, *, account_id: int, test_account: bool, marketplace: bool, cap: int, installed_in: Collection[int]
) -> Refused | None:
    """May this app be in this account at all? An account that has it keeps it.

    :param cap: accounts that may have the app, 0 for any number (S24)
    :param installed_in: the accounts that have it; texts about cap and allow-list are ours [unv]
    """
    if account_id in installed_in:
        return None
    if marketplace and not terms.policy_signed and not test_account:
        return Refused("app", COULD_NOT_CONNECT, POLICY_NOT_SIGNED)
    if not marketplace and terms.allow_list is not None and account_id not in terms.allow_list:
        detail = "This account is not on the app's list of allowed accounts. Please contact the app developer."
        return Refused("app", COULD_NOT_CONNECT, detail)
    if cap and len(installed_in) >= cap:
        detail = f"This app has reached its limit of {cap} installs. Please contact the app developer."
        return Refused("app", COULD_NOT_CONNECT, detail)
    return None


def judge_approval(
    app_name: str, *, approved: bool, lets_in: bool, super_admin: bool, asked: Iterable[str]
) -> Refused | None:
    """Where apps must be approved (S14): may this person go on?

    The Super Admin's sentence was reported from the account of one [comm]; the other headings are ours [unv].
    """
    if approved and lets_in:
        return None
    if approved:
        detail = f"An administrator has limited who can install {app_name}. Ask a Super Admin of this account."
        return Refused("approval", NO_PERMISSION, detail)
    if super_admin:
        scopes = ", ".join(asked)
        detail = f"Authorization failed because this app hasn't been approved to access the required scopes [{scopes}]"
        return Refused("approval", COULD_NOT_CONNECT, detail)
    detail = "A Super Admin of this account must approve an app before it can be connected."
    return Refused("approval", f"{app_name} needs to be approved", detail, may_ask=True)


def judge(
    *,
    app_name: str,
    standing: Standing,
    tier: str,
    asked: Collection[str],
    optional: Collection[str],
    approved: Collection[str],
    older: bool = False,
) -> Allowed | Refused:
    """May this person connect this app to this account with these scopes?

    :param asked: required and conditionally required scopes in the request; all must be grantable
    :param optional: dropped silently, one by one, when the person or the account cannot have them
    :param approved: scopes somebody approved in this account before; others need App Marketplace access
    :param older: refuse the person in the words of before 2020, which name no missing right (S19)
    """
    must = tuple(dict.fromkeys(("oauth", *asked)))
    if not all(catalogue.tier_allows(tier, scope) for scope in must):
        return Refused("account", COULD_NOT_CONNECT, ACCOUNT_LACKS_FEATURES)
    may = tuple(scope for scope in dict.fromkeys(optional) if scope not in must)
    kept = tuple(scope for scope in may if _grantable(standing, tier, scope))
    granted = must + kept
    new = tuple(scope for scope in granted if scope not in approved)
    allowed = Allowed(granted, tuple(scope for scope in may if scope not in kept), new)
    refused = _person_refusal(app_name, standing, must, bool(new))
    if refused and older:
        return Refused("person", OLDER_PERSON_REFUSED)
    return refused or allowed


def _grantable(standing: Standing, tier: str, scope: str) -> bool:
    has_rights = standing.super_admin or not catalogue.missing(standing.rights, [scope])
    return has_rights and catalogue.tier_allows(tier, scope)


def _person_refusal(app_name: str, standing: Standing, must: Iterable[str], asks_new: bool) -> Refused | None:
    """A super admin passes. Others need the scopes' rights, and App Marketplace access for new scopes."""
    if standing.super_admin:
        return None
    lacking = [_missing_right(need) for need in catalogue.missing(standing.rights, must)]
    marketplace = asks_new and not standing.has(APP_MARKETPLACE_ACCESS)
    if marketplace:
        lacking.insert(0, _missing_right(Need(APP_MARKETPLACE_ACCESS, "on", "App Marketplace access")))
    if not lacking:
        return None
    if marketplace and len(lacking) == 1:
        return Refused("person", NO_PERMISSION, missing=tuple(lacking))
    heading = f"You don't have the right permissions to install {app_name}"
    return Refused("person", heading, missing=tuple(lacking))


def _missing_right(need: Need) -> MissingRight:
    return MissingRight(need.shown_as, CATALOGUE[need.right], need.at_least)
