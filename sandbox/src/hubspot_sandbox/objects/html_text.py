"""Texts that apps write as HTML, as plain text."""

import html
import re


def plain(text: str) -> str:
    """The words without tags and entities, for previews.

    >>> plain("<p>Call <b>back</b> &amp; ask</p>")
    'Call  back  & ask'
    """
    return html.unescape(re.sub(r"<[^>]*>", " ", text)).strip()
