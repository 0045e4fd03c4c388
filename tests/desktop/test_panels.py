"""The whole truth for one panel."""

import pytest
from tests.desktop.office import ACORN, Office

from offhook.agents.agent import Agent
from offhook.errors import NotFound
from offhook.hubspot.engagements import OUTCOMES
from offhook.telephony.phone_system import Capability

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


async def test_it_says_who_where_and_what_can_be_done(office: Office, ben: Agent) -> None:
    panel = await office.panel(ben)
    assert (panel.agent.id, panel.agent.email, panel.agent.administrator) == (ben.id, "ben@acorn.example", False)
    assert panel.line
    assert (panel.phone_system, panel.line.number, panel.line.name) == ("exchange", "201", "Line 201")
    assert [(each.key, set(each.can)) for each in panel.phone_systems] == [("exchange", set(Capability))]
    assert [each.id for each in panel.outcomes] == list(OUTCOMES)


async def test_reminders_and_strays_are_for_administrators(office: Office, ben: Agent) -> None:
    ada = await office.agent("Ada", ACORN, None)
    await office.ring(line="204")
    hers, his = await office.panel(ada), await office.panel(ben)
    assert (hers.agent.administrator, len(hers.reminders), len(hers.strays)) == (True, 1, 1)
    assert (his.reminders, his.strays) == ((), ())


async def test_a_phone_system_that_is_no_longer_offered_is_not_chosen(office: Office, ben: Agent) -> None:
    office.systems.clear()
    assert (await office.panel(ben)).phone_system is None


async def test_a_call_of_a_phone_system_that_is_gone_is_shown_without_actions(office: Office, ben: Agent) -> None:
    call = await office.ring()
    office.systems.clear()
    assert (await office.view(call, ben)).can == ()


async def test_calls_come_in_pages_newest_first(office: Office, ben: Agent) -> None:
    for _ in range(5):
        office.clock.advance(minutes=1)
        await office.exchange.caller_hangs_up(await office.ring())
    newest, more = await office.panels.recent(ben.id, None, 2)
    assert more
    rest, more = await office.panels.recent(ben.id, newest[-1].started_at, 3)
    assert not more
    times = [each.started_at for each in (*newest, *rest)]
    assert times == sorted(times, reverse=True)
    assert len(set(times)) == 5


async def test_a_panel_hears_that_something_has_changed(office: Office, ben: Agent) -> None:
    await office.panels.changed(ben.id)
    [frame] = office.panel_frames(ben)
    assert frame.panel.agent.id == ben.id


async def test_there_is_no_panel_of_nobody(office: Office) -> None:
    with pytest.raises(NotFound):
        await office.panels.of("nobody")
