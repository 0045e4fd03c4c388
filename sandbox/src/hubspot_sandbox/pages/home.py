"""The start: the only account's contacts, or a choice of accounts."""

from litestar import get

from hubspot_sandbox.pages import render
from hubspot_sandbox.pages.render import Page
from hubspot_sandbox.pages.visitor import TheMember, TheVisitor, home_of


@get("/", include_in_schema=False)
async def home(visitor: TheVisitor) -> Page:
    if len(visitor.accounts) == 1:
        return render.redirect(home_of(visitor.accounts[0]), status=302)
    return render.page("accounts.html", visitor=visitor, home_of=home_of)


@get("/contacts/{hub:int}", include_in_schema=False)
async def account_home(member: TheMember) -> Page:
    return render.redirect(member.home, status=302)
