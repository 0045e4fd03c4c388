"""The web application: routes, error shapes, the edge."""

import logging
from typing import Any

from litestar import Litestar, Request, Response, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException

from hubspot_sandbox.access import provide_access, provide_portal
from hubspot_sandbox.account import routes as account
from hubspot_sandbox.associations import routes as associations
from hubspot_sandbox.calling import routes as calling
from hubspot_sandbox.control import routes as control
from hubspot_sandbox.developers import provide_developer
from hubspot_sandbox.edge import Drop, Edge, drop_nothing
from hubspot_sandbox.limits import LimitReached
from hubspot_sandbox.lists import folder_routes as list_folders
from hubspot_sandbox.lists import membership_routes as memberships
from hubspot_sandbox.lists import routes as lists
from hubspot_sandbox.oauth import routes as oauth
from hubspot_sandbox.objects import batches
from hubspot_sandbox.objects import routes as objects
from hubspot_sandbox.owners import routes as owners
from hubspot_sandbox.pages.errors import on_http_exception
from hubspot_sandbox.pages.routes import routes as pages
from hubspot_sandbox.paths import is_api
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, HubSpotProblem, OAuthRefusal, correlation_id, not_found
from hubspot_sandbox.properties import batches as property_batches
from hubspot_sandbox.properties import group_routes as property_groups
from hubspot_sandbox.properties import routes as properties
from hubspot_sandbox.users import routes as users
from hubspot_sandbox.webhooks import journal_routes as webhooks_journal
from hubspot_sandbox.webhooks import routes as webhooks
from hubspot_sandbox.webhooks.delivery import Courier

AnyRequest = Request[Any, Any, Any]
log = logging.getLogger("hubspot_sandbox")

API_ROOMS = (
    objects,
    batches,
    associations,
    owners,
    users,
    properties,
    property_batches,
    property_groups,
    lists,
    memberships,
    list_folders,
    account,
    calling,
    oauth,
    webhooks,
    webhooks_journal,
)


def create_app(portal: Portal, drop: Drop = drop_nothing, *, webhooks_anywhere: bool = False) -> Litestar:
    """The sandbox over a portal: API, pages and control plane. `drop` cuts a connection of the server.

    `webhooks_anywhere` lets webhooks go to other machines than this one.
    """
    courier = Courier(portal, webhooks_anywhere)
    api = Router(
        "/",
        route_handlers=[handler for room in API_ROOMS for handler in room.HANDLERS],
        dependencies={
            "portal": Provide(provide_portal),
            "access": Provide(provide_access),
            "developer": Provide(provide_developer),
        },
    )
    app = Litestar(
        route_handlers=[api, control.ROUTER, *pages],
        state=State({"portal": portal, "courier": courier}),
        lifespan=[courier.working],
        exception_handlers={
            HubSpotProblem: _problem,
            OAuthRefusal: _oauth_refusal,
            LimitReached: _limit_reached,
            HTTPException: _http,
            Exception: _broken,
        },
        openapi_config=None,
        logging_config=None,
    )
    app.asgi_handler = Edge(app.asgi_handler, portal, drop)
    return app


def _problem(_: AnyRequest, problem: HubSpotProblem) -> Response[Body]:
    return Response(problem.body(), status_code=problem.status)


def _oauth_refusal(_: AnyRequest, refusal: OAuthRefusal) -> Response[Body]:
    return Response(refusal.body(), status_code=400)


def _limit_reached(_: AnyRequest, reached: LimitReached) -> Response[dict[str, str]]:
    return Response(reached.body(), status_code=429, headers=reached.headers)


def _http(request: AnyRequest, error: HTTPException) -> Response[Any]:
    """What the framework refuses (unknown route, wrong method): a page for people, HubSpot's shape for programs."""
    if "text/html" in request.headers.get("accept", "") and not is_api(request.url.path):
        return on_http_exception(request, error)
    if error.status_code == 404:
        return Response(not_found().body(), status_code=404)
    body: Body = {"status": "error", "message": error.detail, "correlationId": correlation_id()}
    return Response(body, status_code=error.status_code)


def _broken(_: AnyRequest, error: Exception) -> Response[Body]:
    """A fault of the sandbox itself: never a stack trace to the caller."""
    log.exception("the sandbox failed", exc_info=error)
    body: Body = {"status": "error", "message": "internal error", "correlationId": correlation_id()}
    return Response(body, status_code=500)
