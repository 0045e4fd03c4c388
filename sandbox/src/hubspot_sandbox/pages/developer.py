"""`/developer-projects/{hub}`: the registered apps with their credentials, for people with Developer tools access.

The real page's address and looks are [unv]; its refusal is HubSpot's (S17).
"""

from litestar import get

from hubspot_sandbox.access import ThePortal
from hubspot_sandbox.gate import NO_DEVELOPER_TOOLS
from hubspot_sandbox.pages import render
from hubspot_sandbox.pages.errors import PageProblem
from hubspot_sandbox.pages.render import Page
from hubspot_sandbox.pages.visitor import TheMember


@get("/developer-projects/{hub:int}", include_in_schema=False)
async def developer_page(portal: ThePortal, member: TheMember) -> Page:
    """:raises PageProblem: 403 without Developer tools access"""
    if not member.standing.has("developer_tools"):
        detail = "You need Developer tools access. A Super Admin can switch it on in Settings > Users & Teams."
        raise PageProblem(403, NO_DEVELOPER_TOOLS, detail, member=member)
    return render.page("developer.html", member=member, apps=portal.apps.all())


HANDLERS = [developer_page]
