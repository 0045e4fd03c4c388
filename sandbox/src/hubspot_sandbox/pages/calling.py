"""The calling widget on record pages: what the page tells its script, and what the script asks for (facts 5.1).

The script is `static/calling.js`; it speaks with the widget, and with these handlers as the person who is logged in.
A call that a person may not make, because *Communicate* is missing, has no button; that HubSpot does the same is [inf].
"""

import msgspec
from litestar import Response, post
from litestar.params import FromPath

from hubspot_sandbox.access import ThePortal
from hubspot_sandbox.calling import host
from hubspot_sandbox.calling.inbound import match_json
from hubspot_sandbox.objects.values import is_id
from hubspot_sandbox.pages.forms import Form, TheForm
from hubspot_sandbox.pages.shown import BY_TYPE_ID
from hubspot_sandbox.pages.viewing import may_see, reach
from hubspot_sandbox.pages.visitor import Call, Member, TheMember
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body, HubSpotProblem, invalid, not_found
from hubspot_sandbox.record import Record

HERE = "/calling-host/{hub:int}"
OVERRIDE = "hubspot_sandbox_calling_override"
LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}
DIRECTIONS = {"INCOMING": "INBOUND", "OUTGOING": "OUTBOUND"}
Answer = Response[Body]


class Host(msgspec.Struct, frozen=True, rename="camel"):
    """What the script of a record page has to know."""

    providers: list[host.Provider]
    portal_id: int
    user_id: int
    owner_id: int
    object_id: int
    object_type: str
    object_type_id: str
    country_code: str
    csrf: str


def host_of(portal: Portal, member: Member, record: Record) -> Host | None:
    """None where nobody is called from: other records than contacts and companies, or without *Communicate*."""
    kinds = {"contacts": ("CONTACT", "0-1"), "companies": ("COMPANY", "0-2")}
    owner = record.get("hubspot_owner_id")
    if record.kind not in kinds or not reach(portal, member, record.kind, "communicate").covers(owner):
        return None
    object_type, type_id = kinds[record.kind]
    return Host(
        providers=host.providers(portal, member.account.id),
        portal_id=member.account.id,
        user_id=member.membership.user_id,
        owner_id=member.membership.owner_id,
        object_id=int(record.id),
        object_type=object_type,
        object_type_id=type_id,
        country_code=record.get("hs_calculated_phone_number_country_code"),
        csrf=member.visitor.csrf,
    )


def frames(request: Call, shown: Host | None) -> set[str]:
    """The origins that the page may embed: registered widgets', and the one a developer tries on her own machine.

    HubSpot's local override lives in the page's storage, which no server sees; the script repeats it in a cookie.
    """
    if shown is None:
        return set()
    tried = host.origin_of(request.cookies.get(OVERRIDE, ""))
    loopback = tried.partition("//")[2].rpartition(":")[0] in LOOPBACK
    return {each.origin for each in shown.providers} | ({tried} if loopback else set())


@post(HERE + "/calls", status_code=200, include_in_schema=False)
async def tell_of_call(portal: ThePortal, member: TheMember, form: TheForm) -> Answer:
    """`{callerIdMatches, engagementId?}` for a call that begins; the engagement only when `create` says so."""
    try:
        return Response(_begin(portal, member, form))
    except HubSpotProblem as problem:
        return _refused(problem)


@post(HERE + "/calls/{call_id:str}", status_code=200, include_in_schema=False)
async def change_call(portal: ThePortal, member: TheMember, call_id: FromPath[str], form: TheForm) -> Answer:
    """`{engagementId}` after `properties`, a JSON object of texts, were written to the call."""
    try:
        if not is_id(call_id):
            raise not_found()
        host.change(portal, member.membership, call_id, _properties(form))
        return Response({"engagementId": int(call_id)})
    except HubSpotProblem as problem:
        return _refused(problem)


def _begin(portal: Portal, member: Member, form: Form) -> Body:
    account_id, direction = member.account.id, DIRECTIONS.get(form.get("direction", ""))
    told = _told(form, direction)
    subjects = _subjects(portal, member, form, told)
    answer: Body = {"callerIdMatches": [match_json(account_id, each) for each in subjects]}
    if form.get("create") == "true":
        answer["engagementId"] = int(host.engage(portal, member.membership, told, subjects).id)
    return answer


def _told(form: Form, direction: str | None) -> host.Told:
    """:raises HubSpotProblem: 400 without a direction, or the call's own id"""
    external = form.get("externalCallId", "").strip()
    if direction is None or not external:
        raise invalid("A call needs a direction and an externalCallId")
    app_id = form.get("appId", "")
    return host.Told(
        app_id=int(app_id) if is_id(app_id) else 0,
        direction=direction,
        external_call_id=external,
        from_number=form.get("fromNumber", ""),
        to_number=form.get("toNumber", ""),
        started_at=form.get("callStartTime", ""),
    )


def _subjects(portal: Portal, member: Member, form: Form, told: host.Told) -> list[Record]:
    """Whom the call is with: the record it was dialled from, else all who match the other side's number."""
    shown = BY_TYPE_ID.get(form.get("objectTypeId", ""))
    record = portal.record(member.account.id, shown.kind, form.get("objectId", "")) if shown else None
    if record is not None:
        return [record] if may_see(portal, member, record) else []
    number = told.from_number if told.direction == "INBOUND" else told.to_number
    return host.callers(portal, member.account.id, number, lambda kind: reach(portal, member, kind.name))


def _properties(form: Form) -> dict[str, str]:
    """:raises HubSpotProblem: 400"""
    try:
        given = msgspec.json.decode(form.get("properties", ""), type=dict[str, str | int | float | bool | None])
    except msgspec.DecodeError as error:
        raise invalid("engagementProperties must be an object of texts and numbers") from error
    texts = {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in given.items()
        if value is not None
    }
    ended = texts.get("hs_call_status", "")
    return texts | ({"hs_call_status": host.STATUS_OF_END[ended]} if ended in host.STATUS_OF_END else {})


def _refused(problem: HubSpotProblem) -> Answer:
    return Response(problem.body(), status_code=problem.status)


HANDLERS = [tell_of_call, change_call]
