"""The letter that an agent hands to the administrator. Pure."""

from collections.abc import Iterable

from offhook.diagnosis.meanings import Meaning
from offhook.diagnosis.report import Message, Missing
from offhook.diagnosis.rights import MARKETPLACE, USERS_AND_TEAMS

REMEMBER = "In HubSpot, changed rights count only after logging out and in again."

_SURE = {
    "proved": "HubSpot's page names it.",
    "documented": "HubSpot's documentation says so.",
    "likely": "HubSpot has refused others for it.",
    "guess": "This is our guess.",
}


def ask_for_rights(
    blocking: tuple[Missing, ...], unlocking: tuple[Missing, ...], users_url: str, agent: str | None
) -> Message:
    """`blocking`: without these no connection; `unlocking`: each for one thing more. `agent`: her HubSpot e-mail."""
    paragraphs = [
        "Hello,",
        f"I would like to connect my phone panel, Offhook, to HubSpot, and HubSpot does not let me"
        f"{f' (I log in as {agent})' if agent else ''}. {_certainty(blocking)}",
        f"Could you please open Settings > Users & Teams ({users_url}), hover over my name, choose Actions > Edit, "
        "switch these on, and save?",
        _list(blocking),
        *_unlocks(unlocking),
        *_first_time(blocking),
        "If that is easier: Actions > Make super admin, let me connect, and demote me right afterwards "
        "(Actions > Remove super admin).",
        "I will log out of HubSpot and in again, because only then the change counts, and connect. After that you can "
        "take everything back: the connection goes on working. Offhook reminds you until you have.",
        "Thank you!",
    ]
    return Message("Please let me connect Offhook to HubSpot", "\n\n".join(paragraphs))


def _certainty(blocking: tuple[Missing, ...]) -> str:
    if any(each.sure == "proved" for each in blocking):
        return "Its page names the rights that I am missing."
    return "It does not say which right I am missing, so these are the ones that it asks for as far as is known."


def _list(rights: Iterable[Missing]) -> str:
    return "\n".join(f"- {each.right}: {each.value}. {_place(each)}{_why(each)}{_SURE[each.sure]}" for each in rights)


def _place(missing: Missing) -> str:
    group = _group(missing)
    return f"You find it under {group}. " if group else ""


def _group(missing: Missing) -> str:
    """Where in the editor; the page Users & Teams itself was named before."""
    return missing.where.removeprefix(USERS_AND_TEAMS).removeprefix(" > ")


def _why(missing: Missing) -> str:
    if not missing.needed_for:
        return ""
    uses = ", ".join(use[:1].lower() + use[1:] for use in missing.needed_for)
    return f"I need it to {uses}. "


def _unlocks(unlocking: tuple[Missing, ...]) -> tuple[str, ...]:
    if not unlocking:
        return ()
    intro = "These are not needed to connect. Each lets me do one thing more; leave out what I should not have:"
    return (intro, _list(unlocking))


def _first_time(blocking: tuple[Missing, ...]) -> tuple[str, ...]:
    if not any(each.right == MARKETPLACE.label for each in blocking):
        return ()
    return (
        f"{MARKETPLACE.label} is only needed the first time somebody connects Offhook in our account. If you connect it "
        "once yourself, with everything it asks for, neither I nor anybody after me needs it.",
    )


# Nobody needs to be asked.
NO_LETTER = Message("", "")


def ask_operator(meaning: Meaning, required: Iterable[str], optional: Iterable[str], address: str) -> Message:
    """To whoever runs Offhook: the HubSpot app's own settings do not fit. `address`: where HubSpot sends people to."""
    paragraphs = (
        "Hello,",
        f"HubSpot does not connect my phone panel, Offhook. Its diagnosis tells me: {_quoted(meaning)}",
        f"What would help: whoever runs Offhook {meaning.remedy}",
        "This is what Offhook asks HubSpot for, and what the app's settings must say:",
        f"- required scopes: {' '.join(required)}\n- optional scopes: {' '.join(optional) or '(none)'}\n"
        f"- redirect URL: {address or '(see the setting OFFHOOK_BASE_URL)'}",
        "Thank you!",
    )
    return Message(f"Offhook: {meaning.title}", "\n\n".join(paragraphs))


def ask_account(meaning: Meaning) -> Message:
    """To the administrator of the HubSpot account, about the account itself."""
    says = (
        "I would like to connect my phone panel, Offhook, to HubSpot, and HubSpot does not let me. Its diagnosis tells "
        f"me: {_quoted(meaning)}"
    )
    helps = f"What would help: {meaning.who.replace('your HubSpot account', 'our HubSpot account')} {meaning.remedy}"
    return Message(f"Offhook: {meaning.title}", "\n\n".join(("Hello,", says, helps, "Thank you!")))


def _quoted(meaning: Meaning) -> str:
    """The panel speaks to the agent; the letter is hers."""
    return f"“{meaning.title}. {meaning.says}”"
