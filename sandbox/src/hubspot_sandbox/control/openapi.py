"""`GET /_sandbox/openapi.json`: the sandbox's API described in OpenAPI 3.1."""

from litestar import get

from hubspot_sandbox.access import Call
from hubspot_sandbox.openapi import document
from hubspot_sandbox.problems import Body


@get("/openapi.json")
async def openapi_document(request: Call) -> Body:
    """The API as an OpenAPI document, made from the routes on every request."""
    return document(request.app)


HANDLERS = [openapi_document]
