"""What was granted, as kept here and as HubSpot has it; and what that switches on. Pure."""

from collections.abc import Collection, Iterator, Sequence
from typing import Protocol

from msgspec.structs import replace

from offhook.diagnosis.check import Finding, failed, found, passed
from offhook.diagnosis.no_consent import missing_for
from offhook.diagnosis.rights import ADD_USERS
from offhook.errors import OffhookError
from offhook.grants.grant import Grant, GrantState
from offhook.grants.wire import Identity

CONNECTION = "HubSpot connection"
CONNECT_AGAIN = "Connect HubSpot again and grant what is asked."
WHAT_MATTERS = "log-calls"
"""Without this no call reaches a timeline; everything else that is optional is a matter of taste."""


class Capability(Protocol):
    """Something an agent can do with certain scopes; `hubspot.scopes.CAPABILITIES` are such."""

    @property
    def key(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def scopes(self) -> tuple[str, ...]: ...


def connection(grant: Grant | None) -> Finding:
    if grant is None:
        return failed(CONNECTION, "HubSpot is not connected.", "Press Connect HubSpot.", "person", "grant")
    if grant.state is GrantState.BROKEN:
        says = grant.reason or "HubSpot does not accept it any more."
        return failed(CONNECTION, says, CONNECT_AGAIN, "person", "grant")
    if grant.state is GrantState.OFF:
        remedy = "Switch it on under Setup > Integrations > HubSpot."
        return failed(CONNECTION, "It is switched off.", remedy, "person", "grant")
    since = f"{grant.since:%Y-%m-%d %H:%M} UTC"
    says = f"Connected to {grant.account_name} ({grant.account_id}) as {grant.email} since {since}."
    return passed(CONNECTION, says, "grant")


def scopes(
    grant: Grant, required: Sequence[str], capabilities: Sequence[Capability], without: Collection[str]
) -> Iterator[Finding]:
    """`without`: keys of capabilities that the account's administrators have switched off."""
    name, lacking = "Granted scopes", grant.lacks(tuple(required))
    if lacking:
        says = f"These are required and were not granted: {', '.join(lacking)}."
        yield failed(name, says, CONNECT_AGAIN, "person", "grant")
    else:
        yield passed(name, "All that is required was granted.", "grant")
    yield from (_capability(grant, required, each, each.key in without) for each in capabilities)


def _capability(grant: Grant, required: Sequence[str], capability: Capability, switched_off: bool) -> Finding:
    lacking = grant.lacks(capability.scopes)
    if switched_off:
        says, remedy = "Off: the administrators of this account have switched it off.", "They can switch it on again."
        return failed(capability.title, says, remedy, "account", "grant", minor=True)
    if not lacking:
        return passed(capability.title, "On.", "grant")
    names = ", ".join(need.right for need in missing_for(lacking, ()) if need.right != ADD_USERS.label)
    first = f" If HubSpot does not grant it then, an administrator switches on {names} first." if names else ""
    remedy = f"Add it under Setup > Integrations > HubSpot.{first}"
    says = f"Off: HubSpot did not grant {', '.join(lacking)}."
    off = failed(capability.title, says, remedy, "person", "grant", who="agent")
    needed = bool(set(lacking) & set(required)) or capability.key == WHAT_MATTERS
    return replace(off, check=replace(off.check, minor=not needed))


AT_HUBSPOT = "Connection at HubSpot"


def at_hubspot(grant: Grant, answer: Identity | OffhookError | None) -> Finding:
    """`answer`: for whom HubSpot holds the token; None when it does not know it any more."""
    if isinstance(answer, OffhookError):
        return found(AT_HUBSPOT, answer, part="grant")
    if answer is None:
        says = "HubSpot does not know this connection any more."
        return failed(AT_HUBSPOT, says, CONNECT_AGAIN, "person", "grant")
    if (answer.account_id, answer.user_id) != (grant.account_id, grant.hubspot_user_id):
        says = f"HubSpot holds it for user {answer.user_id} of account {answer.account_id}."
        return failed(AT_HUBSPOT, says, "Forget the connection, and connect again.", "person", "grant")
    gone = tuple(scope for scope in grant.scopes if scope not in answer.scopes)
    if answer.scopes and gone:
        says = f"HubSpot has taken scopes away since: {', '.join(gone)}."
        return failed(AT_HUBSPOT, says, CONNECT_AGAIN, "person", "grant")
    return passed(AT_HUBSPOT, "HubSpot holds the same: the same person, account and scopes.", "grant")


def no_owner(email: str) -> Finding:
    """Who is no owner can work; her calls only belong to nobody."""
    says = f"HubSpot has no owner record of {email}: calls are logged, and belong to nobody."
    remedy = "A Super Admin looks under Settings > Users & Teams whether the user is active."
    return failed("Owner", says, remedy, "person", "live", who="administrator", minor=True)
