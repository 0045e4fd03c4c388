"""The stylesheet, three small scripts and the icon, with addresses that change when a file does."""

import hashlib
from importlib.resources import files

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

_MEDIA_TYPES = {
    "sandbox.css": "text/css",
    "menu.js": "text/javascript",
    "login.js": "text/javascript",
    "calling.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
_FOLDER = files("hubspot_sandbox.pages") / "static"
_FILES = {name: (_FOLDER / name).read_bytes() for name in _MEDIA_TYPES}
_HEADERS = {
    "cache-control": "public, max-age=31536000, immutable",
    "content-security-policy": "default-src 'none'; style-src 'self'",
    "x-content-type-options": "nosniff",
}


def address_of(name: str) -> str:
    """`/static/sandbox.css?v=3f9a12bc`"""
    return f"/static/{name}?v={hashlib.sha256(_FILES[name]).hexdigest()[:8]}"


@get("/static/{name:str}", include_in_schema=False)
async def static_file(name: FromPath[str]) -> Response[bytes]:
    if name not in _FILES:
        raise NotFoundException
    return Response(_FILES[name], media_type=_MEDIA_TYPES[name], headers=_HEADERS)
