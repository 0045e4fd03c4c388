"""What the service itself knows of a consent that did not come back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from offhook.database import Database
from offhook.diagnosis.unanswered import MEMORY, Unanswered, account_in
from offhook.errors import HubSpotUnreachable
from offhook.grants import store
from offhook.grants.attempt import Attempt

NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)
HUBSPOT = "https://app.hubspot.com"
LISTED = "You don't have the right permissions to install Offhook\n1. App Marketplace access"


def attempt(name: str, ago: timedelta = timedelta(), **changes: Any) -> Attempt:
    begun = NOW - ago
    kept = Attempt(
        id=name,
        state="waiting",
        ask="everything",
        secret_hash="s",
        device_hash="this browser",
        nonce="n",
        verifier="v",
        return_to=None,
        expected_account=None,
        expected_user=None,
        begun_at=begun,
        expires_at=begun + timedelta(minutes=30),
    )
    return msgspec.structs.replace(kept, **changes)


class Asked:
    """HubSpot, asked for a sign of life."""

    def __init__(self, *, answers: bool = True) -> None:
        self.answers, self.times = answers, 0

    async def __call__(self) -> None:
        self.times += 1
        if not self.answers:
            raise HubSpotUnreachable


async def kept(database: Database, *attempts: Attempt) -> None:
    async with database.transaction() as connection:
        for each in attempts:
            await store.begin_attempt(connection, each)


def unanswered(database: Database, reach: Asked | None = None) -> Unanswered:
    return Unanswered(
        database,
        reach or Asked(),
        lambda: NOW,
        redirect_uri="https://phones.example/oauth/callback",
        app_url=HUBSPOT,
        users_url=lambda account: f"{HUBSPOT}/settings/{account}/users",
    )


def reported(*missing: str, sure: str = "proved") -> str:
    return msgspec.json.encode({"missing": [{"right": each, "sure": sure} for each in missing]}).decode()


async def test_hubspot_is_asked_for_a_sign_of_life_only_when_nobody_said_anything(database: Database) -> None:
    await kept(database, attempt("silent"), attempt("read", page_text=LISTED))
    reach = Asked(answers=False)
    who = unanswered(database, reach)
    assert (await who.explain("silent")).cause == "service"
    assert (await who.explain("read")).cause == "person"
    assert (await who.explain("silent", saw="window-closed")).cause == "person"
    assert reach.times == 1


async def test_what_is_no_key_of_the_catalogue_says_nothing(database: Database) -> None:
    await kept(database, attempt("silent"))
    assert (await unanswered(database).explain("silent", saw="nonsense")).title == "HubSpot did not answer"


async def test_the_last_time_counts_for_the_same_browser_a_week_and_until_it_worked(database: Database) -> None:
    before = attempt("before", timedelta(hours=1), state="stuck", report=reported("App Marketplace access"))
    now = attempt("now", page_text=LISTED)
    await kept(database, before, now, attempt("other", page_text=LISTED, device_hash="another browser"))
    who = unanswered(database)
    assert "the last time" in ((await who.explain("now")).remember or "")
    assert "the last time" not in ((await who.explain("other")).remember or "")
    await kept(database, attempt("worked", timedelta(minutes=30), state="claimed"))
    assert "the last time" not in ((await who.explain("now")).remember or "")


async def test_what_was_long_ago_or_about_no_right_is_no_last_time(database: Database) -> None:
    old = attempt("old", MEMORY + timedelta(hours=1), state="stuck", report=reported("App Marketplace access"))
    closed = attempt("closed", timedelta(hours=1), state="stuck", report=reported())
    await kept(database, old, closed, attempt("now"))
    report = await unanswered(database).explain("now")
    assert report.remember == "In HubSpot, changed rights count only after logging out and in again."


async def test_a_yes_in_another_tab_of_this_browser_is_noticed(database: Database) -> None:
    await kept(database, attempt("first", timedelta(minutes=5)), attempt("second"))
    who = unanswered(database)
    assert (await who.explain("second")).title == "HubSpot did not answer"
    async with database.transaction() as connection:
        assert await store.move_attempt(connection, "first", ("waiting",), "granted", agent_id="ben")
    assert (await who.explain("second")).title == "You said yes in another tab"
    async with database.transaction() as connection:
        assert await store.move_attempt(connection, "first", ("granted",), "claimed")
    assert (await who.explain("second")).title == "HubSpot did not answer"


async def test_the_letter_leads_to_the_account_whose_page_refused(database: Database) -> None:
    came = attempt("came", return_to=f"{HUBSPOT}/contacts/111/objects/0-1/views/all/list", page_text=LISTED)
    await kept(database, came, attempt("nowhere"))
    who = unanswered(database)
    assert (await who.explain("came")).users_url == f"{HUBSPOT}/settings/111/users"
    there = await who.explain("came", page_address=f"{HUBSPOT}/oauth/222/authorize?x=1")
    assert (there.users_url, there.title) == (f"{HUBSPOT}/settings/222/users", "You chose another HubSpot account")
    assert (await who.explain("nowhere")).users_url == HUBSPOT


@pytest.mark.parametrize(
    ("url", "account"),
    [
        ("https://app.hubspot.com/oauth/48201001/authorize?client_id=1", 48201001),
        ("https://app-eu1.hubspot.com/contacts/42/record/0-1/7", 42),
        ("https://app.hubspot.com/oauth/authorize?client_id=48201001", None),
        ("https://app.hubspot.com/oauth/9999999999999999999/authorize", None),
        ("javascript:/oauth/42/", None),
        ("", None),
        (None, None),
    ],
)
def test_an_address_names_its_account(url: str | None, account: int | None) -> None:
    assert account_in(url) == account
