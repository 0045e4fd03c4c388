"""One model, many spellings: HubSpot's legacy and dated path forms (facts 3.1).

`/crm/v3/objects/contacts` and `/crm/objects/2026-03/contacts` are the same thing. Routes are written in the
dated form; a legacy path is turned round before routing. Versions a path never had are unknown.
"""

import re

DATED = ("2026-03", "2026-09")
PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
"""A parameter in the path of a route: `{version:str}`."""
_TURNED = re.compile(r"^/crm/(v\d+)/(objects|owners|properties|associations|lists)(?=/|$)")
_CALLING = re.compile(r"^/crm/(v\d+)/extensions/calling(?=/|$)")
_USERS = re.compile(r"^/settings/(v\d+)/users(?=/|$)")
_VERSIONS = {
    "crm/objects": ("v3", "v4", *DATED),
    "crm/extensions/calling": ("v3", *DATED),
    "crm/associations": ("v4", *DATED),
    "crm/owners": ("v3", *DATED),
    "crm/properties": ("v3", *DATED),
    "crm/lists": ("v3", *DATED),
    "settings/users": ("v3", *DATED),
    "account-info": ("v3", *DATED),
    "appinstalls": ("v3", *DATED),
    "oauth": ("v1", "v3", *DATED),
    "webhooks": ("v3", "2026-03"),
    "app-webhooks": ("2026-09",),
    "webhooks-journal/journal": ("v4", *DATED),
    "webhooks-journal/journal-local": ("v4", *DATED),
    "webhooks-journal/subscriptions": ("v4", *DATED),
}
_AREA = re.compile(
    r"^/(crm/extensions/calling|crm/\w+|settings/users|account-info|appinstalls|oauth"
    r"|(?:app-)?webhooks|webhooks-journal/[\w-]+)/([^/]+)/?"
)
_V3_RECORD = re.compile(r"^/crm/objects/v3/[^/]+/[^/]+/associations(/|$)")
_V4_RECORD = re.compile(r"^/crm/objects/v4/[^/]+/[^/]+/associations(/|$)")
_V1_TOKENS = re.compile(r"^/oauth/[^/]+/(access|refresh)-tokens/")
_V3_TIES = re.compile(r"^/crm/v3/(associations/|objects/[^/]+/[^/]+/associations/)")
"""Version 3 of associations is another API than version 4 and what came after, so these paths stay as they are."""
_OAUTH_PAGES = ("authorize",)


def canonical(path: str) -> str | None:
    """The path in the form that routes use; None when this version of it never existed.

    >>> canonical("/crm/v3/objects/contacts/search")
    '/crm/objects/v3/contacts/search'
    """
    if _V3_TIES.match(path):
        return path
    turned = _USERS.sub(r"/settings/users/\1", _TURNED.sub(r"/crm/\2/\1", path))
    turned = _CALLING.sub(r"/crm/extensions/calling/\1", turned)
    area = _AREA.match(turned)
    if area is None or _is_page(area):
        return turned
    versions = _VERSIONS.get(area[1], ())
    return turned if area[2] in versions and _existed(turned, area) else None


def _existed(path: str, area: re.Match[str]) -> bool:
    """v4 has no objects but their associations; token information by path is v1's alone, as v1 has no other; all lists
    are listed since 2026-09."""
    if (area[1], path.rstrip("/")) == ("crm/lists", f"{area[0].rstrip('/')}/all"):
        return area[2] == "2026-09"
    if (area[1], area[2]) == ("crm/objects", "v3"):
        return _V3_RECORD.match(path) is None
    if (area[1], area[2]) == ("crm/objects", "v4"):
        return _V4_RECORD.match(path) is not None
    if area[1] == "oauth" and path.rstrip("/") != area[0] + "token":
        return (area[2] == "v1") == (_V1_TOKENS.match(path) is not None)
    return True


def _is_page(area: re.Match[str]) -> bool:
    """`/oauth/authorize` and `/oauth/{hubId}/authorize` are pages for people."""
    return area[1] == "oauth" and (area[2] in _OAUTH_PAGES or area[2].isdecimal())


def is_api(path: str) -> bool:
    """Whether a (canonical) path belongs to the API, not to the pages or the control plane."""
    area = _AREA.match(path)
    return path.startswith("/calling/") or (area is not None and not _is_page(area))
