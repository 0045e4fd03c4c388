"""REFER, read (RFC 3515, RFC 3891): where a phone sends its caller, and the answer to it. Pure."""

from urllib.parse import parse_qs

from msgspec import Struct

from offhook.sip.address import read_address, read_uri
from offhook.sip.message import REASONS, Request


class Reference(Struct, frozen=True):
    """`user`: whom to call. `replaces`: the other dialog of the phone, as Call-ID and the two tags; empty when blind."""

    user: str
    replaces: tuple[str, ...] = ()


def read_reference(request: Request) -> Reference | None:
    """None when it says nothing that can be followed."""
    address = read_address(request.first("refer-to"))
    uri = read_uri(address.uri) if address else None
    if address is None or uri is None or uri.scheme not in ("sip", "sips") or not uri.user:
        return None
    fields = parse_qs(address.uri.partition("?")[2], max_num_fields=10)
    replaces = next((each for name, each in fields.items() if name.lower() == "replaces"), [""])[0]
    return Reference(uri.user, _dialog(replaces) if replaces else ())


def _dialog(replaces: str) -> tuple[str, ...]:
    call_id, *params = replaces.split(";")
    tags = (value for name, _, value in (each.partition("=") for each in params) if name in ("to-tag", "from-tag"))
    return call_id.strip(), *tags


def how_it_went(request: Request, status: int) -> tuple[tuple[tuple[str, str], ...], str]:
    """Headers and body of the NOTIFY that tells the phone what became of its REFER."""
    headers = (
        ("event", f"refer;id={request.sequence[0]}"),
        ("subscription-state", "terminated;reason=noresource"),
        ("content-type", "message/sipfrag;version=2.0"),
    )
    return headers, f"SIP/2.0 {status} {REASONS.get(status, 'Refused')}"
