"""The journal: who called, and which calls are asked for."""

from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from sandbox.tests.control.calls import CONTACT, CONTACTS, asked, refused

from hubspot_sandbox.developers import DEVELOPER_KEY
from hubspot_sandbox.seeds.people import ACORN, ADA, BEN, CLIENT_ID, CLIENT_SECRET, SERVICE_KEY
from hubspot_sandbox.testing import RunningSandbox

SCOPES = "oauth crm.objects.contacts.read"
OWNERS = "/crm/owners/2026-09"


def entries(sandbox: RunningSandbox, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sandbox.control("GET", f"/journal?{urlencode(query)}")
    return found


def test_each_entry_tells_who_called(sandbox: RunningSandbox) -> None:
    token = sandbox.mint(ACORN, ADA, CLIENT_ID, SCOPES)["access_token"]
    asked(sandbox, "GET", CONTACTS, token)
    asked(sandbox, "GET", CONTACTS)
    asked(sandbox, "GET", CONTACTS, "who-knows")
    httpx.get(sandbox.base_url + CONTACTS)
    httpx.get(f"{sandbox.base_url}/webhooks/v3/1/settings?hapikey={DEVELOPER_KEY}")
    app, key, unknown, nobody, developer = (each["identity"] for each in entries(sandbox))
    hers = {"kind": "app", "client_id": CLIENT_ID, "app": "Offhook", "account_id": ACORN, "email": ADA}
    assert hers.items() <= app.items()
    assert (key["kind"], key["account_id"], key["client_id"]) == ("service key", ACORN, "")
    assert (unknown["kind"], len(unknown["token_id"])) == ("unknown", 12)
    assert (nobody, developer["kind"]) == (None, "developer key")


def test_tokens_are_never_told(sandbox: RunningSandbox) -> None:
    pair = sandbox.mint(ACORN, ADA, CLIENT_ID, SCOPES)
    form = {"grant_type": "refresh_token", "refresh_token": pair["refresh_token"], "client_id": CLIENT_ID}
    renewed = httpx.post(f"{sandbox.base_url}/oauth/2026-09/token", data=form | {"client_secret": CLIENT_SECRET})
    access = renewed.json()["access_token"]
    asked(sandbox, "GET", CONTACTS, access)
    asked(sandbox, "GET", CONTACTS)
    told = httpx.get(f"{sandbox.base_url}/_sandbox/journal").text
    assert entries(sandbox)[0]["identity"]["email"] == ADA
    assert not [secret for secret in (access, pair["refresh_token"], CLIENT_SECRET, SERVICE_KEY) if secret in told]


def test_entries_are_chosen(sandbox: RunningSandbox) -> None:
    token = sandbox.mint(ACORN, BEN, CLIENT_ID, SCOPES)["access_token"]
    asked(sandbox, "GET", CONTACTS, token)
    asked(sandbox, "POST", CONTACTS, token, json=CONTACT)
    asked(sandbox, "POST", CONTACTS, json=CONTACT)
    sandbox.control("POST", "/faults", {"path": OWNERS, "drop_connection": "before"})
    with pytest.raises(httpx.TransportError):
        asked(sandbox, "GET", OWNERS)
    ids = [each["id"] for each in entries(sandbox)]
    his = entries(sandbox)[0]["identity"]["token_id"]

    def chosen(**query: Any) -> list[int]:
        return [ids.index(each["id"]) for each in entries(sandbox, **query)]

    assert chosen(method="post") == [1, 2]
    assert chosen(pattern="/crm/*/*/contacts") == [0, 1, 2]
    assert chosen(pattern="/crm/owners") == []
    assert chosen(status=403) == [1]
    assert chosen(status=201, method="POST") == [2]
    assert chosen(fault="true") == [3]
    assert chosen(client_id=CLIENT_ID) == chosen(email=BEN) == chosen(token_id=his) == [0, 1]
    assert chosen(account_id=ACORN) == [0, 1, 2, 3]
    assert chosen(since=ids[1]) == [2, 3]
    assert chosen(since=ids[0], limit=2) == [1, 2]


def test_ids_go_on_when_the_journal_is_cleared(sandbox: RunningSandbox) -> None:
    asked(sandbox, "GET", CONTACTS)
    last = entries(sandbox)[-1]["id"]
    sandbox.control("DELETE", "/journal")
    assert entries(sandbox) == []
    asked(sandbox, "GET", CONTACTS)
    assert [each["id"] for each in entries(sandbox, since=last)] == [last + 1]


@pytest.mark.parametrize(
    "query",
    [
        "status=x",
        "status=",
        "since=-1",
        "limit=0",
        "limit=99999",
        "fault=perhaps",
        "pattern=crm",
        "pattern=/a**",
        "nonsense=1",
    ],
)
def test_what_cannot_be_asked_is_refused(sandbox: RunningSandbox, query: str) -> None:
    status, said = refused(sandbox, "GET", f"/journal?{query}")
    assert status == 400
    assert "pattern" in said
