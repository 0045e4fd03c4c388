"""Notes: a few bare tags live, everything else is text, whatever is written."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubspot_sandbox.pages.notes import DEEPEST, harmless


@pytest.mark.parametrize(
    ("notes", "shown"),
    [
        ("plain & simple", "plain &amp; simple"),
        ("a<br>b<br/>c<BR />d", "a<br>b<br>c<br>d"),
        ("<p>one</p><p>two</p>", "<p>one</p><p>two</p>"),
        ("<b>bold <i>both</b> after", "<b>bold <i>both</i></b> after"),
        ("&lt;script&gt; 5 &gt; 3 &amp;amp;", "&lt;script&gt; 5 &gt; 3 &amp;amp;"),
        ("<b onclick=x>no</b>", "&lt;b onclick=x&gt;no"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("</b></div></p>", "&lt;/div&gt;"),
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("", ""),
    ],
)
def test_examples(notes: str, shown: str) -> None:
    assert harmless(notes) == shown


PIECES = st.sampled_from(
    ["<b>", "</b>", "<p>", "</p>", "<br>", "<i>", "</i>", "<li>", "<ul>", "</ul>", "<", ">", "&", "<a href=x>"]
)


@given(st.lists(st.one_of(PIECES, st.text(max_size=5)), max_size=60).map("".join))
def test_only_bare_tags_and_always_balanced(notes: str) -> None:
    shown = str(harmless(notes))
    tags = re.findall(r"<[^>]*>", shown)
    assert set(tags) <= {f"<{sign}{name}>" for name in ("p", "b", "i", "ul", "li") for sign in ("", "/")} | {"<br>"}
    still_open: list[str] = []
    for tag in (each for each in tags if each != "<br>"):
        if tag.startswith("</"):
            assert still_open.pop() == tag[2:-1]
        else:
            still_open.append(tag[1:-1])
            assert len(still_open) <= DEEPEST
    assert not still_open


def test_long_notes_are_quick() -> None:
    harmless("<b>" * 30_000 + "<" * 30_000 + "</b " * 10_000)
