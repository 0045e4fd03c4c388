"""`/oauth/authorize`: choose an account, grant access or be refused. Everything is decided by the portal."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, quote

from litestar import get, post

from hubspot_sandbox.access import ThePortal
from hubspot_sandbox.approvals import NoApprovers
from hubspot_sandbox.consent import ConsentProblem, ConsentRefused, ConsentRequest
from hubspot_sandbox.gate import NO_APPROVERS, PAGE_TITLE, Refused
from hubspot_sandbox.pages import render
from hubspot_sandbox.pages.forms import TheForm
from hubspot_sandbox.pages.render import Page
from hubspot_sandbox.pages.visitor import Call, Member, TheMember, TheVisitor, Visitor, local_address
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.rights import SCOPES

NOT_HUMAN = "Tick this box to show that you are a person."


@get("/oauth/authorize", include_in_schema=False)
async def choose_account(request: Call, portal: ThePortal, visitor: TheVisitor) -> Page:
    """The only account is taken as chosen; all parameters go on to the next step."""
    asked = portal.begin_consent(_query(request))
    if isinstance(asked, ConsentProblem):
        return _problem_page(asked, visitor)
    if len(visitor.accounts) == 1:
        address = f"/oauth/{visitor.accounts[0].id}/authorize?{request.url.query}"
        return render.redirect(address, status=302)
    parameters = parse_qsl(request.url.query, keep_blank_values=True)
    return render.page("choose_account.html", visitor=visitor, app=asked.app, parameters=parameters)


@get("/oauth/{hub:int}/authorize", include_in_schema=False)
async def consent_page(request: Call, portal: ThePortal, member: TheMember) -> Page:
    asked = portal.begin_consent(_query(request), member.account.id)
    if isinstance(asked, ConsentProblem):
        return _problem_page(asked, member.visitor)
    return _judged_page(request, portal, member, asked)


@post("/oauth/{hub:int}/authorize", include_in_schema=False)
async def decide(request: Call, portal: ThePortal, member: TheMember, form: TheForm) -> Page:
    """*Grant access* or *Cancel*; what was asked stands in the address, as it did when the page was shown."""
    asked = portal.begin_consent(_query(request), member.account.id)
    if isinstance(asked, ConsentProblem):
        return _problem_page(asked, member.visitor)
    if form.get("decision") == "cancel":
        return render.redirect(portal.deny(asked), status=302)
    if form.get("human") != "yes":
        return _judged_page(request, portal, member, asked, error=NOT_HUMAN)
    try:
        return render.redirect(portal.grant(member.session, member.account.id, asked), status=302)
    except ConsentRefused as refused:
        return _refusal_page(request, portal, refused.refusal, member, asked)


@post("/oauth/{hub:int}/request-approval", include_in_schema=False)
async def request_approval(request: Call, portal: ThePortal, member: TheMember, form: TheForm) -> Page:
    """*Request approval* of an app that the account has not approved; back to the page that says so (S14)."""
    asked = portal.begin_consent(_query(request), member.account.id)
    if isinstance(asked, ConsentProblem):
        return _problem_page(asked, member.visitor)
    verdict = portal.judge(member.session, member.account.id, asked)
    if isinstance(verdict, Refused) and verdict.may_ask:
        try:
            portal.approvals.ask(member.account.id, asked.app.client_id, member.session.email, asked.scopes)
        except NoApprovers:
            detail = "There is nobody else in this account who could approve apps."
            return _refusal_page(request, portal, Refused("approval", NO_APPROVERS, detail), member, asked)
    return render.redirect(f"/oauth/{member.account.id}/authorize?{request.url.query}")


def _query(request: Call) -> dict[str, str]:
    return dict(request.query_params.items())


def _judged_page(request: Call, portal: Portal, member: Member, asked: ConsentRequest, *, error: str = "") -> Page:
    verdict = portal.judge(member.session, member.account.id, asked)
    if isinstance(verdict, Refused):
        return _refusal_page(request, portal, verdict, member, asked)
    return render.page(
        "consent.html",
        status=400 if error else 200,
        title=PAGE_TITLE,
        visitor=member.visitor,
        account=member.account,
        app=asked.app,
        required=_words(scope for scope in verdict.granted if not _is_optional(scope, asked)),
        optional=_words(scope for scope in verdict.granted if _is_optional(scope, asked)),
        address=local_address(request),
        error=error,
    )


def _is_optional(scope: str, asked: ConsentRequest) -> bool:
    return scope != "oauth" and scope not in asked.scopes


def _words(scopes: Iterable[str]) -> list[tuple[str, str]]:
    """Each scope's name and what it means in plain words."""
    return [(name, SCOPES[name].description if name in SCOPES else name) for name in scopes]


def _refusal_page(request: Call, portal: Portal, refusal: Refused, member: Member, asked: ConsentRequest) -> Page:
    """HubSpot's own page and words; the app is told nothing, and no link leads back to it."""
    hub, client_id = member.account.id, asked.app.client_id
    known = portal.approvals.request(hub, client_id, member.session.email) if refusal.may_ask else None
    approves = refusal.kind == "approval" and member.standing.super_admin
    return _stopped(
        403,
        refusal.title,
        refusal.heading,
        refusal.detail,
        visitor=member.visitor,
        account=member.account,
        missing=[each.shown_as for each in refusal.missing],
        ask=f"/oauth/{hub}/request-approval?{request.url.query}" if refusal.may_ask else "",
        known=known,
        review=f"/integrations-settings/{hub}/approved/{quote(client_id, safe='')}" if approves else "",
    )


def _problem_page(problem: ConsentProblem, visitor: Visitor) -> Page:
    return _stopped(400, problem.title, problem.heading, problem.detail, visitor=visitor)


def _stopped(status: int, title: str, heading: str, detail: str, **values: Any) -> Page:
    """`refused.html`: where every connection ends that does not begin."""
    shown = {"account": None, "missing": [], "ask": "", "known": None, "review": "", **values}
    return render.page("refused.html", status=status, title=title, heading=heading, detail=detail, **shown)
