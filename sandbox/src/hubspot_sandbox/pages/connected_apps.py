"""Settings > Connected Apps: what is installed, who did it, which scopes, and Uninstall."""

from datetime import datetime

import msgspec
from litestar import get, post
from litestar.params import FromPath

from hubspot_sandbox.access import ThePortal
from hubspot_sandbox.grants import Installation
from hubspot_sandbox.pages import render
from hubspot_sandbox.pages.errors import PageProblem, not_found
from hubspot_sandbox.pages.forms import TheForm
from hubspot_sandbox.pages.names import person_name
from hubspot_sandbox.pages.render import Page
from hubspot_sandbox.pages.visitor import Call, Member, TheMember
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.rights import SCOPES


class Granted(msgspec.Struct, frozen=True):
    """Who let the app in, when last, and to do what."""

    name: str
    email: str
    at: datetime
    scopes: tuple[str, ...]


class InstalledApp(msgspec.Struct, frozen=True):
    client_id: str
    name: str
    is_verified: bool
    installed_by: str
    installed_at: datetime
    scopes: list[tuple[str, str]]
    granted: list[Granted]


@get("/integrations-settings/{hub:int}/installed", include_in_schema=False)
async def connected_apps(request: Call, portal: ThePortal, member: TheMember) -> Page:
    apps = [_shown(portal, each) for each in portal.grants.installations(member.account.id)]
    return render.page(
        "connected_apps.html",
        member=member,
        apps=apps,
        may_uninstall=_may_uninstall(member),
        gone="uninstalled" in request.query_params,
    )


@get("/integrations-settings/{hub:int}/installed/{client_id:str}/uninstall", include_in_schema=False)
async def uninstall_page(portal: ThePortal, member: TheMember, client_id: FromPath[str]) -> Page:
    return render.page("uninstall.html", member=member, app=_checked(portal, member, client_id))


@post("/integrations-settings/{hub:int}/installed/{client_id:str}/uninstall", include_in_schema=False)
async def uninstall(portal: ThePortal, member: TheMember, client_id: FromPath[str], form: TheForm) -> Page:
    _checked(portal, member, client_id)
    portal.grants.uninstall(member.account.id, client_id)
    return render.redirect(f"/integrations-settings/{member.account.id}/installed?uninstalled=1")


def _checked(portal: Portal, member: Member, client_id: str) -> InstalledApp:
    """:raises PageProblem: 403 without the right to uninstall, 404 when it is not installed"""
    if not _may_uninstall(member):
        detail = "You need App Marketplace Uninstall access. A Super Admin can switch it on."
        raise PageProblem(403, "You can't uninstall apps", detail, member=member)
    found = portal.grants.installation(member.account.id, client_id)
    if found is None:
        raise not_found(member)
    return _shown(portal, found)


def _may_uninstall(member: Member) -> bool:
    return member.standing.has("app_marketplace_uninstall")


def _shown(portal: Portal, found: Installation) -> InstalledApp:
    app = portal.apps.get(found.client_id)
    return InstalledApp(
        client_id=found.client_id,
        name=app.name if app else found.client_id,
        is_verified=app.is_verified if app else False,
        installed_by=person_name(portal, found.installed_by),
        installed_at=found.installed_at,
        scopes=[(name, SCOPES[name].description if name in SCOPES else name) for name in found.approved],
        granted=[
            Granted(person_name(portal, each.email), each.email, each.granted_at, each.scopes)
            for each in portal.grants.granted(found.account_id, found.client_id)
            if each.granted_at
        ],
    )
