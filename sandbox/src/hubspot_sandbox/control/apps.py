"""`/_sandbox/apps`: the registered apps, by plain settings or by the content of an `app-hsmeta.json`."""

from typing import Any

import msgspec
from litestar import get, post

from hubspot_sandbox.access import Call, ThePortal
from hubspot_sandbox.apps import App, Distribution, PermittedUrls, RegistrationRefused
from hubspot_sandbox.gate import AppScopes, Terms
from hubspot_sandbox.objects.wire import read_body
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, invalid
from hubspot_sandbox.projects import read_app_file, register_app_file


class AppWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An app to register, or to change when `client_id` is known. Scopes are lists or texts with spaces.

    `terms` are HubSpot's rules for it (`gate.Terms`); left out, they stay as they are.
    """

    name: str
    redirect_urls: tuple[str, ...]
    required_scopes: tuple[str, ...] | str = ("oauth",)
    conditionally_required_scopes: tuple[str, ...] | str = ()
    optional_scopes: tuple[str, ...] | str = ()
    client_id: str = ""
    client_secret: str = ""
    distribution: Distribution = "private"
    is_user_level: bool = False
    is_verified: bool = False
    permitted_urls: PermittedUrls = PermittedUrls()
    terms: Terms | None = None


def app_json(app: App) -> Body:
    return {
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "app_id": app.app_id,
        "uid": app.uid,
        "name": app.name,
        "redirect_urls": list(app.redirect_urls),
        "required_scopes": list(app.scopes.required),
        "conditionally_required_scopes": list(app.scopes.conditionally_required),
        "optional_scopes": list(app.scopes.optional),
        "distribution": app.distribution,
        "is_user_level": app.is_user_level,
        "is_verified": app.is_verified,
        "auth_type": app.auth_type,
        "permitted_urls": msgspec.to_builtins(app.permitted_urls),
        "terms": msgspec.to_builtins(app.terms),
    }


@get("/apps")
async def list_apps(portal: ThePortal) -> list[Body]:
    """The registered apps with their settings and credentials."""
    return [app_json(app) for app in portal.apps.all()]


@post("/apps", status_code=200)
async def register_app(request: Call, portal: ThePortal) -> Body:
    """Register an app, or change the one with this `client_id`; also the content of an `app-hsmeta.json`."""
    raw = await request.body()
    try:
        if _is_app_file(raw):
            return app_json(register_app_file(portal, read_app_file(raw)))
        return app_json(portal.apps.save(_app(portal, read_body(raw, AppWish))))
    except RegistrationRefused as refused:
        raise invalid(str(refused)) from refused


def _is_app_file(raw: bytes) -> bool:
    """An `app-hsmeta.json` has a uid and a config; settings for the control plane have neither."""
    try:
        body: Any = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return isinstance(body, dict) and ("uid" in body or "config" in body)


def _app(portal: Portal, wish: AppWish) -> App:
    known = portal.apps.get(wish.client_id)
    return App(
        client_id=wish.client_id,
        client_secret=wish.client_secret,
        app_id=0,
        name=wish.name,
        redirect_urls=wish.redirect_urls,
        scopes=AppScopes(
            scope_names(wish.required_scopes),
            scope_names(wish.conditionally_required_scopes),
            scope_names(wish.optional_scopes),
        ),
        distribution=wish.distribution,
        is_user_level=wish.is_user_level,
        is_verified=wish.is_verified,
        permitted_urls=wish.permitted_urls,
        terms=wish.terms or (known.terms if known else Terms()),
        uid=known.uid if known else "",
    )


def scope_names(scopes: tuple[str, ...] | str) -> tuple[str, ...]:
    """Scopes as a list or as one text with spaces."""
    return tuple(scopes.split()) if isinstance(scopes, str) else scopes


HANDLERS = [list_apps, register_app]
