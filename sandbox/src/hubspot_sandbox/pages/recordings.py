"""Playing a recording that only its app may hand out: the page's player asks here, and HubSpot asks the app (S50).

Whether HubSpot hands on the bytes or sends the browser there is [unv]; here they are handed on, with `Range` as asked.
"""

from litestar import Response, get
from litestar.params import FromPath

from hubspot_sandbox.access import ThePortal
from hubspot_sandbox.calling.recordings import question
from hubspot_sandbox.pages.errors import PageProblem, not_found
from hubspot_sandbox.pages.shown import BY_KIND
from hubspot_sandbox.pages.viewing import may_see
from hubspot_sandbox.pages.visitor import Call, Member, TheMember
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.record import Record

HEADERS = {
    "content-security-policy": "default-src 'none'; sandbox",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
}


@get("/contacts/{hub:int}/recording/{call_id:str}", include_in_schema=False)
async def recording(request: Call, portal: ThePortal, member: TheMember, call_id: FromPath[str]) -> Response[bytes]:
    call = portal.record(member.account.id, "calls", call_id)
    asked = question(portal, call) if call and _reached(portal, member, call) else ""
    if not asked:
        raise not_found(member)
    from hubspot_sandbox.calling.fetching import NoRecording, fetch  # with its client, which is slow to load

    try:
        found = await fetch(asked, request.headers.get("range", ""), anywhere=request.app.state.courier.anywhere)
    except NoRecording as why:
        raise PageProblem(502, "The recording can't be played", str(why), member=member) from why
    media = found.headers.pop("content-type", "")
    safe = media if media.startswith(("audio/", "video/")) else "application/octet-stream"
    return Response(found.body, status_code=found.status, headers=HEADERS | found.headers, media_type=safe)


def _reached(portal: Portal, member: Member, call: Record) -> bool:
    """Whether she may see a record on whose timeline the call stands."""
    related = (portal.related(member.account.id, "calls", call.id, kind) for kind in BY_KIND)
    return any(may_see(portal, member, each) for found in related for each in found)
