"""What no answer means: by what HubSpot's page said, if anybody read it, and by what the service knows itself. Pure."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from offhook.diagnosis.catalogue import PageReading
from offhook.diagnosis.meanings import MEANINGS, OPERATOR, YOU, Kind, Meaning

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Known(Struct, frozen=True):
    """What the service knows of a consent that did not come back, beside HubSpot's page.

    `address`: to which HubSpot must send the agent back. `hubspot_answers`: asked just now; None: not asked.
    `came_from`, `page_account`: the accounts of the page she came from and of the page that stopped her.
    `before`: the rights that were missing when this browser was stopped the last time; None: it was not.
    `granted_elsewhere`: another attempt of this browser was granted meanwhile.
    """

    address: str = ""
    hubspot_answers: bool | None = None
    came_from: int | None = None
    page_account: int | None = None
    before: tuple[str, ...] | None = None
    granted_elsewhere: bool = False


NOTHING_KNOWN = Known()

NO_ANSWER = Meaning(
    "unknown",
    "unknown",
    "HubSpot did not answer",
    "Nothing came back from HubSpot. From here, three things look the same: its page still waits for you; its tab was "
    "closed; or it refused you there. Then a right is most likely missing, and HubSpot tells Offhook nothing.",
    YOU,
    "look at HubSpot's tab. If it still asks, finish there. If it refuses you, choose below what it says, or copy its "
    "text into this panel, to learn exactly what is missing.",
    letter="administrator",
    rights=True,
)
NOT_RECOGNISED = Meaning(
    "unknown",
    "unknown",
    "Offhook does not know this page of HubSpot's",
    "It knows HubSpot's pages in English, and HubSpot changes them now and then. If the page refuses you, most likely a "
    "right is missing.",
    YOU,
    "choose below what comes nearest to what the page says. If HubSpot speaks another language to you, set it to English "
    "in your HubSpot profile and try again.",
    letter="administrator",
    rights=True,
)
GRANTED_ELSEWHERE = Meaning(
    "person",
    "certain",
    "You said yes in another tab",
    "HubSpot connected an earlier attempt of this browser, for which no panel waits any more. This attempt has "
    "no answer.",
    YOU,
    "try again: HubSpot knows Offhook now and only asks you to confirm.",
)
NO_WAY_BACK = Meaning(
    "app",
    "certain",
    "HubSpot cannot send anybody back to Offhook",
    "Offhook's own address begins with http. HubSpot sends people back only to https addresses, or to localhost. No "
    "right of yours can change that.",
    OPERATOR,
    "sets OFFHOOK_BASE_URL to the https address under which browsers reach Offhook, and the app's redirect URL to match.",
    letter="operator",
)
HUBSPOT_SILENT = replace(
    MEANINGS[Kind.HUBSPOT_BROKEN],
    says="Nothing came back from HubSpot, and when Offhook asked it for a sign of life just now, none came either. That "
    "is nobody's right and nobody's setting.",
)
OTHER_ACCOUNT = Meaning(
    "person",
    "likely",
    "You chose another HubSpot account",
    "HubSpot's page is for another account than the one that you came from.",
    YOU,
    "try again and choose the account in which you work. If the other one is the right one, go by what is listed below.",
    letter="administrator",
    rights=True,
)

# For the documents: what is said when no text of HubSpot's decides.
SILENCES: Mapping[str, Meaning] = {
    "nothing came back": NO_ANSWER,
    "a page that Offhook does not know": NOT_RECOGNISED,
    "two attempts, and the other one was granted": GRANTED_ELSEWHERE,
    "Offhook runs on plain http": NO_WAY_BACK,
    "HubSpot is down": HUBSPOT_SILENT,
    "the wrong account was chosen": OTHER_ACCOUNT,
}


def meaning_of(reading: PageReading | None, known: Known) -> Meaning:
    """What stands in the way. `reading` is None when no page was read: then only what is known itself can tell.

    Once HubSpot's page names rights, a yes in another tab does not help this attempt: trying again would end there again.
    """
    if known.granted_elsewhere and not (reading and reading.listed):
        return GRANTED_ELSEWHERE
    if reading is None:
        return _without_page(known)
    if reading.kind is None:
        return NOT_RECOGNISED
    # A page that names rights has told all, whatever stands above the list.
    kind = Kind.RIGHTS_LISTED if reading.listed else reading.kind
    return _for_account(_named(MEANINGS[kind], reading), known)


def _without_page(known: Known) -> Meaning:
    if known.address and not leads_back(known.address):
        return NO_WAY_BACK
    return HUBSPOT_SILENT if known.hubspot_answers is False else NO_ANSWER


def leads_back(address: str) -> bool:
    """Whether HubSpot sends anybody to this address: https, or http to this very computer.

    https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/oauth/working-with-oauth
    """
    parts = urlsplit(address)
    return parts.scheme == "https" or parts.hostname in _LOOPBACK


def _named(meaning: Meaning, reading: PageReading) -> Meaning:
    if not reading.scopes:
        return meaning
    return replace(meaning, says=f"{meaning.says} The page names {', '.join(reading.scopes)}.")


def _for_account(meaning: Meaning, known: Known) -> Meaning:
    """A refusal of the person in another account than she came from: most likely the account is the mistake."""
    here, there = known.came_from, known.page_account
    if here is None or there is None or here == there or meaning.cause != "person" or meaning.sure == "unknown":
        return meaning
    says = f"HubSpot's page is for account {there}, and you came from account {here}. There it says: {meaning.title}."
    return replace(OTHER_ACCOUNT, says=says, rights=meaning.rights)
