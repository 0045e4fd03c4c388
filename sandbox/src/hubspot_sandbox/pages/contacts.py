"""The lists: Contacts (0-1) and Companies (0-2), with search and pages of 25."""

from urllib.parse import urlencode

import msgspec
from litestar import get
from litestar.params import FromPath

from hubspot_sandbox.access import ThePortal
from hubspot_sandbox.objects.values import is_id
from hubspot_sandbox.pages import render
from hubspot_sandbox.pages.errors import not_found
from hubspot_sandbox.pages.names import company_name, contact_name, owner_names
from hubspot_sandbox.pages.render import Page
from hubspot_sandbox.pages.viewing import LAST_PAGE, MAX_QUERY, PAGE_SIZE, View, list_records
from hubspot_sandbox.pages.visitor import Call, TheMember
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.records import Record

KINDS = {"0-1": "contacts", "0-2": "companies"}
VIEWS = ("all", "my")


class Row(msgspec.Struct, frozen=True):
    """A line of the table; what a kind does not have stays empty."""

    id: str
    name: str
    record: Record
    owner: str
    company: str = ""
    company_id: str = ""


class Pages(msgspec.Struct, frozen=True):
    """Which page of how many, and the addresses of the others."""

    current: int
    last: int
    total: int
    address: str
    query: str

    def to(self, number: int) -> str:
        asked = {"q": self.query, "page": str(number) if number > 1 else ""}
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
    kind = KINDS.get(type_id)
    if kind is None or view_name not in VIEWS:
        raise not_found(member)
    view = View(_query(request), _page_number(request), mine=view_name == "my")
    found = list_records(portal, member, kind, view)
    last = max(1, min(LAST_PAGE, -(-found.total // PAGE_SIZE)))
    base = f"/contacts/{member.account.id}/objects/{type_id}/views"
    pages = Pages(view.page, last, found.total, f"{base}/{view_name}/list", view.query)
    if view.page > last:
        return render.redirect(pages.to(last), status=302)
    return render.page(
        f"{kind}.html",
        member=member,
        kind=kind,
        rows=_rows(portal, member.account.id, found.records),
        pages=pages,
        views=[(name, f"{base}/{name}/list") for name in VIEWS],
        view_name=view_name,
    )


def _query(request: Call) -> str:
    return request.query_params.get("q", "").strip()[:MAX_QUERY]


def _page_number(request: Call) -> int:
    text = request.query_params.get("page", "1")
    return max(1, min(int(text), LAST_PAGE)) if is_id(text) else 1


def _rows(portal: Portal, account_id: int, records: list[Record]) -> list[Row]:
    owners = owner_names(portal, account_id)
    return [_row(portal, account_id, record, owners.get(record.get("hubspot_owner_id"), "")) for record in records]


def _row(portal: Portal, account_id: int, record: Record, owner: str) -> Row:
    if record.kind == "companies":
        return Row(record.id, company_name(record), record, owner)
    company = portal.record(account_id, "companies", record.get("associatedcompanyid"))
    name = company_name(company) if company else record.get("company")
    return Row(record.id, contact_name(record), record, owner, name, company.id if company else "")
