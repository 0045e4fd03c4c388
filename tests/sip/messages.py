"""Messages as phones send them, and as attackers do."""

from offhook.sip.message import Request, read

INVITE = (
    "INVITE sip:202@offhook.invalid SIP/2.0\r\n"
    "Via: SIP/2.0/WS k3j2h.invalid;branch=z9hG4bKnashds8\r\n"
    "Max-Forwards: 70\r\n"
    'From: "Ben" <sip:201@offhook.invalid>;tag=1928301774\r\n'
    "To: <sip:202@offhook.invalid>\r\n"
    "Call-ID: a84b4c76e66710@k3j2h.invalid\r\n"
    "CSeq: 314159 INVITE\r\n"
    "Contact: <sip:h7d8@k3j2h.invalid;transport=ws>\r\n"
    "Content-Type: application/sdp\r\n"
    "Content-Length: 5\r\n"
    "\r\n"
    "v=0\r\n"
)


def request(text: str = INVITE) -> Request:
    message = read(text)
    assert isinstance(message, Request)
    return message


def asked(
    method: str = "REGISTER",
    uri: str = "sip:offhook.invalid",
    number: int = 1,
    *more: tuple[str, str],
    line: str = "201",
    branch: str = "",
    call_id: str = "one",
    to: str = "",
    body: str = "",
) -> Request:
    """A request as a phone of this line makes it."""
    own = f"<sip:{line}@offhook.invalid>"
    headers = (
        ("via", f"SIP/2.0/WS p.invalid;branch={branch or f'z9hG4bK{method}{number}{call_id}'}"),
        ("max-forwards", "70"),
        ("from", f"{own};tag=abc"),
        ("to", to or own),
        ("call-id", call_id),
        ("cseq", f"{number} {method}"),
        *more,
    )
    return Request(headers, body, method, uri)
