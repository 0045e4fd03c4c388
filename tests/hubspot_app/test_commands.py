"""The commands as people type them; the real process is in `test_against_sandbox.py`."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.hubspot_app.conftest import APP_PATH, edited

from offhook.cli import main
from offhook.demo.world import APP
from offhook.hubspot import scopes

Typed = Callable[..., tuple[int, str, str]]
BASE = "https://offhook.example.com"


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Typed:
    """Type `offhook hubspot-app …` for an installation: exit code, what it printed, what it said on the side."""
    monkeypatch.setenv("OFFHOOK_BASE_URL", BASE)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(("hubspot-app", *arguments))
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run


INIT = ("init", "--support-email", "it@acorn.example")


def test_init_writes_the_project_and_tells_what_a_person_does_next(typed: Typed, tmp_path: Path) -> None:
    code, said, _ = typed(*INIT)
    assert code == 0
    steps = ("npm install -g @hubspot/cli", "hs account auth", "cd hubspot-app", "hs project upload", f"{BASE}/panel/")
    assert [each for each in steps if each not in said] == []
    auth = json.loads((tmp_path / "hubspot-app" / APP_PATH).read_text())["config"]["auth"]
    assert auth["redirectUrls"] == [f"{BASE}/oauth/callback"]
    assert (auth["requiredScopes"], auth["optionalScopes"]) == tuple(map(list, scopes.scopes_for(scopes.ACCOUNT)))


@pytest.mark.parametrize("ask", ["everything", "search-only", "account", "add:log-calls"])
def test_the_app_fits_every_consent_that_offhook_asks_for(typed: Typed, tmp_path: Path, ask: str) -> None:
    typed(*INIT)
    auth = json.loads((tmp_path / "hubspot-app" / APP_PATH).read_text())["config"]["auth"]
    required, optional = scopes.scopes_for(ask)
    assert set(required) == set(auth["requiredScopes"])
    assert set(optional) <= set(auth["optionalScopes"])


def test_the_app_of_the_demo_lists_what_offhook_asks_for() -> None:
    asked = scopes.scopes_for(scopes.ACCOUNT)
    assert set(APP["required_scopes"].split()) == set(asked.required)
    assert set(APP["optional_scopes"].split()) >= set(asked.optional)


def test_init_takes_the_first_administrator_for_support(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OFFHOOK_ADMINISTRATORS", "ada@acorn.example,eve@acorn.example")
    assert typed("init", "ours", "--name", "Acorn phone", "--distribution", "marketplace")[0] == 0
    config = json.loads((tmp_path / "ours" / APP_PATH).read_text())["config"]
    assert config["support"] == {"supportEmail": "ada@acorn.example"}
    assert (config["name"], config["distribution"]) == ("Acorn phone", "marketplace")


@pytest.mark.parametrize(
    ("arguments", "base", "says"),
    [
        (("init",), BASE, "--support-email"),
        (("init", "--support-email", "nobody"), BASE, "'nobody' is no e-mail address"),
        ((*INIT, "--name", " "), BASE, "name has 1 to 200"),
        (INIT, "http://127.0.0.1:8600", "Set OFFHOOK_BASE_URL to http://localhost:8600."),
    ],
)
def test_what_hubspot_would_refuse_is_not_written(
    typed: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], base: str, says: str
) -> None:
    monkeypatch.setenv("OFFHOOK_BASE_URL", base)
    code, _, said = typed(*arguments)
    assert (code, says in said, list(tmp_path.iterdir())) == (2, True, [])


def test_init_does_not_replace_what_somebody_wrote_unless_forced(typed: Typed, tmp_path: Path) -> None:
    typed(*INIT)
    edited(tmp_path / "hubspot-app", lambda app: app["config"].update(name="Our phone"))
    code, _, said = typed(*INIT)
    assert (code, '"Our phone"' in said, "--force" in said) == (2, True, True)
    assert typed(*INIT, "--force")[0] == 0
    assert "Our phone" not in (tmp_path / "hubspot-app" / APP_PATH).read_text()


def test_check_is_content_with_what_init_wrote(typed: Typed) -> None:
    typed(*INIT)
    code, said, _ = typed("check")
    assert (code, "✗" in said, "The project fits Offhook." in said) == (0, False, True)


def test_check_exits_with_1_and_tells_each_difference_and_its_remedy(typed: Typed, tmp_path: Path) -> None:
    typed(*INIT)
    edited(tmp_path / "hubspot-app", lambda app: app["config"]["auth"].update(requiredScopes=[], redirectUrls=[]))
    code, said, _ = typed("check", "hubspot-app")
    assert code == 1
    assert said.count("✗") == said.count("→") == 2
    code, said, _ = typed("check", "hubspot-app", "--json")
    checks = json.loads(said)
    assert code == 1
    assert [set(each) for each in checks] == [{"name", "state", "says", "remedy"}] * len(checks)
    assert [each["name"] for each in checks if each["state"] == "fail"] == [
        "Redirect URL",
        "Scope crm.objects.contacts.read",
    ]


def test_check_without_a_project_is_a_sentence(typed: Typed) -> None:
    code, said, _ = typed("check", "nowhere")
    assert (code, "There is no hsproject.json in nowhere." in said) == (1, True)


def test_show_prints_what_to_paste_by_hand(typed: Typed) -> None:
    code, said, _ = typed("show")
    lines = [line.strip() for line in said.splitlines()]
    assert code == 0
    assert f"{BASE}/oauth/callback" in lines
    asked = scopes.scopes_for(scopes.ACCOUNT)
    assert all(scope in lines for scope in (*asked.required, *asked.optional))
