"""What `offhook hubspot-app` tells a person. Pure.

The commands are HubSpot's own, from its documents:
https://developers.hubspot.com/docs/getting-started/quickstart
https://developers.hubspot.com/docs/developer-tooling/local-development/hubspot-cli/project-commands
"""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from offhook.diagnosis.report import Check
from offhook.hubspot_app.project import Wanted

MARKS = {"pass": "✓", "fail": "✗", "could-not-ask": "?"}

_NEXT = """\
What a person does next, who is Super Admin in HubSpot or has Developer tools access:

  1. Install HubSpot's command line, once:
         npm install -g @hubspot/cli
  2. Let it into the HubSpot account that is to own the app. It opens HubSpot and asks for a personal access key:
         hs account auth
  3. Upload the project, from its folder. The first time it asks whether to create the project: yes.
         cd {folder}
         hs project upload
  4. In HubSpot, under Development > Projects, open the project and its app. Copy the client ID and the client secret
     into Offhook's settings OFFHOOK_HUBSPOT_CLIENT_ID and OFFHOOK_HUBSPOT_CLIENT_SECRET, and start Offhook.{accounts}
  5. Connect once as Super Admin, before the agents do: then they need no App Marketplace access.
         {panel}

After a new version of Offhook, or when its address changes: offhook hubspot-app check {folder}"""
_PRIVATE = """
     The app is private: HubSpot wants the accounts listed that may connect it, ten at the most."""

_BY_HAND = """\
For an app that was made in HubSpot's pages (HubSpot takes no new ones of this kind since June 2026; for a new app:
offhook hubspot-app init). Open the app's settings in your developer account, Auth, and paste:

Redirect URL
  {redirect}

Scopes, required
{required}

Scopes, optional
{optional}

Scopes, conditionally required
  none

Each scope must be in its own list: in another one, HubSpot refuses everybody with
"Couldn't complete the connection". Then copy client ID and client secret into OFFHOOK_HUBSPOT_CLIENT_ID and
OFFHOOK_HUBSPOT_CLIENT_SECRET. Agents connect from Offhook's panel, not by the installation link that HubSpot shows."""


def after_init(folder: Path, written: Mapping[str, bool], wanted: Wanted, distribution: str) -> Iterator[str]:
    """`written`: path → whether it was written now."""
    for name, now in written.items():
        yield f"{'Written' if now else 'Was there already, and right'}: {folder / name}"
    yield ""
    panel = wanted.redirect_uri.removesuffix("oauth/callback") + "panel/"
    yield _NEXT.format(
        folder=shlex.quote(str(folder)), panel=panel, accounts=_PRIVATE if distribution == "private" else ""
    )


def by_hand(wanted: Wanted) -> str:
    """What to paste into the settings of an app without a project."""
    return _BY_HAND.format(
        redirect=wanted.redirect_uri, required=_listed(wanted.required), optional=_listed(wanted.optional)
    )


def _listed(scopes: Sequence[str]) -> str:
    return "\n".join(f"  {scope}" for scope in scopes) or "  none"


def after_check(checks: Sequence[Check]) -> Iterator[str]:
    for check in checks:
        yield f"{MARKS[check.state]} {check.name}: {check.says}"
        if check.remedy and check.state != "pass":
            yield f"    → {check.remedy}"
    if any(check.state == "fail" for check in checks):
        yield "When it is corrected, upload the project again (hs project upload): HubSpot knows only what was uploaded."
    else:
        yield "The project fits Offhook. Whether it was uploaded as it stands, only HubSpot knows."
