"""The page on which the local HubSpot refuses Ben, read as the browser extension would read it."""

import html
import re
from collections.abc import Iterator

import httpx
import pytest

from hubspot_sandbox.testing import RunningSandbox, running_sandbox
from offhook.diagnosis.no_consent import why_no_consent
from offhook.hubspot.scopes import CAPABILITIES, scopes_for

ACORN = 48201001


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as sandbox:
        yield sandbox


def text_of(page: str) -> str:
    """Roughly a browser's innerText: no markup, and no numbers before the items of a list."""
    body = re.sub(r"(?s)<(script|style|title|svg).*?</\1>", "", page)
    lines = (line.strip() for line in html.unescape(re.sub(r"<[^>]+>", "", body)).splitlines())
    return "\n".join(line for line in lines if line)


def refused(sandbox: RunningSandbox, email: str) -> str:
    required, optional = scopes_for("everything")
    query = {
        "client_id": "offhook-demo-client",
        "redirect_uri": "http://localhost:8600/oauth/callback",
        "scope": " ".join(required),
        "optional_scope": " ".join(optional),
    }
    with httpx.Client(base_url=sandbox.base_url, follow_redirects=True) as browser:
        browser.post("/login", data={"email": email, "password": "demo"})
        return text_of(browser.get(f"/oauth/{ACORN}/authorize", params=query).text)


def test_bens_refusal_is_proved_right_by_right(sandbox: RunningSandbox) -> None:
    report = why_no_consent(
        "everything",
        *scopes_for("everything"),
        refused(sandbox, "ben@acorn.example"),
        capabilities=CAPABILITIES,
        users_url=f"{sandbox.base_url}/settings/{ACORN}/users",
    )
    proved = [each.right for each in report.missing if each.sure == "proved"]
    assert (report.cause, proved) == ("person", ["App Marketplace access", "Contacts > View"])


def test_cleo_lacks_only_the_right_to_connect_apps(sandbox: RunningSandbox) -> None:
    text = refused(sandbox, "cleo@acorn.example")
    report = why_no_consent(
        "everything", *scopes_for("everything"), text, capabilities=CAPABILITIES, users_url="https://u"
    )
    assert (report.cause, report.missing[0].right) == ("person", "App Marketplace access")
