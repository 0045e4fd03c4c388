import json

import pytest
from tests.hubspot_app.conftest import APP_PATH, LABEL, WANTED

from offhook.hubspot_app.project import AppFile, Label, ProjectFile, Unreadable, Wanted, may_come_back_to, read, written


def test_the_project_says_what_offhook_asks_for() -> None:
    app = json.loads(written(WANTED, LABEL)[APP_PATH])
    assert (app["uid"], app["type"], app["config"]["distribution"]) == ("offhook", "app", "private")
    assert app["config"]["auth"] == {
        "type": "oauth",
        "redirectUrls": ["https://offhook.example.com/oauth/callback"],
        "requiredScopes": ["oauth", "crm.objects.contacts.read"],
        "conditionallyRequiredScopes": [],
        "optionalScopes": ["crm.objects.contacts.write", "settings.users.read"],
    }
    assert app["config"]["support"] == {"supportEmail": "it@acorn.example"}


def test_a_panel_that_hubspot_frames_is_permitted_where_hubspot_can_frame_it() -> None:
    def frames(redirect_uri: str) -> list[str]:
        files = written(Wanted(redirect_uri, (), ()), LABEL)
        return list(json.loads(files[APP_PATH])["config"]["permittedUrls"]["iframe"])

    assert frames("https://offhook.example.com:8443/oauth/callback") == ["https://offhook.example.com:8443"]
    assert frames("http://localhost:8600/oauth/callback") == []


def test_two_installations_in_one_account_have_projects_of_their_own() -> None:
    files = written(WANTED, Label("Offhook – Test Berlin", "it@acorn.example"))
    assert json.loads(files["hsproject.json"])["name"] == "offhook-test-berlin"
    assert json.loads(files[APP_PATH])["uid"] == "offhook-test-berlin"
    assert json.loads(files[APP_PATH])["config"]["name"] == "Offhook – Test Berlin"


@pytest.mark.parametrize("name", ["电话", "…", "x" * 200])
def test_any_name_gives_a_uid_that_hubspot_takes(name: str) -> None:
    uid = json.loads(written(WANTED, Label(name, "a@b"))[APP_PATH])["uid"]
    assert 0 < len(uid) <= 64
    assert uid.isascii()


def test_what_is_written_can_be_read() -> None:
    files = written(WANTED, LABEL)
    assert read(files["hsproject.json"], ProjectFile).platform_version == "2026.09"
    assert read("\ufeff" + files[APP_PATH], AppFile).config.auth.required_scopes == WANTED.required


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1, column 1 is no JSON"),
        ('{\n  "uid": "x",\n}', "line 3, column 1 is no JSON"),
        ("[]", "Expected `object`"),
        ('{"uid": "x", "type": "app"}', "missing required field `config`"),
        ('{"uid": "x", "type": "app", "config": {"name": "x", "distribution": "private"}}', "config: Object missing"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_what_cannot_be_read_says_where_and_why(text: str, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read(text, AppFile)


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://offhook.example.com/oauth/callback", True),
        ("http://localhost:8600/oauth/callback", True),
        ("http://127.0.0.1:8600/oauth/callback", False),
        ("http://offhook.example.com/oauth/callback", False),
        ("https:///oauth/callback", False),
        ("http://[::1/x", False),
        ("https://offhook.example.com/a b", False),
        ("offhook.example.com", False),
    ],
)
def test_hubspot_sends_people_back_to_https_and_to_localhost(url: str, may: bool) -> None:
    assert may_come_back_to(url) is may
