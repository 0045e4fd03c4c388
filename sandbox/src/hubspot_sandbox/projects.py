"""Developer projects: an app as `hs project upload` would read it, from `hsproject.json` and `…-hsmeta.json` (S24).

    my-project/hsproject.json                 name, srcDir, platformVersion
    my-project/src/app/app-hsmeta.json        uid, type "app", config {name, distribution, auth, permittedUrls, …}

HubSpot makes up client id and secret; here they are `{uid}-client` and `{uid}-secret`, so that a program's settings stay
the same from one start to the next.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from hubspot_sandbox.apps import App, AuthType, Distribution, PermittedUrls, RegistrationRefused
from hubspot_sandbox.gate import AppScopes, Terms
from hubspot_sandbox.portal import Portal

T = TypeVar("T")
MAX_BYTES = 1_000_000
_UID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_VERSION = re.compile(r"20\d\d\.\d{1,2}")


class ProjectFile(msgspec.Struct, frozen=True, rename="camel"):
    """`hsproject.json`."""

    name: str
    platform_version: str
    src_dir: str = "src"


class Auth(msgspec.Struct, frozen=True, rename="camel"):
    type: AuthType
    redirect_urls: tuple[str, ...] = ()
    required_scopes: tuple[str, ...] = ()
    optional_scopes: tuple[str, ...] = ()
    conditionally_required_scopes: tuple[str, ...] = ()


class Config(msgspec.Struct, frozen=True, rename="camel"):
    """What of the app's configuration matters here; description, support and logo are read over."""

    name: str
    distribution: Distribution
    auth: Auth
    is_user_level: bool = False
    permitted_urls: PermittedUrls = PermittedUrls()


class AppFile(msgspec.Struct, frozen=True, rename="camel"):
    """`app-hsmeta.json`."""

    uid: str
    type: Literal["app"]
    config: Config


class _AnyMeta(msgspec.Struct, frozen=True):
    type: Any = None


def register_project(portal: Portal, folder: Path) -> App:
    """Register the project's app, or update the one with the same uid. A reset leaves it as it is here.

    :raises RegistrationRefused: with the file and what is wrong in it
    """
    project = _read(folder / "hsproject.json", ProjectFile)
    if not _VERSION.fullmatch(project.platform_version):
        raise RegistrationRefused(f"hsproject.json: platformVersion {project.platform_version!r} is not like '2026.09'")
    meta = _app_file(folder, project.src_dir)
    try:
        made = register_app_file(portal, _read(meta, AppFile))
    except RegistrationRefused as refused:
        raise RegistrationRefused(_located(meta, str(refused))) from refused
    portal.project_apps[made.client_id] = made
    return made


def read_app_file(raw: bytes) -> AppFile:
    """:raises RegistrationRefused: not the content of an `app-hsmeta.json`"""
    return _decoded(raw, AppFile, "app-hsmeta.json")


def register_app_file(portal: Portal, file: AppFile, terms: Terms | None = None) -> App:
    """Register what an `app-hsmeta.json` says. What the control plane set of HubSpot's terms stays.

    :raises RegistrationRefused: uid, redirect URL, scope or distribution not acceptable; turned to user level (S6)
    """
    if not _UID.fullmatch(file.uid):
        raise RegistrationRefused("uid must be 1 to 64 letters, digits, dots, dashes and underscores")
    known = portal.apps.by_uid(file.uid)
    if known and known.is_user_level != file.config.is_user_level:
        raise RegistrationRefused("isUserLevel of an app cannot be changed; give the new app another uid")
    return portal.apps.save(_app(file, known, terms))


def _app(file: AppFile, known: App | None, terms: Terms | None) -> App:
    auth, config = file.config.auth, file.config
    if auth.type == "oauth" and not auth.redirect_urls:
        raise RegistrationRefused("an app with auth type 'oauth' needs at least one of redirectUrls")
    return App(
        client_id=known.client_id if known else f"{file.uid}-client",
        client_secret=known.client_secret if known else f"{file.uid}-secret",
        app_id=0,
        name=config.name,
        redirect_urls=auth.redirect_urls,
        scopes=AppScopes(auth.required_scopes, auth.conditionally_required_scopes, auth.optional_scopes),
        distribution=config.distribution,
        is_user_level=config.is_user_level,
        is_verified=known.is_verified if known else False,
        auth_type=auth.type,
        permitted_urls=config.permitted_urls,
        terms=terms or (known.terms if known else Terms()),
        uid=file.uid,
    )


def _app_file(folder: Path, src_dir: str) -> Path:
    """The one `*-hsmeta.json` of type app in `src/app`; its name before the ending is free."""
    place = folder / src_dir / "app"
    if not place.resolve().is_relative_to(folder.resolve()):
        raise RegistrationRefused(f"hsproject.json: srcDir {src_dir!r} leads out of the project")
    found = [each for each in sorted(place.glob("*-hsmeta.json")) if _read(each, _AnyMeta).type == "app"]
    if len(found) != 1:
        wrong = "there is none" if not found else f"there are {len(found)}"
        raise RegistrationRefused(f"{src_dir}/app must hold one …-hsmeta.json of type 'app'; {wrong}")
    return found[0]


def _read(path: Path, kind: type[T]) -> T:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise RegistrationRefused(f"{path.name}: cannot be read ({error.strerror})") from error
    if len(raw) > MAX_BYTES:
        raise RegistrationRefused(f"{path.name}: is larger than {MAX_BYTES:,} bytes")
    return _decoded(raw, kind, path.name)


def _decoded(raw: bytes, kind: type[T], name: str) -> T:
    try:
        return msgspec.json.decode(raw.removeprefix(b"\xef\xbb\xbf"), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RegistrationRefused(_located(Path(name), "; ".join(_plain(str(error))))) from error


def _plain(message: str) -> Iterator[str]:
    """msgspec's `… - at `$.config.auth`` with the place in front."""
    what, found, place = message.partition(" - at ")
    yield f"{place.strip('`').removeprefix('$.')}: {what}" if found else what


def _located(path: Path, message: str) -> str:
    return message if message.startswith(path.name) else f"{path.name}: {message}"
