"""What a posted form said: urlencoded, of bounded size, and really sent by our own page."""

import secrets
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from litestar.di import NamedDependency
from litestar.exceptions import ClientException

from hubspot_sandbox.pages.errors import PageProblem
from hubspot_sandbox.pages.visitor import Call, TheVisitor

MAX_BYTES = 64 * 1024
MAX_FIELDS = 500
Form = Mapping[str, str]
TheForm = NamedDependency[Form]


async def provide_form(request: Call, visitor: TheVisitor) -> Form:
    """The fields of a form that this visitor's own session was shown.

    :raises PageProblem: 403 when the token is missing or another session's
    """
    fields = await read_form(request)
    if not secrets.compare_digest(fields.get("csrf", "").encode(), visitor.csrf.encode()):
        raise PageProblem(403, "This form is out of date", "Go back, reload the page and try again.")
    return fields


async def read_form(request: Call) -> Form:
    """The fields of a form that needs no login.

    :raises PageProblem: 400 for another content type or too many fields, 403 from another site
    """
    _refuse_other_sites(request)
    content_type, _ = request.content_type
    try:
        text = (await request.body()).decode()
        if text and content_type != "application/x-www-form-urlencoded":
            raise PageProblem(400, "This form could not be read", "Forms here are sent urlencoded.")
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS))
    except ValueError as error:
        raise PageProblem(400, "This form could not be read", "It has too many fields, or broken characters.") from error
    except ClientException as error:
        raise PageProblem(413, "This form is too large", "Nothing was changed.") from error


def _refuse_other_sites(request: Call) -> None:
    """A browser names the page that sends a form; programs send no Origin and have no cookie to misuse."""
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host", ""):
        raise PageProblem(403, "This form came from another site", "Nothing was changed.")
