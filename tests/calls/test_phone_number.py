import phonenumbers
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from offhook.calls.phone_number import SHORTEST_ABROAD, PhoneNumber, Unreadable, masked, parse, with_lost_plus

WRITINGS = [
    # United States and Canada
    ("+1 415 555 0100", "US", "+14155550100"),
    ("(415) 555-0100", "US", "+14155550100"),
    ("1-415-555-0100", "US", "+14155550100"),
    ("415.555.0100", "CA", "+14155550100"),
    ("011 44 20 7946 0958", "US", "+442079460958"),
    ("1-800-FLOWERS", "US", "+18003569377"),
    ("+1 (415) 555‑0100", "DE", "+14155550100"),
    # Other countries, as people there write them, and from abroad
    ("020 7946 0958", "GB", "+442079460958"),
    ("+44 (0)20 7946 0958", "US", "+442079460958"),
    ("030 901820", "DE", "+4930901820"),
    ("0049 30 901820", "DE", "+4930901820"),
    ("01 42 68 53 00", "FR", "+33142685300"),
    ("06 698 12345", "IT", "+390669812345"),
    ("+39 06 698 12345", "US", "+390669812345"),
    ("(11) 2345-6789", "BR", "+551123456789"),
    ("098765 43210", "IN", "+919876543210"),
    ("03-3224-5000", "JP", "+81332245000"),
    ("(02) 9374 4000", "AU", "+61293744000"),
    ("8 (495) 123-45-67", "RU", "+74951234567"),
    ("010 1234 5678", "CN", "+861012345678"),
    ("044 668 18 00", "CH", "+41446681800"),
    ("+971 4 123 4567", "US", "+97141234567"),
    ("０３-３２２４-５０００", "JP", "+81332245000"),
    ("+٩٧١ ٤ ١٢٣ ٤٥٦٧", "US", "+97141234567"),
    ("+800 1234 5678", "US", "+80012345678"),
    # Addresses
    ("tel:+1-415-555-0100", "DE", "+14155550100"),
    ("TEL:415-555-0100", "US", "+14155550100"),
    ("tel:5550100;phone-context=+1415", "DE", "+14155550100"),
    ("tel:+14155550100;phone-context=example.com", "US", "+14155550100"),
    ("tel:%2B14155550100", "US", "+14155550100"),
    ("sip:+14155550100@pbx.example:5061;transport=tls", "US", "+14155550100"),
    ("sips:%2B14155550100@pbx.example", "US", "+14155550100"),
    ("sip:+14155550100;user=phone@pbx.example", "US", "+14155550100"),
    ("sip:+14155550100@" + "very." * 100 + "long", "US", "+14155550100"),
]


@pytest.mark.parametrize(("text", "region", "e164"), WRITINGS)
def test_it_reads_the_writings_of_many_countries(text: str, region: str, e164: str) -> None:
    assert parse(text, region) == PhoneNumber(e164)


@pytest.mark.parametrize(
    "text",
    [
        "+1 415 555 0100 ext. 7",
        "+1 415 555 0100 x7",
        "(415) 555-0100 extension 7",
        "(415) 555-0100 #7",
        "tel:+1-415-555-0100;ext=7",
        "sip:+14155550100;ext=7@pbx.example",
        "+14155550100;ext=7",
    ],
)
def test_it_keeps_the_extension_apart(text: str) -> None:
    assert parse(text) == PhoneNumber("+14155550100", "7")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("sip:@pbx.example", "empty"),
        ("tel:;ext=7", "empty"),
        ("anonymous", "anonymous"),
        ("Anonymous", "anonymous"),
        ("sip:anonymous@anonymous.invalid", "anonymous"),
        ("Restricted", "anonymous"),
        ("PRIVATE", "anonymous"),
        ("unavailable", "anonymous"),
        ("201", "internal"),
        ("*98", "internal"),
        ("21#", "internal"),
        ("sip:201@pbx.example", "internal"),
        ("555-0100", "internal"),  # local: which area code, only the phone system knows
        ("ben", "not-a-number"),
        ("sip:ben@pbx.example", "not-a-number"),
        ("+", "not-a-number"),
        ("+999 123 456 789", "not-a-number"),
        ("+1 415 555 0100 0100 0100", "not-a-number"),
        ("4" * 100_000, "not-a-number"),
        ("+" * 100_000, "not-a-number"),
        ("1;" * 50_000, "internal"),
        ("\x00", "not-a-number"),
        ("<script>alert(1)</script>", "not-a-number"),
    ],
)
def test_it_says_why_a_text_is_no_number(text: str, why: str) -> None:
    assert parse(text) == Unreadable(why)  # type: ignore[arg-type]


NUMBERISH = st.text(st.sampled_from("0123456789+-() .;#*x=@extlpho:ABC٣３\u200b\ud800"), max_size=40)
KINDS = st.sampled_from((PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE))
REGIONS = st.sampled_from([*sorted(phonenumbers.SUPPORTED_REGIONS), "", "XX", "us"])


@given(st.text() | NUMBERISH, REGIONS)
def test_it_never_raises_and_what_it_reads_can_be_shown(text: str, region: str) -> None:
    number = parse(text, region)
    if isinstance(number, PhoneNumber):
        assert number.e164.startswith("+")
        assert number.e164[1:].isdecimal()
        assert number.shown.startswith("+")
        assert number.e164.endswith(number.national_digits)


@given(NUMBERISH, REGIONS)
@example("+44 (0)20 7946 0958", "GB")
def test_it_never_differs_from_libphonenumber(text: str, region: str) -> None:
    number = parse(text, region)
    if isinstance(number, PhoneNumber) and not {"@", ";", ":"} & set(text):
        theirs = _theirs(text, region)
        assert phonenumbers.format_number(theirs, PhoneNumberFormat.E164) == number.e164
        assert (theirs.extension or "") == number.extension


def _theirs(text: str, region: str) -> phonenumbers.PhoneNumber:
    """libphonenumber's reading; of a number that starts with 00 and makes none in its region, that with + instead."""
    try:
        theirs = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        theirs = phonenumbers.PhoneNumber()
    abroad = text.strip().startswith("00") and not phonenumbers.is_possible_number(theirs)
    return phonenumbers.parse(f"+{text.strip()[2:]}", region) if abroad else theirs


@pytest.mark.parametrize(
    ("text", "region"),
    [("001 415 555 0100", "US"), ("001 212 5550102", "GB"), ("0044 20 7946 0018", "US"), ("0039 02 55509239", "US")],
)
def test_it_reads_the_worlds_00_as_a_plus_where_the_region_has_no_use_for_it(text: str, region: str) -> None:
    assert parse(text, region) == parse(f"+{text[2:]}", region)
    assert isinstance(parse(text, region), PhoneNumber)


EXAMPLES = [
    phonenumbers.example_number_for_type(region, kind)
    for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    for kind in (phonenumbers.PhoneNumberType.FIXED_LINE, phonenumbers.PhoneNumberType.MOBILE)
]


@pytest.mark.parametrize(
    "style",
    [PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.RFC3966, PhoneNumberFormat.NATIONAL],
)
def test_it_reads_an_example_of_every_country_in_every_style(style: int) -> None:
    wrong = []
    for number in filter(None, EXAMPLES):
        region = phonenumbers.region_code_for_number(number) or "ZZ"
        text = phonenumbers.format_number(number, style)
        e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        short = len(text) <= 6 and text.isdecimal()  # such a national number cannot be told from a line
        if not short and parse(text, region) != PhoneNumber(e164):
            wrong.append((text, region, e164, parse(text, region)))
    assert wrong == []


@given(st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS)), REGIONS, KINDS)
def test_a_lost_plus_is_put_back_wherever_the_digits_are_no_number_without_it(home: str, region: str, kind: int) -> None:
    """What the region reads as one of its own, or what is too short to be told apart from a line, stays as it is."""
    sample = phonenumbers.example_number_for_type(home, kind)
    assume(sample)
    true = phonenumbers.format_number(sample, PhoneNumberFormat.E164)
    digits = true.removeprefix("+")
    found = with_lost_plus(digits, region)
    stays = len(digits) < SHORTEST_ABROAD or parse(digits, region) != Unreadable("not-a-number")
    assert found == (digits if stays else true)
    assert stays or parse(found, region) == PhoneNumber(true)


@given(st.text() | NUMBERISH, REGIONS)
@example("442079460018", "US")
def test_putting_back_a_plus_changes_nothing_that_is_a_number_and_nothing_twice(text: str, region: str) -> None:
    found = with_lost_plus(text, region)
    assert found in (text, f"+{text}")
    assert with_lost_plus(found, region) == found
    if isinstance(parse(text, region), PhoneNumber):
        assert found == text


@pytest.mark.parametrize("line", ["40375", "5550100", "49123456", "290123456", "0123456789"])
def test_a_line_does_not_become_a_number_abroad(line: str) -> None:
    assert with_lost_plus(line, "US") == line


def test_a_number_is_shown_as_people_write_it() -> None:
    assert PhoneNumber("+14155550100", "7").shown == "+1 415-555-0100 ext. 7"
    assert PhoneNumber("+442079460958").national_digits == "2079460958"


@given(st.text() | NUMBERISH)
@example("+14155550100")
@example("1234567")
def test_a_masked_number_never_shows_more_than_five_digits(text: str) -> None:
    shown = [character for character in masked(text) if character.isdigit()]
    assert len(shown) <= 5
    assert not shown or len(shown) < sum(character.isdigit() for character in text)
