"""A loan of a permission set: what can be asked for, what could not be put back, and the sentences about it. Pure.

HubSpot lets an app set one permission set and drops all others [community], changes no Super Admin [community], wants
more of an app for sets with paid seats, and a permission set overrides single rights, which nobody can read:
https://developers.hubspot.com/docs/api-reference/latest/account/settings/user-provisioning/guide
https://knowledge.hubspot.com/user-management/create-permission-sets
"""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from offhook.errors import InvalidInput, WouldBeLost, WrongState
from offhook.grants.elevation import Elevation
from offhook.hubspot.users import Role, User

# Minutes. Shorter is over before she has logged in again; longer is no loan.
SHORTEST, LONGEST = 5, 240
LONGEST_WHY = 500


class Loan(Struct, frozen=True):
    """What an administrator asks for. `over_single_rights`: she may lose what is switched on for her one by one."""

    role_id: str
    minutes: int
    why: str
    over_single_rights: bool = False


def check(loan: Loan) -> None:
    """Raises InvalidInput."""
    if not SHORTEST <= loan.minutes <= LONGEST:
        raise InvalidInput(f"Rights are lent for {SHORTEST} to {LONGEST} minutes.")
    if not 0 < len(loan.why.strip()) <= LONGEST_WHY or "\0" in loan.why:
        raise InvalidInput(f"Say why, in 1 to {LONGEST_WHY} characters; it is kept in the audit log.")


def refuse_what_cannot_be_put_back(user: User, roles: Mapping[str, Role], loan: Loan) -> None:
    name = user.name or user.email
    if user.super_admin:
        raise WrongState(f"{name} is Super Admin, and lacks no right; HubSpot lets no app change Super Admins.")
    if loan.role_id in user.roles:
        raise WrongState(f"{name} has this permission set already.")
    if len(user.roles) > 1:
        raise WouldBeLost(
            f"{name} has {len(user.roles)} permission sets. HubSpot lets an app give one and drops all others, so that "
            "they could not be put back.",
            remedy="Change the rights by hand in HubSpot, Users & Teams, and take them back there.",
        )
    if not user.roles and not loan.over_single_rights:
        raise WouldBeLost(
            f"{name} has no permission set. One that is lent overrides the rights that are switched on one by one, and "
            "HubSpot tells no app what those are, so Offhook cannot promise that they are as before.",
            remedy="Switch the missing rights on by hand, or note hers down and say that they may be overridden.",
        )
    paid = [roles[each] for each in user.roles if each in roles and roles[each].billable]
    if paid:
        raise WouldBeLost(
            f"{name} has the permission set {paid[0].name}, which takes a paid seat. HubSpot lets only apps that may "
            "change your bill give it back, and Offhook does not ask for that.",
            remedy="Change the rights by hand in HubSpot, Users & Teams, and take them back there.",
        )


def refuse_what_was_changed_since(elevation: Elevation, user: User) -> None:
    if len(user.roles) > 1:
        raise WouldBeLost(
            f"{elevation.agent_name} was given more permission sets meanwhile, which Offhook would drop.",
            remedy=f"Take {set_of(elevation)} away by hand in HubSpot, Users & Teams; Offhook notices.",
        )


def super_admin_now(elevation: Elevation) -> WrongState:
    return WrongState(
        f"{elevation.agent_name} is Super Admin now, and HubSpot lets no app change Super Admins.",
        remedy="Demote in HubSpot first; Offhook then puts the old permission set back by itself.",
    )


def gone(elevation: Elevation, user: User | None) -> str:
    if user is None:
        return f"{elevation.email} is no user of this HubSpot account any more."
    if user.roles == ((elevation.role_before,) if elevation.role_before else ()):
        return f"HubSpot shows {elevation.email} with {before(elevation)}, without Offhook's doing."
    return f"{elevation.email} was given another permission set by hand, and keeps it."


def set_of(elevation: Elevation) -> str:
    return " ".join(elevation.rights)


def before(elevation: Elevation) -> str:
    if elevation.role_before:
        return "the old permission set"
    return "no permission set (look at the single rights once: HubSpot does not tell them)"


def clock(moment: datetime) -> str:
    return f"{moment:%H:%M} UTC"
