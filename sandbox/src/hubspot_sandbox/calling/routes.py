"""`/crm/extensions/calling/{version}/{appId}/settings…` for an app's developer, and the call outcomes (facts 3.4, 5.2).

Which scopes these need is [inf].
"""

from typing import Any

import msgspec
from litestar import delete, get, patch, post
from litestar.params import FromPath

from hubspot_sandbox.access import Call, Caller, ThePortal
from hubspot_sandbox.calling import call_routes
from hubspot_sandbox.calling.model import Calling, Channel, Kept, Recording, T, Widget
from hubspot_sandbox.calls.model import DISPOSITIONS
from hubspot_sandbox.clock import iso
from hubspot_sandbox.developers import Developer, TheDeveloper
from hubspot_sandbox.objects.values import is_id
from hubspot_sandbox.objects.wire import read_body
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, not_found
from hubspot_sandbox.surface import says

SETTINGS = "/crm/extensions/calling/{version:str}/{app_id:str}/settings"
RECORDING, CHANNEL = SETTINGS + "/recording", SETTINGS + "/channel-connection"
READ, WRITE = "developers-read", "developers-write"
_KEY = ("hapikey",)
_GUESSED = "texts of refusals, defaults and a second POST are guessed"


class WidgetChange(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    name: str | None = None
    url: str | None = None
    width: int | None = None
    height: int | None = None
    is_ready: bool | None = None
    supports_custom_objects: bool | None = None
    supports_inbound_calling: bool | None = None
    uses_remote: bool | None = None
    uses_calling_window: bool | None = None


class RecordingChange(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    url_to_retrieve_authed_recording: str | None = None


class ChannelChange(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    url: str | None = None
    is_ready: bool | None = None


def _app(portal: Portal, developer: Developer, app_id: str, scope: str) -> int:
    """The id of the app in the path, for a caller who may do this to it; 404 for another's [unv]."""
    developer.require(scope)
    if not is_id(app_id):
        raise not_found(f"app {app_id} was not found")
    return developer.owned(portal, int(app_id)).app_id


def _calling(portal: Portal) -> Calling:
    return Calling(portal.store, portal.clock)


def _json(kept: Kept[T]) -> Body:
    value: Body = msgspec.to_builtins(kept.value)
    return value | {"createdAt": iso(kept.created_at), "updatedAt": iso(kept.updated_at)}


def _changed(value: T, change: WidgetChange | RecordingChange | ChannelChange) -> T:
    """With what the change says; null says nothing [inf]."""
    wanted = {name: each for name, each in msgspec.structs.asdict(change).items() if each is not None}
    return msgspec.structs.replace(value, **wanted)


@get(SETTINGS, opt=says("shape only", "spec", query=_KEY, differs=_GUESSED))
async def get_widget(portal: ThePortal, developer: TheDeveloper, app_id: FromPath[str]) -> Body:
    """404 before the first POST."""
    owned = _app(portal, developer, app_id, READ)
    return _json(_calling(portal).widgets.get(owned))


@post(SETTINGS, status_code=200, opt=says("shape only", "spec", body=Widget, query=_KEY, differs=_GUESSED))
async def create_widget(request: Call, portal: ThePortal, developer: TheDeveloper, app_id: FromPath[str]) -> Body:
    """400 without a name, or for what is no URL."""
    owned = _app(portal, developer, app_id, WRITE)
    return _json(_calling(portal).widgets.save(owned, read_body(await request.body(), Widget)))


@patch(SETTINGS, opt=says("shape only", "spec", body=WidgetChange, query=_KEY, differs=_GUESSED))
async def update_widget(request: Call, portal: ThePortal, developer: TheDeveloper, app_id: FromPath[str]) -> Body:
    """404 before the first POST."""
    owned, room = _app(portal, developer, app_id, WRITE), _calling(portal).widgets
    change = read_body(await request.body(), WidgetChange)
    return _json(room.save(owned, _changed(room.get(owned).value, change)))


@delete(SETTINGS, status_code=204, opt=says("shape only", "spec", query=_KEY, differs=_GUESSED))
async def delete_widget(portal: ThePortal, developer: TheDeveloper, app_id: FromPath[str]) -> None:
    """204, also when there are none [unv]."""
    _calling(portal).widgets.remove(_app(portal, developer, app_id, WRITE))


@get(RECORDING, opt=says("shape only", "spec, S50", query=_KEY, differs=_GUESSED))
async def get_recording(portal: ThePortal, developer: TheDeveloper, app_id: FromPath[str]) -> Body:
    """404 before the first POST."""
    owned = _app(portal, developer, app_id, READ)
    return msgspec.to_builtins(_calling(portal).recordings.get(owned).value)  # type: ignore[no-any-return]


@post(RECORDING, status_code=200, opt=says("shape only", "spec, S50", body=Recording, query=_KEY, differs=_GUESSED))
async def create_recording(request: Call, portal: ThePortal, developer: TheDeveloper, app_id: FromPath[str]) -> Body:
    """400 without `%s` in the URL. HubSpot would ask it; the sandbox asks nobody."""
    owned = _app(portal, developer, app_id, WRITE)
    kept = _calling(portal).recordings.save(owned, read_body(await request.body(), Recording))
    return msgspec.to_builtins(kept.value)  # type: ignore[no-any-return]


@patch(RECORDING, opt=says("shape only", "spec, S50", body=RecordingChange, query=_KEY, differs=_GUESSED))
async def update_recording(request: Call, portal: ThePortal, developer: TheDeveloper, app_id: FromPath[str]) -> Body:
    """404 before the first POST."""
    owned, room = _app(portal, developer, app_id, WRITE), _calling(portal).recordings
    change = read_body(await request.body(), RecordingChange)
    kept = room.save(owned, _changed(room.get(owned).value, change))
    return msgspec.to_builtins(kept.value)  # type: ignore[no-any-return]


@get(CHANNEL, opt=says("shape only", "spec, S51", query=_KEY, differs=_GUESSED))
async def get_channel(portal: ThePortal, developer: TheDeveloper, app_id: FromPath[str]) -> Body:
    """404 before the first POST."""
    owned = _app(portal, developer, app_id, READ)
    return _json(_calling(portal).channels.get(owned))


@post(CHANNEL, status_code=200, opt=says("shape only", "spec, S51", body=Channel, query=_KEY, differs=_GUESSED))
async def create_channel(request: Call, portal: ThePortal, developer: TheDeveloper, app_id: FromPath[str]) -> Body:
    """400 for what is no URL. HubSpot would ask it for phone numbers; the sandbox asks nobody."""
    owned = _app(portal, developer, app_id, WRITE)
    return _json(_calling(portal).channels.save(owned, read_body(await request.body(), Channel)))


@patch(CHANNEL, opt=says("shape only", "spec, S51", body=ChannelChange, query=_KEY, differs=_GUESSED))
async def update_channel(request: Call, portal: ThePortal, developer: TheDeveloper, app_id: FromPath[str]) -> Body:
    """404 before the first POST."""
    owned, room = _app(portal, developer, app_id, WRITE), _calling(portal).channels
    change = read_body(await request.body(), ChannelChange)
    return _json(room.save(owned, _changed(room.get(owned).value, change)))


@delete(CHANNEL, status_code=204, opt=says("shape only", "spec, S51", query=_KEY, differs=_GUESSED))
async def delete_channel(portal: ThePortal, developer: TheDeveloper, app_id: FromPath[str]) -> None:
    """204, also when there is none [unv]."""
    _calling(portal).channels.remove(_app(portal, developer, app_id, WRITE))


@get("/calling/v1/dispositions", opt=says("shape only", "S43", differs="the scope is guessed"))
async def list_dispositions(access: Caller) -> list[Body]:
    """`[{id, label, deleted}]`"""
    access.require("crm.objects.contacts.read")
    return [{"id": guid, "label": label, "deleted": False} for guid, label in DISPOSITIONS.items()]


HANDLERS: list[Any] = [
    get_widget,
    create_widget,
    update_widget,
    delete_widget,
    get_recording,
    create_recording,
    update_recording,
    get_channel,
    create_channel,
    update_channel,
    delete_channel,
    list_dispositions,
    *call_routes.HANDLERS,
]
