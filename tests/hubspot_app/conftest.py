"""An installation's wishes, and its project in a folder."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from offhook.hubspot_app.project import Label, Wanted, written

Json = dict[str, Any]
Edit = Callable[[Json], None]

WANTED = Wanted(
    "https://offhook.example.com/oauth/callback",
    ("oauth", "crm.objects.contacts.read"),
    ("crm.objects.contacts.write", "settings.users.read"),
)
LABEL = Label("Offhook", "it@acorn.example")
APP_PATH = "src/app/app-hsmeta.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The project as `init` writes it."""
    for name, text in written(WANTED, LABEL).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def edited(folder: Path, edit: Edit, name: str = APP_PATH) -> Path:
    """Somebody changes a file of the project by hand."""
    content = json.loads((folder / name).read_text())
    edit(content)
    (folder / name).write_text(json.dumps(content))
    return folder
