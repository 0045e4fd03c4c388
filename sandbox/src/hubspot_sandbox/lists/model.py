"""Segments (lists): their definitions, and keeping the members of the active ones right (S54, S55).

    MANUAL     members are put in and taken out
    SNAPSHOT   filled once by its filters, then as MANUAL
    DYNAMIC    always the records that pass its filters; looked after when somebody asks, if anything changed since

A record joins a DYNAMIC segment when it changed last, or when the filters did [inf]: that is when HubSpot would have
looked at it.
"""

from datetime import timedelta
from typing import Literal

import msgspec

from hubspot_sandbox.changes import Change, Changes
from hubspot_sandbox.clock import Clock, iso
from hubspot_sandbox.lists.branches import Branch, PropertyFilter, Raw, completed, every_filter, read_branches
from hubspot_sandbox.lists.filters import World, compile_branches, moves
from hubspot_sandbox.lists.folders import ROOT, Folders
from hubspot_sandbox.lists.members import Members, Place
from hubspot_sandbox.objects.catalogue import kind_of
from hubspot_sandbox.objects.values import is_id
from hubspot_sandbox.problems import HubSpotProblem, invalid, not_found
from hubspot_sandbox.records import Records
from hubspot_sandbox.search import Statement, Where
from hubspot_sandbox.store import Shelf, Store

Processing = Literal["MANUAL", "DYNAMIC", "SNAPSHOT"]
MOST_LISTS, LONGEST_NAME, DEEPEST = 2000, 255, 5
"""How many an account may have, how long a name may be, how far segments may refer to segments: all [inf]."""
KEPT_FOR = timedelta(days=90)


class ObjectList(msgspec.Struct, frozen=True):
    """A segment. Times are HubSpot's ISO strings; `deleted_at` and `removed_at` are empty where nothing happened."""

    account_id: int
    number: int
    name: str
    kind: str
    processing: Processing
    created_at: str
    updated_at: str
    filters_updated_at: str
    created_by: str = ""
    updated_by: str = ""
    version: int = 1
    filter_branch: Raw | None = None
    custom_properties: dict[str, str] = {}
    deleted_at: str = ""
    removed_at: str = ""
    folder: int = ROOT

    @property
    def branches(self) -> list[Branch]:
        return read_branches(self.filter_branch) if self.filter_branch else []


class Lists:
    """The room of segments of all accounts."""

    def __init__(self, store: Store, clock: Clock, records: Records, changes: Changes) -> None:
        self._store, self._clock, self._records = store, clock, records
        self._lists = Shelf(store, "list", ObjectList)
        self._known: dict[int, dict[int, ObjectList]] | None = None
        self._age: dict[int, int] = {}
        """How often something changed in an account since the start."""
        self._settled: dict[tuple[int, int], int] = {}
        """At which age a segment's members were right."""
        self.members, self.folders = Members(store), Folders(store, clock)
        changes.listen(self._hear)

    # reading ------------------------------------------------------------------------------------------

    def of(self, account_id: int) -> list[ObjectList]:
        """The segments that are not deleted, by id."""
        return [each for _, each in sorted(self._all(account_id).items()) if not each.deleted_at]

    def get(self, account_id: int, list_id: str) -> ObjectList:
        """:raises HubSpotProblem: 404; the sentence is ours [unv]"""
        found = self._find(account_id, list_id)
        if found is None or found.deleted_at:
            raise _missing(list_id)
        return found

    def by_name(self, account_id: int, kind: str, name: str) -> ObjectList:
        """:raises HubSpotProblem: 404"""
        found = self._named(account_id, name)
        if found is None or found.kind != kind:
            raise not_found(f"List does not exist with name '{name}' and object type {kind_of(kind).type_id}.")
        return found

    def _find(self, account_id: int, list_id: str) -> ObjectList | None:
        return self._all(account_id).get(int(list_id)) if is_id(list_id) else None

    def _named(self, account_id: int, name: str) -> ObjectList | None:
        wanted = name.strip().casefold()
        return next((each for each in self.of(account_id) if each.name.casefold() == wanted), None)

    def _all(self, account_id: int) -> dict[int, ObjectList]:
        if self._known is None:
            self._known = {}
            for each in self._lists.all():
                self._known.setdefault(each.account_id, {})[each.number] = each
        return self._known.get(account_id, {})

    def users_of(self, account_id: int, kind: str, name: str) -> list[ObjectList]:
        """The segments whose filters ask about this property."""
        return [each for each in self.of(account_id) if _asks(each, kind, name)]

    def place(self, each: ObjectList) -> Place:
        return Place(each.account_id, each.number, self._records.shelves.shelf(each.account_id, each.kind))

    # writing ------------------------------------------------------------------------------------------

    def create(
        self,
        account_id: int,
        name: str,
        kind: str,
        processing: Processing,
        filter_branch: Raw | None = None,
        *,
        custom_properties: dict[str, str] | None = None,
        folder_id: str = str(ROOT),
        maker: str = "",
    ) -> ObjectList:
        """:raises HubSpotProblem: 400 for a taken or impossible name, for filters that do not fit, for too many; 404 for
        an unknown folder
        """
        checked = self._checked_name(account_id, name)
        if len(self.of(account_id)) >= MOST_LISTS:
            raise invalid(f"An account can have at most {MOST_LISTS} lists.")
        if filter_branch is not None and processing == "MANUAL":
            raise invalid("A MANUAL list cannot have filters.")
        if filter_branch is not None:
            self._check_filters(account_id, kind, filter_branch)
        now, folder = iso(self._clock.now()), self.folders.get(account_id, folder_id)
        with self._store.transaction():
            number = self._store.next_number(f"{account_id}/lists", 1)
            made = ObjectList(account_id, number, checked, kind, processing, now, now, now, maker, maker)
            made = self._put(
                msgspec.structs.replace(
                    made,
                    filter_branch=completed(filter_branch) if filter_branch is not None else None,
                    custom_properties=custom_properties or {},
                    folder=folder.number,
                )
            )
            if processing == "SNAPSHOT":
                self._settle(made)
        return made

    def rename(self, each: ObjectList, name: str, maker: str = "") -> ObjectList:
        """:raises HubSpotProblem: 400 for a taken or impossible name"""
        checked = self._checked_name(each.account_id, name, each)
        return self._put(self._touched(each, maker, name=checked))

    def refilter(self, each: ObjectList, filter_branch: Raw, maker: str = "") -> ObjectList:
        """Other filters; its version counts on.

        :raises HubSpotProblem: 400 unless it is DYNAMIC, and for filters that do not fit
        """
        if each.processing != "DYNAMIC":
            raise invalid(f"The filters of a {each.processing} list cannot be changed.")
        self._check_filters(each.account_id, each.kind, filter_branch, each.number)
        now, version = iso(self._clock.now()), each.version + 1
        changed = self._touched(
            each, maker, filter_branch=completed(filter_branch), filters_updated_at=now, version=version
        )
        self._settled.pop((each.account_id, each.number), None)
        return self._put(changed)

    def delete(self, each: ObjectList) -> None:
        self._put(msgspec.structs.replace(each, deleted_at=iso(self._clock.now())))

    def restore(self, account_id: int, list_id: str) -> None:
        """Nothing happens to one that is not deleted [unv].

        :raises HubSpotProblem: 404 for an unknown one, or one deleted more than 90 days ago; 400 when its name is taken
            or its filters have become impossible
        """
        found = self._find(account_id, list_id)
        oldest = iso(self._clock.now() - KEPT_FOR)
        if found is None or "" < found.deleted_at < oldest:
            raise _missing(list_id)
        if found.deleted_at:
            self._checked_name(account_id, found.name)
            if found.filter_branch is not None:
                self._check_filters(account_id, found.kind, found.filter_branch, found.number)
            folder = found.folder if self.folders.has(account_id, found.folder) else ROOT
            self._put(msgspec.structs.replace(found, deleted_at="", folder=folder))

    def put_into(self, each: ObjectList, folder: int) -> None:
        self._put(msgspec.structs.replace(each, folder=folder))

    def left(self, each: ObjectList) -> None:
        """Remember that somebody left it just now."""
        self._put(msgspec.structs.replace(each, removed_at=iso(self._clock.now())))

    def _touched(self, each: ObjectList, maker: str, **changes: object) -> ObjectList:
        now = iso(self._clock.now())
        return msgspec.structs.replace(each, updated_at=now, updated_by=maker or each.updated_by, **changes)

    def _put(self, each: ObjectList) -> ObjectList:
        self._lists.put(f"{each.account_id}/{each.number}", each)
        self._known = None
        self.changed(each.account_id)
        return each

    def _checked_name(self, account_id: int, name: str, own: ObjectList | None = None) -> str:
        """Names are unique in the account, as HubSpot says; the subcategory is [comm], the text ours [unv]."""
        checked = name.strip()
        if not 1 <= len(checked) <= LONGEST_NAME:
            raise invalid(f"A list needs a name of at most {LONGEST_NAME} characters.")
        taken = self._named(account_id, checked)
        if taken is not None and taken.number != (own.number if own else 0):
            text = f"A list with the name '{checked}' already exists."
            raise HubSpotProblem(400, text, "VALIDATION_ERROR", sub_category="ILS.DUPLICATE_LIST_NAMES")
        return checked

    # filters ------------------------------------------------------------------------------------------

    def settled(self, each: ObjectList) -> ObjectList:
        """The segment with the members that it should have now. If its filters have become impossible, because of a
        property or another segment, they are as they were."""
        if each.processing != "DYNAMIC":
            return each
        key, age = (each.account_id, each.number), self._age.get(each.account_id, 0)
        if self._settled.get(key) == age and not moves(each.branches) and each.kind != "users":
            return each
        if self._settle(each):
            self.left(each)
        self._settled[key] = self._age.get(each.account_id, 0)
        return self.get(each.account_id, str(each.number))

    def _settle(self, each: ObjectList) -> int:
        try:
            condition = self._condition(each.account_id, each.kind, each.branches, (each.number,))
        except HubSpotProblem:
            return 0
        return self.members.settle(self.place(each), condition, each.filters_updated_at)

    def _condition(self, account_id: int, kind: str, branches: list[Branch], through: tuple[int, ...]) -> Statement:
        """A DYNAMIC one without any filters has no members [unv]."""
        if not branches:
            return Statement("0")

        def where(name: str) -> Where:
            return self._records.where(account_id, kind_of(name).name)

        def members_of(among: Where, list_id: str) -> Statement:
            return self._members_of(account_id, among, list_id, through)

        return compile_branches(World(self._clock.now(), where, members_of), kind, branches)

    def _members_of(self, account_id: int, among: Where, list_id: str, through: tuple[int, ...]) -> Statement:
        """A deleted segment has no members [unv].

        :raises HubSpotProblem: 400 for an unknown one, one of another kind, or a circle
        """
        found = self._find(account_id, list_id)
        if found is None or found.kind != among.kind.name:
            raise invalid(f"List {list_id} is no list of {among.kind.name}.")
        if found.number in through or len(through) >= DEEPEST:
            raise invalid(f"List {list_id} cannot be used here: lists refer to each other in a circle, or too far.")
        if found.deleted_at:
            return Statement("0")
        if found.processing == "DYNAMIC":
            return self._condition(account_id, found.kind, found.branches, (*through, found.number))
        return self.members.condition(self.place(found))

    def _check_filters(self, account_id: int, kind: str, raw: Raw, number: int = 0) -> None:
        self._condition(account_id, kind, read_branches(raw), (number,))

    # hearing ------------------------------------------------------------------------------------------

    def changed(self, account_id: int) -> None:
        """Something in the account is not what it was: active segments are to be looked after."""
        self._age[account_id] = self._age.get(account_id, 0) + 1

    def _hear(self, change: Change) -> None:
        self.changed(change.account_id)
        if change.what == "merge":
            kept = [each.number for each in self.of(change.account_id) if each.kind == change.kind]
            self.members.merge(kept, change.account_id, change.merged, change.record_id)


def _asks(each: ObjectList, kind: str, name: str) -> bool:
    asked = every_filter(each.branches)
    return any(
        isinstance(one, PropertyFilter) and name in one.names and (kind_of(of).name if of else each.kind) == kind
        for of, one in asked
    )


def _missing(list_id: str) -> HubSpotProblem:
    return not_found(f"List does not exist with ID {list_id}.")
