"""docs/how-to/cannot-connect.md holds the whole catalogue of the diagnosis, word for word.

The part between its two marks is written by `python -m tests.house_rules.test_cannot_connect`.
"""

from collections.abc import Iterator

from tests.house_rules.repository import DOCS

from offhook.diagnosis.catalogue import Entry, Heading, headings
from offhook.diagnosis.meanings import MEANINGS, Kind, Meaning
from offhook.diagnosis.silences import SILENCES
from offhook.diagnosis.wordings import WORDINGS

PAGE = DOCS / "how-to/cannot-connect.md"
BEGIN, END = "<!-- the catalogue begins: written by tests/house_rules/test_cannot_connect.py -->", "<!-- it ends -->"
AGAIN = "Run `python -m tests.house_rules.test_cannot_connect` after a change of the catalogue, and read what it wrote."

SEEN = {
    "documented": "HubSpot documents this text",
    "reported": "this text was reported",
    "assumed": "HubSpot's own words are not known; these are the local HubSpot's",
    "described": "no text of HubSpot's",
}


def catalogue() -> str:
    """The catalogue as the page shows it."""
    parts = [line for heading in headings() for line in section(heading)]
    return "\n".join([BEGIN, "", *parts, *table(), "", END])


def section(heading: Heading) -> Iterator[str]:
    yield f"### {heading.heading}\n"
    told: dict[str, str] = {}
    for entry in heading.entries:
        if entry.shown != heading.heading:
            yield f"#### {entry.shown}\n"
        yield f"Means the same as *{told[entry.key]}*\n" if entry.key in told else f"{meaning(entry)}\n"
        yield f"<sub>{SEEN[entry.seen]} · [source]({entry.source})</sub>\n"
        told.setdefault(entry.key, entry.shown)


def meaning(entry: Entry) -> str:
    return f"**{entry.title}.** {entry.says}\n\n**{entry.who}** {entry.remedy}\n\nThe cause is {cause(entry)}."


def cause(entry: Entry | Meaning) -> str:
    named = {
        "app": "the app",
        "account": "the account",
        "person": "the person",
        "service": "HubSpot's service",
        "unknown": "the app or the account",
    }
    return f"{named[entry.cause]}: {entry.sure}"


def table() -> Iterator[str]:
    yield "## Cause, what we say, how sure\n"
    yield "| what stands in the way | cause | what the panel says | who changes it | how sure |"
    yield "|---|---|---|---|---|"
    for kind in Kind:
        shown = next(each for each in WORDINGS if each.kind is kind).shown
        yield row(f"*{shown}*", MEANINGS[kind])
    for name, each in SILENCES.items():
        yield row(name, each)


def row(name: str, each: Meaning) -> str:
    return f"| {name} | {each.cause} | {each.title} | {each.who} | {each.sure} |"


def test_the_page_holds_the_whole_catalogue() -> None:
    text = PAGE.read_text()
    assert BEGIN in text, f"The page lost the mark {BEGIN!r}. {AGAIN}"
    kept = text[text.index(BEGIN) : text.index(END) + len(END)]
    assert kept == catalogue(), AGAIN


def test_every_text_of_hubspots_stands_in_the_page() -> None:
    """Also said one by one, so that the rule above cannot become a rule about nothing."""
    text = PAGE.read_text()
    lacking = [each.shown for each in WORDINGS if each.shown not in text]
    lacking += [each.title for each in (*MEANINGS.values(), *SILENCES.values()) if each.title not in text]
    assert not lacking, f"{AGAIN} It lacks {lacking}."


def write() -> None:
    text = PAGE.read_text()
    start, end = text.index(BEGIN), text.index(END) + len(END)
    PAGE.write_text(text[:start] + catalogue() + text[end:])


if __name__ == "__main__":
    write()
