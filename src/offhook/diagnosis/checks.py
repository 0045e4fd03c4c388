"""The ordered lists of checks: for a signed-in agent, and for `offhook doctor`.

From the ground up: the service, the app, the grant, its scopes, HubSpot's live answers, the line. The first that fails
names the cause; what comes after it may only be its consequence.
"""

import asyncio
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from offhook.diagnosis.check import Finding, Probe, ask, failed, passed
from offhook.diagnosis.message import REMEMBER
from offhook.diagnosis.no_consent import Capability, missing_for
from offhook.diagnosis.report import Message, Missing, Report
from offhook.grants.grant import Grant, GrantState

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_CONNECT_AGAIN = "Connect HubSpot again and grant what is asked."
_APP_HELP = "Whoever runs Offhook follows docs/how-to/connect-hubspot.md."


class Service(Struct, frozen=True):
    """How this Offhook is set up. `address`: as browsers reach it."""

    address: str
    redirect_uri: str
    client_id: str
    has_client_secret: bool


class Subject(Struct, frozen=True):
    """The signed-in agent, as far as a diagnosis cares. `line`: number of the line she is logged in to."""

    name: str
    grant: Grant | None
    phone_system: str | None
    line: str | None


def for_agent(
    service: Service,
    subject: Subject,
    *,
    required: Sequence[str],
    capabilities: Sequence[Capability],
    users_url: str,
    live: Sequence[Finding] = (),
) -> Report:
    """Everything between this agent and a logged call, in order. Pure.

    `live`: what HubSpot and the phone system answered just now (`check.ask`).
    """
    findings = (
        *_service(service),
        *_grant(subject.grant),
        *(_scopes(subject.grant, required, capabilities) if subject.grant else ()),
        *live,
        _line(subject),
    )
    lacking = _lacking_scopes(subject.grant, required, capabilities)
    return _report(findings, missing_for(lacking, capabilities), users_url, subject.name)


async def doctor(service: Service, probes: Sequence[Probe], users_url: str, patience: float = 10.0) -> Report:
    """The same from the operator's side. `probes` (settings, database, jobs, HubSpot …) run together, each bounded."""
    asked = await asyncio.gather(*(ask(probe, patience) for probe in probes))
    return _report((*_service(service), *asked), (), users_url, None)


# What is looked at.


def _service(service: Service) -> Iterator[Finding]:
    parts = urlsplit(service.address)
    name = "Service address"
    if parts.scheme == "https" or parts.hostname in _LOOPBACK:
        yield passed(name, f"Offhook answers at {service.address}.")
    else:
        # HubSpot takes http redirect addresses for localhost only:
        # https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/oauth/working-with-oauth
        remedy = "Set OFFHOOK_BASE_URL to the https address under which browsers reach Offhook."
        yield failed(name, f"{service.address} is not https, so HubSpot will not send anybody back to it.", remedy)
    yield _app(service)


def _app(service: Service) -> Finding:
    name = "HubSpot app"
    missing = [
        variable
        for variable, there in (
            ("OFFHOOK_HUBSPOT_CLIENT_ID", bool(service.client_id)),
            ("OFFHOOK_HUBSPOT_CLIENT_SECRET", service.has_client_secret),
        )
        if not there
    ]
    if missing:
        return failed(name, f"{' and '.join(missing)} must be set.", _APP_HELP, "app")
    return passed(name, f"App {service.client_id}; its redirect addresses must contain {service.redirect_uri}.")


def _grant(grant: Grant | None) -> Iterator[Finding]:
    name = "HubSpot connection"
    if grant is None:
        yield failed(name, "HubSpot is not connected.", "Press Connect HubSpot.", "person")
    elif grant.state is GrantState.BROKEN:
        yield failed(name, grant.reason or "HubSpot does not accept it any more.", _CONNECT_AGAIN, "person")
    elif grant.state is GrantState.OFF:
        remedy = "Switch it on under Setup > Integrations > HubSpot."
        yield failed(name, "It is switched off.", remedy, "person")
    else:
        since = f"{grant.since:%Y-%m-%d %H:%M} UTC"
        yield passed(name, f"Connected to {grant.account_name} ({grant.account_id}) as {grant.email} since {since}.")


def _scopes(grant: Grant, required: Sequence[str], capabilities: Sequence[Capability]) -> Iterator[Finding]:
    name, lacking = "Granted scopes", grant.lacks(tuple(required))
    if lacking:
        yield failed(name, f"These are required and were not granted: {', '.join(lacking)}.", _CONNECT_AGAIN, "person")
    else:
        yield passed(name, "All that is required was granted.")
    yield from (_capability(grant, required, capability) for capability in capabilities)


def _capability(grant: Grant, required: Sequence[str], capability: Capability) -> Finding:
    lacking = grant.lacks(capability.scopes)
    if not lacking:
        return passed(capability.title, "On.")
    names = ", ".join(need.right for need in missing_for(lacking, ()))
    remedy = f"Ask an administrator for {names}, then connect HubSpot again." if names else _CONNECT_AGAIN
    off = failed(capability.title, f"Off: HubSpot did not grant {', '.join(lacking)}.", remedy, "person")
    return replace(off, minor=not set(lacking) & set(required))


def _line(subject: Subject) -> Finding:
    if subject.phone_system is None:
        return failed("Line", "No phone system is chosen.", "Choose one under Setup > Advanced.", "person")
    if subject.line is None:
        return failed("Line", f"Not logged in to a line of {subject.phone_system}.", "Log in to your line.", "person")
    return passed("Line", f"Logged in to line {subject.line} of {subject.phone_system}.")


def _lacking_scopes(grant: Grant | None, required: Sequence[str], capabilities: Sequence[Capability]) -> tuple[str, ...]:
    if grant is None:
        return ()
    wanted = dict.fromkeys((*required, *(scope for each in capabilities for scope in each.scopes)))
    return grant.lacks(tuple(wanted))


# What comes of it.


def _report(findings: tuple[Finding, ...], missing: tuple[Missing, ...], users_url: str, agent: str | None) -> Report:
    troubles = [finding for finding in findings if finding.check.state != "pass"]
    # Of equals, `min` takes the first: the one nearest the ground.
    first = min(troubles, key=lambda each: (each.minor, each.check.state != "fail"), default=None)
    return Report(
        cause=first.cause if first else "unknown",
        title=_title(first),
        says=first.check.says if first else "Everything that was looked at is in order.",
        missing=missing,
        remember=REMEMBER if missing else None,
        message=_message(troubles, missing, users_url, agent),
        less=None,
        users_url=users_url,
        checks=tuple(finding.check for finding in findings),
    )


def _title(first: Finding | None) -> str:
    if first is None:
        return "No trouble found"
    return f"{first.check.name}: {'could not be asked' if first.check.state == 'could-not-ask' else 'needs attention'}"


def _message(troubles: Sequence[Finding], missing: tuple[Missing, ...], users_url: str, agent: str | None) -> Message:
    """The list as a letter, for whoever can help."""
    lines = [
        f"- {each.check.name}: {each.check.says}{f' {each.check.remedy}' if each.check.remedy else ''}"
        for each in troubles
    ]
    switches = [f"- {each.right}: {each.value} ({each.where})" for each in missing]
    parts = [
        "Hello,",
        f"Offhook's diagnosis{f' for {agent}' if agent else ''} {'found this' if lines else 'found no trouble'}.",
        *(["\n".join(lines)] if lines else []),
        *([f"The rights that may be missing in HubSpot ({users_url}):\n" + "\n".join(switches)] if switches else []),
        "Thank you!",
    ]
    return Message("Offhook's diagnosis", "\n\n".join(parts))
