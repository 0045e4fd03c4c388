"""Who is at the other end, for the panel. *None*, *several*, *not allowed* and *could not ask* are four answers."""

from enum import StrEnum

from msgspec import Struct

from offhook.calls.phone_number import PhoneNumber, parse
from offhook.errors import MissingRight, MissingScope, OffhookError
from offhook.hubspot.contacts import Contact


class Answer(StrEnum):
    ASKING = "asking"
    NONE = "none"
    ONE = "one"
    SEVERAL = "several"
    NOT_ALLOWED = "not-allowed"
    COULD_NOT_ASK = "could-not-ask"
    NO_NUMBER = "no-number"


class Reason(Struct, frozen=True):
    """Why something is not (yet) as it should be."""

    code: str
    says: str
    remedy: str | None = None
    retryable: bool = False


class ContactNumber(Struct, frozen=True):
    label: str
    number: str
    shown: str


class ContactCard(Struct, frozen=True):
    """A contact as the panel shows it."""

    id: str
    name: str
    url: str
    email: str | None = None
    company: str | None = None
    owner: str | None = None
    numbers: tuple[ContactNumber, ...] = ()
    owner_id: str | None = None


class Who(Struct, frozen=True):
    """Whom a number or a search led to. While HubSpot is asked, `contacts` are those that are known here meanwhile."""

    answer: Answer
    contacts: tuple[ContactCard, ...] = ()
    reason: Reason | None = None


ASKING = Who(Answer.ASKING)
NO_NUMBER = Who(Answer.NO_NUMBER)


def reason_of(error: OffhookError) -> Reason:
    return Reason(error.code, error.says, error.remedy, error.retryable)


def found(cards: tuple[ContactCard, ...], reason: Reason | None = None) -> Who:
    """None, one or several. `reason` tells that the answer is an old one, and why."""
    answer = (Answer.NONE, Answer.ONE)[len(cards)] if len(cards) < 2 else Answer.SEVERAL
    return Who(answer, cards, reason)


def unanswered(error: OffhookError) -> Who:
    refused = isinstance(error, MissingScope | MissingRight)
    return Who(Answer.NOT_ALLOWED if refused else Answer.COULD_NOT_ASK, (), reason_of(error))


def card(contact: Contact, url: str, region: str, owner: str | None = None) -> ContactCard:
    """A HubSpot contact for the panel; numbers that cannot be read are shown as they were written."""
    numbers = tuple(_number(each.label, each.number, region) for each in contact.numbers)
    return ContactCard(contact.id, contact.name, url, contact.email, contact.company, owner, numbers, contact.owner_id)


def _number(label: str, text: str, region: str) -> ContactNumber:
    number = parse(text, region)
    if isinstance(number, PhoneNumber):
        return ContactNumber(label, number.e164, number.shown)
    return ContactNumber(label, text, text)
