from pathlib import Path

import pytest
from tests.hubspot_app.conftest import APP_PATH, LABEL, WANTED, edited

from offhook.diagnosis.report import Check
from offhook.errors import ConfigurationError
from offhook.hubspot_app.folder import check, write
from offhook.hubspot_app.project import written

FILES = written(WANTED, LABEL)


def only(found: tuple[Check, ...]) -> Check:
    [one] = found
    return one


def test_a_new_folder_gets_both_files(tmp_path: Path) -> None:
    assert write(tmp_path / "new", FILES, force=False) == {"hsproject.json": True, APP_PATH: True}
    assert {each.state for each in check(tmp_path / "new", WANTED)} == {"pass"}


def test_a_file_that_says_the_same_in_another_layout_is_left_as_it_is(folder: Path) -> None:
    edited(folder, lambda app: None)
    before = (folder / APP_PATH).read_bytes()
    assert write(folder, FILES, force=False) == {"hsproject.json": False, APP_PATH: False}
    assert (folder / APP_PATH).read_bytes() == before


def test_a_file_that_says_something_else_is_not_replaced_and_its_lines_are_shown(folder: Path) -> None:
    (folder / "hsproject.json").unlink()
    edited(folder, lambda app: app["config"].update(name="Our phone"))
    with pytest.raises(ConfigurationError) as refused:
        write(folder, FILES, force=False)
    lines = [line.split() for line in str(refused.value).splitlines()]
    assert ["-", '"name":', '"Our', 'phone",'] in lines
    assert ["+", '"name":', '"Offhook",'] in lines
    assert sum(line[0] in "+-" for line in lines if line) == 2, "only what differs is shown"
    assert not (folder / "hsproject.json").exists(), "nothing was written"


def test_with_force_it_is_replaced(folder: Path) -> None:
    edited(folder, lambda app: app["config"].update(name="Our phone"))
    assert write(folder, FILES, force=True) == {"hsproject.json": False, APP_PATH: True}
    assert (folder / APP_PATH).read_text() == FILES[APP_PATH]


def test_a_file_that_is_no_json_is_not_replaced_either(folder: Path) -> None:
    (folder / APP_PATH).write_bytes(b"\xff\xfe not yet")
    with pytest.raises(ConfigurationError, match="not yet"):
        write(folder, FILES, force=False)


def test_what_is_shown_of_a_foreign_file_is_short_and_steers_no_terminal(folder: Path) -> None:
    (folder / APP_PATH).write_text("- \x1b[2J\n" + "x\n" * 5000)
    with pytest.raises(ConfigurationError) as refused:
        write(folder, FILES, force=False)
    said = str(refused.value)
    assert "-- ?[2J" in said
    assert "lines more" in said
    assert len(said.splitlines()) < 100


def test_a_second_app_is_not_put_beside_the_first(folder: Path) -> None:
    (folder / APP_PATH).rename(folder / "src/app/phone-hsmeta.json")
    with pytest.raises(ConfigurationError, match=r"phone-hsmeta.json is an app already"):
        write(folder, FILES, force=True)
    assert not (folder / APP_PATH).exists()


@pytest.mark.parametrize("name", ["", "src", "src/app/app-hsmeta.json"])
def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path, name: str) -> None:
    place = tmp_path / "project" / name
    place.parent.mkdir(parents=True, exist_ok=True)
    if name.endswith(".json"):
        place.mkdir()
    else:
        place.write_text("a file")
    with pytest.raises(ConfigurationError, match="cannot be"):
        write(tmp_path / "project", FILES, force=True)


def test_what_cannot_be_read_is_one_failed_check(folder: Path) -> None:
    (folder / APP_PATH).write_text('{"uid": "x",')
    found = only(check(folder, WANTED))
    assert found.state == "fail"
    assert "app-hsmeta.json: line 1, column 13 is no JSON" in found.says
    assert found.remedy
    (folder / "hsproject.json").unlink()
    assert only(check(folder, WANTED)).says == f"There is no hsproject.json in {folder}."


def test_a_file_of_gigabytes_is_not_read(folder: Path) -> None:
    with (folder / "hsproject.json").open("wb") as file:
        file.truncate(10_000_000_000)
    assert "larger than" in only(check(folder, WANTED)).says


def test_the_app_is_found_by_its_type_among_the_parts_of_a_project(folder: Path) -> None:
    (folder / APP_PATH).rename(folder / "src/app/phone-hsmeta.json")
    (folder / "src/app/hooks-hsmeta.json").write_text('{"uid": "hooks", "type": "webhooks"}')
    assert {each.state for each in check(folder, WANTED)} == {"pass"}


def test_a_project_without_an_app_or_with_two_is_told(folder: Path) -> None:
    (folder / "src/app/second-hsmeta.json").write_bytes((folder / APP_PATH).read_bytes())
    assert "holds 2 apps" in only(check(folder, WANTED)).says
    for path in (folder / "src/app").iterdir():
        path.unlink()
    assert "There is no …-hsmeta.json of type app" in only(check(folder, WANTED)).says


def test_a_project_cannot_lead_elsewhere(folder: Path) -> None:
    edited(folder, lambda project: project.update(srcDir="../.."), "hsproject.json")
    assert "leads out of the project" in only(check(folder, WANTED)).says
