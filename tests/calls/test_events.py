import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.calls.events import kept_text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (" Ada\u00a0Lovelace ", "Ada\u00a0Lovelace"),
        ("A\x00d\x1ba\ud800", "Ada"),
        ("نیم\u200cفاصله", "نیم\u200cفاصله"),
        ("<b>&", "<b>&"),
    ],
)
def test_it_keeps_what_a_person_wrote_and_drops_what_no_database_takes(text: str, kept: str) -> None:
    assert kept_text(text) == kept


@given(st.text(), st.integers(0, 20))
def test_kept_text_is_short_and_can_be_written_anywhere(text: str, longest: int) -> None:
    kept = kept_text(text, longest)
    assert len(kept) <= longest
    assert "\x00" not in kept
    assert json.loads(json.dumps(kept, ensure_ascii=False).encode()) == kept
