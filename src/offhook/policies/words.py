"""What changed in a policy, as the audit log says it. Pure."""

from collections.abc import Iterator, Mapping

from offhook.policies.policy import Choice, Numbers, Policy, Pop, Visibility

_VISIBILITY = {
    Visibility.EVERYONE: "everybody's contacts",
    Visibility.OWN: "their own contacts and unassigned ones",
    Visibility.TEAM: "their team's contacts, their own and unassigned ones",
}
_POP = {Pop.RINGING: "when it rings", Pop.ANSWERED: "when it is answered", Pop.NEVER: "never"}
_NUMBERS = {
    Numbers.OFF: "on no page",
    Numbers.HUBSPOT: "on HubSpot's pages",
    Numbers.SITES: "on HubSpot's pages and sites that agents allow",
}
_ON = {True: "on", False: "off"}


def told(before: Policy, after: Policy, titles: Mapping[str, str]) -> Iterator[str]:
    """One sentence for each field that differs. `titles`: of capabilities, by key."""
    if before.without != after.without:
        yield _capabilities(before.without, after.without, titles)
    if before.visibility is not after.visibility:
        yield _change("Agents see", _VISIBILITY[before.visibility], _VISIBILITY[after.visibility])
    if before.account_logs is not after.account_logs:
        was, now = _ON[before.account_logs], _ON[after.account_logs]
        yield _change("Logging with the account's connection when an agent's own is broken", was, now)
    if before.sync_contacts is not after.sync_contacts:
        was, now = _ON[before.sync_contacts], _ON[after.sync_contacts]
        yield _change("Keeping the contacts here, to know callers at once", was, now)
    if before.auto_log != after.auto_log:
        yield _change("Logging every call", *(_choice(_ON[it.value], it) for it in (before.auto_log, after.auto_log)))
    if before.pop != after.pop:
        yield _change("Opening the caller's record", *(_choice(_POP[it.value], it) for it in (before.pop, after.pop)))
    if before.numbers != after.numbers:
        both = (before.numbers, after.numbers)
        yield _change("Numbers can be clicked", *(_choice(_NUMBERS[it.value], it) for it in both))
    if before.confirm_dial != after.confirm_dial:
        both_asked = (before.confirm_dial, after.confirm_dial)
        yield _change("Asking before a clicked number is dialled", *(_choice(_ON[it.value], it) for it in both_asked))


def _capabilities(before: tuple[str, ...], after: tuple[str, ...], titles: Mapping[str, str]) -> str:
    off = [titles.get(key, key) for key in after if key not in before]
    on = [titles.get(key, key) for key in before if key not in after]
    parts = (f"{word}: {', '.join(each)}." for word, each in (("Switched off", off), ("Switched on", on)) if each)
    return " ".join(parts) or "The order of what is switched off."


def _choice(value: str, choice: Choice[bool] | Choice[Pop] | Choice[Numbers]) -> str:
    return f"{value}, {'locked' if choice.locked else 'agents may choose otherwise'}"


def _change(what: str, was: str, now: str) -> str:
    return f"{what}: {now}; before: {was}."
