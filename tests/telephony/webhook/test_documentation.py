"""What docs/reference/webhook.md tells a phone administrator is true: its examples are run, its tables compared."""

import json
import re
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.contracts.phone_system import followed

from offhook.calls.call import EndedHow
from offhook.calls.events import EndReason
from offhook.telephony.webhook import WebhookSystem
from offhook.telephony.webhook.words import REASONS, TYPES, Kind, plain

PAGE = (Path(__file__).parents[3] / "docs/reference/webhook.md").read_text()
SECRET = "the secret that both sides know"


async def nobody(url: str, headers: Mapping[str, str], body: bytes) -> int:
    raise AssertionError("nothing is asked here")


SYSTEM = WebhookSystem(SECRET, "", nobody, lambda: datetime.now(UTC))


def block(language: str, number: int = 0) -> str:
    return str(re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[number])


def table(heading: str) -> list[list[str]]:
    section = PAGE.split(f"### {heading}\n")[1].split("\n### ")[0]
    return [re.findall(r"`([^`]+)`", row) for row in section.splitlines() if row.startswith("| `")]


def accepted(headers: Mapping[str, str], body: bytes) -> bytes:
    SYSTEM.prove({name.lower(): value for name, value in headers.items()}, body, datetime.now(UTC))
    return body


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_the_example_for_the_shell_is_believed() -> None:
    said = 'curl() { while [ $# -gt 0 ]; do printf "%s\\0" "$1"; shift; done; }\n' + block("sh")
    words = subprocess.run(["bash", "-euc", said], capture_output=True, check=True).stdout.decode().split("\0")
    headers = dict(words[at + 1].split(": ", 1) for at, word in enumerate(words) if word == "-H")
    body = accepted(headers, words[words.index("--data-binary") + 1].encode())
    assert len(SYSTEM.read(body).events) == 2


def test_the_example_in_python_tells_of_a_whole_call(monkeypatch: pytest.MonkeyPatch) -> None:
    bodies: list[bytes] = []

    def sent(request: urllib.request.Request, timeout: float) -> None:
        assert isinstance(request.data, bytes)
        bodies.append(accepted(dict(request.header_items()), request.data))

    monkeypatch.setattr(urllib.request, "urlopen", sent)
    exec(compile(block("python"), "webhook.md", "exec"), {})
    events = [event for body in bodies for event in SYSTEM.read(body).events]
    call = followed(events, "42", "webhook")
    assert call.ended_how is EndedHow.COMPLETED
    assert abs(call.began.timestamp() - time.time()) < 60


def test_every_type_is_documented_and_every_documented_one_is_understood() -> None:
    rows = table("Types")
    assert [row[0] for row in rows] == list(Kind)
    for kind, *also in rows:
        words = [plain(word) for word in (kind, *also) if word != "direction"]
        assert {TYPES[word].kind for word in words} == {Kind(kind)}
        assert set(words) == {word for word, meaning in TYPES.items() if meaning.kind == kind}


def test_every_reason_is_documented_and_every_documented_one_is_understood() -> None:
    documented = {word: EndReason(row[0]) for row in table("Reasons") for word in row}
    assert documented == REASONS


def test_the_schema_lists_the_types_and_fields_that_are_read() -> None:
    schema: dict[str, Any] = json.loads(block("json"))
    event = schema["$defs"]["event"]["properties"]
    assert event["type"]["examples"] == list(Kind)
    documented = re.findall(
        r"^\| ((?:`\w+`(?:, )?)+) \|", PAGE.split("## The body")[1].split("### Types")[0], re.MULTILINE
    )
    assert set(re.findall(r"\w+", " ".join(documented))) == set(event)
