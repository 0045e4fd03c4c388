"""Sounds made by code: tones, and something like speech. Pure. One channel, 16 bits, 48 kHz, in pieces of 20 ms."""

import math
import random
from array import array
from functools import cache

RATE = 48_000
PIECE = RATE // 50
SILENCE = bytes(2 * PIECE)

_LOUD = 9_000
# The two tones of each key (ITU-T Q.23), in Hz.
_ROWS, _COLUMNS, _KEYS = (697, 770, 852, 941), (1209, 1336, 1477, 1633), ("123A", "456B", "789C", "*0#D")
KEYS = {
    key: (row, column) for row, keys in zip(_ROWS, _KEYS, strict=True) for column, key in zip(_COLUMNS, keys, strict=True)
}
# Formants of a few vowels, in Hz: what makes an *a* an *a*.
_VOWELS = (
    (730.0, 1090.0, 2440.0),
    (530.0, 1840.0, 2480.0),
    (270.0, 2290.0, 3010.0),
    (570.0, 840.0, 2410.0),
    (300.0, 870.0, 2240.0),
)


def tone(seconds: float, *frequencies: float) -> bytes:
    """Several tones at once, with soft ends; silence without any."""
    length = int(RATE * seconds)
    if not frequencies:
        return bytes(2 * length)
    share = _LOUD / len(frequencies)
    steps = [2 * math.pi * each / RATE for each in frequencies]
    soft = min(RATE // 200, max(length // 2, 1))
    return array(
        "h",
        (
            int(min(1.0, at / soft, (length - at) / soft) * share * sum(math.sin(step * at) for step in steps))
            for at in range(length)
        ),
    ).tobytes()


@cache
def key_tone(key: str) -> bytes:
    return tone(0.15, *KEYS[key])


@cache
def beep() -> bytes:
    return tone(0.4, 1000)


@cache
def speech(syllables: int = 12, voice: int = 1) -> bytes:
    """Something that sounds like a sentence and says nothing: vowels with a melody. The same for the same `voice`."""
    chance = random.Random(voice)  # noqa: S311 - a melody, no secret
    pitch = 105.0 + 90 * (voice % 2)
    said = [_syllable(chance, pitch * (1.15 - 0.3 * number / syllables)) for number in range(syllables)]
    return b"".join(said) + tone(0.3)


def _syllable(chance: random.Random, pitch: float) -> bytes:
    """Harmonics of a voice, the louder the nearer they are to one of the vowel's formants. Made at 16 kHz."""
    vowel = chance.choice(_VOWELS)
    seconds, pitch = chance.uniform(0.12, 0.24), pitch * chance.uniform(0.9, 1.12)
    partials = [(number * pitch, _resonance(number * pitch, vowel)) for number in range(1, int(3200 / pitch))]
    heard = sorted(partials, key=lambda each: -each[1])[:8]
    length, steps = int(16_000 * seconds), [(2 * math.pi * hz / 16_000, loud) for hz, loud in heard]
    whole = sum(loud for _, loud in heard)
    samples = array("h")
    for at in range(length):
        swell = math.sin(math.pi * at / length) ** 0.6
        value = int(_LOUD * 1.6 * swell * sum(loud * math.sin(step * at) for step, loud in steps) / whole)
        samples.extend((value, value, value))
    return samples.tobytes() + tone(chance.choice((0.02, 0.03, 0.14)))


def _resonance(hz: float, vowel: tuple[float, float, float]) -> float:
    near = (
        weight * math.exp(-(((hz - formant) / 130) ** 2)) for formant, weight in zip(vowel, (1.0, 0.5, 0.2), strict=True)
    )
    return sum(near) + 0.01


def pieces(sound: bytes) -> list[bytes]:
    """A sound in pieces of 20 ms, the last one filled up."""
    cut = [sound[at : at + 2 * PIECE] for at in range(0, len(sound), 2 * PIECE)]
    return [each.ljust(2 * PIECE, b"\0") for each in cut]


def loudness(sound: bytes) -> float:
    """Root mean square, 0…1. `sound`: whole samples of 16 bits."""
    samples = array("h", sound)
    return math.sqrt(sum(each * each for each in samples) / len(samples)) / 32_768 if samples else 0.0
