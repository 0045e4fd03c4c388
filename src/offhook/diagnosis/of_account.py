"""What HubSpot tells of the account and of the person, and what it tells nobody. Pure.

HubSpot has no way to ask for approvals, subscriptions or a person's single rights; those checks say so. `superAdmin` and
the permission set are the most that can be read:
https://developers.hubspot.com/docs/api-reference/latest/account/settings/user-provisioning/guide
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from offhook.diagnosis.check import Finding, as_minor, failed, found, not_asked, passed
from offhook.diagnosis.report import Missing
from offhook.errors import GrantBroken, GrantError, MissingRight, MissingScope, OffhookError
from offhook.grants.grant import Grant
from offhook.hubspot.users import Account, User

INSTALLED = "App in the account"
CONNECTED_APPS = "HubSpot > Settings > Integrations > Connected apps"
ACCOUNT_GRANT = "A Super Admin connects the whole account on Offhook's administration page; then it can be asked."


class Asked(Struct, frozen=True):
    """HubSpot's answers, or the errors that came instead.

    `own`, `accounts`: of the account, asked with the person's grant and with the account's; None when there is none.
    `user`: None when HubSpot lists nobody. `roles`: names of permission sets by id.
    """

    own: Account | OffhookError | None
    accounts: Account | OffhookError | None
    user: User | OffhookError | None
    roles: Mapping[str, str]


def of_account(asked: Asked, grant: Grant | None, account_grant: Grant | None) -> Iterator[Finding]:
    yield _installed(asked, grant, account_grant)
    says = f"HubSpot tells apps nothing about approvals. In {CONNECTED_APPS} a Super Admin sees them."
    yield not_asked("Approval", says, part="account", minor=True)
    yield _subscription(asked)


def _installed(asked: Asked, grant: Grant | None, account_grant: Grant | None) -> Finding:
    answers = (asked.own, asked.accounts)
    if any(isinstance(answer, Account) for answer in answers):
        return passed(INSTALLED, f"Installed. {_by(grant, account_grant)}", "account")
    if all(isinstance(answer, GrantBroken) for answer in answers):
        says = "HubSpot accepts neither the account's connection nor the agent's. Most likely the app was uninstalled."
        remedy = f"See {CONNECTED_APPS}, then connect again, the account first."
        return failed(INSTALLED, says, remedy, "account", "account", sure="likely")
    if isinstance(asked.own, GrantBroken):
        says = "An app that was uninstalled and one connection that was revoked look alike: HubSpot does not say which."
        return not_asked(INSTALLED, says, f"See {CONNECTED_APPS}.", "account", who="administrator", minor=True)
    error = next((each for each in answers if isinstance(each, OffhookError)), None)
    if error and not isinstance(error, GrantError):
        return as_minor(found(INSTALLED, error, part="account"))
    return not_asked(INSTALLED, "Without a connection that works, HubSpot says nothing.", part="account", minor=True)


def _by(grant: Grant | None, account_grant: Grant | None) -> str:
    if account_grant:
        return f"{account_grant.email} connected the account on {_day(account_grant.since)}."
    own = f"{grant.email} connected on {_day(grant.since)}; " if grant else ""
    return f"{own}nobody has connected the account as a whole, and who installed first HubSpot does not say."


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def _subscription(asked: Asked) -> Finding:
    known = next((answer for answer in (asked.own, asked.accounts) if isinstance(answer, Account)), None)
    kind = f"This is an account of type {known.kind}. " if known and known.kind else ""
    says = f"{kind}HubSpot does not say which subscription an account has; what it lacks shows in what is not granted."
    return not_asked("Subscription", says, part="account", minor=True)


# The person.

USER = "HubSpot user"


def of_person(
    asked: Asked, email: str, missing: Sequence[Missing], *, tried_at: datetime | None, connected: bool
) -> Iterator[Finding]:
    """`missing`: rights that are or may be missing; the proved ones were when she last tried to connect, `tried_at`."""
    yield _user(asked.user, email)
    if isinstance(asked.user, User):
        yield _super_admin(asked.user)
        yield _role(asked.user, asked.roles)
    proved = [each for each in missing if each.sure == "proved"]
    yield _proved(proved, tried_at, connected) if proved and tried_at else _rights(asked.user, missing)


def _user(user: User | OffhookError | None, email: str) -> Finding:
    if isinstance(user, User):
        return passed(USER, f"{user.email or email} is a user of the account.", "person")
    if user is None:
        says = f"HubSpot lists no user {email} in this account: deactivated, or taken out."
        remedy = "A Super Admin brings the user back under Settings > Users & Teams."
        return failed(USER, says, remedy, "person", "person", who="administrator")
    if isinstance(user, MissingScope | MissingRight | GrantError):
        says = f"Whether {email} is a user, Super Admin, and under which permission set: what was granted does not tell."
        return not_asked(USER, says, ACCOUNT_GRANT, "person", who="administrator", minor=True)
    return as_minor(found(USER, user, part="person"))


def _super_admin(user: User) -> Finding:
    says = "Super Admin." if user.super_admin else "Not Super Admin; nobody needs to be, to work with Offhook."
    return passed("Super Admin", says, "person")


def _role(user: User, roles: Mapping[str, str]) -> Finding:
    name = "Permission set"
    if not user.roles:
        return passed(name, "None: the rights are switched one by one.", "person")
    names = [roles[each] for each in user.roles if each in roles]
    if not names:
        return not_asked(name, "There is one; HubSpot did not say its name.", part="person", minor=True)
    return passed(name, f"The rights are those of {' and '.join(names)}.", "person")


def _proved(proved: Sequence[Missing], tried_at: datetime, connected: bool) -> Finding:
    """It was so then; nobody can ask whether it still is. Who is connected already can work without."""
    named = ", ".join(each.right for each in proved)
    says = f"When she last tried to connect, on {_day(tried_at)}, HubSpot's page named these as missing: {named}."
    remedy = (
        "An administrator switches them on under Settings > Users & Teams. If that was done since: log out of HubSpot "
        "and in again, and connect."
    )
    return failed("Rights", says, remedy, "person", "person", who="administrator", minor=connected, sure="likely")


_SURE = {"proved": "proved", "documented": "documented", "likely": "likely", "guess": "a guess"}


def _rights(user: User | OffhookError | None, missing: Sequence[Missing]) -> Finding:
    name = "Rights"
    if isinstance(user, User) and user.super_admin:
        return passed(name, "A Super Admin has every right.", "person")
    if not missing:
        return passed(name, "None is known to be missing.", "person")
    named = ", ".join(f"{each.right} ({_SURE[each.sure]})" for each in missing)
    says = f"HubSpot tells nobody a person's single rights. For what is off, these may be missing: {named}."
    return not_asked(name, says, "An administrator looks under Settings > Users & Teams.", "person", minor=True)
