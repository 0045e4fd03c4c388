import json

import pytest

from offhook.errors import HubSpotNotFound
from offhook.hubspot import around
from offhook.hubspot.wire import Record, Records


def test_only_the_kinds_that_are_wanted_are_asked_for() -> None:
    assert around.contact_with("7", ("deals", "companies")).path.endswith(
        "/contacts/7?properties=hubspot_owner_id&associations=companies%2Cdeals"
    )
    assert "associations" not in around.contact_with("7", ()).path
    with pytest.raises(HubSpotNotFound):
        around.contact_with("../7", ())


def test_each_id_counts_once_and_not_too_many() -> None:
    links = [{"id": str(number % 30)} for number in range(60)]
    body = json.dumps({"id": "7", "properties": {}, "associations": {"deals": {"results": links}}}).encode()
    contact = around.contact_with("7", ("deals",)).read(body)
    assert around.ids_of(contact, "deals") == [str(number) for number in range(20)]
    assert around.ids_of(contact, "tickets") == []


@pytest.mark.parametrize(
    ("kind", "properties", "shown"),
    [
        ("companies", {"name": "Reyes Roasters", "domain": "reyes.example"}, ("Reyes Roasters", "reyes.example", None)),
        ("companies", {}, ("Company 1", "", None)),
        (
            "deals",
            {"dealname": "Beans", "amount": "1200", "deal_currency_code": "USD", "closedate": "2026-12-01T00:00:00Z"},
            ("Beans", "1,200.00 USD, closes 2026-12-01", None),
        ),
        ("deals", {"amount": "NaN", "hs_is_closed": "true", "hs_is_closed_won": "true"}, ("Deal 1", "won", False)),
        ("deals", {"amount": "a lot", "hs_is_closed": "false"}, ("Deal 1", "", True)),
        (
            "tickets",
            {"subject": "Broken", "hs_ticket_priority": "HIGH", "createdate": "2026-11-02T10:00:00Z"},
            ("Broken", "High priority, since 2026-11-02", True),
        ),
    ],
)
def test_a_neighbour_in_a_short_line(
    kind: around.Kind, properties: dict[str, str | None], shown: tuple[str, str, bool | None]
) -> None:
    [found] = around.neighbours(kind, Records((Record("1", properties),)), "https://app.test", 42)
    assert (found.name, found.detail, found.open) == shown
    assert found.url.startswith("https://app.test/contacts/42/record/0-")


def test_what_is_open_comes_first() -> None:
    records = Records(
        (
            Record("1", {"dealname": "A", "hs_is_closed": "true"}),
            Record("2", {"dealname": "C", "hs_is_closed": "false"}),
            Record("3", {"dealname": "B"}),
        )
    )
    assert [each.name for each in around.neighbours("deals", records, "", 1)] == ["B", "C", "A"]
