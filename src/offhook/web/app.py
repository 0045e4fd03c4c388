"""The Litestar application: routes, problem details, who is asking, and the built panel's files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from litestar import Litestar, Request, Response, Router, get
from litestar.di import Provide
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.response import File, Redirect
from litestar.static_files import create_static_files_router

from offhook import __version__
from offhook.errors import NotFound
from offhook.telephony.phone_system import HasOwnApp
from offhook.web import (
    administration,
    calls,
    contacts,
    directory,
    elevations,
    examinations,
    grants,
    help,
    lines,
    operator,
    panel,
    people,
    recordings,
    sign_in,
    softphone,
    wordings,
)
from offhook.web.deliveries import take_delivery
from offhook.web.health import live_health, metrics, ready_health
from offhook.web.live import live
from offhook.web.pages import STYLE, page
from offhook.web.parts import Parts
from offhook.web.problems import HANDLERS, UNREADY
from offhook.web.sip import sip

ROOMS = (
    administration,
    calls,
    contacts,
    directory,
    elevations,
    examinations,
    grants,
    help,
    lines,
    operator,
    panel,
    people,
    recordings,
    sign_in,
    softphone,
    wordings,
)

# More than any note that is accepted, with room for JSON's escapes.
BODY_LIMIT = 2_000_000

# The panel is framed by HubSpot's pages through `embed.js`; it loads nothing from elsewhere.
PANEL_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; connect-src 'self' ws: wss:; style-src 'self'; img-src 'self' data:; "
        "object-src 'none'; base-uri 'none'; form-action 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# Nobody frames the administration's page.
OWN_HEADERS = PANEL_HEADERS | {
    "Content-Security-Policy": PANEL_HEADERS["Content-Security-Policy"] + "; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
}


@get("/page.css", opt={"public": True}, include_in_schema=False, media_type="text/css", sync_to_thread=False)
def page_style() -> str:
    return STYLE


@get("/", opt={"public": True}, include_in_schema=False, sync_to_thread=False)
def front() -> Redirect:
    return Redirect("/panel/")


def create_app(parts: Parts) -> Litestar:
    """The application over the rooms in `parts`. Starting and stopping them is bootstrap's."""

    def give_parts() -> Parts:
        return parts

    api = Router(
        "/",
        route_handlers=[route for room in ROOMS for route in room.routes],
        request_max_body_size=BODY_LIMIT,
        security=[{"BearerToken": []}],
    )
    return Litestar(
        [api, take_delivery, live_health, ready_health, metrics, live, sip, page_style, front, *_panel_files(parts)],
        dependencies={
            "parts": Provide(give_parts, sync_to_thread=False),
            "agent": Provide(sign_in.signed_in_agent),
            "administrator": Provide(administration.signed_in_administrator),
        },
        before_request=refuse_unprintable,
        exception_handlers=HANDLERS,
        openapi_config=_openapi(),
        logging_config=None,
    )


def refuse_unprintable(request: Request[Any, Any, Any]) -> None:
    """Nothing of ours is called so, and PostgreSQL would break over a NUL."""
    if not request.scope["path"].isprintable():
        raise NotFound


def _openapi() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Offhook",
        version=__version__,
        description="What panels and phone systems say to Offhook. See docs/reference/panel-api.md.",
        path="/schema",
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        components=Components(security_schemes={"BearerToken": SecurityScheme(type="http", scheme="bearer")}),
    )


def _panel_files(parts: Parts) -> list[Any]:
    folder = panel_folder(parts.settings.panel_dir)
    if folder is None:
        return [_no_panel]
    # Beside the panel and not in it: what is under /panel may be framed.
    own = folder.with_name("administration-page")

    @get("/embed.js", opt={"public": True}, include_in_schema=False, sync_to_thread=False)
    def embed() -> File:
        return File(folder / "embed.js", media_type="text/javascript", content_disposition_type="inline")

    return [
        _files("/panel", folder, _with_frames(parts)),
        _files("/administration", own, OWN_HEADERS),
        embed,
    ]


def _with_frames(parts: Parts) -> Mapping[str, str]:
    """The panel frames the softphone of a phone system's vendor, where there is one, and nothing else."""
    apps = [system.own_app.frame for system in parts.systems.values() if isinstance(system, HasOwnApp)]
    origins = " ".join(sorted({"{0.scheme}://{0.netloc}".format(urlsplit(frame)) for frame in apps if frame}))
    if not origins:
        return PANEL_HEADERS
    name = "Content-Security-Policy"
    return PANEL_HEADERS | {name: f"{PANEL_HEADERS[name]}; frame-src {origins}"}


def _files(path: str, folder: Path, headers: Mapping[str, str]) -> Router:
    """What was built, as it is."""

    def with_headers(response: Response[Any]) -> Response[Any]:
        response.headers.update(headers)
        return response

    return create_static_files_router(
        path,
        [folder],
        html_mode=True,
        include_in_schema=False,
        opt={"public": True},
        after_request=with_headers,
    )


@get(
    ["/panel", "/panel/", "/administration", "/administration/"],
    opt={"public": True},
    include_in_schema=False,
    sync_to_thread=False,
)
def _no_panel() -> Response[str]:
    says = ("The panel is not built here.", "In a checkout of Offhook, `make build` builds it; then start again.")
    return page("No panel yet", says, UNREADY)


def panel_folder(chosen: Path) -> Path | None:
    """Where the built panel is: as set, in the installed package, or in the checkout. None when it is nowhere."""
    here = Path(__file__).resolve()
    candidates = [chosen] if chosen != Path() else [here.parents[1] / "panel", here.parents[3] / "browser/dist/panel"]
    return next((each for each in candidates if (each / "index.html").is_file()), None)
