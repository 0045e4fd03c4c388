"""Contacts by what an agent types, and new ones, never a silent double."""

import pytest
from tests.desktop.office import ACORN, CARLA, CARLA_NUMBER, STRANGER, Office

from offhook.agents.agent import Agent
from offhook.desktop.who import Answer
from offhook.errors import ContactExists, HubSpotUnreachable, InvalidNumber, MissingScope

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    ("text", "answer"), [("carla", Answer.ONE), (" twin ", Answer.SEVERAL), ("zzz", Answer.NONE), ("  ", Answer.NONE)]
)
async def test_it_finds_none_one_or_several(office: Office, ben: Agent, text: str, answer: Answer) -> None:
    assert (await office.search.search(ben, text)).answer is answer


async def test_a_contact_is_shown_with_its_numbers_and_address(office: Office, ben: Agent) -> None:
    [card] = (await office.search.search(ben, "carla")).contacts
    assert (card.name, card.email, card.company) == ("Carla Reyes", CARLA.email, CARLA.company)
    assert card.url == f"https://app.hubspot.test/contacts/{ACORN}/record/0-1/701"
    assert [(each.label, each.number, each.shown) for each in card.numbers] == [
        ("phone", CARLA_NUMBER, "+1 415-555-0100")
    ]


@pytest.mark.parametrize(
    ("problem", "answer"), [(MissingScope(), Answer.NOT_ALLOWED), (HubSpotUnreachable(), Answer.COULD_NOT_ASK)]
)
async def test_why_nobody_could_be_asked_is_an_answer(
    office: Office, ben: Agent, problem: MissingScope, answer: Answer
) -> None:
    office.hubspot.problem = problem
    found = await office.search.search(ben, "carla")
    assert found.reason
    assert (found.answer, found.reason.code) == (answer, problem.code)


async def test_a_new_contact_is_known_when_she_calls(office: Office, ben: Agent) -> None:
    card = await office.search.create(ben, first_name=" Olivia ", last_name="", email=" ", number="+44 20 7946 0018")
    assert (card.name, card.email) == ("Olivia", None)
    await office.ring(STRANGER)
    assert len(await office.until(lambda: office.pops(ben))) == 1


async def test_a_double_is_refused_and_the_contact_that_exists_is_shown(office: Office, ben: Agent) -> None:
    with pytest.raises(ContactExists) as refused:
        await office.search.create(ben, first_name="C", last_name="R", email=None, number="(415) 555 0100")
    [card] = refused.value.contacts
    assert (card.id, card.url.rpartition("/")[2]) == (CARLA.id, CARLA.id)


@pytest.mark.parametrize("number", ["", "202", "anonymous", "nonsense"])
async def test_a_contact_needs_a_number_that_can_be_dialled(office: Office, ben: Agent, number: str) -> None:
    with pytest.raises(InvalidNumber):
        await office.search.create(ben, first_name="C", last_name="R", email=None, number=number)
    assert "contacts_with_number" not in office.hubspot.asked
