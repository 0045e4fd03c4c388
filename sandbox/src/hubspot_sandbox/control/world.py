"""`/_sandbox/health`, `/state`, `/reset`: the sandbox as a whole."""

import msgspec
from litestar import get, post

from hubspot_sandbox import __version__
from hubspot_sandbox.access import Call, ThePortal
from hubspot_sandbox.clock import iso
from hubspot_sandbox.control.apps import app_json
from hubspot_sandbox.control.people import member_json
from hubspot_sandbox.objects.catalogue import KINDS
from hubspot_sandbox.objects.wire import read_body
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, invalid
from hubspot_sandbox.seeds import NAMES, SEEDS, is_seed, plant


class SeedWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    seed: str = "demo"


@get("/health")
async def health() -> Body:
    """Whether it is alive, and its version."""
    return {"status": "ok", "version": __version__}


@get("/state")
async def state(portal: ThePortal) -> Body:
    """A summary: time, accounts with counts and people with their rights, apps."""
    return {
        "now": iso(portal.clock.now()),
        "seeds": sorted(SEEDS),
        "index_delay_seconds": portal.records.index_delay,
        "limits_enabled": portal.limits.enabled,
        "faults": len(portal.faults.pending()),
        "journal": len(portal.journal.read()),
        "snapshots": [each.name for each in portal.snapshots.all()],
        "accounts": [_account(portal, account.id, account.name) for account in portal.people.accounts()],
        "apps": [app_json(app) for app in portal.apps.all()],
    }


def _account(portal: Portal, account_id: int, name: str) -> Body:
    return {
        "id": account_id,
        "name": name,
        "records": {kind.name: portal.records.count(account_id, kind.name) for kind in KINDS},
        "people": [member_json(portal, member) for member in portal.people.members(account_id)],
        "installed": [
            {"client_id": each.client_id, "approved": list(each.approved)}
            for each in portal.grants.installations(account_id)
        ],
    }


@post("/reset", status_code=200)
async def reset(request: Call, portal: ThePortal) -> Body:
    """Forget all but snapshots and the project's app, and plant a seed: `{"seed": "demo"}`, also without a body."""
    wish = read_body(await request.body() or b"{}", SeedWish)
    if not is_seed(wish.seed):
        raise invalid(f"unknown seed {wish.seed!r}; there are {NAMES}")
    portal.wipe()
    plant(portal, wish.seed)
    return {"seed": wish.seed}


HANDLERS = [health, state, reset]
