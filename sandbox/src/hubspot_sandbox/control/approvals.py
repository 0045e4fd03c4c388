"""`/_sandbox/accounts/{id}/approvals`: approval of apps, as a Super Admin would set it in the pages (S14)."""

import msgspec
from litestar import delete, get, post
from litestar.params import FromPath

from hubspot_sandbox.access import Call, ThePortal
from hubspot_sandbox.approvals import Audience
from hubspot_sandbox.clock import iso
from hubspot_sandbox.control.accounts import check_account
from hubspot_sandbox.objects.wire import read_body
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, invalid, not_found


class RuleWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether apps must be approved in this account; not at first."""

    required: bool


class ApprovalWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`users` are e-mail addresses, for the audience `users`; `blocked` are optional scopes of the app."""

    client_id: str
    audience: Audience = "everyone"
    users: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    by: str = ""


def approvals_json(portal: Portal, account_id: int) -> Body:
    return {
        "account_id": account_id,
        "required": portal.approvals.required(account_id),
        "approved": [
            {
                "client_id": each.client_id,
                "audience": each.audience,
                "users": list(each.users),
                "blocked": list(each.blocked),
                "by": each.approved_by,
                "at": iso(each.approved_at),
            }
            for each in portal.approvals.approvals(account_id)
        ],
        "requests": [
            {"client_id": each.client_id, "email": each.email, "state": each.state, "at": iso(each.asked_at)}
            for each in portal.approvals.requests(account_id)
        ],
    }


@get("/accounts/{account_id:int}/approvals")
async def read_approvals(portal: ThePortal, account_id: FromPath[int]) -> Body:
    """Whether apps must be approved in the account, which are, and who asked."""
    check_account(portal, account_id)
    return approvals_json(portal, account_id)


@post("/accounts/{account_id:int}/approvals/required", status_code=200)
async def require_approval(request: Call, portal: ThePortal, account_id: FromPath[int]) -> Body:
    """`{"required": true}`: apps must be approved in the account; answers with all approvals."""
    check_account(portal, account_id)
    portal.approvals.require(account_id, read_body(await request.body(), RuleWish).required)
    return approvals_json(portal, account_id)


@post("/accounts/{account_id:int}/approvals", status_code=200)
async def approve(request: Call, portal: ThePortal, account_id: FromPath[int]) -> Body:
    """Approve an app, or change its approval."""
    check_account(portal, account_id)
    wish = read_body(await request.body(), ApprovalWish)
    try:
        portal.approvals.approve(
            account_id, wish.client_id, wish.by, audience=wish.audience, users=wish.users, blocked=wish.blocked
        )
    except ValueError as wrong:
        raise invalid(str(wrong)) from wrong
    return approvals_json(portal, account_id)


@delete("/accounts/{account_id:int}/approvals/{client_id:str}", status_code=204)
async def revoke(portal: ThePortal, account_id: FromPath[int], client_id: FromPath[str]) -> None:
    """Revoke, which uninstalls the app; 404 when it was not approved."""
    check_account(portal, account_id)
    if not portal.approvals.revoke(account_id, client_id):
        raise not_found(f"{client_id} is not approved in account {account_id}")


HANDLERS = [read_approvals, require_approval, approve, revoke]
