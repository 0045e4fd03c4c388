"""`/_sandbox/…`: what is not HubSpot. Answers to loopback callers only; `GET /_sandbox/` lists what there is."""

import inspect
import ipaddress
import re
from typing import Any

import msgspec
from litestar import Response, Router, get
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import HTTPRouteHandler
from litestar.handlers.base import BaseRouteHandler

from hubspot_sandbox.access import provide_portal
from hubspot_sandbox.control import (
    accounts,
    approvals,
    apps,
    conditions,
    fault_routes,
    grants,
    journal_routes,
    openapi,
    people,
    permission_sets,
    snapshot_routes,
    webhooks,
    world,
)

SUBJECTS = (
    world,
    snapshot_routes,
    conditions,
    fault_routes,
    journal_routes,
    accounts,
    people,
    permission_sets,
    apps,
    approvals,
    grants,
    webhooks,
    openapi,
)
PREFIX = "/_sandbox"
_PARAMETER = re.compile(r"\{(\w+):\w+\}")


def loopback_only(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard. Callers without an address (in-process) are the program itself."""
    client = connection.client
    if client is None or client.host == "testclient":
        return
    if not ipaddress.ip_address(client.host).is_loopback:
        raise PermissionDeniedException("the control plane answers to loopback callers only")


@get("/")
async def index() -> Response[bytes]:
    """Every endpoint of the control plane, with what it does."""
    listed = {"what": "The control plane of hubspot-sandbox; nothing here is HubSpot.", "endpoints": described()}
    return Response(msgspec.json.format(msgspec.json.encode(listed)), media_type="application/json")


def described() -> list[dict[str, str]]:
    """`{method, path, does}` of every endpoint, by subject; what it does is its docstring's first line."""
    return [
        {"method": str(method), "path": _PARAMETER.sub(r"{\1}", PREFIX + path), "does": _first_line(handler)}
        for handler in _handlers()
        for path in handler.paths
        for method in sorted(handler.http_methods)
    ]


def _first_line(handler: HTTPRouteHandler) -> str:
    return (inspect.getdoc(handler.fn) or "").partition("\n")[0]


def _handlers() -> list[HTTPRouteHandler]:
    return [index, *(handler for subject in SUBJECTS for handler in subject.HANDLERS)]


ROUTER = Router(
    PREFIX,
    guards=[loopback_only],
    dependencies={"portal": Provide(provide_portal)},
    include_in_schema=False,
    route_handlers=_handlers(),
)
