"""The demo's records: 1,000 contacts, 60 companies and a little business in Acorn, a few contacts in Birch.

Always the same. The contacts below are named in tests and in the demo's tour; nobody else has their numbers.
"""

from random import Random

import msgspec

from hubspot_sandbox.portal import Portal
from hubspot_sandbox.records import Record
from hubspot_sandbox.seeds.numbers import HABITS, PLANS, Number, Numbers, Plan
from hubspot_sandbox.seeds.people import ACORN, ADA, BEN, BIRCH

CONTACTS, COMPANIES = 1000, 60
CARLA_EMAIL = "carla.reyes@reyes-roasters.example"
CARLA_NAME, CARLA_NUMBER = "Carla Reyes", "+14155550100"
CARLA_COMPANY = "Reyes Roasters"
TWIN_ONE_EMAIL, TWIN_TWO_EMAIL = "twin.one@reyes-roasters.example", "twin.two@reyes-roasters.example"
TWINS_NUMBER = "+14155550142"
OLIVER_EMAIL, OLIVER_NUMBER = "oliver.hughes@hughes.example", "+442079460018"
NORA_EMAIL, NORA_NUMBER, NORA_EXTENSION = "nora.vance@vance.example", "+12125550123", "12"
FLORA_EMAIL, FLORA_NUMBER = "flora@flowers.example", "+18003569377"
SCRIPT_EMAIL, SCRIPT_NAME = "script@script.example", "<script>alert(1)</script>"
SCRIPT_NUMBER = "+13125550199"
ZERO_EMAIL, ZERO_PHONE = "zero@zero.example", "00004"
TAKEN = {CARLA_NUMBER, TWINS_NUMBER, OLIVER_NUMBER, NORA_NUMBER, SCRIPT_NUMBER}


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST_NAMES = _words(
    "Aaliyah Aiko Anders Bea Björn Camila Chloé Dmitri Elif Emma Farah Giulia Hana Henrik Imani Ivan "
    "Jürgen Jun Karin Kofi Lena Luca Maeve Mateo Nadia Noah Olga Omar Paolo Priya Quentin Ravi Rosa "
    "Sanjay Siobhán Tariq Ursula Valentina Wei Ximena Yara Zoë"
)
LAST_NAMES = _words(
    "Adeyemi Andersson Bianchi Brown Chen Costa Dubois Eriksson Fernández García Gupta Haddad Ito "
    "Jansen Kowalska Larsen Lee Martin Müller Nakamura Nguyen O'Brien Okafor Patel Popescu Quinn "
    "Rossi Sato Schmidt Silva Singh Smith Tanaka Taylor Usman Van-Dijk Weber Wójcik Yamada Zhang"
)
TRADES = _words("Roasters Logistics Dental Studio Bakery Legal Solar Robotics Tiles Travel Books Optics")
TITLES = ("Office manager", "Buyer", "Owner", "Head of sales", "Accountant", "Engineer", "")
LINES = ("phone", "phone", "mobilephone")


class Company(msgspec.Struct, frozen=True):
    record: Record
    switchboard: Number

    @property
    def domain(self) -> str:
        return self.record.get("domain")


def plant(portal: Portal) -> None:
    """Everything, in the same order each time."""
    random = Random(20261123)  # noqa: S311 - data, not secrets
    numbers = Numbers(random, TAKEN)
    owners = [_owner(portal, ADA), _owner(portal, BEN), ""]
    named = _named(portal, owners[0], owners[1])
    companies = [_company(portal, random, numbers, place, owners) for place in range(1, COMPANIES)]
    for place in range(CONTACTS - named):
        _contact(portal, random, numbers, place, random.choice(companies), random.choice(owners))
    _birch(portal)


def _owner(portal: Portal, email: str) -> str:
    member = portal.people.membership(ACORN, email)
    return str(member.owner_id) if member else ""


def _person(portal: Portal, account_id: int, first: str, last: str, email: str, **values: str) -> Record:
    return portal.records.create(account_id, "contacts", {"firstname": first, "lastname": last, "email": email, **values})


def _named(portal: Portal, ada: str, ben: str) -> int:
    """The contacts that tests and the tour name. Returns how many they are."""
    roasters = portal.records.create(
        ACORN,
        "companies",
        {"name": CARLA_COMPANY, "domain": "reyes-roasters.example", "city": "San Francisco"},
    )
    us = {"country": "United States"}
    people = [
        _person(
            portal, ACORN, "Carla", "Reyes", CARLA_EMAIL, phone="+1 415 555 0100", hubspot_owner_id=ben,
            company=CARLA_COMPANY, jobtitle="Owner", **us,
        ),
        _person(portal, ACORN, "Twin", "One", TWIN_ONE_EMAIL, phone="(415) 555-0142", company=CARLA_COMPANY, **us),
        _person(
            portal, ACORN, "Twin", "Two", TWIN_TWO_EMAIL, mobilephone="+1.415.555.0142", company=CARLA_COMPANY,
            **us,
        ),
    ]  # fmt: skip
    for person in people:
        portal.associate(ACORN, "contacts", person.id, "companies", roasters.id)
    _business(portal, people[0], ben)
    return len(people) + _oddities(portal, ada, ben)


def _business(portal: Portal, contact: Record, owner: str) -> None:
    """An open deal, one that was won, and a ticket."""
    for name, amount, stage in (("Espresso machines", "4800", "qualifiedtobuy"), ("Grinders", "1250", "closedwon")):
        values = {
            "dealname": name,
            "amount": amount,
            "dealstage": stage,
            "pipeline": "default",
            "hubspot_owner_id": owner,
        }
        deal = portal.records.create(ACORN, "deals", values)
        portal.associate(ACORN, "deals", deal.id, "contacts", contact.id)
    values = {
        "subject": "Late delivery",
        "hs_pipeline_stage": "1",
        "hs_ticket_priority": "HIGH",
        "hubspot_owner_id": owner,
    }
    ticket = portal.records.create(ACORN, "tickets", values)
    portal.associate(ACORN, "tickets", ticket.id, "contacts", contact.id)


def _oddities(portal: Portal, ada: str, ben: str) -> int:
    """An international number with calls, an extension, a vanity number, a script, a number that is none."""
    us = {"country": "United States"}
    oliver = _person(
        portal, ACORN, "Oliver", "Hughes", OLIVER_EMAIL, phone="020 7946 0018", country="United Kingdom",
        hubspot_owner_id=ben,
    )  # fmt: skip
    _person(portal, ACORN, "Nora", "Vance", NORA_EMAIL, phone="212-555-0123 x12", hubspot_owner_id=ada, **us)
    _person(portal, ACORN, "Flora", "Bloom", FLORA_EMAIL, phone="1-800-FLOWERS", **us)
    _person(portal, ACORN, SCRIPT_NAME, "Tags", SCRIPT_EMAIL, phone="312.555.0199", hubspot_owner_id=ben, **us)
    _person(portal, ACORN, "Zero", "Leading", ZERO_EMAIL, phone=ZERO_PHONE, **us)
    _past_call(portal, oliver, ben)
    return 5


def _past_call(portal: Portal, contact: Record, owner: str) -> None:
    call = portal.records.create(
        ACORN,
        "calls",
        {
            "hs_timestamp": "2026-11-20T10:15:00.000Z",
            "hs_call_title": "Call with Oliver Hughes",
            "hs_call_body": "Asked for the <b>winter</b> price list.",
            "hs_call_direction": "OUTBOUND",
            "hs_call_status": "COMPLETED",
            "hs_call_disposition": "f240bbac-87c9-4f6e-bf70-924b57d47db7",
            "hs_call_duration": "184000",
            "hs_call_from_number": "+14155550111",
            "hs_call_to_number": OLIVER_NUMBER,
            "hubspot_owner_id": owner,
        },
    )
    portal.associate(ACORN, "calls", call.id, "contacts", contact.id)


def _company(portal: Portal, random: Random, numbers: Numbers, place: int, owners: list[str]) -> Company:
    plan = PLANS[place % len(PLANS)]
    name = f"{LAST_NAMES[place % len(LAST_NAMES)]} {TRADES[place % len(TRADES)]}"
    switchboard = numbers.new(plan)
    values = {
        "name": name,
        "domain": f"{_ascii(name)}{place}.example",
        "phone": switchboard.written(place % 6),
        "country": plan.country,
        "hubspot_owner_id": random.choice(owners),
    }
    return Company(portal.records.create(ACORN, "companies", values), switchboard)


def _contact(portal: Portal, random: Random, numbers: Numbers, place: int, company: Company, owner: str) -> None:
    """One in five answers at the company's switchboard, one in twenty has no number at all."""
    first, last = random.choice(FIRST_NAMES), random.choice(LAST_NAMES)
    values = {
        "company": company.record.get("name"),
        "country": company.record.get("country"),
        "jobtitle": random.choice(TITLES),
        "hubspot_owner_id": owner,
        **_lines(random, numbers, company.switchboard, place),
    }
    email = f"{_ascii(first)}.{_ascii(last)}.{place}@{company.domain}"
    record = _person(portal, ACORN, first, last, email, **values)
    portal.associate(ACORN, "contacts", record.id, "companies", company.record.id)


def _lines(random: Random, numbers: Numbers, switchboard: Number, place: int) -> dict[str, str]:
    if place % 20 == 0:
        return {}
    if place % 5 == 0:
        return {"phone": switchboard.written(random.randrange(HABITS))}
    plan: Plan = switchboard.plan
    lines = {random.choice(LINES): numbers.new(plan).written(random.randrange(HABITS))}
    if place % 7 == 0:
        lines = {name: numbers.new(plan).written(random.randrange(HABITS)) for name in LINES}
    return lines


def _birch(portal: Portal) -> None:
    for first, last, phone in (
        ("Bruno", "Keller", "+1 617 555 0160"),
        ("Maya", "Lindqvist", "(617) 555-0161"),
        ("Carla", "Reyes", "415-555-0100"),
        ("Tomás", "Vega", "+34 91 555 0199"),
    ):
        email = f"{_ascii(first)}.{_ascii(last)}@birch.example"
        _person(portal, BIRCH, first, last, email, phone=phone)


def _ascii(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isascii() and sign.isalnum())
