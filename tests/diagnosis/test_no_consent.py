"""A consent that never came back, explained to the agent and to the administrator."""

from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.diagnosis.meanings import MEANINGS, Kind
from offhook.diagnosis.no_consent import why_no_consent
from offhook.diagnosis.report import Report
from offhook.diagnosis.silences import Known


class Capability(NamedTuple):
    title: str
    scopes: tuple[str, ...]


READ, WRITE, COMPANIES, USERS = (
    "crm.objects.contacts.read",
    "crm.objects.contacts.write",
    "crm.objects.companies.read",
    "settings.users.read",
)
CAPABILITIES = (
    Capability("Find contacts", (READ,)),
    Capability("Log calls", (WRITE,)),
    Capability("Show companies", (COMPANIES,)),
    Capability("Check who is Super Admin", (USERS,)),
)
USERS_URL = "https://app.hubspot.com/settings/111/users"
LISTED = """Request for Integration Permissions

You don’t have the right permissions to install Offhook

1. App Marketplace access
2. contacts-writer
3. contacts-writer (Unassigned)
4. Telepathy > Send
"""


def explain(page_text: str | None = None, **changes: Any) -> Report:
    asked = {"ask": "everything", "required": ("oauth", READ), "optional": (WRITE, COMPANIES, USERS), **changes}
    return why_no_consent(**asked, page_text=page_text, capabilities=CAPABILITIES, users_url=USERS_URL)


def test_without_a_page_it_lists_what_may_be_missing_and_how_sure_that_is() -> None:
    report = explain()
    assert (report.title, report.cause) == ("HubSpot did not answer", "unknown")
    assert [(each.right, each.sure) for each in report.missing] == [
        ("App Marketplace access", "documented"),
        ("Contacts > View", "likely"),
        ("Contacts > Edit", "likely"),
        ("Companies > View", "guess"),
    ]
    assert all(each.source.startswith("https://") for each in report.missing)


def test_it_says_what_each_right_is_for_and_what_stands_in_the_way_of_connecting() -> None:
    uses = {each.right: each.needed_for for each in explain().missing}
    assert uses["App Marketplace access"] == ("Connect at all",)
    assert uses["Contacts > View"] == ("Connect at all", "Find contacts")
    assert uses["Contacts > Edit"] == ("Log calls",)
    assert [each.right for each in explain().missing if each.blocks] == ["App Marketplace access", "Contacts > View"]
    assert {each.blocks for each in explain(LISTED).missing if each.sure == "proved"} == {True}


def test_what_hubspots_page_lists_is_proved_and_translated() -> None:
    report = explain(LISTED)
    proved = {each.right: each for each in report.missing if each.sure == "proved"}
    assert (report.cause, list(proved)) == (
        "person",
        ["App Marketplace access", "Contacts > Edit", "Contacts > Edit > Unassigned", "Telepathy > Send"],
    )
    assert (report.sure, report.who) == ("certain", "A Super Admin of your HubSpot account")
    edit, unknown = proved["Contacts > Edit"], proved["Telepathy > Send"]
    assert edit.where.endswith("Actions > Edit > CRM > CRM objects > Contacts")
    assert (edit.source, edit.needed_for) == ("HubSpot's own page: contacts-writer", ("Connect at all", "Log calls"))
    assert (unknown.where, unknown.source) == (
        "Settings > Users & Teams > (hover over the person) Actions > Edit",
        "HubSpot's own page",
    )


def test_the_agent_is_told_to_log_in_again_and_offered_less() -> None:
    report = explain(LISTED)
    assert "logging out and in again" in (report.remember or "")
    assert report.less is not None
    assert report.less.ask == "search-only"
    assert explain(LISTED, ask="search-only").less is None


def test_the_letter_can_be_sent_as_it_is() -> None:
    text = explain(LISTED, agent_hint="ben@acorn.example").message.text
    for part in (
        "I log in as ben@acorn.example",
        f"Settings > Users & Teams ({USERS_URL})",
        "- App Marketplace access: On. You find it under Account > Settings access. I need it to connect at all.",
        "- Contacts > Edit: All contacts, or fewer with Unassigned ticked.",
        "- Telepathy > Send: On. I need it",
        "connect it once yourself",
        "Actions > Make super admin",
        "Actions > Remove super admin",
        "log out of HubSpot and in again",
        "take everything back",
        "Thank you!",
    ):
        assert part in text
    assert text.index("Contacts > Edit") < text.index("not needed to connect") < text.index("Companies > View")


def test_the_letter_asks_for_no_power_over_users() -> None:
    assert "Add and edit users" not in explain().message.text


def test_a_person_who_has_marketplace_access_is_not_told_about_it() -> None:
    assert (
        "App Marketplace"
        not in explain("You don't have the right permissions to install X\n1. contacts-writer").message.text
    )


@pytest.mark.parametrize("kind", [kind for kind, each in MEANINGS.items() if each.cause == "app"])
def test_an_app_that_is_set_up_wrongly_is_not_the_agents_fault(kind: Kind) -> None:
    report = explain(saw=kind, known=Known(address="https://phones.example/oauth/callback"))
    assert (report.cause, report.who) == ("app", "Whoever runs Offhook for you")
    assert (report.missing, report.remember, report.less) == ((), None, None)
    text = report.message.text
    assert f"- required scopes: oauth {READ}\n- optional scopes: {WRITE} {COMPANIES} {USERS}\n" in text
    assert "- redirect URL: https://phones.example/oauth/callback\n" in text
    assert report.remedy in text


@pytest.mark.parametrize("kind", [kind for kind, each in MEANINGS.items() if each.cause == "account"])
def test_an_account_that_stands_in_the_way_has_a_remedy_of_its_own(kind: Kind) -> None:
    report = explain(saw=kind)
    assert (report.cause, report.missing, report.less) == ("account", (), None)
    assert report.who == "A Super Admin of your HubSpot account"
    assert f"A Super Admin of our HubSpot account {report.remedy}" in report.message.text


@pytest.mark.parametrize("kind", [kind for kind, each in MEANINGS.items() if each.letter == "nobody"])
def test_where_nobody_needs_to_be_asked_there_is_no_letter_and_no_list(kind: Kind) -> None:
    report = explain(saw=kind)
    assert (report.message.text, report.missing, report.less) == ("", (), None)
    assert report.remedy


def test_a_page_that_was_read_counts_more_than_what_was_chosen() -> None:
    assert explain(LISTED, saw=Kind.WINDOW_CLOSED).title == explain(LISTED).title
    assert explain("Lorem ipsum", saw=Kind.WRONG_ROLE).title == MEANINGS[Kind.WRONG_ROLE].title


def test_the_scopes_that_a_page_names_are_told() -> None:
    page = "Authorization failed because your account lacks access to the required scopes [content, tickets]"
    assert explain(page).says.endswith("The page names content, tickets.")


# What the service knows itself.


def test_a_hubspot_that_does_not_answer_anybody_is_named_before_the_agents_rights() -> None:
    report = explain(known=Known(hubspot_answers=False))
    assert (report.cause, report.sure, report.missing) == ("service", "likely", ())
    assert report.title == "HubSpot itself has trouble"
    assert explain(LISTED, known=Known(hubspot_answers=False)).cause == "person", "its page was read, so it answers"


@pytest.mark.parametrize(
    ("address", "cause"),
    [
        ("http://phones.example/oauth/callback", "app"),
        ("https://phones.example/oauth/callback", "unknown"),
        ("http://localhost:8600/oauth/callback", "unknown"),
    ],
)
def test_an_address_that_hubspot_sends_nobody_back_to_is_noticed_without_a_page(address: str, cause: str) -> None:
    assert explain(known=Known(address=address)).cause == cause


def test_a_refusal_in_another_account_says_so_and_still_lists_what_the_page_lists() -> None:
    report = explain(LISTED, known=Known(came_from=111, page_account=222))
    assert (report.title, report.sure) == ("You chose another HubSpot account", "likely")
    assert "for account 222, and you came from account 111" in report.says
    assert "HubSpot names the rights" in report.says
    assert report.missing[0].sure == "proved"
    assert explain(LISTED, known=Known(came_from=111, page_account=111)).title == explain(LISTED).title
    assert explain(saw=Kind.SCOPES_MISMATCH, known=Known(came_from=111, page_account=222)).cause == "app"


def test_the_same_list_as_the_last_time_reminds_of_logging_out_and_in_again() -> None:
    again = explain(LISTED, known=Known(before=("Contacts > Edit",)))
    assert "the last time" in (again.remember or "")
    assert "log out of HubSpot and in again" in (again.remember or "")
    other = explain(LISTED, known=Known(before=("Deals > View",)))
    assert "If your rights were changed since" in (other.remember or "")
    silent = explain(known=Known(before=("Contacts > Edit",)))
    assert "If your rights were changed since" in (silent.remember or "")


def test_a_yes_in_another_tab_is_no_refusal() -> None:
    report = explain(known=Known(granted_elsewhere=True))
    assert (report.sure, report.missing, report.title) == ("certain", (), "You said yes in another tab")


def test_a_page_that_names_rights_counts_more_than_a_yes_in_another_tab() -> None:
    elsewhere = Known(granted_elsewhere=True)
    assert explain(LISTED, known=elsewhere) == explain(LISTED)
    assert explain(saw=Kind.WINDOW_CLOSED, known=elsewhere).title == "You said yes in another tab"


def test_a_closed_window_is_no_refusal() -> None:
    report = explain(saw=Kind.WINDOW_CLOSED)
    assert (report.cause, report.sure, report.missing) == ("person", "certain", ())
    assert "closed before an answer came" in report.title


def test_a_page_that_says_only_no_lists_what_may_be_missing() -> None:
    report = explain("You don't have permission to connect this app")
    assert (report.cause, report.missing[0].right, report.missing[0].sure) == (
        "person",
        "App Marketplace access",
        "documented",
    )


def test_a_page_that_says_no_and_lists_the_right_has_told_all() -> None:
    report = explain("You don't have permission to connect this app\n1. App Marketplace access")
    assert (report.title, report.sure) == (MEANINGS[Kind.RIGHTS_LISTED].title, "certain")
    assert [each.right for each in report.missing if each.sure == "proved"] == ["App Marketplace access"]


def test_a_page_that_says_nothing_known_is_not_called_an_answer() -> None:
    report = explain("Lorem ipsum")
    assert report.cause == "unknown"
    assert "does not know this page" in report.title
    assert [each.right for each in report.missing][:2] == ["App Marketplace access", "Contacts > View"]


@given(st.none() | st.text(max_size=300) | st.lists(st.sampled_from(LISTED.split("\n"))).map("\n".join))
def test_every_report_is_whole_and_can_be_sent(page_text: str | None) -> None:
    report = explain(page_text)
    again = msgspec.json.decode(msgspec.json.encode(report), type=Report)
    assert again == report
    assert report.title
    assert report.says
    assert report.who
    assert report.remedy
    assert not report.message.text or (report.message.subject and report.message.text.startswith("Hello,"))
    assert all(each.right and each.value and each.where and each.source for each in report.missing)
    assert bool(report.missing) == bool(report.remember)


def test_the_json_is_that_of_the_panel_api() -> None:
    sent = msgspec.to_builtins(explain(LISTED))
    first = ["cause", "title", "says", "missing", "remember", "message", "less", "users_url", "checks"]
    assert list(sent) == [*first, "sure", "who", "remedy"]
    assert list(sent["missing"][0]) == ["right", "value", "where", "needed_for", "sure", "source", "blocks"]
    assert (list(sent["message"]), list(sent["less"])) == (["subject", "text"], ["ask", "says"])
