"""Which phones are there, and where: REGISTER (RFC 3261 10.3) with digest. Pure but for what it keeps."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct

from offhook.sip.address import Address, read_address, read_uri
from offhook.sip.digest import Digest, Proof, credentials
from offhook.sip.message import Request
from offhook.sip.transaction import Asked, Link

SHORTEST, USUAL, LONGEST = 10, 120, 600
# Of one line. The one that was not heard of for longest makes room.
MOST_PHONES = 10
# Wrong passwords for a line that can be guessed, and for how many seconds they count.
MOST_WRONG, WRONG_FOR = 10, 300
MOST_GUESSED = 1_000


class Phone(Struct, frozen=True):
    """A registered phone. `until`: seconds of the registrar's clock."""

    line: str
    contact: str
    link: Link
    until: float
    call_id: str
    sequence: int


class Registrar:
    """The phones of all lines. `passwords(line)`: those that cannot be guessed, and those that can (a PIN)."""

    def __init__(
        self, passwords: Callable[[str], tuple[Sequence[str], Sequence[str]]], digest: Digest, now: Callable[[], float]
    ) -> None:
        self._passwords, self._digest, self._now = passwords, digest, now
        self._phones: dict[str, dict[str, Phone]] = {}
        self._guesses: OrderedDict[str, list[float]] = OrderedDict()

    # Who.

    def proves(self, asked: Asked) -> str | None:
        """The line whose password the request proves; otherwise it is answered here, and the line is None."""
        request = asked.request
        said = credentials(request)
        line = said["username"] if said else ""
        proof = self._proof(request, line)
        if proof is Proof.RIGHT:
            return line
        if proof is Proof.WRONG:
            asked.answer(403)
        else:
            asked.answer(401, *self._digest.challenges(self._now(), stale=proof is Proof.STALE))
        return None

    def _proof(self, request: Request, line: str) -> Proof:
        """A PIN can be guessed, so too many wrong ones in a while shut that door; a phone's own password still works."""
        strong, weak = self._passwords(line)
        proof = self._digest.prove(request, line, strong, self._now())
        if proof is not Proof.WRONG:
            return proof
        recent = [at for at in self._guesses.get(line, ()) if self._now() - at < WRONG_FOR]
        if len(recent) < MOST_WRONG:
            proof = self._digest.prove(request, line, weak, self._now())
        if proof is Proof.WRONG:
            self._guesses[line] = [*recent, self._now()][-MOST_WRONG:]
            self._guesses.move_to_end(line)
            while len(self._guesses) > MOST_GUESSED:
                self._guesses.popitem(last=False)
        return proof

    # Where.

    def register(self, asked: Asked) -> str | None:
        """Answer a REGISTER; gives the line when it changed something."""
        request = asked.request
        to = read_address(request.first("to"))
        uri = read_uri(to.uri) if to else None
        contacts = [read_address(each) for each in request.every("contact") if each != "*"]
        if uri is None or any(each is None or read_uri(each.uri) is None for each in contacts):
            asked.answer(400)
            return None
        line = self.proves(asked)
        if line is None:
            return None
        if line != uri.user:
            asked.answer(403)
            return None
        changed = self._bind(asked, line, [each for each in contacts if each])
        if changed:
            asked.answer(200, *self._bindings(line))
        return line if changed else None

    def _bind(self, asked: Asked, line: str, contacts: Iterable[Address]) -> bool:
        request, phones = asked.request, self._phones.setdefault(line, {})
        usual = request.first("expires")
        if "*" in request.every("contact"):
            phones.clear()
        for contact in contacts:
            seconds = _seconds(contact.params.get("expires") or usual)
            if 0 < seconds < SHORTEST:
                asked.answer(423, ("min-expires", str(SHORTEST)))
                return False
            known = phones.get(contact.uri)
            if known and known.call_id == request.call_id and known.sequence >= request.sequence[0]:
                asked.answer(500)
                return False
            phones.pop(contact.uri, None)
            if seconds:
                until = self._now() + min(seconds, LONGEST)
                phones[contact.uri] = Phone(line, contact.uri, asked.link, until, request.call_id, request.sequence[0])
        for oldest in list(phones)[:-MOST_PHONES]:
            del phones[oldest]
        return True

    def _bindings(self, line: str) -> Iterable[tuple[str, str]]:
        return [("contact", f"<{each.contact}>;expires={int(each.until - self._now())}") for each in self.phones(line)]

    def phones(self, line: str) -> list[Phone]:
        """The line's phones that can be reached."""
        known = self._phones.get(line, {})
        for contact in [key for key, each in known.items() if each.until <= self._now() or not each.link.is_open]:
            del known[contact]
        return list(known.values())

    def link_to(self, contact: str, line: str) -> Link | None:
        """The connection on which a phone can be reached now; it may not be the one of before."""
        return next((each.link for each in self.phones(line) if each.contact == contact), None)

    def line_of(self, link: Link) -> str | None:
        """Whose phone is on this connection."""
        return next((line for line in self._phones for each in self.phones(line) if each.link is link), None)

    def forget(self, line: str) -> None:
        """All phones of a line are strangers again."""
        self._phones.pop(line, None)


def _seconds(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else USUAL
