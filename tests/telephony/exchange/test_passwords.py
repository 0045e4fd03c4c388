from pathlib import Path

import pytest

from offhook.telephony.exchange.passwords import Passwords

KEY = b"the key of the service"


def test_a_line_has_one_password_until_it_is_forgotten(tmp_path: Path) -> None:
    passwords = Passwords(KEY, tmp_path / "lines.json")
    assert passwords.known("201") == []
    given = passwords.give("201")
    assert passwords.give("201") == given != passwords.give("202")
    assert passwords.known("201") == [given]
    passwords.forget("201")
    assert passwords.known("201") == []
    assert passwords.give("201") != given


def test_it_outlives_a_restart_but_not_another_key(tmp_path: Path) -> None:
    given = Passwords(KEY, tmp_path / "lines.json").give("201")
    assert Passwords(KEY, tmp_path / "lines.json").known("201") == [given]
    assert Passwords(b"another key", tmp_path / "lines.json").known("201") != [given]


def test_the_file_does_not_give_it_away(tmp_path: Path) -> None:
    given = Passwords(KEY, tmp_path / "lines.json").give("201")
    assert given not in (tmp_path / "lines.json").read_text()
    assert (tmp_path / "lines.json").stat().st_mode & 0o077 == 0


def test_without_key_and_file_it_is_of_this_run_only() -> None:
    assert Passwords(b"", None).give("201") != Passwords(b"", None).give("201")


@pytest.mark.parametrize("content", ["", "[]", '{"201": 1}'])
def test_what_cannot_be_read_is_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "lines.json").write_text(content)
    assert Passwords(KEY, tmp_path / "lines.json").known("201") == []
