"""Patterns of paths."""

import time

import pytest

from hubspot_sandbox.control.patterns import check_pattern, matches

PATH = "/crm/objects/2026-09/contacts"


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        (PATH, True),
        (PATH + "/", False),
        ("/crm/objects/2026-09/contact", False),
        ("/crm/objects/*/contacts", True),
        ("/crm/*/contacts", False),
        ("/crm/objects/2026-*/con*t*s", True),
        ("/crm/objects/2026-*/con*t*x", False),
        ("/crm/**", True),
        ("/crm/**/contacts", True),
        ("/crm/objects/2026-09/contacts/**", True),
        ("/**/objects/**/contacts", True),
        ("/**/objects/**/deals", False),
        ("/**", True),
        ("/*", False),
        ("/crm/objects/2026-09/contacts*", True),
        ("/[cC]rm/**", False),
        ("/crm/objects/2026.09/contacts", False),
    ],
)
def test_a_pattern_stands_for_the_whole_path(pattern: str, fits: bool) -> None:
    assert matches(pattern, PATH) is fits


@pytest.mark.parametrize("pattern", ["", "crm", "https://x/crm", "/a**b", "/crm/***", "/" + "a" * 300, "/a\nb", "/\x00"])
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        check_pattern(pattern)


def test_a_hostile_pattern_takes_no_time() -> None:
    pattern, path = "/" + "*a" * 149, "/" + "a" * 5000 + "b"
    check_pattern(pattern)
    began = time.perf_counter()
    assert not matches(pattern, path)
    assert not matches("/**/a" * 60 + "/c", "/a" * 2000)
    assert time.perf_counter() - began < 5
