"""Folders of segments. The root is folder 0, which nobody makes and nothing removes (S54)."""

import msgspec

from hubspot_sandbox.clock import Clock, iso
from hubspot_sandbox.objects.values import is_id
from hubspot_sandbox.problems import invalid, not_found
from hubspot_sandbox.store import Shelf, Store

ROOT = 0
MOST, DEEPEST, LONGEST_NAME = 500, 10, 255
"""How many an account may have, how deep they may lie, how long names may be: all [inf]."""


class Folder(msgspec.Struct, frozen=True):
    """A folder of an account. Times are HubSpot's ISO strings."""

    account_id: int
    number: int
    name: str
    parent: int
    created_at: str
    updated_at: str
    user_id: str = ""


class Folders:
    """The room of folders of all accounts. Which segments lie in one is written at the segments."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._folders = Shelf(store, "list-folder", Folder)

    def of(self, account_id: int) -> list[Folder]:
        """By id."""
        found = [each for each in self._folders.all() if each.account_id == account_id]
        return sorted(found, key=lambda each: each.number)

    def has(self, account_id: int, number: int) -> bool:
        return number == ROOT or self._folders.get(f"{account_id}/{number}") is not None

    def get(self, account_id: int, folder_id: str) -> Folder:
        """:raises HubSpotProblem: 404; the sentence is ours [unv]"""
        if folder_id == str(ROOT):
            return Folder(account_id, ROOT, "", ROOT, "", "")
        found = self._folders.get(f"{account_id}/{int(folder_id)}") if is_id(folder_id) else None
        if found is None:
            raise not_found(f"List folder does not exist with ID {folder_id}.")
        return found

    def create(self, account_id: int, name: str, parent_id: str, user_id: str = "") -> Folder:
        """:raises HubSpotProblem: 400 for an impossible name, too many or too deep; 404 for an unknown parent"""
        parent = self.get(account_id, parent_id)
        if len(self.of(account_id)) >= MOST or len(self._way(parent)) >= DEEPEST:
            raise invalid(f"There can be at most {MOST} list folders, {DEEPEST} deep.")
        checked, now = _checked(name), iso(self._clock.now())
        with self._store.transaction():
            number = self._store.next_number(f"{account_id}/list-folders", 1)
            return self._put(Folder(account_id, number, checked, parent.number, now, now, user_id))

    def rename(self, folder: Folder, name: str) -> Folder:
        """:raises HubSpotProblem: 400 for an impossible name, and for the root"""
        return self._change(folder, name=_checked(name))

    def move(self, folder: Folder, parent: Folder) -> Folder:
        """:raises HubSpotProblem: 400 into itself, too deep, and for the root"""
        way = self._way(parent)
        if folder.number in way:
            raise invalid("A list folder cannot be moved into itself.")
        if len(way) + self._depth(folder) > DEEPEST:
            raise invalid(f"List folders can be at most {DEEPEST} deep.")
        return self._change(folder, parent=parent.number)

    def delete(self, folder: Folder, *, holds_lists: bool) -> None:
        """:raises HubSpotProblem: 400 for the root, and while something is in it [unv]"""
        _check_no_root(folder)
        if holds_lists or any(each.parent == folder.number for each in self.of(folder.account_id)):
            raise invalid("A list folder must be empty to be deleted.")
        self._folders.remove(f"{folder.account_id}/{folder.number}")

    def _way(self, folder: Folder) -> list[int]:
        """Itself and the folders around it, without the root."""
        parents = {each.number: each.parent for each in self.of(folder.account_id)}
        way, number = list[int](), folder.number
        while number != ROOT:
            way.append(number)
            number = parents[number]
        return way

    def _depth(self, folder: Folder) -> int:
        """How many levels it takes, itself and what is in it."""
        inner = [self._depth(each) for each in self.of(folder.account_id) if each.parent == folder.number]
        return 1 + max(inner, default=0)

    def _change(self, folder: Folder, **changes: object) -> Folder:
        _check_no_root(folder)
        return self._put(msgspec.structs.replace(folder, updated_at=iso(self._clock.now()), **changes))

    def _put(self, folder: Folder) -> Folder:
        self._folders.put(f"{folder.account_id}/{folder.number}", folder)
        return folder


def _check_no_root(folder: Folder) -> None:
    if folder.number == ROOT:
        raise invalid("The root folder stays as it is.")


def _checked(name: str) -> str:
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        raise invalid(f"A list folder needs a name of at most {LONGEST_NAME} characters.")
    return name.strip()
