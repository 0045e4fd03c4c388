"""The lists: Contacts (0-1), Companies (0-2), Deals (0-3) and Tickets (0-5), with search, sorting and pages of 25."""

from urllib.parse import urlencode

import msgspec
from litestar import get
from litestar.params import FromPath

from hubspot_sandbox.access import ThePortal
from hubspot_sandbox.objects.values import is_id
from hubspot_sandbox.pages import render
from hubspot_sandbox.pages.errors import not_found
from hubspot_sandbox.pages.names import owner_names
from hubspot_sandbox.pages.render import Page
from hubspot_sandbox.pages.shown import BY_TYPE_ID, Column, Shown, record_name
from hubspot_sandbox.pages.viewing import LAST_PAGE, MAX_QUERY, OWNER, PAGE_SIZE, View, list_records, may_create
from hubspot_sandbox.pages.visitor import Call, Member, TheMember
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.record import Record

VIEWS = ("all", "my")


class Cell(msgspec.Struct, frozen=True):
    """One value in words, and the company's record where it stands for one."""

    column: Column
    value: str
    company_id: str = ""


class Row(msgspec.Struct, frozen=True):
    """A line of the table."""

    id: str
    name: str
    cells: list[Cell]


class Pages(msgspec.Struct, frozen=True):
    """Which page of how many, and the addresses of the others."""

    current: int
    last: int
    total: int
    address: str
    query: str
    sort: str = ""

    def to(self, number: int) -> str:
        return self._to(number, self.sort)

    def sorted_by(self, name: str) -> str:
        """The first page, sorted by a property; by the one it is sorted by already, the other way round."""
        return self._to(1, f"-{name}" if self.sort == name else name)

    def direction(self, name: str) -> str:
        """For `aria-sort`; nothing when it is not sorted by this."""
        return {name: "ascending", f"-{name}": "descending"}.get(self.sort, "")

    def _to(self, number: int, sort: str) -> str:
        asked = {"q": self.query, "sort": sort, "page": str(number) if number > 1 else ""}
        kept = urlencode({name: value for name, value in asked.items() if value})
        return f"{self.address}?{kept}" if kept else self.address

    @property
    def first_shown(self) -> int:
        return (self.current - 1) * PAGE_SIZE + 1

    @property
    def last_shown(self) -> int:
        return min(self.current * PAGE_SIZE, self.total)

    @property
    def near(self) -> list[int]:
        """The numbers worth a link: around the current one."""
        return list(range(max(1, self.current - 2), min(self.last, self.current + 2) + 1))


@get("/contacts/{hub:int}/objects/{type_id:str}/views/{view_name:str}/list", include_in_schema=False)
async def record_list(
    request: Call, portal: ThePortal, member: TheMember, type_id: FromPath[str], view_name: FromPath[str]
) -> Page:
    shown = BY_TYPE_ID.get(type_id)
    if shown is None or view_name not in VIEWS:
        raise not_found(member)
    view = View(_query(request), _page_number(request), view_name == "my", _sort(request, shown))
    found = list_records(portal, member, shown.kind, view)
    last = max(1, min(LAST_PAGE, -(-found.total // PAGE_SIZE)))
    base = f"/contacts/{member.account.id}/objects/{type_id}"
    pages = Pages(view.page, last, found.total, f"{base}/views/{view_name}/list", view.query, view.sort)
    if view.page > last:
        return render.redirect(pages.to(last), status=302)
    return render.page(
        "list.html",
        member=member,
        shown=shown,
        rows=_rows(portal, member, shown, found.records),
        pages=pages,
        views=[(name, f"{base}/views/{name}/list") for name in VIEWS],
        view_name=view_name,
        new=f"{base}/new" if may_create(portal, member, shown.kind) else "",
    )


def _query(request: Call) -> str:
    return request.query_params.get("q", "").strip()[:MAX_QUERY]


def _page_number(request: Call) -> int:
    text = request.query_params.get("page", "1")
    return max(1, min(int(text), LAST_PAGE)) if is_id(text) else 1


def _sort(request: Call, shown: Shown) -> str:
    """A column that can be sorted by; anything else is ignored."""
    wanted = request.query_params.get("sort", "")
    known = {shown.name_sort, *(column.sort for column in shown.columns)} - {""}
    return wanted if wanted.removeprefix("-") in known else ""


def _rows(portal: Portal, member: Member, shown: Shown, records: list[Record]) -> list[Row]:
    account_id = member.account.id
    words = _words(portal, account_id, shown)
    return [
        Row(each.id, record_name(each), [_cell(portal, account_id, each, column, words) for column in shown.columns])
        for each in records
    ]


def _words(portal: Portal, account_id: int, shown: Shown) -> dict[tuple[str, str], str]:
    """Labels for values: of properties with options, and of owners."""
    properties = portal.properties.of(account_id, shown.kind)
    labels = {
        (column.name, option.value): option.label
        for column in shown.columns
        for option in properties[column.name].options
    }
    return labels | {(OWNER, number): name for number, name in owner_names(portal, account_id).items()}


def _cell(portal: Portal, account_id: int, record: Record, column: Column, words: dict[tuple[str, str], str]) -> Cell:
    value = record.get(column.name)
    if column.style == "company":
        company = portal.record(account_id, "companies", record.get("associatedcompanyid"))
        return Cell(column, record_name(company) if company else value, company.id if company else "")
    return Cell(column, words.get((column.name, value), "" if column.style == "owner" else value))
