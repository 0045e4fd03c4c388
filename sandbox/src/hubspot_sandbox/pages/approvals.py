"""Settings > Approved apps (beta, S14): what people ask for, and which apps the account lets in. For Super Admins."""

from datetime import datetime
from typing import cast, get_args

import msgspec
from litestar import Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath

from hubspot_sandbox.access import ThePortal
from hubspot_sandbox.approvals import Approval, Audience
from hubspot_sandbox.apps import App
from hubspot_sandbox.pages import render
from hubspot_sandbox.pages.errors import PageProblem, not_found
from hubspot_sandbox.pages.forms import Form, TheForm
from hubspot_sandbox.pages.names import person_name
from hubspot_sandbox.pages.render import Page
from hubspot_sandbox.pages.visitor import Call, Member, TheMember
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.rights import SCOPES

AUDIENCES: dict[str, str] = {"everyone": "Everyone", "admins": "Super Admins only", "users": "Chosen users"}
DONE = {
    "on": "Apps must be approved from now on.",
    "off": "Apps need no approval any more.",
    "approved": "{name} is approved.",
    "revoked": "{name} is no longer approved, and was uninstalled.",
    "denied": "The request for {name} was denied.",
}
TheAdmin = NamedDependency[Member]


class AskedApp(msgspec.Struct, frozen=True):
    """A request, as a Super Admin reads it."""

    client_id: str
    app: str
    email: str
    person: str
    asked_at: datetime
    denied: bool


class ListedApp(msgspec.Struct, frozen=True):
    """An app with its approval, or None while it has none."""

    client_id: str
    name: str
    installed: bool
    approval: Approval | None
    approved_by: str
    who: str


class Choice(msgspec.Struct, frozen=True):
    """A box to tick."""

    name: str
    label: str
    hint: str
    on: bool


async def provide_admin(member: TheMember) -> Member:
    """:raises PageProblem: 403 for anybody but a Super Admin"""
    if not member.standing.super_admin:
        detail = "Ask a Super Admin of this account."
        raise PageProblem(403, "Only Super Admins can approve apps", detail, member=member)
    return member


async def provide_app(portal: ThePortal, admin: TheAdmin, client_id: FromPath[str]) -> App:
    """:raises PageProblem: 404"""
    found = portal.apps.get(client_id)
    if found is None:
        raise not_found(admin)
    return found


TheApp = NamedDependency[App]


@get("/integrations-settings/{hub:int}/approved", include_in_schema=False)
async def approved_apps(request: Call, portal: ThePortal, admin: TheAdmin) -> Page:
    listed = [_listed(portal, admin, app) for app in portal.apps.all()]
    return render.page(
        "approved_apps.html",
        member=admin,
        required=portal.approvals.required(admin.account.id),
        requests=_asked(portal, admin),
        approved=[each for each in listed if each.approval],
        unapproved=[each for each in listed if not each.approval],
        done=_done(request, portal),
    )


@post("/integrations-settings/{hub:int}/approved", include_in_schema=False)
async def set_required(portal: ThePortal, admin: TheAdmin, form: TheForm) -> Page:
    """The switch of the whole feature."""
    on = form.get("required") == "on"
    portal.approvals.require(admin.account.id, on)
    return _back(admin, "on" if on else "off")


@get("/integrations-settings/{hub:int}/approved/{client_id:str}", include_in_schema=False)
async def approve_page(portal: ThePortal, admin: TheAdmin, wanted: TheApp) -> Page:
    known = portal.approvals.approval(admin.account.id, wanted.client_id)
    held = {f"user.{each}" for each in known.users} if known else set[str]()
    held |= {f"scope.{each}" for each in wanted.scopes.optional if not known or each not in known.blocked}
    return _approve_page(portal, admin, wanted, known.audience if known else "everyone", held)


@post("/integrations-settings/{hub:int}/approved/{client_id:str}", include_in_schema=False)
async def approve(portal: ThePortal, admin: TheAdmin, wanted: TheApp, form: TheForm) -> Page:
    """Approve, or change what was approved. An unticked permission is blocked."""
    audience = form.get("audience", "")
    if audience not in get_args(Audience):
        raise PageProblem(400, "That did not work", "Choose who can install the app.", member=admin)
    emails = [each.email for each in portal.people.members(admin.account.id)]
    try:
        portal.approvals.approve(
            admin.account.id,
            wanted.client_id,
            admin.session.email,
            audience=cast("Audience", audience),
            users=[email for email in emails if form.get(f"user.{email}") == "on"],
            blocked=[scope for scope in wanted.scopes.optional if form.get(f"scope.{scope}") != "on"],
        )
    except ValueError:
        return _approve_page(portal, admin, wanted, audience, _ticked(form), error="Choose at least one user.")
    return _back(admin, "approved", wanted)


@get("/integrations-settings/{hub:int}/approved/{client_id:str}/revoke", include_in_schema=False)
async def revoke_page(admin: TheAdmin, wanted: TheApp) -> Page:
    return render.page("revoke_approval.html", member=admin, app=wanted)


@post("/integrations-settings/{hub:int}/approved/{client_id:str}/revoke", include_in_schema=False)
async def revoke(portal: ThePortal, admin: TheAdmin, wanted: TheApp, form: TheForm) -> Page:
    portal.approvals.revoke(admin.account.id, wanted.client_id)
    return _back(admin, "revoked", wanted)


@post("/integrations-settings/{hub:int}/approved/{client_id:str}/deny", include_in_schema=False)
async def deny(portal: ThePortal, admin: TheAdmin, wanted: TheApp, form: TheForm) -> Page:
    """:raises PageProblem: 404 when nobody (any more) asks for it"""
    if not portal.approvals.deny(admin.account.id, wanted.client_id, form.get("email", "")):
        raise not_found(admin)
    return _back(admin, "denied", wanted)


def _approve_page(portal: Portal, admin: Member, app: App, audience: str, ticked: set[str], *, error: str = "") -> Page:
    members = [each for each in portal.people.members(admin.account.id) if each.active and not each.super_admin]
    return render.page(
        "approve_app.html",
        status=400 if error else 200,
        member=admin,
        app=app,
        known=portal.approvals.approval(admin.account.id, app.client_id),
        audience=audience,
        audiences=AUDIENCES,
        users=[_choice(f"user.{each.email}", person_name(portal, each.email), each.email, ticked) for each in members],
        required=[(name, _words(name)) for name in dict.fromkeys(("oauth", *app.scopes.required))],
        optional=[_choice(f"scope.{name}", _words(name), name, ticked) for name in app.scopes.optional],
        error=error,
    )


def _choice(name: str, label: str, hint: str, ticked: set[str]) -> Choice:
    return Choice(name, label, hint, name in ticked)


def _ticked(form: Form) -> set[str]:
    return {name for name, value in form.items() if value == "on"}


def _words(scope: str) -> str:
    return SCOPES[scope].description if scope in SCOPES else scope


def _asked(portal: Portal, admin: Member) -> list[AskedApp]:
    return [
        AskedApp(
            client_id=each.client_id,
            app=_name(portal, each.client_id),
            email=each.email,
            person=person_name(portal, each.email),
            asked_at=each.asked_at,
            denied=each.state == "denied",
        )
        for each in portal.approvals.requests(admin.account.id)
    ]


def _listed(portal: Portal, admin: Member, app: App) -> ListedApp:
    approval = portal.approvals.approval(admin.account.id, app.client_id)
    return ListedApp(
        client_id=app.client_id,
        name=app.name,
        installed=portal.grants.installation(admin.account.id, app.client_id) is not None,
        approval=approval,
        approved_by=person_name(portal, approval.approved_by) if approval else "",
        who=_who(portal, approval) if approval else "",
    )


def _who(portal: Portal, approval: Approval) -> str:
    if approval.audience == "users":
        return ", ".join(person_name(portal, email) for email in approval.users)
    return AUDIENCES[approval.audience]


def _name(portal: Portal, client_id: str) -> str:
    app = portal.apps.get(client_id)
    return app.name if app else client_id


def _back(admin: Member, done: str, app: App | None = None) -> Page:
    which = f"&app={app.app_id}" if app else ""
    return render.redirect(f"/integrations-settings/{admin.account.id}/approved?done={done}{which}")


def _done(request: Call, portal: Portal) -> str:
    """The sentence about what was just done; the address only names it, so that nobody can put words here."""
    sentence = DONE.get(request.query_params.get("done", ""), "")
    wanted = request.query_params.get("app", "")
    app = next((each for each in portal.apps.all() if str(each.app_id) == wanted), None)
    if "{name}" in sentence and app is None:
        return ""
    return sentence.format(name=app.name if app else "")


HANDLERS = [
    Router(
        "/",
        route_handlers=[approved_apps, set_required, approve_page, approve, revoke_page, revoke, deny],
        dependencies={"admin": Provide(provide_admin), "wanted": Provide(provide_app)},
    )
]
