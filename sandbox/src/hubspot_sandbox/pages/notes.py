"""Notes that apps wrote as HTML, made harmless: a few bare tags live, everything else is shown as text."""

import html
import re

from markupsafe import Markup

_TAG = re.compile(r"(<\s*/?\s*(?:br|p|b|strong|i|em|u|ul|ol|li)\s*/?\s*>)", re.IGNORECASE)
_PARTS = re.compile(r"<\s*(/?)\s*(\w+)")
DEEPEST = 20


def harmless(notes: str) -> Markup:
    """Escape everything, then let attribute-less `<br>`, `<p>`, `<b>` and the like through, always balanced.

    >>> harmless("Call <b>back</b><br>at 5<script>")
    Markup('Call <b>back</b><br>at 5&lt;script&gt;')
    """
    out: list[str] = []
    still_open: list[str] = []
    for piece in _TAG.split(notes):
        if _TAG.fullmatch(piece):
            out.append(_tag(piece, still_open))
        else:
            out.append(html.escape(html.unescape(piece)))
    return Markup("".join(out) + "".join(f"</{name}>" for name in reversed(still_open)))  # noqa: S704 - escaped above


def _tag(piece: str, still_open: list[str]) -> str:
    """The tag in its plain form, and whatever must be closed with it; nothing for one that closes nothing."""
    found = _PARTS.match(piece)
    closing, name = (bool(found[1]), found[2].lower()) if found else (False, "br")
    if name == "br":
        return "<br>"
    if closing:
        return _close(name, still_open)
    before = _close(name, still_open) if name in ("p", "li") else ""
    if len(still_open) >= DEEPEST:
        return before
    still_open.append(name)
    return f"{before}<{name}>"


def _close(name: str, still_open: list[str]) -> str:
    if name not in still_open:
        return ""
    out = ""
    while True:
        inner = still_open.pop()
        out += f"</{inner}>"
        if inner == name:
            return out
