"""Is the ground sound: this Offhook and its address, HubSpot's API, the clock, and the app in HubSpot. Pure."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from offhook.diagnosis.check import Finding, failed, found, not_asked, passed
from offhook.diagnosis.report import Check
from offhook.errors import AppRejected, GrantBroken, OffhookError

LOOPBACK = ("localhost", "127.0.0.1", "::1")
APP_HELP = "Whoever runs Offhook follows docs/how-to/connect-hubspot.md."

# Within this, two clocks agree; beyond that, tokens are taken for fresh when they are dead (`grants.access.AHEAD`).
AGREE = timedelta(seconds=60)
TOO_FAR = timedelta(seconds=300)


class Service(Struct, frozen=True):
    """How this Offhook is set up. `address`: as browsers reach it; `project`: checks of the app's developer project,
    None when it is not known where that is."""

    address: str
    redirect_uri: str
    client_id: str
    has_client_secret: bool
    project: tuple[Check, ...] | None = None


def at_rest(service: Service, scopes: Sequence[str]) -> Iterator[Finding]:
    """What can be told without asking anybody. `scopes`: all that Offhook ever asks for."""
    yield address(service)
    yield app(service)
    yield redirect(service)
    if service.project is None:
        yield _unknown_app(scopes)
    else:
        yield from _of_project(service.project)


# The service.


def address(service: Service) -> Finding:
    name, parts = "Service address", urlsplit(service.address)
    if parts.scheme == "https" or parts.hostname in LOOPBACK:
        return passed(name, f"Browsers reach Offhook at {service.address}.")
    remedy = "Set OFFHOOK_BASE_URL to the https address under which browsers reach Offhook."
    return failed(name, f"{service.address} is not https, so HubSpot will not send anybody back to it.", remedy)


ITSELF = "Service reached"


def itself(address: str, answer: bool | str) -> Finding:
    """Whether the service reached itself at its address: True; False when something else answered; a text when nothing
    did. From this machine only: another may see it differently, so silence proves something on this machine alone."""
    if answer is True:
        return passed(ITSELF, f"Offhook answers at {address}.")
    if answer is False:
        remedy = "Compare OFFHOOK_BASE_URL, and what the proxy in front of Offhook does with this address."
        return failed(ITSELF, f"What answers at {address} is not Offhook.", remedy)
    if urlsplit(address).hostname in LOOPBACK:
        return failed(ITSELF, f"Nothing answers at {address} ({answer}).", "Start it: offhook serve.")
    says = f"From this machine, nothing answers at {address} ({answer}). Browsers elsewhere may reach it all the same."
    return not_asked(ITSELF, says, "Open the address in a browser.", who="operator")


# HubSpot's side of the line, and the clock.

API = "HubSpot's API"


def api(url: str, answer: object) -> Finding:
    """`answer`: an error when there was none."""
    if not isinstance(answer, OffhookError):
        return passed(API, f"HubSpot's API answers at {url}.")
    remedy = (
        "Calls wait and are logged when HubSpot answers again. See status.hubspot.com; if HubSpot is well, whoever runs "
        "Offhook looks at this machine's way to the internet and at OFFHOOK_HUBSPOT_API_URL."
    )
    says = f"{answer.says} Asked was {url}; whether HubSpot or the way to it is the trouble cannot be told from here."
    return failed(API, says, remedy, who="hubspot", sure="likely")


CLOCK = "Clock"


def clock(ahead: timedelta | OffhookError | None) -> Finding:
    """`ahead`: by how much this machine's clock is ahead of HubSpot's; None when HubSpot named no time."""
    if ahead is None or isinstance(ahead, OffhookError):
        return not_asked(CLOCK, "HubSpot did not say what time it is there.", part="clock", minor=True)
    off, which = abs(ahead), "ahead of" if ahead > timedelta() else "behind"
    if off < AGREE:
        return passed(CLOCK, "This machine's clock agrees with HubSpot's to the minute.", "clock")
    minutes = round(off.total_seconds() / 60, 1)
    says = f"This machine's clock is {minutes:g} minutes {which} HubSpot's."
    if off <= TOO_FAR:
        return passed(CLOCK, f"{says} That does no harm yet; synchronise it.", "clock")
    harm = " Tokens, signatures and the times of calls go wrong with it."
    remedy = "Let the machine that runs Offhook synchronise its clock (NTP)."
    return failed(CLOCK, says + harm, remedy, part="clock")


# The app in HubSpot.


def app(service: Service) -> Finding:
    name = "HubSpot app"
    given = (
        ("OFFHOOK_HUBSPOT_CLIENT_ID", bool(service.client_id)),
        ("OFFHOOK_HUBSPOT_CLIENT_SECRET", service.has_client_secret),
    )
    missing = [variable for variable, there in given if not there]
    if missing:
        return failed(name, f"{' and '.join(missing)} must be set.", APP_HELP, "app", "app")
    return passed(name, f"Client id {service.client_id} and its secret are set.", "app")


def redirect(service: Service) -> Finding:
    """HubSpot takes http redirect addresses for the name localhost only, not for 127.0.0.1:
    https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/oauth/working-with-oauth
    """
    name, parts = "Redirect address", urlsplit(service.redirect_uri)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == "localhost"):
        return passed(name, f"HubSpot sends people back to {service.redirect_uri}.", "app")
    says = f"HubSpot sends nobody back to {service.redirect_uri}: it takes only https:// and http://localhost."
    remedy = "Set OFFHOOK_BASE_URL to an https address, or on one machine to http://localhost and the port."
    return failed(name, says, remedy, "app", "app")


def _unknown_app(scopes: Sequence[str]) -> Finding:
    says = (
        f"HubSpot tells nobody which redirect addresses and scopes an app lists. Offhook asks for {' '.join(scopes)}; "
        "an app that lists less is refused on HubSpot's page."
    )
    remedy = (
        "Whoever runs Offhook compares them: offhook hubspot-app check. With OFFHOOK_HUBSPOT_APP_PROJECT it is done here."
    )
    return not_asked("App's settings", says, remedy, "app", who="operator", minor=True)


def _of_project(project: Sequence[Check]) -> Iterator[Finding]:
    """What the developer project says; whether it was uploaded, no file can tell."""
    for check in project:
        who = "operator" if check.state == "fail" else None
        yield Finding(replace(check, part="app", who=who), "app")


CREDENTIALS = "Client secret"


def credentials(answer: object) -> Finding:
    """`answer`: what came when HubSpot was asked, with our client id and secret, about a token that does not exist."""
    if isinstance(answer, AppRejected):
        return failed(CREDENTIALS, answer.says, answer.remedy, "app", "app")
    if isinstance(answer, OffhookError) and not isinstance(answer, GrantBroken):
        return found(CREDENTIALS, answer, part="app")
    return passed(CREDENTIALS, "HubSpot was asked with Offhook's client id and secret and objected to neither.", "app")
