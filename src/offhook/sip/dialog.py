"""What two sides agreed on for one call (RFC 3261 12): who is who, where to, and the count of requests. Pure."""

from offhook.sip.address import read_address
from offhook.sip.message import Headers, Request, Response
from offhook.sip.sdp import TYPE

VIA = "SIP/2.0/WS offhook.invalid;branch={}"
CONTACT = "<sip:exchange@offhook.invalid;transport=ws>"


class Dialog:
    """One side of it, ours. `local` and `remote` are the headers with their tags."""

    def __init__(self, call_id: str, local: str, remote: str, target: str, sequence: int = 1) -> None:
        """`target`: where requests go. `sequence`: of our INVITE."""
        self.call_id, self.local, self.remote, self.target = call_id, local, remote, target
        self.routes: tuple[str, ...] = ()
        self.ours = sequence
        self.theirs = 0

    @property
    def key(self) -> tuple[str, str]:
        """Call-ID and our tag, by which their requests find it."""
        return self.call_id, tag_of(self.local)

    def request(self, method: str, branch: str, *more: tuple[str, str], body: str = "") -> Request:
        """The next request of ours."""
        self.ours += 1
        return self._made(method, branch, self.ours, more, body)

    def ack(self, invite: Request, branch: str, body: str = "") -> Request:
        """For the 2xx of an INVITE of ours; `body`: an SDP."""
        return self._made("ACK", branch, invite.sequence[0], (TYPE,) if body else (), body)

    def is_in_order(self, request: Request) -> bool:
        """Whether a request of theirs comes after the ones before; an older one is a replay (RFC 3261 12.2.2)."""
        number = request.sequence[0]
        if request.method != "ACK" and number <= self.theirs:
            return False
        self.theirs = max(self.theirs, number)
        return True

    def retarget(self, message: Request | Response) -> None:
        """A Contact says where to go from now on."""
        contact = read_address(next(iter(message.every("contact")), ""))
        if contact:
            self.target = contact.uri

    def _made(self, method: str, branch: str, number: int, more: Headers, body: str) -> Request:
        headers = (
            ("via", VIA.format(branch)),
            ("max-forwards", "70"),
            *(("route", each) for each in self.routes),
            ("from", self.local),
            ("to", self.remote),
            ("call-id", self.call_id),
            ("cseq", f"{number} {method}"),
            ("contact", CONTACT),
            *more,
        )
        return Request(headers, body, method, self.target)


def called(invite: Request, response: Response) -> Dialog:
    """The dialog that an answer to our INVITE makes."""
    dialog = Dialog(invite.call_id, invite.first("from"), response.first("to"), invite.uri, invite.sequence[0])
    dialog.routes = tuple(reversed(response.every("record-route")))
    dialog.retarget(response)
    return dialog


def calling(invite: Request, tag: str) -> Dialog:
    """The dialog that our answer to their INVITE makes."""
    dialog = Dialog(invite.call_id, f"{invite.first('to')};tag={tag}", invite.first("from"), "", 0)
    dialog.theirs = invite.sequence[0]
    dialog.routes = invite.every("record-route")
    dialog.retarget(invite)
    return dialog


def tag_of(header: str) -> str:
    address = read_address(header)
    return address.params.get("tag", "") if address else ""
