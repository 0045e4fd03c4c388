"""Every wording of HubSpot's that is known, however it was copied; and anything else, harmlessly."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.diagnosis import rights
from offhook.diagnosis.catalogue import LONGEST_LABEL, MOST_LISTED, PageReading, headings, read_page
from offhook.diagnosis.meanings import MEANINGS, Kind
from offhook.diagnosis.silences import SILENCES
from offhook.diagnosis.wordings import MAY_NOT, RIGHTS, WORDINGS, Wording


def page_of(wording: Wording) -> str:
    """The page as HubSpot shows it: its heading and the sentence under it, filled in."""
    sentence = wording.shown.replace("[…]", "[tickets, content]").replace(
        "'…'", "'https://phones.example/oauth/callback'"
    )
    lines = dict.fromkeys((wording.heading.replace("…", "Offhook"), sentence.replace("…", "Offhook 10")))
    return "\n".join(lines)


READ = [each for each in WORDINGS if each.seen != "described"]


@pytest.mark.parametrize("wording", READ, ids=lambda each: each.shown[:60])
@pytest.mark.parametrize(
    "copied",
    [
        str,
        str.upper,
        lambda text: text.replace("'", "’").replace(" ", "\u00a0 \t"),
        lambda text: f"HubSpot\n\n\n{text}\n\n© HubSpot, Inc.",
    ],
)
def test_it_understands(wording: Wording, copied: object) -> None:
    reading = read_page(copied(page_of(wording)))  # type: ignore[operator]
    assert (reading.kind, reading.listed) == (wording.kind, ())


def test_everything_that_can_stand_in_the_way_has_a_meaning_and_a_text() -> None:
    assert set(MEANINGS) == set(Kind) == {each.kind for each in WORDINGS}


def test_a_meaning_is_a_sentence_and_says_who_does_what() -> None:
    for meaning in (*MEANINGS.values(), *SILENCES.values()):
        for sentence in (f"{meaning.title}.", meaning.says, f"{meaning.who} {meaning.remedy}"):
            assert re.fullmatch(r"[A-Z].*[.]", sentence), sentence
        assert not meaning.rights or meaning.letter == "administrator"
        assert meaning.cause != "app" or "No right of yours" in meaning.says, meaning.title


def test_only_what_names_its_cause_is_called_certain() -> None:
    unsure = {kind for kind, each in MEANINGS.items() if each.sure != "certain"}
    assert {
        Kind.MAY_NOT_CONNECT,
        Kind.WRONG_ROLE,
        Kind.COULD_NOT_COMPLETE,
        Kind.NOT_A_USER,
        Kind.CANNOT_LOG_IN,
        Kind.HUBSPOT_BROKEN,
    } <= unsure


def test_the_catalogue_holds_every_text_once_under_its_heading() -> None:
    shown = [(heading.heading, entry.shown) for heading in headings() for entry in heading.entries]
    assert sorted(shown) == sorted((each.heading, each.shown) for each in WORDINGS)
    assert len(set(shown)) == len(shown)
    assert [each.heading for each in headings()][:2] == [RIGHTS, MAY_NOT]
    assert len(headings()) <= 12, "an agent chooses from it"


def test_a_page_that_names_scopes_is_read_with_them() -> None:
    page = (
        "Authorization failed because your account lacks access to the required scopes [content, crm.objects.deals.write]"
    )
    assert read_page(page).scopes == ("content", "crm.objects.deals.write")


NUMBERED = """You don't have the right permissions to install Estuary
1. App Marketplace access
2. Knowledge base settings
3. Forms > Publish
7. Custom object unassigned editor
15. tickets-writer
16. Something that HubSpot made up yesterday
Contact your administrator."""
EXPECTED = (
    "App Marketplace access",
    "Knowledge base settings",
    "Forms > Publish",
    "Custom object unassigned editor",
    "tickets-writer",
    "Something that HubSpot made up yesterday",
)


@pytest.mark.parametrize("page", [NUMBERED, NUMBERED.removesuffix("\nContact your administrator.").replace("\n", " ")])
def test_it_reads_a_numbered_list_in_lines_or_in_one(page: str) -> None:
    assert read_page(page).listed == EXPECTED


@pytest.mark.parametrize("bullet", ["", "• ", "- ", "    "])
@pytest.mark.parametrize("gap", ["\n", "\n\n \n"])
def test_it_reads_a_list_whose_numbers_the_browser_left_out(bullet: str, gap: str) -> None:
    labels = ("App Marketplace access", "Team contact visibility", "contacts-writer", "contacts-writer (Unassigned)")
    page = gap.join(
        [
            "Request for Integration Permissions",
            "You don't have the right permissions to install Offhook",
            *(bullet + label for label in labels),
            "\n",
            "Ben Bright (ben@acorn.example), Acorn Supplies (48201001)",
        ]
    )
    assert read_page(page).listed == labels


def test_a_list_alone_is_understood_when_we_know_a_name_on_it() -> None:
    assert read_page("1. contacts-writer\n2. New thing").listed == ("contacts-writer", "New thing")
    assert read_page("1. Milk\n2. Bread") == PageReading(None)


def test_the_reasons_of_apps_and_accounts_list_no_rights() -> None:
    assert read_page(f"{page_of(WORDINGS[0])}\n1. contacts-writer").listed == ()


@given(st.text(max_size=500) | st.lists(st.sampled_from([*NUMBERED.split(), "\n", "1.", "’", "\x00"])).map(" ".join))
def test_it_never_fails_and_what_it_lists_is_bounded(text: str) -> None:
    for page in (text, f"You don't have the right permissions to install X\n{text}"):
        reading = read_page(page)
        assert len(reading.listed) <= MOST_LISTED
        assert all(0 < len(label) <= LONGEST_LABEL and label.isprintable() for label in reading.listed)


@pytest.mark.parametrize("page", ["1. a " * 100_000, "1" * 200_000, " " * 200_000, "a-" * 100_000, "a > " * 50_000])
def test_an_absurd_page_takes_no_time(page: str) -> None:
    read_page(page)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("contacts-writer", "Contacts > Edit"),
        ("contacts-writer (Unassigned)", "Contacts > Edit > Unassigned"),
        ("tickets-writer (Unassigned)", "Tickets > Edit"),
        ("TEAM CONTACT VISIBILITY", "Contacts > View"),
        ("Companies > View", "Companies > View"),
        ("tickets-writer", "Tickets > Edit"),
        ("HubSpot Marketplace access", "App Marketplace access"),
        ("Add & edit users", "Add and edit users"),
    ],
)
def test_a_raw_name_is_a_right(name: str, label: str) -> None:
    right = rights.by_name(name)
    assert right is not None
    assert right.label == label
    assert right.where.startswith("Settings > Users & Teams > (hover over the person) Actions > Edit > ")


def test_an_unknown_name_is_no_right_of_ours() -> None:
    assert rights.by_name("telepathy-writer") is None
    assert rights.needs_of("crm.objects.telepathy.read") == ()
