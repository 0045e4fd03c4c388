"""Links in the documents lead somewhere, and their Python runs."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from tests.house_rules.repository import DOCS, FENCE, ROOT, files, markdown_files, name_of, without_code

from offhook.hubspot_app.commands import wanted_by
from offhook.hubspot_app.project import Label, written
from offhook.settings import Settings

LINK = re.compile(r"\[(?:[^\]\[]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
DEFINITION = re.compile(r"^\s*\[[^\]]+\]:\s*<?(\S+?)>?\s*$", re.MULTILINE)
IN_HTML = re.compile(r"<(?:img|a|source)\b[^>]*?\b(?:src|href)=\"([^\"]+)\"", re.IGNORECASE)
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*\s*$", re.MULTILINE)
ELSEWHERE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)


def test_relative_links_lead_somewhere() -> None:
    broken = [f"{name_of(page)} → {link}" for page in markdown_files() for link in links(page) if not leads(page, link)]
    assert not broken, "Correct these links, or write what they lead to.\n" + "\n".join(broken)


def links(page: Path) -> Iterator[str]:
    """The relative links and pictures of a page."""
    text = without_code(page.read_text())
    for pattern in (LINK, DEFINITION, IN_HTML):
        yield from (link for link in pattern.findall(text) if not ELSEWHERE.match(link))


def leads(page: Path, link: str) -> bool:
    """To a file that is committed or a folder that holds one, and to a heading that the page has."""
    where, _, heading = unquote(link).partition("#")
    target = (page.parent / where).resolve() if where else page
    if not any(path == target or path.is_relative_to(target) for path in files()):
        return False
    return not heading or target.suffix != ".md" or heading.lower() in anchors(target)


def anchors(page: Path) -> set[str]:
    """The names that GitHub gives to a page's headings."""
    names = [anchor(text) for text in HEADING.findall(FENCE.sub("", page.read_text()))]
    repeated = {f"{name}-{names[:at].count(name)}" for at, name in enumerate(names) if name in names[:at]}
    return {*names, *repeated}


def anchor(heading: str) -> str:
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").replace("*", "")
    return re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")


def test_every_page_of_the_documents_is_in_their_index() -> None:
    index = {(DOCS / link.partition("#")[0]).resolve() for link in links(DOCS / "README.md")}
    lost = [name_of(page) for page in markdown_files() if page.is_relative_to(DOCS) and page not in index]
    lost.remove("docs/README.md")
    assert not lost, f"Link these from docs/README.md, or nobody will find them: {', '.join(lost)}."


def test_decisions_are_numbered_without_a_gap_and_have_their_four_parts() -> None:
    pages = sorted((DOCS / "decisions").glob("*.md"))
    numbers = [page.name[:5] for page in pages]
    assert numbers == [f"{number:04}-" for number in range(1, len(pages) + 1)], (
        f"Number the decisions in a row: {numbers}."
    )
    parts = {"context", "decision", "consequences", "alternatives"}
    lacking = {page.name: sorted(parts - anchors(page)) for page in pages if parts - anchors(page)}
    assert not lacking, f"A decision record has the headings Context, Decision, Consequences, Alternatives: {lacking}."


# Code.


def runnable() -> dict[str, list[str]]:
    """The blocks that begin with ```python run, by page."""
    pages = {name_of(page): list(blocks(page, "python run")) for page in markdown_files()}
    return {name: code for name, code in pages.items() if code}


def blocks(page: Path, words: str) -> Iterator[str]:
    return (found["code"] for found in FENCE.finditer(page.read_text()) if found["words"].strip() == words)


@pytest.mark.parametrize("page", runnable())
def test_python_in_the_documents_runs(page: str) -> None:
    """All blocks of a page in a row, as a reader would type them."""
    code = "\n".join(runnable()[page])
    exec(compile(code, page, "exec"), {"__name__": page})


def test_some_python_in_the_documents_runs() -> None:
    assert runnable(), "Mark at least one block in the documents ```python run, so that what people copy is tried."


def test_the_hubspot_app_in_the_how_to_is_what_init_writes() -> None:
    """Otherwise HubSpot answers *there is a mismatch between the scopes in the install URL and the app's*."""
    page = DOCS / "how-to/connect-hubspot.md"
    wanted = wanted_by(Settings(base_url="https://offhook.example.com"))
    files = written(wanted, Label("Offhook", "it@example.com"))
    assert [*blocks(page, "json")] == [*files.values()], (
        "The project in docs/how-to/connect-hubspot.md is not what Offhook writes any more. Run `OFFHOOK_BASE_URL="
        "https://offhook.example.com offhook hubspot-app init --support-email it@example.com` and copy both files there."
    )


def test_anchors_are_those_of_github() -> None:
    assert anchor("What it asks for: `oauth` & more") == "what-it-asks-for-oauth--more"
    assert anchor("[A link](x.md) and *stress*") == "a-link-and-stress"
    assert leads(ROOT / "CONTRIBUTING.md", "docs/README.md")
    assert not leads(ROOT / "CONTRIBUTING.md", "docs/nowhere.md")
