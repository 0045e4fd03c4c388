"""`/_sandbox/webhooks`: what is to be told to apps, and telling it now."""

from typing import Any

import msgspec
from litestar import delete, get, post

from hubspot_sandbox.access import Call, ThePortal
from hubspot_sandbox.clock import iso
from hubspot_sandbox.objects.wire import read_body
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body
from hubspot_sandbox.webhooks.delivery import Courier
from hubspot_sandbox.webhooks.outbox import Notification
from hubspot_sandbox.webhooks.signatures import PlainVersion


class SignatureWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: PlainVersion


def notification_json(notification: Notification) -> Body:
    """`state` is waiting, delivered, given up or kept back; `next_due` only of what waits."""
    waits, answered = notification.state == "waiting", notification.answered_at
    return {
        "id": notification.id,
        "app_id": notification.app_id,
        "account_id": notification.account_id,
        "state": notification.state,
        "attempts": notification.attempts,
        "next_due": iso(notification.due_at) if waits else None,
        "last_answer": notification.answer or None,
        "answered_at": iso(answered) if answered else None,
        "event": notification.event,
    }


def _apps(portal: Portal) -> list[Body]:
    return [
        {
            "app_id": app.app_id,
            "client_id": app.client_id,
            "target_url": settings.target_url if settings else None,
            "subscriptions": len(portal.webhooks.subscriptions(app.app_id)),
        }
        for app in portal.apps.all()
        for settings in [portal.webhooks.settings(app.app_id)]
    ]


def _outbox(portal: Portal) -> Body:
    return {
        "signature_version": portal.webhooks.plain_signature,
        "apps": _apps(portal),
        "notifications": [notification_json(each) for each in portal.webhooks.outbox.all()],
    }


@get("/webhooks")
async def read_outbox(portal: ThePortal) -> Body:
    """What apps are to be told, oldest first; of what is done only the newest thousand."""
    return _outbox(portal)


@post("/webhooks/flush", status_code=200)
async def flush(request: Call, portal: ThePortal) -> Body:
    """Deliver what is due now, and answer like `GET` when that is done."""
    courier: Courier = request.app.state.courier
    await courier.flush()
    return _outbox(portal)


@post("/webhooks/signature", status_code=200)
async def choose_signature(request: Call, portal: ThePortal) -> Body:
    """`{"version": "v1"}` or `"v2"`: what `X-HubSpot-Signature` holds. v3 is always sent, in its own header."""
    portal.webhooks.set_plain_signature(read_body(await request.body(), SignatureWish).version)
    return {"version": portal.webhooks.plain_signature}


@delete("/webhooks", status_code=204)
async def clear_outbox(portal: ThePortal) -> None:
    """Forget what waits and what is done; settings and subscriptions stay."""
    portal.webhooks.outbox.clear()


HANDLERS: list[Any] = [read_outbox, flush, choose_signature, clear_outbox]
