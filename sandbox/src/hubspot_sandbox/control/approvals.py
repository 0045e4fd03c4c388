"""`/_sandbox/accounts/{id}/settings`: what an account has switched on or bought. All is off at first."""

import msgspec
from litestar import get, post
from litestar.params import FromPath

from hubspot_sandbox.access import Call, ThePortal
from hubspot_sandbox.objects.wire import read_body
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, not_found


class SettingsWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`api_add_on`: the API Limit Increase. What is left out stays as it is."""

    api_add_on: bool | None = None


def settings_json(portal: Portal, account_id: int) -> Body:
    return {"account_id": account_id, "api_add_on": portal.limits.has_add_on(account_id)}


@get("/accounts/{account_id:int}/settings")
async def read_settings(portal: ThePortal, account_id: FromPath[int]) -> Body:
    _check(portal, account_id)
    return settings_json(portal, account_id)


@post("/accounts/{account_id:int}/settings", status_code=200)
async def change_settings(request: Call, portal: ThePortal, account_id: FromPath[int]) -> Body:
    """Answers with all settings of the account."""
    _check(portal, account_id)
    wish = read_body(await request.body(), SettingsWish)
    if wish.api_add_on is not None:
        portal.limits.set_add_on(account_id, wish.api_add_on)
    return settings_json(portal, account_id)


def _check(portal: Portal, account_id: int) -> None:
    if portal.people.account(account_id) is None:
        raise not_found(f"there is no account {account_id}")


HANDLERS = [read_settings, change_settings]
