"""`/crm/extensions/calling/{version}/…` for an account's calls: inbound calls, recordings, transcripts (facts 5.2)."""

from typing import Any

import msgspec
from litestar import delete, get, post
from litestar.params import FromPath

from hubspot_sandbox.access import Call, Caller, ThePortal
from hubspot_sandbox.calling.inbound import InboundCall, take
from hubspot_sandbox.calling.transcripts import Transcripts, Utterance
from hubspot_sandbox.objects.wire import read_body
from hubspot_sandbox.problems import Body
from hubspot_sandbox.surface import says

ROOT = "/crm/extensions/calling/{version:str}"
TRANSCRIPTS = ROOT + "/transcripts"
READ, WRITE = "crm.extensions_calling_transcripts.read", "crm.extensions_calling_transcripts.write"


class ReadyInput(msgspec.Struct, frozen=True, rename="camel"):
    engagement_id: int | str


class TranscriptInput(msgspec.Struct, frozen=True, rename="camel"):
    engagement_id: int | str
    transcript_create_utterances: tuple[Utterance, ...]


@post(
    ROOT + "/recordings/ready",
    status_code=204,
    opt=says("shape only", "spec, S50", body=ReadyInput, differs="nothing is fetched or transcribed"),
)
async def recording_ready(request: Call, portal: ThePortal, access: Caller) -> None:
    """404 for an unknown call [unv]; the scope is [inf]."""
    access.require("crm.objects.contacts.write")
    given = read_body(await request.body(), ReadyInput)
    portal.records.existing(access.account_id, "calls", str(given.engagement_id))


@post(
    ROOT + "/inbound-call",
    status_code=200,
    opt=says("shape only", "spec", body=InboundCall, differs="matching and the matches' fields are guessed; no ringing"),
)
async def inbound_call(request: Call, portal: ThePortal, access: Caller) -> Body:
    """`{callerIdMatches: [...]}` of contacts and companies with the caller's number."""
    access.require("crm.objects.contacts.write")
    return {"callerIdMatches": take(portal, access, read_body(await request.body(), InboundCall))}


@post(
    TRANSCRIPTS,
    status_code=200,
    opt=says("shape only", "spec", body=TranscriptInput, differs="refusals are guessed"),
)
async def create_transcript(request: Call, portal: ThePortal, access: Caller) -> Body:
    """`{id}`"""
    access.require(WRITE)
    given = read_body(await request.body(), TranscriptInput)
    call_id, said = str(given.engagement_id), given.transcript_create_utterances
    return {"id": Transcripts(portal).create(access.account_id, call_id, said).id}


@get(TRANSCRIPTS + "/{transcript_id:str}", opt=says("shape only", "spec", differs="names of fields are guessed"))
async def get_transcript(portal: ThePortal, access: Caller, transcript_id: FromPath[str]) -> Body:
    """`{id, engagementId, transcriptUtterances}` [unv]"""
    access.require(READ, WRITE)
    found = Transcripts(portal).get(access.account_id, transcript_id)
    said = [msgspec.to_builtins(each) for each in found.utterances]
    return {"id": found.id, "engagementId": found.engagement_id, "transcriptUtterances": said}


@delete(
    TRANSCRIPTS + "/{transcript_id:str}",
    status_code=204,
    opt=says("shape only", "spec", differs="a second DELETE is 404 [unv]"),
)
async def delete_transcript(portal: ThePortal, access: Caller, transcript_id: FromPath[str]) -> None:
    access.require(WRITE)
    Transcripts(portal).remove(access.account_id, transcript_id)


HANDLERS: list[Any] = [recording_ready, inbound_call, create_transcript, get_transcript, delete_transcript]
