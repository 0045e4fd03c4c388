"""`offhook hubspot-app`: init, check, show."""

import json
import re
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from offhook.errors import ConfigurationError
from offhook.hubspot import scopes
from offhook.hubspot_app import folder as project_folder
from offhook.hubspot_app import told
from offhook.hubspot_app.comparison import own_address
from offhook.hubspot_app.project import LONGEST_NAME, Label, Wanted, may_come_back_to, written
from offhook.settings import Settings, from_environment

FOLDER = Path("hubspot-app")
# Of each check, what a machine is told.
TOLD = ("name", "state", "says", "remedy")

app = App(name="hubspot-app", help="The app in HubSpot that this installation needs: its developer project.")


def wanted_by(settings: Settings) -> Wanted:
    """What an installation with these settings asks of its app, in its widest consent."""
    required, optional = scopes.scopes_for(scopes.ACCOUNT)
    return Wanted(settings.redirect_uri, required, optional)


@app.command
def init(
    folder: Path = FOLDER,
    *,
    name: str = "Offhook",
    support_email: str | None = None,
    distribution: Literal["private", "marketplace"] = "private",
    force: bool = False,
) -> None:
    """Write the developer project of the app, for the address in OFFHOOK_BASE_URL, and say what to do with it.

    Parameters
    ----------
    folder
        Where the project is written.
    name
        The app's name, as people read it on HubSpot's pages.
    support_email
        Whom people at HubSpot may write to; the first of OFFHOOK_ADMINISTRATORS when not given.
    distribution
        private for the accounts of your own; marketplace for anybody's.
    force
        Replace files that say something else.
    """
    settings = from_environment()
    wanted, label = wanted_by(settings), _label(settings, name, support_email, distribution)
    if not may_come_back_to(wanted.redirect_uri):
        raise ConfigurationError(
            f"HubSpot sends nobody back to {wanted.redirect_uri}: it takes only https:// and http://localhost. "
            f"{own_address(wanted.redirect_uri)}"
        )
    done = project_folder.write(folder, written(wanted, label), force=force)
    print("\n".join(told.after_init(folder, done, wanted, distribution)))


def _label(settings: Settings, name: str, support_email: str | None, distribution: str) -> Label:
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        raise ConfigurationError(f"An app's name has 1 to {LONGEST_NAME} characters.")
    email = support_email or next(iter(settings.administrators), "")
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
        trouble = f"{email!r} is no e-mail address." if email else "Whom may people write to about the app?"
        raise ConfigurationError(f"{trouble} Say it with --support-email, or set OFFHOOK_ADMINISTRATORS.")
    return Label(name.strip(), email, distribution)


@app.command
def check(folder: Path = FOLDER, *, as_json: Annotated[bool, Parameter(name="--json")] = False) -> None:
    """Compare the developer project with what Offhook asks; exit 1 when HubSpot would refuse people because of it.

    Parameters
    ----------
    folder
        The project, where hsproject.json is.
    as_json
        As a list of {name, state, says, remedy}.
    """
    checks = project_folder.check(folder, wanted_by(from_environment()))
    if as_json:
        told_of = [{name: getattr(each, name) for name in TOLD} for each in checks]
        print(json.dumps(told_of, indent=2, ensure_ascii=False))
    else:
        print("\n".join(told.after_check(checks)))
    raise SystemExit(1 if any(each.state == "fail" for each in checks) else 0)


@app.command
def show() -> None:
    """Print redirect URL and scopes, to paste into an app that was made in HubSpot's pages, without a project."""
    print(told.by_hand(wanted_by(from_environment())))
