"""The project's folder: written without losing what somebody put there, and looked at."""

import difflib
import json
from pathlib import Path

from msgspec import Struct

from offhook.diagnosis.report import Check
from offhook.errors import ConfigurationError
from offhook.hubspot_app.comparison import checks
from offhook.hubspot_app.project import (
    APP_FILE,
    PROJECT_FILE,
    SRC_DIR,
    AppFile,
    File,
    ProjectFile,
    Unreadable,
    Wanted,
    read,
)

# No project file is larger, in bytes.
LARGEST = 1_000_000
# Of a file that says something else, so many lines are shown.
MOST_LINES = 60


class _Typed(Struct, frozen=True):
    type: str = ""


def check(folder: Path, wanted: Wanted) -> tuple[Check, ...]:
    """The project in a folder against what Offhook asks; a file that cannot be read is a failed check."""
    try:
        project = _read(folder, PROJECT_FILE, ProjectFile)
        app = _read(folder, _app_file(folder, project.src_dir), AppFile)
    except Unreadable as unreadable:
        remedy = f"`offhook hubspot-app init {folder}` writes a project that fits."
        return (Check("Project", "fail", str(unreadable), remedy),)
    return checks(project, app, wanted)


def write(folder: Path, files: dict[str, str], *, force: bool) -> dict[str, bool]:
    """Write the project; path → whether it was written now (otherwise it says the same already).

    Nothing is written when anything stands in the way.

    Raises:
        ConfigurationError: a file there says something else (without `force`), another app is in the folder, or the
            folder cannot be read or written.
    """
    try:
        _no_other_app(folder)
        standing = {name: _text(folder / name) for name in files}
    except Unreadable as unreadable:
        raise ConfigurationError(str(unreadable)) from unreadable
    kept = {name: text for name, text in standing.items() if text is not None and _says_the_same(text, files[name])}
    different = {name: text for name, text in standing.items() if text is not None and name not in kept}
    if different and not force:
        raise ConfigurationError(_refusal(folder, different, files))
    for name in files:
        if name not in kept:
            _put(folder / name, files[name])
    return {name: name not in kept for name in files}


# Reading.


def _read(folder: Path, name: str, kind: type[File]) -> File:
    text = _text(folder / name)
    if text is None:
        raise Unreadable(f"There is no {name} in {folder}.")
    try:
        return read(text, kind)
    except Unreadable as unreadable:
        raise Unreadable(f"{folder / name}: {unreadable}.") from unreadable


def _text(path: Path) -> str | None:
    """None when there is no such file."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise Unreadable(f"{path} cannot be read ({error.strerror}).") from error
    if len(content) > LARGEST:
        raise Unreadable(f"{path} is larger than {LARGEST:,} bytes; that is no file of a project.")
    return content.decode(errors="replace")


def _app_file(folder: Path, src_dir: str) -> str:
    """The path of the one app in the project; what stands before `-hsmeta.json` is free."""
    if not (folder / src_dir).resolve().is_relative_to(folder.resolve()):
        raise Unreadable(f"{folder / PROJECT_FILE}: srcDir {src_dir!r} leads out of the project.")
    found = _apps(folder, src_dir)
    if not found:
        raise Unreadable(f"There is no …-hsmeta.json of type app in {folder / src_dir / 'app'}.")
    if len(found) > 1:
        raise Unreadable(f"{folder} holds {len(found)} apps ({', '.join(found)}), and HubSpot takes one.")
    return found[0]


def _apps(folder: Path, src_dir: str) -> list[str]:
    names = [each.relative_to(folder).as_posix() for each in sorted((folder / src_dir / "app").glob("*-hsmeta.json"))]
    return [name for name in names if _read(folder, name, _Typed).type == "app"]


# Writing.


def _no_other_app(folder: Path) -> None:
    place = folder / SRC_DIR / "app"
    others = [each for each in place.glob("*-hsmeta.json") if each.name != APP_FILE]
    found = [each for each in others if _read(folder, each.relative_to(folder).as_posix(), _Typed).type == "app"]
    if found:
        raise ConfigurationError(
            f"{found[0]} is an app already, and a HubSpot project holds one. Choose another folder, or rename that file "
            f"to {APP_FILE} and see `offhook hubspot-app check {folder}`. Nothing was written."
        )


def _says_the_same(text: str, wanted: str) -> bool:
    """Only what it says matters, not how it is laid out."""
    return _rewritten(text) == _rewritten(wanted)


def _refusal(folder: Path, different: dict[str, str], files: dict[str, str]) -> str:
    lines = [line for name, text in different.items() for line in _difference(name, text, files[name])]
    return "\n".join(
        [
            f"The project in {folder} differs from what would be written ('-': it says so now, '+': Offhook's).",
            *lines,
            "Nothing was written. Change these lines yourself, or use --force to replace the files; "
            f"`offhook hubspot-app check {folder}` tells which differences matter.",
        ]
    )


def _difference(name: str, text: str, wanted: str) -> list[str]:
    """The lines that differ, both sides in one writing, so that only what they say is compared."""
    diff = list(difflib.unified_diff(_rewritten(text), _rewritten(wanted), n=0, lineterm=""))
    # Its first two lines name the files, and "@@" says where.
    lines = [f"    {line}" for line in diff[2:] if not line.startswith("@@")]
    more = [f"    … and {len(lines) - MOST_LINES} lines more"] if len(lines) > MOST_LINES else []
    return [f"  {name}", *lines[:MOST_LINES], *more]


def _rewritten(text: str) -> list[str]:
    try:
        return json.dumps(json.loads(text.removeprefix("\ufeff")), indent=2, ensure_ascii=False).splitlines()
    except (ValueError, RecursionError):
        # Whatever it is, it must not steer somebody's terminal.
        return ["".join(char if char.isprintable() else "?" for char in line) for line in text.splitlines()]


def _put(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be written ({error.strerror}).") from error
