"""docs/reference/capabilities.md tells the whole truth about phone systems and about HubSpot's scopes."""

import importlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from tests.house_rules.repository import DOCS, OFFHOOK, ROOT, code_in, files, name_of, rows_of, text_of
from tests.telephony.sip.driver import Kept

from offhook.diagnosis import rights
from offhook.hubspot import scopes
from offhook.telephony.asterisk import Address, Asterisk, Dialling, Lines
from offhook.telephony.contact_center import Account, ContactCenter
from offhook.telephony.eight_by_eight import EightByEight, Keys
from offhook.telephony.eight_by_eight.feeds import LineStay
from offhook.telephony.exchange import Exchange
from offhook.telephony.phone_system import Capability, HasSoftphone, HasStatus, PhoneSystem, TakesCodes
from offhook.telephony.sip import Server, Sip
from offhook.telephony.webhook import WebhookSystem

PAGE = DOCS / "reference/capabilities.md"
SYSTEMS = "Phone systems"
SCOPES = "HubSpot"


def now() -> datetime:
    return datetime(2026, 11, 23, tzinfo=UTC)


async def post(url: str, headers: Mapping[str, str], body: bytes) -> int:
    raise AssertionError("These tests ask nobody for anything.")


def asterisk(dialling: Dialling) -> Asterisk:
    return Asterisk(Address("pbx.example", 5038, "offhook", "a secret"), Lines(), dialling, now, str)


def sip() -> Sip:
    return Sip(Server("wss://pbx.example/ws", "pbx.example"), Kept())


class Nowhere:
    """No bookmarks, no stays."""

    async def read(self, name: str) -> None:
        return None

    async def keep(self, name: str, place: str) -> None:
        pass

    async def stays(self) -> tuple[LineStay, ...]:
        return ()


def contact_center(token: str) -> ContactCenter:
    account = Account("acmecorp01", "wss://pulsar.example", "key", "https://vcc.example", token, codes={"12|234": "Sold"})
    return ContactCenter(account, httpx.AsyncClient(), now)


def eight_by_eight(keys: Keys, frame: str = "") -> EightByEight:
    return EightByEight(keys, httpx.AsyncClient(), now, Nowhere(), Nowhere().stays, frame=frame)


# A phone system as it is set up at its best and at its least. A new one adds a line here.
BUILT: Mapping[str, Callable[[], tuple[PhoneSystem, PhoneSystem]]] = {
    "asterisk": lambda: (asterisk(Dialling("from-internal")), asterisk(Dialling())),
    "contact_center": lambda: (contact_center("a token"), contact_center("")),
    "eight_by_eight": lambda: (
        eight_by_eight(Keys("key", "secret", "user", "password"), "https://cloud8.8x8.com/mashell"),
        eight_by_eight(Keys()),
    ),
    "exchange": lambda: (Exchange({}, now, str), Exchange({}, now, str)),
    "sip": lambda: (sip(), sip()),
    "webhook": lambda: (
        WebhookSystem("a secret", "https://pbx.example/control", post, now),
        WebhookSystem("", "", post, now),
    ),
}

FOLDERS = tuple(sorted(path.parent.name for path in (OFFHOOK / "telephony").glob("*/__init__.py")))


def documented() -> dict[str, dict[str, str]]:
    """Key of a phone system → capability → cell, without marks of footnotes."""
    head, *rows = rows_of(PAGE, SYSTEMS)
    plain = [[code_in(row[0]), *(re.sub("[ ¹²³⁴-⁹]+$", "", cell) for cell in row[1:])] for row in rows]
    return {code_in(key): {row[0]: row[at] for row in plain} for at, key in enumerate(head) if at}


def test_every_phone_system_has_a_column() -> None:
    assert set(documented()) == set(FOLDERS) == set(BUILT), (
        f"offhook.telephony holds {FOLDERS}; the table “{SYSTEMS}” in docs/reference/capabilities.md has "
        f"{set(documented())}, and BUILT in tests/house_rules/test_capabilities.py {set(BUILT)}. Give each phone system "
        "a column and a line."
    )


@pytest.mark.parametrize("key", FOLDERS)
def test_what_a_phone_system_can_do_is_documented(key: str) -> None:
    """*yes*: always; *no*: never; *softphone*: never, but the agent's browser can; anything else: the condition."""
    best, least = BUILT[key]()
    assert best.key == key, f"The phone system in the folder {key} must have that key; it says {best.key!r}."
    row = documented()[key]
    wrong = {}
    for each in Capability:
        always, sometimes = each in least.capabilities, each in best.capabilities
        cell = row.get(each.value, "missing")
        phone = isinstance(best, HasSoftphone) and not sometimes
        known = {"yes": always, "no": not sometimes and not phone, "softphone": phone, "missing": False}
        fits = known.get(cell, sometimes and not always)
        if not fits:
            wrong[each.value] = (
                f"the page says {cell!r}; it can do it {['never', 'sometimes', 'always'][always + sometimes]}"
            )
    assert not wrong, (
        f"Correct the column of `{key}` in docs/reference/capabilities.md "
        f"(yes, no, softphone, or the condition): {wrong}."
    )
    assert row["merge"] == ("softphone" if isinstance(best, HasSoftphone) else "no"), key
    codes = best.codes if isinstance(best, TakesCodes) else ()
    assert (row["wrap-up codes of its own"] != "no") == bool(codes), key
    assert (row["the agent's status"] != "no") == isinstance(best, HasStatus), key
    assert row["softphone in the browser"] == ("yes" if isinstance(best, HasSoftphone) else "no"), key
    login = row.get("line login", "")
    assert code_in(login) == best.line_login.value, f"Its line login is `{best.line_login.value}`, not {login}."


@pytest.mark.parametrize("key", FOLDERS)
def test_every_phone_system_passes_the_contract(key: str) -> None:
    folder = ROOT / "tests/telephony" / key
    inherits = [
        path for path in files() if path.is_relative_to(folder) and "(PhoneSystemContract)" in (text_of(path) or "")
    ]
    assert inherits, (
        f"Write tests/telephony/{key}/test_contract.py with a class that inherits tests.contracts.phone_system."
        "PhoneSystemContract: it says what every phone system must do."
    )


@pytest.mark.parametrize("key", FOLDERS)
def test_a_phone_system_says_what_it_exports(key: str) -> None:
    module: Any = importlib.import_module(f"offhook.telephony.{key}")
    best, _ = BUILT[key]()
    assert type(best).__name__ in getattr(module, "__all__", ()), f"Name {type(best).__name__} in {name_of_module(key)}."


def name_of_module(key: str) -> str:
    return name_of(OFFHOOK / "telephony" / key / "__init__.py")


def test_what_each_scope_unlocks_is_documented() -> None:
    rows = {code_in(row[0]): row[1:] for row in rows_of(PAGE, SCOPES)[1:]}
    true = {
        each.key: (each.title, " ".join(f"`{scope}`" for scope in each.scopes), required(each), needed(each))
        for each in scopes.CAPABILITIES
    }
    wrong = {key: true.get(key) for key in true.keys() | rows.keys() if tuple(rows.get(key, ())) != true.get(key)}
    assert not wrong, (
        f"Correct these rows under “{SCOPES}” in docs/reference/capabilities.md (None: take it out): {wrong}."
    )


def needed(capability: scopes.Capability) -> str:
    """The rights that its scopes need of a person, each with how sure that is and where it was read."""
    needs = [need for scope in capability.scopes for need in rights.needs_of(scope)]
    return (
        "; ".join(f"{need.right.label} ([{need.sure}]({need.source}))" for need in needs) or "none that anybody reported"
    )


def required(capability: scopes.Capability) -> str:
    return "required" if set(capability.scopes) <= set(scopes.REQUIRED) else "optional"
