import pytest

from offhook.media.sounds import RATE, key_tone, loudness, pieces, speech, tone


def test_a_tone_has_its_length_and_soft_ends() -> None:
    sound = tone(0.5, 440)
    assert len(sound) == RATE
    assert loudness(sound[:20]) < 0.01 < loudness(sound[RATE // 2 :])


def test_silence_is_a_tone_of_nothing() -> None:
    assert set(tone(0.1)) == {0}


def test_speech_is_the_same_for_the_same_voice() -> None:
    assert speech(5, 1) == speech(5, 1) != speech(5, 2)
    assert loudness(speech(5, 1)) > 0.02


def test_keys_differ() -> None:
    assert len({key_tone(key) for key in "123456789*0#ABCD"}) == 16


@pytest.mark.parametrize("length", [0, 1, 1920, 1921])
def test_pieces_are_filled_up(length: int) -> None:
    assert {len(each) for each in pieces(bytes(length))} <= {1920}
