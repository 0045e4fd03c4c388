"""`/webhooks-journal/…`: subscriptions of the journal and its pages, for the app itself (facts 3.7, S24).

`journal` is of all accounts that have the app, `journal-local` of one. Snapshots and filters are not there.
"""

import hmac
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Response, delete, get, post
from litestar.params import FromPath

from hubspot_sandbox.access import Call, ThePortal
from hubspot_sandbox.apps import App
from hubspot_sandbox.clock import iso
from hubspot_sandbox.developers import Developer, TheDeveloper
from hubspot_sandbox.objects.routes import page_limit
from hubspot_sandbox.objects.values import is_id
from hubspot_sandbox.objects.wire import batch_json, check_inputs, read_body
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, invalid, not_found, unauthenticated
from hubspot_sandbox.surface import says
from hubspot_sandbox.webhooks.events import milliseconds
from hubspot_sandbox.webhooks.journal import Page
from hubspot_sandbox.webhooks.journal_events import INSTALLED, UNINSTALLED, JournalSubscription, SubscriptionType

READ = "developer.webhooks_journal.read"
SUBSCRIPTIONS_READ = "developer.webhooks_journal.subscriptions.read"
SUBSCRIPTIONS_WRITE = "developer.webhooks_journal.subscriptions.write"
SUBSCRIPTIONS = "/webhooks-journal/subscriptions/{version:str}"
JOURNALS = ("/webhooks-journal/journal/{version:str}", "/webhooks-journal/journal-local/{version:str}")
FILES = "/webhooks-journal-files"
"""Where pages are fetched, in the place of HubSpot's file store; the address is ours."""
URL_LIFE = timedelta(minutes=15)
"""How long a page's address lives [inf]."""
MOST_PAGES = 100
_ACCOUNT = ("installPortalId",)


class SubscriptionInput(msgspec.Struct, frozen=True, rename="camel"):
    """`eventTypeId` for the app's lifecycle; `portalId`, `objectTypeId` and `actions` for the rest."""

    subscription_type: SubscriptionType
    portal_id: int | None = None
    object_type_id: str | None = None
    event_type_id: str | None = None
    actions: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    object_ids: tuple[int, ...] = ()
    associated_object_type_ids: tuple[str, ...] = ()


class OffsetsInput(msgspec.Struct, frozen=True):
    inputs: tuple[str, ...]


def _app(developer: Developer, scope: str) -> App:
    """The app whose client-credentials token this is; a developer key is no app's, and is not enough."""
    if developer.app is None:
        raise unauthenticated()
    developer.require(scope)
    return developer.app


# subscriptions --------------------------------------------------------------------------------------------


def subscription_json(subscription: JournalSubscription) -> Body:
    """What does not concern its type is left out [inf]."""
    optional: Body = {
        "portalId": subscription.portal_id,
        "objectTypeId": subscription.object_type_id,
        "eventTypeId": subscription.event_type_id,
        "objectIds": list(subscription.object_ids),
        "associatedObjectTypeIds": list(subscription.associated_object_type_ids),
    }
    return {
        "id": subscription.id,
        "appId": subscription.app_id,
        "subscriptionType": subscription.subscription_type,
        "actions": list(subscription.actions),
        "properties": list(subscription.properties),
        "createdAt": iso(subscription.created_at),
        "updatedAt": iso(subscription.updated_at),
        **{name: value for name, value in optional.items() if value},
    }


@get(SUBSCRIPTIONS, opt=says("shape only", "S24"))
async def list_subscriptions(portal: ThePortal, developer: TheDeveloper) -> Body:
    app = _app(developer, SUBSCRIPTIONS_READ)
    return {"results": [subscription_json(each) for each in portal.webhooks.journal.subscriptions(app.app_id)]}


@post(
    SUBSCRIPTIONS,
    status_code=200,
    opt=says("shape only", "S24", body=SubscriptionInput, differs="list memberships and events are never caused"),
)
async def save_subscription(request: Call, portal: ThePortal, developer: TheDeveloper) -> Body:
    """Creates one, or changes the one of the same account and object type. The status is [unv]: 200 or 201."""
    app = _app(developer, SUBSCRIPTIONS_WRITE)
    wanted = _wanted(app.app_id, read_body(await request.body(), SubscriptionInput))
    return subscription_json(portal.webhooks.journal.save(wanted))


def _wanted(app_id: int, given: SubscriptionInput) -> JournalSubscription:
    """:raises HubSpotProblem: 400 for what its type needs and is not there; the texts are [unv]"""
    if given.subscription_type == "APP_LIFECYCLE_EVENT":
        if given.event_type_id not in (INSTALLED, UNINSTALLED):
            raise invalid(f"eventTypeId must be {INSTALLED} (install) or {UNINSTALLED} (uninstall)")
        kind = given.subscription_type
        return JournalSubscription(app_id, kind, event_type_id=given.event_type_id, properties=given.properties)
    if not given.portal_id or not given.object_type_id or not given.actions:
        raise invalid(f"portalId, objectTypeId and actions are required for {given.subscription_type}")
    return JournalSubscription(
        app_id,
        given.subscription_type,
        portal_id=given.portal_id,
        object_type_id=given.object_type_id,
        actions=given.actions,
        properties=given.properties,
        object_ids=given.object_ids,
        associated_object_type_ids=given.associated_object_type_ids,
    )


@get(SUBSCRIPTIONS + "/{subscription_id:str}", opt=says("shape only", "S24"))
async def get_subscription(portal: ThePortal, developer: TheDeveloper, subscription_id: FromPath[str]) -> Body:
    app = _app(developer, SUBSCRIPTIONS_READ)
    return subscription_json(portal.webhooks.journal.subscription(app.app_id, _id(subscription_id)))


@delete(SUBSCRIPTIONS + "/{subscription_id:str}", status_code=204, opt=says("shape only", "S24"))
async def delete_subscription(portal: ThePortal, developer: TheDeveloper, subscription_id: FromPath[str]) -> None:
    """404 when there is none [unv]."""
    app, journal = _app(developer, SUBSCRIPTIONS_WRITE), portal.webhooks.journal
    journal.remove([journal.subscription(app.app_id, _id(subscription_id))])


@delete(SUBSCRIPTIONS + "/portals/{account:str}", status_code=204, opt=says("shape only", "S24"))
async def delete_subscriptions_of(portal: ThePortal, developer: TheDeveloper, account: FromPath[str]) -> None:
    """All of one account."""
    app, journal, account_id = _app(developer, SUBSCRIPTIONS_WRITE), portal.webhooks.journal, _id(account)
    journal.remove([each for each in journal.subscriptions(app.app_id) if each.portal_id == account_id])


def _id(text: str) -> int:
    if not is_id(text):
        raise not_found(f"{text} not found")
    return int(text)


# pages ----------------------------------------------------------------------------------------------------


class Reader:
    """One request for pages: whose, of which account, and how their addresses are told."""

    def __init__(self, request: Call, portal: Portal, developer: Developer) -> None:
        self.app, self.journal = _app(developer, READ), portal.webhooks.journal
        text = request.query_params.get("installPortalId", "")
        if text and not is_id(text):
            raise invalid("installPortalId must be a number")
        self.account_id = int(text or 0)
        self._request, self._portal = request, portal

    def pages(self) -> list[Page]:
        return self.journal.pages(self.app.app_id, self.account_id)

    def after(self, offset: str) -> list[Page]:
        return self.journal.after(self.app.app_id, offset, self.account_id)

    def address(self, page: Page) -> Body:
        """`{url, expiresAt, currentOffset}`"""
        self.journal.tell(page)
        expires = self._portal.clock.now() + URL_LIFE
        query = {"account": self.account_id, "expires": milliseconds(expires)}
        signed = urlencode({**query, "signature": _signature(self.app, page.offset, **query)})
        url = self._request.url.with_replacements(path=f"{FILES}/{page.offset}", query=signed)
        return {"url": str(url), "expiresAt": iso(expires), "currentOffset": page.offset}

    def one(self, pages: Sequence[Page]) -> Response[Body | None]:
        """The first of them, or 204 when there is none."""
        return Response(self.address(pages[0])) if pages else Response(None, status_code=204)

    def batch(self, pages: Sequence[Page]) -> Body:
        now = iso(self._portal.clock.now())
        return batch_json([self.address(page) for page in pages], now, now)


def _signature(app: App, offset: str, account: int, expires: int) -> str:
    signed = f"{offset}/{account}/{expires}".encode()
    return hmac.digest(app.client_secret.encode(), signed, "sha256").hex()


_OPT: dict[str, Any] = {"opt": says("shape only", "S24", query=_ACCOUNT)}
_OPT_OR_NONE: dict[str, Any] = {"opt": says("shape only", "S24", query=_ACCOUNT, answers=(204,))}


def _count(text: str) -> int:
    return page_limit(text, 1, MOST_PAGES)


@get([path + "/earliest" for path in JOURNALS], **_OPT_OR_NONE)
async def earliest(request: Call, portal: ThePortal, developer: TheDeveloper) -> Response[Body | None]:
    """The oldest page that is kept; 204 when there is none."""
    reader = Reader(request, portal, developer)
    return reader.one(reader.pages())


@get([path + "/latest" for path in JOURNALS], **_OPT_OR_NONE)
async def latest(request: Call, portal: ThePortal, developer: TheDeveloper) -> Response[Body | None]:
    """The newest page; 204 when there is none."""
    reader = Reader(request, portal, developer)
    return reader.one(reader.pages()[-1:])


@get([path + "/offset/{offset:str}/next" for path in JOURNALS], **_OPT_OR_NONE)
async def following(
    request: Call, portal: ThePortal, developer: TheDeveloper, offset: FromPath[str]
) -> Response[Body | None]:
    """The page after this one; 204 when it is the newest."""
    reader = Reader(request, portal, developer)
    return reader.one(reader.after(offset))


@get([path + "/batch/earliest/{count:str}" for path in JOURNALS], **_OPT)
async def earliest_batch(request: Call, portal: ThePortal, developer: TheDeveloper, count: FromPath[str]) -> Body:
    """The oldest pages, at most 100 [inf]."""
    reader = Reader(request, portal, developer)
    return reader.batch(reader.pages()[: _count(count)])


@get([path + "/batch/latest/{count:str}" for path in JOURNALS], **_OPT)
async def latest_batch(request: Call, portal: ThePortal, developer: TheDeveloper, count: FromPath[str]) -> Body:
    """The newest pages, the oldest of them first [inf]."""
    reader = Reader(request, portal, developer)
    return reader.batch(reader.pages()[-_count(count) :])


@get([path + "/batch/{offset:str}/next/{count:str}" for path in JOURNALS], **_OPT)
async def following_batch(
    request: Call, portal: ThePortal, developer: TheDeveloper, offset: FromPath[str], count: FromPath[str]
) -> Body:
    """The pages after this one."""
    reader = Reader(request, portal, developer)
    return reader.batch(reader.after(offset)[: _count(count)])


@post(
    [path + "/batch/read" for path in JOURNALS],
    status_code=200,
    opt=says("shape only", "S24", body=OffsetsInput, query=_ACCOUNT),
)
async def read_batch(request: Call, portal: ThePortal, developer: TheDeveloper) -> Body:
    """The pages at these offsets; 404 when one is not there [unv]."""
    reader = Reader(request, portal, developer)
    given = read_body(await request.body(), OffsetsInput)
    check_inputs(given.inputs, MOST_PAGES)
    return reader.batch([reader.journal.page(reader.app.app_id, offset) for offset in given.inputs])


@get(FILES + "/{offset:str}")
async def read_page(request: Call, portal: ThePortal, offset: FromPath[str]) -> Body:
    """`{offset, journalEvents, publishedAt}`, for whoever has the address, until it expires. 404 otherwise."""
    query = request.query_params
    account, expires = query.get("account", ""), query.get("expires", "")
    for app in portal.apps.all() if is_id(account) and is_id(expires) else []:
        expected = _signature(app, offset, int(account), int(expires))
        if hmac.compare_digest(expected.encode(), query.get("signature", "").encode()) and _lives(portal, int(expires)):
            page = portal.webhooks.journal.page(app.app_id, offset)
            events = list(page.events_of(int(account)))
            return {"offset": page.offset, "journalEvents": events, "publishedAt": iso(page.published_at)}
    raise not_found()


def _lives(portal: Portal, expires: int) -> bool:
    return portal.clock.now() < datetime.fromtimestamp(expires / 1000, UTC)


HANDLERS: list[Any] = [
    list_subscriptions,
    save_subscription,
    get_subscription,
    delete_subscription,
    delete_subscriptions_of,
    earliest,
    latest,
    following,
    earliest_batch,
    latest_batch,
    following_batch,
    read_batch,
    read_page,
]
