"""The app's settings against what Offhook asks: each difference is a check that says what HubSpot shows because of it.

Pure. HubSpot refuses everybody whose consent does not fit the app, before it looks at any right, and tells Offhook
nothing: https://knowledge.hubspot.com/integrations/resolve-a-request-for-integration-permissions-error
"""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from offhook.diagnosis.report import Check
from offhook.hubspot_app.project import (
    LONGEST_NAME,
    LONGEST_UID,
    AppFile,
    Auth,
    ProjectFile,
    Wanted,
    may_come_back_to,
)

_HEADING = "Couldn't complete the connection"
INSUFFICIENT = f'"{_HEADING}", because "the provided scopes are insufficient"'
MISMATCH = (
    f'"{_HEADING}", because "there is a mismatch between the scopes in the install URL and the app\'s configured scopes"'
)
# Reported: https://github.com/microsoft/PowerPlatformConnectors/issues/3849
REDIRECT = f'"{_HEADING}", because "the redirect URL … doesn\'t match the app\'s registered redirect URL"'
_REQUIRED, _OPTIONAL, _CONDITIONAL = "requiredScopes", "optionalScopes", "conditionallyRequiredScopes"
_DISTRIBUTIONS = {
    "private": "Distribution is private: at most ten HubSpot accounts, which you list in HubSpot.",
    "marketplace": "Distribution is marketplace: at most 25 installations until HubSpot has listed the app.",
}


def checks(project: ProjectFile, app: AppFile, wanted: Wanted) -> tuple[Check, ...]:
    """Everything that is compared, passed or failed, from the ground up."""
    auth = app.config.auth
    return (
        *_project(project, app),
        *_kind(app),
        *_redirect(auth, wanted.redirect_uri),
        *_scopes(auth, wanted),
        *_unasked(auth, wanted),
    )


# The project itself.


def _project(project: ProjectFile, app: AppFile) -> Iterator[Check]:
    name = "Project"
    if not re.fullmatch(r"20\d\d\.\d{1,2}", project.platform_version):
        says = f"platformVersion {project.platform_version[:40]!r} is no version of HubSpot's platform."
        yield Check(name, "fail", says, 'Write "2026.09" in hsproject.json.')
    if not re.fullmatch(rf"[A-Za-z0-9._-]{{1,{LONGEST_UID}}}", app.uid):
        says = f"HubSpot does not take the uid {app.uid[:40]!r}."
        yield Check(name, "fail", says, f"Use at most {LONGEST_UID} letters, digits, dots, dashes and underscores.")
    if not 0 < len(app.config.name) <= LONGEST_NAME or app.config.name != app.config.name.strip():
        says = f"HubSpot does not take the app's name {app.config.name[:40]!r}."
        yield Check(name, "fail", says, f"Use 1 to {LONGEST_NAME} characters, without a space at the ends.")
    if not app.config.description:
        says = "The app has no description, and HubSpot's documents call it required."
        yield Check(name, "fail", says, "Write a sentence into config.description.")


def _kind(app: AppFile) -> Iterator[Check]:
    if app.config.auth.type != "oauth":
        says = (
            f"An app of auth type {app.config.auth.type[:40]!r} has one fixed token: HubSpot asks no agent for consent."
        )
        yield Check("Auth type", "fail", says, 'Set config.auth.type to "oauth".')
    known = _DISTRIBUTIONS.get(app.config.distribution)
    if known:
        yield Check("Distribution", "pass", known)
    else:
        says = f"HubSpot knows no distribution {app.config.distribution[:40]!r} and will not take the project."
        yield Check("Distribution", "fail", says, 'Set config.distribution to "private".')


# Where HubSpot sends people back to.


def _redirect(auth: Auth, uri: str) -> Iterator[Check]:
    name = "Redirect URL"
    for url in auth.redirect_urls:
        if not may_come_back_to(url):
            says = f"HubSpot does not take the redirect URL {url!r}: it must begin with https:// or http://localhost."
            yield Check(name, "fail", says, "Correct it, or take it out of redirectUrls.")
    if not may_come_back_to(uri):
        says = f"Offhook's own redirect URL is {uri}, and HubSpot takes only https:// and http://localhost."
        yield Check(name, "fail", says, own_address(uri))
    elif uri not in auth.redirect_urls:
        says = (
            f"The app does not list {uri}{_nearly(uri, auth.redirect_urls)}: HubSpot refuses everybody with {REDIRECT}."
        )
        yield Check(name, "fail", says, f"Add {uri} to redirectUrls, or correct OFFHOOK_BASE_URL.")
    else:
        yield Check(name, "pass", f"HubSpot may send people back to {uri}.")


def own_address(uri: str) -> str:
    """What to do when Offhook's own redirect URL is none that HubSpot takes."""
    parts = urlsplit(uri)
    if parts.hostname in ("127.0.0.1", "::1"):
        port = f":{parts.port}" if parts.port else ""
        return f"Set OFFHOOK_BASE_URL to http://localhost{port}."
    return "Set OFFHOOK_BASE_URL to the https address under which browsers reach Offhook."


def _nearly(uri: str, listed: tuple[str, ...]) -> str:
    """It is compared to the letter, and a slash too many is hard to see."""
    for url in listed:
        if url.rstrip("/") == uri:
            return f", only {url} with a slash at its end"
        if url.partition("://")[2] == uri.partition("://")[2]:
            return f", only {url} with another beginning"
        if url.casefold() == uri.casefold():
            return f", only {url} with other capital letters"
    return f", only {', '.join(listed)}" if listed else ""


# Scopes.


def _scopes(auth: Auth, wanted: Wanted) -> Iterator[Check]:
    listed = {
        _REQUIRED: {*auth.required_scopes, "oauth"},
        _CONDITIONAL: set(auth.conditionally_required_scopes),
        _OPTIONAL: set(auth.optional_scopes),
    }
    fine = True
    for scope in dict.fromkeys((*wanted.required, *wanted.optional, *auth.required_scopes)):
        places = [place for place, scopes in listed.items() if scope in scopes]
        found = _difference(scope, places, wanted)
        if found:
            fine = False
            yield Check(f"Scope {scope}", "fail", *found)
    if fine:
        says = (
            f"The app lists all {len({*wanted.required, *wanted.optional})} scopes that Offhook asks for, each rightly."
        )
        yield Check("Scopes", "pass", says)


def _difference(scope: str, places: list[str], wanted: Wanted) -> tuple[str, str] | None:
    """What HubSpot does and what to change, or None when the scope stands where it should."""
    if scope in wanted.required or scope == "oauth":
        return _of_required(scope, places)
    if scope in wanted.optional:
        return _of_optional(scope, places)
    says = f"The app requires {scope} and Offhook never asks for it: HubSpot refuses everybody with {INSUFFICIENT}."
    return says, f"Take {scope} out of {_REQUIRED}."


def _of_required(scope: str, places: list[str]) -> tuple[str, str] | None:
    if _REQUIRED in places or _CONDITIONAL in places:
        return None
    refused = f"HubSpot refuses everybody with {MISMATCH}."
    if places:
        says = f"Offhook asks for {scope} as required and the app lists it as optional: {refused}"
        return says, f"Move {scope} from {_OPTIONAL} to {_REQUIRED}."
    return f"Offhook requires {scope} and the app does not list it: {refused}", f"Add {scope} to {_REQUIRED}."


def _of_optional(scope: str, places: list[str]) -> tuple[str, str] | None:
    if _REQUIRED in places:
        refused = f"HubSpot refuses everybody with {INSUFFICIENT}."
        says = f"Offhook asks for {scope} as optional and the app requires it: {refused}"
        there = f"Take {scope} out of {_REQUIRED}; it stands in {_OPTIONAL} already."
        return says, there if _OPTIONAL in places else f"Move {scope} from {_REQUIRED} to {_OPTIONAL}."
    if _OPTIONAL in places:
        return None
    refused = f"HubSpot refuses every consent that asks for it with {MISMATCH}."
    if places:
        says = f"Offhook asks for {scope} as optional and the app lists it as conditionally required: {refused}"
        return says, f"Move {scope} from {_CONDITIONAL} to {_OPTIONAL}."
    return f"Offhook asks for {scope} and the app does not list it: {refused}", f"Add {scope} to {_OPTIONAL}."


def _unasked(auth: Auth, wanted: Wanted) -> Iterator[Check]:
    """A list may be longer than what is asked; that harms nobody."""
    listed = dict.fromkeys((*auth.conditionally_required_scopes, *auth.optional_scopes))
    unasked = [scope for scope in listed if scope not in (*wanted.required, *wanted.optional, "oauth")]
    if unasked:
        says = f"The app also lists {', '.join(unasked)}, which Offhook never asks for; that does no harm."
        yield Check("Other scopes", "pass", says)
