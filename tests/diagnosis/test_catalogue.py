"""Every wording of HubSpot's that is known, however it was copied; and anything else, harmlessly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.diagnosis import rights
from offhook.diagnosis.catalogue import LONGEST_LABEL, MOST_LISTED, WORDINGS, Kind, PageReading, read_page

# As they stand in HubSpot's pages (facts 1.5).
PAGES = [
    (
        "Couldn't complete the connection\nAuthorization failed because the provided scopes are insufficient. "
        "Please contact the app developer.",
        Kind.SCOPES_INSUFFICIENT,
        "app",
    ),
    (
        "Couldn't complete the connection\nAuthorization failed because there is a mismatch between the scopes in the "
        "install URL and the app's configured scopes. Please contact the app developer.",
        Kind.SCOPES_MISMATCH,
        "app",
    ),
    (
        "Couldn't complete the connection\nInsufficient scopes were provided. Please contact the app developer.",
        Kind.SCOPES_INSUFFICIENT,
        "app",
    ),
    (
        "Couldn't complete the connection\nThis account doesn't have access to some HubSpot features that are required "
        "by this app. Please contact the app developer.",
        Kind.ACCOUNT_LACKS_FEATURES,
        "account",
    ),
    (
        "The app developer doesn't have permissions to request the set of scopes. Please contact the app developer.",
        Kind.SCOPES_NOT_ALLOWED,
        "app",
    ),
    ("There was a problem fetching approvers", Kind.NO_APPROVER, "account"),
    ("Your account doesn't have access to developer tools", Kind.NO_DEVELOPER_TOOLS, "person"),
    ("You don't have permission to connect this app", Kind.MAY_NOT_CONNECT, "person"),
    ("You don't have permission to connect this integration.", Kind.MAY_NOT_CONNECT, "person"),
    (
        "Request for Integration Permissions\nYou do not have the correct role to grant these permissions. Please "
        "contact your administrator",
        Kind.WRONG_ROLE,
        "person",
    ),
    ("Couldn't complete the connection", Kind.COULD_NOT_COMPLETE, "unknown"),
    ("You don't have the right permissions to install Offhook", Kind.RIGHTS_LISTED, "person"),
]


@pytest.mark.parametrize(("page", "kind", "cause"), PAGES)
@pytest.mark.parametrize(
    "copied",
    [
        str,
        str.upper,
        lambda text: text.replace("'", "’").replace(" ", "\u00a0 \t"),
        lambda text: f"HubSpot\n\n\n{text}\n\n© HubSpot, Inc.",
    ],
)
def test_it_understands(page: str, kind: Kind, cause: str, copied: object) -> None:
    reading = read_page(copied(page))  # type: ignore[operator]
    assert (reading.kind, reading.cause, reading.listed) == (kind, cause, ())


def test_every_wording_is_tried_above() -> None:
    assert {read_page(each.text).kind for each in WORDINGS} == {kind for _, kind, _ in PAGES} == set(Kind)


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
    assert read_page(f"{PAGES[0][0]}\n1. contacts-writer").listed == ()


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
        ("contacts-writer (Unassigned)", "Contacts > Edit"),
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
