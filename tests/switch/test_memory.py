"""What a restart must not forget."""

from pathlib import Path

import pytest
from tests.switch.phone import Phone

from offhook.sip.dialog import calling
from offhook.sip.transaction import Link
from offhook.switch.memory import keep, remembered, restored
from offhook.switch.session import Session


def session(leg: str) -> Session:
    invite = Phone("201", "").request("INVITE", "sip:202@offhook.invalid")
    made = Session("201", Link(lambda message: None, lambda asked: None), calling(invite, "ours"))
    made.leg, made.is_up, made.said, made.is_held = leg, True, "v=0", True
    return made


def test_a_session_is_as_it_was_but_counts_on(tmp_path: Path) -> None:
    before, other = session("c.1"), session("c-peer.1")
    before.far = other
    keep(tmp_path / "phones.json", [before])
    [kept] = remembered(tmp_path / "phones.json")
    after = restored(kept)
    assert (kept.leg, kept.far, after.said, after.is_held, after.is_up) == ("c.1", "c-peer.1", "v=0", True, True)
    assert (after.dialog.key, after.dialog.remote) == (before.dialog.key, before.dialog.remote)
    assert after.dialog.ours > before.dialog.ours + 100
    assert not after.link.is_open


def test_only_its_owner_reads_it(tmp_path: Path) -> None:
    keep(tmp_path / "folder/phones.json", [session("c.1")])
    assert (tmp_path / "folder/phones.json").stat().st_mode & 0o077 == 0


def test_who_only_rings_is_forgotten(tmp_path: Path) -> None:
    ringing = session("c.1")
    ringing.is_up = False
    keep(tmp_path / "phones.json", [ringing])
    assert remembered(tmp_path / "phones.json") == []


@pytest.mark.parametrize("content", [None, b"", b"{", b"[1]", b'[{"leg": "c.1"}]', b"\xff"])
def test_what_cannot_be_read_is_nothing(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "phones.json"
    if content is not None:
        path.write_bytes(content)
    assert remembered(path) == []
