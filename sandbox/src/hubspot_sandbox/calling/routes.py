"""`/crm/extensions/calling/{version}/{appId}/settings…` for an app's developer, and the call outcomes (facts 3.4, 5.2).

Which scopes these need is [inf].
"""

from collections.abc import Callable
from typing import Any, Generic

import msgspec
from litestar import delete, get, patch, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from hubspot_sandbox.access import Call, Caller, ThePortal
from hubspot_sandbox.calling import call_routes
from hubspot_sandbox.calling.model import Calling, Channel, Kept, Recording, Room, T, Widget
from hubspot_sandbox.calls.model import DISPOSITIONS
from hubspot_sandbox.clock import iso
from hubspot_sandbox.developers import Developer, TheDeveloper
from hubspot_sandbox.objects.values import is_id
from hubspot_sandbox.objects.wire import read_body
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, not_found
from hubspot_sandbox.surface import says

SETTINGS = "/crm/extensions/calling/{version:str}/{app_id:str}/settings"
READ, WRITE = "developers-read", "developers-write"


class Group(msgspec.Struct, Generic[T], frozen=True):
    """One of the groups of settings: where it is, what it holds, what its POST refuses.

    `dated`: it is answered with the times when it was made and changed.
    """

    path: str
    source: str
    holds: type[T]
    room: Callable[[Calling], Room[T]]
    refuses: str
    dated: bool = True

    def of(self, portal: Portal) -> Room[T]:
        return self.room(Calling(portal.store, portal.clock))

    def says(self, body: Any = None) -> dict[str, Any]:
        differs = "texts of refusals, defaults and a second POST are guessed"
        return says("shape only", self.source, body=body, query=("hapikey",), differs=differs)

    def json(self, kept: Kept[T]) -> Body:
        value: Body = msgspec.to_builtins(kept.value)
        times = {"createdAt": iso(kept.created_at), "updatedAt": iso(kept.updated_at)}
        return value | (times if self.dated else {})

    def change(self) -> type[msgspec.Struct]:
        """What its PATCH holds: any of what it holds; null says nothing [inf]."""
        fields = [(each.name, each.type | None, None) for each in msgspec.structs.fields(self.holds)]
        name = f"{self.holds.__name__}Change"
        return msgspec.defstruct(name, fields, frozen=True, rename="camel", omit_defaults=True)


WIDGETS = Group(SETTINGS, "spec", Widget, lambda calling: calling.widgets, "400 without a name, or for what is no URL.")
RECORDINGS = Group(
    SETTINGS + "/recording",
    "spec, S50",
    Recording,
    lambda calling: calling.recordings,
    "400 without `%s` in the URL. HubSpot would ask it; the sandbox asks nobody.",
    dated=False,
)
CHANNELS = Group(
    SETTINGS + "/channel-connection",
    "spec, S51",
    Channel,
    lambda calling: calling.channels,
    "400 for what is no URL. HubSpot would ask it for phone numbers; the sandbox asks nobody.",
)


def _app(portal: Portal, developer: Developer, app_id: str, scope: str) -> int:
    """The id of the app in the path, for a caller who may do this to it; 404 for another's [unv]."""
    developer.require(scope)
    if not is_id(app_id):
        raise not_found(f"app {app_id} was not found")
    return developer.owned(portal, int(app_id)).app_id


def _getter(group: Group[T]) -> HTTPRouteHandler:
    @get(group.path, opt=group.says())
    async def read(portal: ThePortal, developer: TheDeveloper, app_id: FromPath[str]) -> Body:
        """404 before the first POST."""
        owned = _app(portal, developer, app_id, READ)
        return group.json(group.of(portal).get(owned))

    return read


def _poster(group: Group[T]) -> HTTPRouteHandler:
    async def write(request: Call, portal: ThePortal, developer: TheDeveloper, app_id: FromPath[str]) -> Body:
        owned = _app(portal, developer, app_id, WRITE)
        return group.json(group.of(portal).save(owned, read_body(await request.body(), group.holds)))

    write.__doc__ = group.refuses
    return post(group.path, status_code=200, opt=group.says(group.holds))(write)


def _patcher(group: Group[T]) -> HTTPRouteHandler:
    shape = group.change()

    @patch(group.path, opt=group.says(shape))
    async def change(request: Call, portal: ThePortal, developer: TheDeveloper, app_id: FromPath[str]) -> Body:
        """404 before the first POST."""
        owned, room = _app(portal, developer, app_id, WRITE), group.of(portal)
        given = msgspec.structs.asdict(read_body(await request.body(), shape))
        wanted = {name: each for name, each in given.items() if each is not None}
        return group.json(room.save(owned, msgspec.structs.replace(room.get(owned).value, **wanted)))

    return change


def _deleter(group: Group[T]) -> HTTPRouteHandler:
    @delete(group.path, status_code=204, opt=group.says())
    async def remove(portal: ThePortal, developer: TheDeveloper, app_id: FromPath[str]) -> None:
        """204, also when there are none [unv]."""
        group.of(portal).remove(_app(portal, developer, app_id, WRITE))

    return remove


def _handlers(group: Group[T]) -> list[HTTPRouteHandler]:
    return [make(group) for make in (_getter, _poster, _patcher)]


@get("/calling/v1/dispositions", opt=says("shape only", "S43", differs="the scope is guessed"))
async def list_dispositions(access: Caller) -> list[Body]:
    """`[{id, label, deleted}]`"""
    access.require("crm.objects.contacts.read")
    return [{"id": guid, "label": label, "deleted": False} for guid, label in DISPOSITIONS.items()]


HANDLERS: list[Any] = [
    *_handlers(WIDGETS),
    *_handlers(RECORDINGS),
    *_handlers(CHANNELS),
    _deleter(WIDGETS),
    _deleter(CHANNELS),
    list_dispositions,
    *call_routes.HANDLERS,
]
