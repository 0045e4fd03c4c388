"""The message to an administrator, as text and as the draft of an e-mail."""

from urllib.parse import parse_qs, unquote, urlsplit

from msgspec.structs import replace

from offhook.administration.letter import CUT, LONGEST_DRAFT, bounded, letter, mailto
from offhook.diagnosis.no_consent import why_no_consent
from offhook.diagnosis.report import Message
from offhook.hubspot import scopes

USERS = "https://app.hubspot.com/settings/1/users"
REPORT = why_no_consent("everything", scopes.REQUIRED, scopes.OPTIONAL, capabilities=scopes.CAPABILITIES, users_url=USERS)


def test_it_has_the_switches_what_each_is_for_and_the_way_to_them() -> None:
    text = letter(REPORT, "eve@acorn.example").text
    assert text.startswith("Hello,\n\nMy user in HubSpot is eve@acorn.example.\n\n")
    assert USERS in text
    for each in REPORT.missing:
        assert f"{each.right}: {each.value}" in text
        for use in each.needed_for:
            assert use.lower() in text.lower()


def test_who_does_not_say_who_she_is_is_not_introduced() -> None:
    assert letter(REPORT).text == REPORT.message.text
    twice = letter(replace(REPORT, message=letter(REPORT, "eve@acorn.example")), "eve@acorn.example")
    assert twice.text.count("eve@acorn.example") == 1


def test_a_diagnosis_that_asks_nobody_still_makes_a_letter() -> None:
    text = letter(replace(REPORT, message=Message("", ""))).text
    assert REPORT.title in text
    assert USERS in text


def test_a_draft_opens_in_every_mail_program() -> None:
    draft = mailto(Message("Rights & more?", "a\nb"), ["ada@acorn.example", "o'hara+x?cc=me@acorn.example"])
    parts = urlsplit(draft)
    assert unquote(parts.path) == "ada@acorn.example,o'hara+x?cc=me@acorn.example"
    assert parse_qs(parts.query) == {"subject": ["Rights & more?"], "body": ["a\r\nb"]}


def test_a_long_draft_ends_at_the_end_of_a_line_and_says_so() -> None:
    draft = mailto(Message("S", "\n".join(["ü€😀" * 9] * 40)))
    body = parse_qs(urlsplit(draft).query)["body"][0].replace("\r\n", "\n")
    assert len(draft) <= LONGEST_DRAFT + 40
    assert body.endswith(CUT)
    assert set(body.removesuffix(CUT).split("\n")) == {"ü€😀" * 9}


def test_what_a_page_makes_endless_is_cut_before_it_is_kept() -> None:
    endless = replace(REPORT, missing=REPORT.missing * 500, message=Message("S", "x" * 1_000_000))
    kept = bounded(endless)
    assert (len(kept.missing), len(kept.message.text)) == (40, 20_000)
    assert bounded(REPORT) == REPORT
