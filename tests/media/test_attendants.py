import wave
from datetime import UTC, datetime
from pathlib import Path

import pytest

from offhook.media import sounds
from offhook.media.attendants import Announcement, Attendant, Caller, Echo, Voicemail
from offhook.media.sounds import PIECE, SILENCE, loudness

NOISE = sounds.pieces(sounds.tone(0.02, 500))[0]


def said(attendant: Attendant, seconds: float) -> bytes:
    return b"".join(attendant.say() for _ in range(int(seconds * 50)))


def test_each_piece_is_twenty_milliseconds() -> None:
    for attendant in (Attendant(), Echo(), Announcement(), Caller()):
        assert {len(attendant.say()) for _ in range(300)} == {2 * PIECE}


def test_nobody_says_nothing() -> None:
    assert set(said(Attendant(), 1)) == {0}


def test_an_echo_gives_back_what_it_heard_half_a_second_later() -> None:
    echo = Echo()
    said(echo, 0.4)  # its beep
    echo.listen(NOISE)
    assert loudness(said(echo, 0.5)) == 0.0
    assert echo.say() == NOISE


def test_an_echo_of_a_phone_that_floods_stays_small() -> None:
    echo = Echo()
    for _ in range(10_000):
        echo.listen(NOISE)
    assert len(echo._heard) <= 60


def test_an_announcement_is_said_again_and_again() -> None:
    announcement = Announcement()
    assert loudness(said(announcement, 3)) > 0.01
    assert loudness(said(announcement, 10)) > 0.01


def test_a_caller_speaks_then_waits_for_an_answer() -> None:
    caller = Caller()
    while not caller.to_say:
        caller.say()
    while caller.to_say:
        caller.say()
    assert loudness(said(caller, 1)) == 0.0
    caller.listen(NOISE)
    for _ in range(45):
        caller.listen(SILENCE)
    assert loudness(said(caller, 1)) > 0.01


def test_a_caller_who_hears_nothing_speaks_again_after_a_while() -> None:
    caller = Caller()
    first = said(caller, 4)
    assert loudness(first) > 0.01
    assert loudness(said(caller, 6)) > 0.01


@pytest.mark.parametrize("key", list(sounds.KEYS))
def test_a_key_is_answered_with_its_tone(key: str) -> None:
    attendant = Attendant()
    attendant.press(key)
    assert loudness(said(attendant, 0.1)) > 0.05


def test_what_is_no_key_is_no_tone() -> None:
    attendant = Attendant()
    attendant.press("")
    attendant.press("x")
    assert attendant.say() == SILENCE


def test_the_voicemail_keeps_what_is_said_after_the_tone(tmp_path: Path) -> None:
    voicemail = Voicemail(tmp_path / "voicemail", datetime(2026, 11, 25, 14, tzinfo=UTC), "../../a call")
    voicemail.listen(NOISE)
    while voicemail.to_say:
        voicemail.say()
    for _ in range(50):
        voicemail.listen(NOISE)
    voicemail.close()
    voicemail.listen(NOISE)
    [path] = (tmp_path / "voicemail").iterdir()
    assert path.name == "2026-11-25T14-00-00Z-acall.wav"
    with wave.open(str(path)) as kept:
        assert kept.getnframes() == 50 * PIECE
    assert path.parent.stat().st_mode & 0o077 == 0


def test_nothing_is_kept_of_who_says_nothing(tmp_path: Path) -> None:
    Voicemail(tmp_path / "voicemail", datetime(2026, 11, 25, tzinfo=UTC), "c").close()
    assert list(tmp_path.iterdir()) == []


def test_a_message_is_at_most_three_minutes(tmp_path: Path) -> None:
    voicemail = Voicemail(tmp_path, datetime(2026, 11, 25, tzinfo=UTC), "c")
    voicemail.to_say.clear()
    for _ in range(Voicemail.LONGEST + 500):
        voicemail.listen(SILENCE)
    voicemail.close()
    with wave.open(str(voicemail.path)) as kept:
        assert kept.getnframes() / sounds.RATE == 180
