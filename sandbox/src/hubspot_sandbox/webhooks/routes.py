"""`/webhooks/{version}/{appId}/…` and `/app-webhooks/2026-09/{appId}/…`: an app's webhook settings and subscriptions.

For the app's developer (`?hapikey=`, or a client-credentials token), not for accounts (facts 3.7, S47).
"""

from typing import Any

import msgspec
from litestar import Response, delete, get, patch, post, put
from litestar.params import FromPath

from hubspot_sandbox.access import Call, ThePortal
from hubspot_sandbox.clock import iso
from hubspot_sandbox.developers import Developer, TheDeveloper
from hubspot_sandbox.objects.values import is_id
from hubspot_sandbox.objects.wire import batch_json, check_inputs, read_body
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, HubSpotProblem, not_found
from hubspot_sandbox.surface import says
from hubspot_sandbox.webhooks.model import Settings, Subscription

ROOTS = ("/webhooks/{version:str}/{app_id:str}", "/app-webhooks/{version:str}/{app_id:str}")
SETTINGS = [root + "/settings" for root in ROOTS]
SUBSCRIPTIONS = [root + "/subscriptions" for root in ROOTS]
ONE = [path + "/{subscription_id:str}" for path in SUBSCRIPTIONS]
BATCH_UPDATE = [path + "/batch/update" for path in SUBSCRIPTIONS]
READ, WRITE = "developers-read", "developers-write"
_KEY = ("hapikey",)


class Throttling(msgspec.Struct, frozen=True, rename="camel"):
    max_concurrent_requests: int


class SettingsInput(msgspec.Struct, frozen=True, rename="camel"):
    """Both are required."""

    target_url: str
    throttling: Throttling


class SubscriptionInput(msgspec.Struct, frozen=True, rename="camel"):
    """Paused unless `active`; `propertyName` for `*.propertyChange`, `objectTypeId` for `object.*`."""

    event_type: str
    property_name: str | None = None
    object_type_id: str | None = None
    active: bool | None = None


class SubscriptionChange(msgspec.Struct, frozen=True):
    active: bool | None = None


class BatchedChange(msgspec.Struct, frozen=True):
    id: int | str
    active: bool


class BatchChange(msgspec.Struct, frozen=True):
    inputs: tuple[BatchedChange, ...]


def settings_json(settings: Settings) -> Body:
    return {
        "targetUrl": settings.target_url,
        "throttling": {"maxConcurrentRequests": settings.max_concurrent_requests},
        "createdAt": iso(settings.created_at),
        "updatedAt": iso(settings.updated_at),
    }


def subscription_json(subscription: Subscription) -> Body:
    """`propertyName` and `objectTypeId` only where they mean something [inf]."""
    particular = {"propertyName": subscription.property_name, "objectTypeId": subscription.object_type_id}
    return {
        "id": str(subscription.id),
        "eventType": subscription.event_type,
        "active": subscription.active,
        "createdAt": iso(subscription.created_at),
        "updatedAt": iso(subscription.updated_at),
        **{name: value for name, value in particular.items() if value},
    }


def _app(portal: Portal, developer: Developer, app_id: str, scope: str) -> int:
    """The id of the app in the path, for a caller who may do this to it; 404 for an unknown one [unv]."""
    developer.require(scope)
    if not is_id(app_id):
        raise not_found(f"app {app_id} was not found")
    return developer.owned(portal, int(app_id)).app_id


def _id(text: str | int) -> int:
    if not is_id(str(text)):
        raise not_found(f"Subscription {text} not found")
    return int(text)


@get(SETTINGS, opt=says("faithful", "spec, S47", query=_KEY))
async def get_settings(portal: ThePortal, developer: TheDeveloper, app_id: FromPath[str]) -> Body:
    """404 as long as there are none [unv]."""
    owned = _app(portal, developer, app_id, READ)
    found = portal.webhooks.settings(owned)
    if found is None:
        raise not_found(f"No webhook settings for app {owned}")
    return settings_json(found)


@put(
    SETTINGS,
    opt=says("faithful", "spec, S47", body=SettingsInput, query=_KEY, differs="http to this machine is taken too"),
)
async def put_settings(request: Call, portal: ThePortal, developer: TheDeveloper, app_id: FromPath[str]) -> Body:
    """One target URL per app. 400 for a URL that is not HTTPS, or five or fewer requests at once."""
    owned = _app(portal, developer, app_id, WRITE)
    given = read_body(await request.body(), SettingsInput)
    most = given.throttling.max_concurrent_requests
    return settings_json(portal.webhooks.save_settings(owned, given.target_url, most))


@delete(SETTINGS, status_code=204, opt=says("faithful", "spec, S47", query=_KEY))
async def delete_settings(portal: ThePortal, developer: TheDeveloper, app_id: FromPath[str]) -> None:
    """Nothing is told any more; the subscriptions stay [inf]."""
    owned = _app(portal, developer, app_id, WRITE)
    portal.webhooks.remove_settings(owned)


@get(SUBSCRIPTIONS, opt=says("faithful", "spec, S47", query=_KEY))
async def list_subscriptions(portal: ThePortal, developer: TheDeveloper, app_id: FromPath[str]) -> Body:
    owned = _app(portal, developer, app_id, READ)
    return {"results": [subscription_json(each) for each in portal.webhooks.subscriptions(owned)]}


@post(
    SUBSCRIPTIONS,
    status_code=201,
    opt=says("faithful", "spec, S47", body=SubscriptionInput, query=_KEY),
)
async def create_subscription(request: Call, portal: ThePortal, developer: TheDeveloper, app_id: FromPath[str]) -> Body:
    """201; 400 for an unknown event type or the thousand-and-first, 409 for a second one of the same [unv]."""
    owned = _app(portal, developer, app_id, WRITE)
    given = read_body(await request.body(), SubscriptionInput)
    made = portal.webhooks.subscribe(
        owned,
        given.event_type,
        given.property_name or "",
        given.object_type_id or "",
        active=bool(given.active),
    )
    return subscription_json(made)


@get(ONE, opt=says("faithful", "spec, S47", query=_KEY))
async def get_subscription(
    portal: ThePortal, developer: TheDeveloper, app_id: FromPath[str], subscription_id: FromPath[str]
) -> Body:
    owned = _app(portal, developer, app_id, READ)
    return subscription_json(portal.webhooks.subscription(owned, _id(subscription_id)))


@patch(ONE, opt=says("faithful", "spec, S47", body=SubscriptionChange, query=_KEY))
async def update_subscription(
    request: Call, portal: ThePortal, developer: TheDeveloper, app_id: FromPath[str], subscription_id: FromPath[str]
) -> Body:
    """Pause it or wake it; nothing else can be changed."""
    owned = _app(portal, developer, app_id, WRITE)
    given = read_body(await request.body(), SubscriptionChange)
    found = portal.webhooks.subscription(owned, _id(subscription_id))
    if given.active is None:
        return subscription_json(found)
    return subscription_json(portal.webhooks.activate(owned, found.id, given.active))


@delete(ONE, status_code=204, opt=says("faithful", "spec, S47", query=_KEY))
async def delete_subscription(
    portal: ThePortal, developer: TheDeveloper, app_id: FromPath[str], subscription_id: FromPath[str]
) -> None:
    """204, also when there is none [unv]."""
    owned = _app(portal, developer, app_id, WRITE)
    if is_id(subscription_id):
        portal.webhooks.unsubscribe(owned, int(subscription_id))


@post(
    BATCH_UPDATE,
    status_code=200,
    opt=says("faithful", "spec, S47", body=BatchChange, query=_KEY, answers=(207,)),
)
async def update_subscriptions(
    request: Call, portal: ThePortal, developer: TheDeveloper, app_id: FromPath[str]
) -> Response[Body]:
    """Pause or wake up to 100; 207 when some of them are not there."""
    owned = _app(portal, developer, app_id, WRITE)
    given = read_body(await request.body(), BatchChange)
    check_inputs(given.inputs)
    started, results, errors = iso(portal.clock.now()), [], []
    for each in given.inputs:
        try:
            results.append(_updated(portal, owned, each))
        except HubSpotProblem as problem:
            errors.append(problem.body())
    body = batch_json(results, started, iso(portal.clock.now()), errors)
    return Response(body, status_code=207 if errors else 200)


def _updated(portal: Portal, app_id: int, change: BatchedChange) -> Body:
    return subscription_json(portal.webhooks.activate(app_id, _id(change.id), change.active))


HANDLERS: list[Any] = [
    get_settings,
    put_settings,
    delete_settings,
    list_subscriptions,
    create_subscription,
    get_subscription,
    update_subscription,
    delete_subscription,
    update_subscriptions,
]
