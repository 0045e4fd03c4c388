import pytest

from offhook.policies.policy import Choice, Numbers, Policy, Pop, Visibility
from offhook.policies.words import told

TITLES = {"tickets": "Show tickets", "log-calls": "Log calls"}
USUAL = Policy()


@pytest.mark.parametrize(
    ("after", "sentence"),
    [
        (Policy(without=("tickets", "log-calls")), "Switched off: Show tickets, Log calls."),
        (Policy(visibility=Visibility.OWN), "Agents see: their own contacts and unassigned ones; before: everybody's"),
        (Policy(auto_log=Choice(True, True)), "Logging every call: on, locked; before: on, agents may choose otherwise."),
        (Policy(pop=Choice(Pop.NEVER)), "Opening the caller's record: never, agents may choose otherwise; before: when"),
        (
            Policy(numbers=Choice(Numbers.OFF, True)),
            "Numbers can be clicked: on no page, locked; before: on HubSpot's pages, agents may choose otherwise.",
        ),
        (
            Policy(confirm_dial=Choice(True)),
            "Asking before a clicked number is dialled: on, agents may choose otherwise;",
        ),
        (Policy(sync_contacts=False), "Keeping the contacts here, to know callers at once: off; before: on."),
        (Policy(account_logs=False), "Logging with the account's connection when an agent's own is broken: off; before:"),
    ],
)
def test_each_change_is_a_sentence_without_any_code(after: Policy, sentence: str) -> None:
    [said] = told(USUAL, after, TITLES)
    assert said.startswith(sentence)
    assert not set(said) & set('[]{}"_')


def test_what_is_switched_on_again_is_told_beside_what_is_switched_off() -> None:
    [said] = told(Policy(without=("tickets",)), Policy(without=("log-calls",)), TITLES)
    assert said == "Switched off: Log calls. Switched on: Show tickets."


def test_only_what_differs_is_told() -> None:
    assert list(told(USUAL, Policy(), TITLES)) == []
    both = Policy(visibility=Visibility.TEAM, account_logs=False)
    assert len(list(told(USUAL, both, TITLES))) == 2
