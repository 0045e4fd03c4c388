"""`panel.bundle`: what the panel loads before a call, gzipped."""

import gzip
import re
from pathlib import Path

from benchmarks.result import Result

PANEL = Path(__file__).parents[1] / "browser/dist/panel"
LIMIT_KB = 60.0


def measure() -> dict[str, object]:
    """The page and every script and style it names, and every module that those import at once: the phone comes later."""
    files = loaded(PANEL / "index.html")
    size = sum(len(gzip.compress(path.read_bytes(), 9)) for path in files) / 1000
    note = f"{', '.join(sorted(path.name for path in files))}; less is better, the limit is {LIMIT_KB:g} kB"
    return Result("panel.bundle", "kB gzip", round(size, 2), LIMIT_KB, "the house's limit", note).row()


def loaded(page: Path) -> set[Path]:
    found, waiting = set[Path](), [page]
    while waiting:
        path = waiting.pop()
        if path in found or not path.is_file():
            continue
        found.add(path)
        if path.suffix in (".html", ".js", ".css"):
            text = re.sub(r"""\bimport\(["'`][^"'`]+["'`]\)""", "", path.read_text())
            named = re.findall(r"""["'(](\.{0,2}/?[\w./-]+\.(?:js|css|svg|woff2))["')]""", text)
            waiting += [(path.parent / each.lstrip("/")).resolve() for each in named]
    return found
