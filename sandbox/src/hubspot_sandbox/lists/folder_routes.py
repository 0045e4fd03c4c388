"""`/crm/lists/{version}/folders…`: folders of segments (S54)."""

import msgspec
from litestar import delete, get, post, put
from litestar.params import FromPath

from hubspot_sandbox.access import Call, Caller, ThePortal
from hubspot_sandbox.lists.folders import ROOT, Folder
from hubspot_sandbox.lists.routes import LISTS, READ, WRITE
from hubspot_sandbox.objects.wire import read_body
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body
from hubspot_sandbox.properties.routes import maker
from hubspot_sandbox.surface import says

FOLDERS = LISTS + "/folders"
ONE = FOLDERS + "/{folder_id:str}"


class FolderInput(msgspec.Struct, frozen=True, rename="camel"):
    """The body of a create; without a parent it lies in the root."""

    name: str
    parent_folder_id: str | int | None = None


class ListMove(msgspec.Struct, frozen=True, rename="camel"):
    list_id: str | int
    new_folder_id: str | int


def folder_json(portal: Portal, folder: Folder) -> Body:
    """With the folders in it, and the ids of the segments."""
    account_id, number = folder.account_id, folder.number
    inner = [each for each in portal.lists.folders.of(account_id) if each.parent == number]
    answer: Body = {
        "id": str(number),
        "parentFolderId": str(folder.parent),
        "name": folder.name,
        "childNodes": [folder_json(portal, each) for each in inner],
        "childLists": [each.number for each in portal.lists.of(account_id) if each.folder == number],
    }
    times = {"createdAt": folder.created_at, "updatedAt": folder.updated_at, "updatedContentsAt": folder.updated_at}
    known = times | ({"userId": int(folder.user_id)} if folder.user_id else {})
    return answer | {name: value for name, value in known.items() if value}


@get(FOLDERS, opt=says("faithful", "S54, sdk", query=("folderId",)))
async def get_folder(request: Call, portal: ThePortal, access: Caller) -> Body:
    """`{folder}` with all that lies in it; the root without `folderId`."""
    access.require(READ)
    found = portal.lists.folders.get(access.account_id, request.query_params.get("folderId", str(ROOT)))
    return {"folder": folder_json(portal, found)}


@post(FOLDERS, status_code=200, opt=says("faithful", "S54, sdk", body=FolderInput))
async def create_folder(request: Call, portal: ThePortal, access: Caller) -> Body:
    access.require(*WRITE)
    given = read_body(await request.body(), FolderInput)
    parent = str(ROOT if given.parent_folder_id is None else given.parent_folder_id)
    made = portal.lists.folders.create(access.account_id, given.name, parent, maker(portal, access).user_id)
    return {"folder": folder_json(portal, made)}


@put(ONE + "/move/{parent_id:str}", opt=says("faithful", "S54, sdk"))
async def move_folder(portal: ThePortal, access: Caller, folder_id: FromPath[str], parent_id: FromPath[str]) -> Body:
    access.require(*WRITE)
    folders = portal.lists.folders
    found, parent = (folders.get(access.account_id, each) for each in (folder_id, parent_id))
    return {"folder": folder_json(portal, folders.move(found, parent))}


@put(FOLDERS + "/move-list", status_code=204, opt=says("faithful", "S54, sdk", body=ListMove))
async def move_list(request: Call, portal: ThePortal, access: Caller) -> None:
    access.require(*WRITE)
    given = read_body(await request.body(), ListMove)
    found = portal.lists.get(access.account_id, str(given.list_id))
    folder = portal.lists.folders.get(access.account_id, str(given.new_folder_id))
    portal.lists.put_into(found, folder.number)


@put(ONE + "/rename", opt=says("faithful", "S54, sdk", query=("newFolderName",)))
async def rename_folder(request: Call, portal: ThePortal, access: Caller, folder_id: FromPath[str]) -> Body:
    """The name is in the query."""
    access.require(*WRITE)
    found = portal.lists.folders.get(access.account_id, folder_id)
    renamed = portal.lists.folders.rename(found, request.query_params.get("newFolderName", ""))
    return {"folder": folder_json(portal, renamed)}


@delete(ONE, status_code=204, opt=says("faithful", "S54, sdk", differs="only when empty, which is a guess"))
async def delete_folder(portal: ThePortal, access: Caller, folder_id: FromPath[str]) -> None:
    access.require(*WRITE)
    found = portal.lists.folders.get(access.account_id, folder_id)
    held = any(each.folder == found.number for each in portal.lists.of(access.account_id))
    portal.lists.folders.delete(found, holds_lists=held)


HANDLERS = [get_folder, create_folder, move_folder, move_list, rename_folder, delete_folder]
