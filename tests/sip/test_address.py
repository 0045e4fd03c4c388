import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.sip.address import Address, Uri, Via, read_address, read_uri, read_via, separate, user_part, written


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("sip:201@offhook.invalid", Uri("sip", "201", "offhook.invalid")),
        ("SIPS:a@B.example:5061;transport=ws;lr", Uri("sips", "a", "b.example", 5061, {"transport": "ws", "lr": ""})),
        ("sip:offhook.invalid", Uri("sip", "", "offhook.invalid")),
        ("sip:%2B1415:secret@x.y?subject=hi", Uri("sip", "+1415", "x.y")),
        ("sip:[2001:db8::1]:5060", Uri("sip", "", "[2001:db8::1]", 5060)),
        ("tel:+14155550100", Uri("tel", "", "+14155550100")),
        ("sip:", None),
        ("sip:@x.y", None),
        ("sip:a@x.y:99999", None),
        ("sip:a@x y", None),
        ("sip:a@-x", None),
        ("201", None),
        ("", None),
    ],
)
def test_addresses_are_read(text: str, uri: Uri | None) -> None:
    assert read_uri(text) == uri


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (
            '"Ben, \\"the\\" Bell" <sip:b@x.y;lr>;tag=1;q=0.5',
            ('Ben, "the" Bell', "sip:b@x.y;lr", {"tag": "1", "q": "0.5"}),
        ),
        ("Ben Bell <sip:b@x.y>", ("Ben Bell", "sip:b@x.y", {})),
        ("sip:b@x.y;tag=1", ("", "sip:b@x.y", {"tag": "1"})),
        ("<sip:b@x.y>", ("", "sip:b@x.y", {})),
        ('"Ben', None),
        ("<sip:b@x.y", None),
        ("", None),
        ("<>", None),
        ('"a" b <sip:b@x.y>', None),
    ],
)
def test_names_and_parameters_are_read(text: str, address: tuple[str, str, dict[str, str]] | None) -> None:
    assert read_address(text) == (Address(*address) if address else None)


def test_a_way_back_is_read() -> None:
    assert read_via("SIP / 2.0 / wss K3.invalid ; branch = z9hG4bK1;rport") == Via("WSS", "k3.invalid", "z9hG4bK1")
    assert read_via("nothing") is None


def test_lists_are_separated_where_the_comma_is_one() -> None:
    assert separate('"a, b" <sip:x@y.z;p=1,2>, <sip:c@d.e>,, *') == ['"a, b" <sip:x@y.z;p=1,2>', "<sip:c@d.e>", "*"]
    assert len(separate("a," * 500)) == 50


@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_a_caller_calls_itself_stays_inside_its_quotes(name: str, user: str) -> None:
    text = written(f"sip:{user_part(user)}@offhook.invalid", name, tag="t")
    address = read_address(text)
    assert "\r" not in text
    assert "\n" not in text
    assert address is not None
    assert address.params == {"tag": "t"}
    assert read_uri(address.uri) is not None
