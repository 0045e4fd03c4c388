"""Recordings that are ready, and transcripts of calls."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from hubspot_sandbox.calling.transcripts import Speaker, Transcripts, Utterance
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds import plant
from hubspot_sandbox.seeds.people import ACORN, ADA, BIRCH, CLIENT_ID

ROOT = "/crm/extensions/calling/2026-03"
SAID = Utterance(Speaker("1", "Ada"), "Hello", 0, 900)


def body(call_id: str, **times: int) -> dict[str, Any]:
    utterance = {"speaker": {"id": "1", "name": "Ada"}, "text": "Hello", "startTimeMillis": 0, "endTimeMillis": 900}
    return {"engagementId": call_id, "transcriptCreateUtterances": [utterance | times]}


def new_call(portal: Portal) -> str:
    return portal.records.create(ACORN, "calls", {"hs_timestamp": "2026-11-01T10:00:00Z"}).id


def has_transcript(portal: Portal, call_id: str) -> str:
    return portal.records.existing(ACORN, "calls", call_id).get("hs_call_has_transcript")


def test_a_recording_is_ready_for_a_known_call_only(api: httpx.Client, sandbox: Any) -> None:
    call_id = new_call(sandbox.portal)
    assert api.post(ROOT + "/recordings/ready", json={"engagementId": int(call_id)}).status_code == 204
    legacy = "/crm/v3/extensions/calling/recordings/ready"
    assert api.post(legacy, json={"engagementId": call_id}).status_code == 204
    assert api.post(legacy, json={"engagementId": 1}).status_code == 404
    assert api.post(legacy, json={}).status_code == 400


def test_a_transcript_is_kept_until_it_is_deleted(portal: Portal) -> None:
    call_id, room = new_call(portal), Transcripts(portal)
    first, second = (room.create(ACORN, call_id, (SAID,)) for _ in range(2))
    assert room.get(ACORN, first.id) == first
    room.remove(ACORN, first.id)
    assert has_transcript(portal, call_id) == "true"
    room.remove(ACORN, second.id)
    assert has_transcript(portal, call_id) == "false"


def test_transcripts_over_http(sandbox: Any) -> None:
    call_id = new_call(sandbox.portal)
    scopes = ("crm.extensions_calling_transcripts.read", "crm.extensions_calling_transcripts.write")
    read, write = (_token(sandbox, scope) for scope in scopes)
    url = sandbox.base_url + ROOT + "/transcripts"
    assert httpx.post(url, headers=read, json=body(call_id)).status_code == 403
    made = httpx.post(url, headers=write, json=body(call_id)).json()
    found = httpx.get(f"{url}/{made['id']}", headers=read).json()
    assert (found["engagementId"], found["transcriptUtterances"][0]["text"]) == (call_id, "Hello")
    assert httpx.post(url, headers=write, json=body("1")).status_code == 404
    assert httpx.post(url, headers=write, json=body(call_id, endTimeMillis=-1)).status_code == 400
    assert httpx.delete(f"{url}/{made['id']}", headers=read).status_code == 403
    assert httpx.delete(f"{url}/{made['id']}", headers=write).status_code == 204
    assert httpx.get(f"{url}/{made['id']}", headers=read).status_code == 404


def _token(sandbox: Any, scope: str) -> dict[str, str]:
    granted = sandbox.portal.grants.mint(ACORN, CLIENT_ID, ADA, ("oauth", scope))
    return {"authorization": f"Bearer {granted.access.token}"}


def test_another_accounts_transcript_is_unknown(portal: Portal) -> None:
    made = Transcripts(portal).create(ACORN, new_call(portal), (SAID,))
    with pytest.raises(Exception, match="not found"):
        Transcripts(portal).get(BIRCH, made.id)


def test_a_restart_keeps_transcripts(tmp_path: Path) -> None:
    first = Portal(tmp_path / "portal.db")
    plant(first, "empty")
    made = Transcripts(first).create(ACORN, new_call(first), (SAID,))
    first.close()
    again = Portal(tmp_path / "portal.db")
    assert Transcripts(again).get(ACORN, made.id) == made
    again.close()
