"""The message to an administrator, as text and as the draft of an e-mail. Pure."""

from collections.abc import Iterable
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from offhook.diagnosis.report import Message, Report

# Characters of an address that every browser and mail program takes, with room to spare.
LONGEST_DRAFT = 1_800
CUT = "\n\n[…] The rest did not fit into this draft: copy the whole message from the panel."
GREETING = "Hello,\n\n"
# A page that lists more than this is not a list of rights; the letter stays one that somebody reads.
MOST_RIGHTS = 40
LONGEST_TEXT = 20_000


class Letter(Struct, frozen=True):
    """`mailto` opens the draft of an e-mail; of a very long text it has the beginning and says so."""

    subject: str
    text: str
    mailto: str


def letter(report: Report, email: str = "", to: Iterable[str] = ()) -> Letter:
    """What the diagnosis found, as a letter. `email`: who asks, in HubSpot; `to`: to whom it goes."""
    message = message_of(report, email)
    return Letter(message.subject, message.text, mailto(message, to))


def message_of(report: Report, email: str = "") -> Message:
    message = report.message if report.message.text else _in_short(report)
    if not email or email in message.text or not message.text.startswith(GREETING):
        return message
    introduced = f"{GREETING}My user in HubSpot is {email}.\n\n{message.text.removeprefix(GREETING)}"
    return replace(message, text=introduced)


def _in_short(report: Report) -> Message:
    """A diagnosis that asks nobody for anything; she wants help all the same."""
    text = (
        f"{GREETING}I would like to connect my phone panel, Offhook, to HubSpot, and I do not get through.\n\n"
        f"Offhook's diagnosis: {report.title}. {report.says}\n\n"
        f"The rights of users are under Settings > Users & Teams: {report.users_url}\n\nThank you!"
    )
    return Message("Please help me to connect Offhook to HubSpot", text)


def mailto(message: Message, to: Iterable[str] = ()) -> str:
    """The address that opens a draft."""
    whom = ",".join(quote(each, safe="@") for each in to)
    return f"mailto:{whom}?subject={quote(message.subject, safe='')}&body={_fitted(message.text)}"


def _fitted(text: str) -> str:
    whole = _written(text)
    if len(whole) <= LONGEST_DRAFT:
        return whole
    room, lines = LONGEST_DRAFT - len(_written(CUT)), list[str]()
    for line in text.split("\n"):
        room -= len(_written(f"{line}\n"))
        if room < 0:
            break
        lines.append(line)
    return _written("\n".join(lines) + CUT)


def _written(text: str) -> str:
    """Mail programs want lines to end as mail's do (RFC 6068)."""
    return quote(text.replace("\n", "\r\n"), safe="")


def bounded(report: Report) -> Report:
    """The diagnosis as it is kept: what a pasted page can make endless is cut."""
    message = Message(report.message.subject, report.message.text[:LONGEST_TEXT])
    return replace(report, missing=report.missing[:MOST_RIGHTS], checks=report.checks[:MOST_RIGHTS], message=message)
