"""Addresses of recordings: who gets one, what it opens, and that no other opens anything."""

from contextlib import AbstractAsyncContextManager
from typing import Any, cast

import pytest
from msgspec.structs import replace
from tests.desktop.office import ACORN, BIRCH, CARLA, Office

from offhook.agents.agent import Agent
from offhook.calls import store as calls
from offhook.calls.store import KeptCall
from offhook.desktop.call_log import entry_for
from offhook.desktop.recordings import CAPABILITY, LISTENING, OnTimeline, Recordings, Way
from offhook.errors import NotFound
from offhook.policies import store as policies
from offhook.policies.policy import Policy
from offhook.telephony.phone_system import HasRecordings, PhoneSystem
from offhook.telephony.recording import Part, Recording

URL = "https://tapes.test/7"


class Tapes:
    """The exchange with recordings behind a login: those at tapes.test."""

    def __init__(self, exchange: PhoneSystem) -> None:
        self._exchange = exchange

    def __getattr__(self, name: str) -> Any:
        return getattr(self._exchange, name)

    def recording_at(self, url: str) -> str | None:
        return f"{url.rpartition('/')[2]}.mp3" if url.startswith("https://tapes.test/") else None

    def recording(self, name: str, part: Part | None) -> AbstractAsyncContextManager[Recording]:
        raise NotImplementedError


@pytest.fixture
async def kept(office: Office, ben: Agent) -> KeptCall:
    """A call of Ben's with a recording."""
    office.systems["exchange"] = cast("PhoneSystem", Tapes(office.exchange))
    call = await office.kept(await office.ring())
    return await recorded(office, call, URL)


async def recorded(office: Office, kept: KeptCall, url: str | None, **more: Any) -> KeptCall:
    changed = replace(kept, call=replace(kept.call, recording_url=url), **more)
    async with office.database.transaction() as connection:
        await calls.save(connection, changed)
    return changed


async def decide(office: Office, account_id: int, *without: str) -> None:
    async with office.database.transaction() as connection:
        await policies.save_policy(connection, account_id, Policy(without=without))
    await office.rules.refresh()


def file_of(recordings: Recordings, kept: KeptCall) -> str:
    url = recordings.on_timeline(kept).url
    assert url
    path, _, file = url.rpartition("/")
    assert path == f"https://offhook.test/recordings/{kept.id}"
    return file


async def refused(recordings: Recordings, call_id: str, file: str) -> bool:
    try:
        await recordings.behind(call_id, file)
    except NotFound:
        return True
    return False


async def test_the_protocol_is_seen_by_what_a_phone_system_can(office: Office) -> None:
    assert isinstance(Tapes(office.exchange), HasRecordings)
    assert not isinstance(office.exchange, HasRecordings)


async def test_the_address_on_the_timeline_opens_the_recording(office: Office, kept: KeptCall) -> None:
    file = file_of(office.recordings, kept)
    assert file.endswith(".mp3"), "HubSpot plays what looks like a sound file"
    found = await office.recordings.behind(kept.id, file)
    assert (found.call_id, found.system, found.name) == (kept.id, office.systems["exchange"], "7.mp3")
    office.clock.advance(days=900)
    assert await office.recordings.behind(kept.id, file)


async def test_an_address_says_nothing_of_what_it_opens(office: Office, kept: KeptCall) -> None:
    assert not {"tapes", "7.mp3", str(ACORN)} & set(file_of(office.recordings, kept).replace("-", "/").split("/"))


async def test_what_anybody_can_open_stays_as_it_is(office: Office, kept: KeptCall) -> None:
    public = await recorded(office, kept, "https://records.test/1.mp3")
    for way in (Way.LINK, Way.HUBSPOT):
        assert office.recordings_by(way).on_timeline(public) == OnTimeline("https://records.test/1.mp3")
    bare = await recorded(office, kept, None)
    assert office.recordings.on_timeline(bare) == OnTimeline()


async def test_a_forged_address_opens_nothing(office: Office, kept: KeptCall) -> None:
    file = file_of(office.recordings, kept)
    until, _, rest = file.partition("-")
    proof, ending = rest[:43], rest[43:]
    flipped = ("B" if proof[0] == "A" else "A") + proof[1:]
    forged = [
        f"{until}-{flipped}{ending}",
        f"{until}-{proof[:-1]}{ending}",
        f"99999999999-{proof}{ending}",
        f"{until}-{proof}",
        f"-{proof}{ending}",
        f"{until}-{'A' * 43}{ending}",
        f"{until}-{proof}{ending}/..",
        "",
        "é" * 50,
    ]
    assert [each for each in forged if not await refused(office.recordings, kept.id, each)] == []
    assert await refused(office.recordings, "0" * 32, file)


async def test_an_address_is_of_one_call_one_account_and_one_recording(office: Office, kept: KeptCall) -> None:
    file = file_of(office.recordings, kept)
    other = await office.kept(await office.ring(line="202"))
    other = await recorded(office, other, URL)
    assert await refused(office.recordings, other.id, file)
    await recorded(office, kept, "https://tapes.test/8")
    assert await refused(office.recordings, kept.id, file)
    await recorded(office, kept, URL, account_id=BIRCH)
    assert await refused(office.recordings, kept.id, file)
    await recorded(office, kept, URL)
    assert not await refused(office.recordings, kept.id, file)


async def test_an_address_outlives_a_new_key_and_dies_with_its_own(office: Office, kept: KeptCall) -> None:
    file = file_of(office.recordings_by(Way.LINK, b"old"), kept)
    assert not await refused(office.recordings_by(Way.LINK, b"new", b"old"), kept.id, file)
    assert await refused(office.recordings_by(Way.LINK, b"new"), kept.id, file)


async def test_hubspot_is_given_an_address_that_dies_in_the_evening(office: Office, kept: KeptCall) -> None:
    asked = office.recordings_by(Way.HUBSPOT)
    assert asked.on_timeline(kept) == OnTimeline(app_id="4711")
    url = await asked.asked_by_hubspot(kept.id, "4711", str(ACORN))
    file = url.rpartition("/")[2]
    office.clock.at += LISTENING
    assert await asked.behind(kept.id, file)
    office.clock.advance(seconds=1)
    assert await refused(asked, kept.id, file)


@pytest.mark.parametrize(
    ("way", "app_id", "account"),
    [
        (Way.LINK, "4711", ACORN),
        (Way.OFF, "4711", ACORN),
        (Way.HUBSPOT, "4712", ACORN),
        (Way.HUBSPOT, "", ACORN),
        (Way.HUBSPOT, "4711", BIRCH),
    ],
)
async def test_nobody_else_is_given_one(office: Office, kept: KeptCall, way: Way, app_id: str, account: int) -> None:
    with pytest.raises(NotFound):
        await office.recordings_by(way).asked_by_hubspot(kept.id, app_id, str(account))


async def test_the_administrators_of_an_account_can_do_without(office: Office, kept: KeptCall) -> None:
    """The capability `recordings` is switched off: nothing new comes to the timeline, and what is there is silent."""
    file = file_of(office.recordings, kept)
    await decide(office, BIRCH, CAPABILITY)
    assert not await refused(office.recordings, kept.id, file), "another account's choice"
    await decide(office, ACORN, CAPABILITY)
    assert await refused(office.recordings, kept.id, file)
    with pytest.raises(NotFound):
        await office.recordings_by(Way.HUBSPOT).asked_by_hubspot(kept.id, "4711", str(ACORN))
    for url in (URL, "https://records.test/1.mp3"):
        assert office.recordings.on_timeline(await recorded(office, kept, url)) == OnTimeline()


async def test_an_operator_can_do_without(office: Office, kept: KeptCall) -> None:
    off = office.recordings_by(Way.OFF)
    assert off.on_timeline(kept) == OnTimeline()
    assert await refused(off, kept.id, file_of(office.recordings, kept))


async def test_a_call_that_became_part_of_another_has_no_recording_of_its_own(office: Office, kept: KeptCall) -> None:
    file = file_of(office.recordings, kept)
    whole = await office.kept(await office.ring(line="202"))
    async with office.database.transaction() as connection:
        await calls.join(connection, whole, kept)
    assert await refused(office.recordings, kept.id, file)


async def test_a_phone_system_that_is_not_set_up_any_more_has_no_recordings(office: Office, kept: KeptCall) -> None:
    file = file_of(office.recordings, kept)
    office.systems["exchange"] = office.exchange
    assert await refused(office.recordings, kept.id, file)


async def test_the_log_says_whom_to_ask(kept: KeptCall, ben: Agent) -> None:
    entry = entry_for(kept, ben, CARLA, "US", OnTimeline(app_id="4711"))
    assert entry.recording_asked_of
    assert (entry.recording_url, entry.recording_asked_of.account_id) == (None, ben.account_id)
