"""`/_sandbox/tokens`: tokens without any consent."""

import msgspec
from litestar import post

from hubspot_sandbox.access import Call, ThePortal
from hubspot_sandbox.control.apps import scope_names
from hubspot_sandbox.objects.wire import read_body
from hubspot_sandbox.problems import Body, not_found


class TokenWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    account_id: int
    email: str
    client_id: str
    scopes: tuple[str, ...] | str


@post("/tokens", status_code=201)
async def mint_tokens(request: Call, portal: ThePortal) -> Body:
    """A token pair without any consent; the app counts as installed with these scopes."""
    wish = read_body(await request.body(), TokenWish)
    app, member = portal.apps.get(wish.client_id), portal.people.membership(wish.account_id, wish.email)
    if app is None or member is None:
        raise not_found("no such app, or no such person in this account")
    pair = portal.grants.mint(wish.account_id, app.client_id, member.email, scope_names(wish.scopes))
    return {
        "access_token": pair.access.token,
        "refresh_token": pair.refresh.token,
        "scopes": list(pair.access.scopes),
        "hub_id": wish.account_id,
        "user_id": member.user_id,
    }


HANDLERS = [mint_tokens]
