"""What changed in a policy, as the audit log says it. Pure."""

from collections.abc import Iterator, Mapping

from offhook.policies.policy import Choice, Policy, Pop, Visibility

_VISIBILITY = {
    Visibility.EVERYONE: "everybody's contacts",
    Visibility.OWN: "their own contacts and unassigned ones",
    Visibility.TEAM: "their team's contacts, their own and unassigned ones",
}
_POP = {Pop.RINGING: "when it rings", Pop.ANSWERED: "when it is answered", Pop.NEVER: "never"}
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
    if before.auto_log != after.auto_log:
        yield _change("Logging every call", *(_choice(_ON[it.value], it) for it in (before.auto_log, after.auto_log)))
    if before.pop != after.pop:
        yield _change("Opening the caller's record", *(_choice(_POP[it.value], it) for it in (before.pop, after.pop)))


def _capabilities(before: tuple[str, ...], after: tuple[str, ...], titles: Mapping[str, str]) -> str:
    off = [titles.get(key, key) for key in after if key not in before]
    on = [titles.get(key, key) for key in before if key not in after]
    parts = (f"{word}: {', '.join(each)}." for word, each in (("Switched off", off), ("Switched on", on)) if each)
    return " ".join(parts) or "The order of what is switched off."


def _choice(value: str, choice: Choice[bool] | Choice[Pop]) -> str:
    return f"{value}, {'locked' if choice.locked else 'agents may choose otherwise'}"


def _change(what: str, was: str, now: str) -> str:
    return f"{what}: {now}; before: {was}."
