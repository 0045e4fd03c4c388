from typing import Any

import pytest

from offhook.errors import InvalidInput, NotAllowed
from offhook.policies.policy import (
    CHOSEN,
    Choice,
    Effective,
    Numbers,
    Policy,
    Pop,
    Preferences,
    Visibility,
    changed,
    effective,
    locked,
    refuse_locked,
    visible_owners,
)

KEYS = frozenset({"log-calls", "tickets"})


def test_an_agent_chooses_for_herself_unless_it_is_locked() -> None:
    own = Preferences(auto_log=False, pop=Pop.NEVER)
    assert effective(Policy(), own) == Effective(False, Pop.NEVER, Numbers.HUBSPOT, False)
    assert effective(Policy(), Preferences()) == Effective(True, Pop.RINGING, Numbers.HUBSPOT, False)
    decided = Policy(auto_log=Choice(True, locked=True), pop=Choice(Pop.ANSWERED), numbers=Choice(Numbers.OFF, True))
    own = Preferences(auto_log=False, pop=Pop.NEVER, numbers=Numbers.SITES, confirm_dial=True)
    assert effective(decided, own) == Effective(True, Pop.NEVER, Numbers.OFF, True)
    assert locked(decided) == ("auto_log", "numbers")


@pytest.mark.parametrize("name", CHOSEN)
def test_what_is_locked_is_refused_and_the_rest_is_not(name: str) -> None:
    own = {"auto_log": True, "pop": Pop.NEVER, "numbers": Numbers.OFF, "confirm_dial": True}
    decided = changed(Policy(), {name: {"value": own[name], "locked": True}}, KEYS)
    refuse_locked(decided, Preferences(**{other: own[other] for other in own if other != name}))
    with pytest.raises(NotAllowed):
        refuse_locked(decided, Preferences(**{name: own[name]}))


def test_an_agent_sees_whom_the_policy_lets_her_see() -> None:
    assert visible_owners(Visibility.EVERYONE, "1", ("1", "2")) is None
    assert visible_owners(Visibility.OWN, "1", ("1", "2")) == {"1"}
    assert visible_owners(Visibility.TEAM, "1", ("1", "2")) == {"1", "2"}
    assert visible_owners(Visibility.TEAM, "1", ()) == {"1"}, "without a team, a team is oneself"
    assert visible_owners(Visibility.OWN, None, ()) == frozenset()


def test_what_is_not_named_stays() -> None:
    after = changed(Policy(visibility=Visibility.TEAM), {"without": ["tickets"]}, KEYS)
    assert after == Policy(visibility=Visibility.TEAM, without=("tickets",))


@pytest.mark.parametrize(
    "changes",
    [
        {"visibility": "nobody"},
        {"colour": "red"},
        {"without": ["fly"]},
        {"without": "tickets"},
        {"auto_log": True},
        {"auto_log": {"value": "yes"}},
        {"pop": {"value": "often"}},
        {"account_logs": None},
        {"x" * 100_000: 1},
    ],
)
def test_what_is_no_policy_is_refused_in_a_sentence(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        changed(Policy(), changes, KEYS)
    assert len(refused.value.says) < 300
