"""Who is at the far end of a call, as a phone hears it: a piece of sound each 20 ms, both ways. Pure but for the WAV."""

import wave
from collections import deque
from datetime import datetime
from pathlib import Path

from offhook.media import sounds
from offhook.media.sounds import KEYS, PIECE, RATE, SILENCE, pieces


class Attendant:
    """Says and hears in turns of 20 ms, and returns at once. This one says nothing: the root of the others."""

    def __init__(self) -> None:
        self.to_say: deque[bytes] = deque()

    def say(self) -> bytes:
        """The next piece for the phone."""
        return self.to_say.popleft() if self.to_say else self.otherwise()

    def otherwise(self) -> bytes:
        """What is said when nothing waits to be said."""
        return SILENCE

    def listen(self, piece: bytes) -> None:
        """The next piece from the phone."""

    def press(self, key: str) -> None:
        """A key of the phone was pressed; it is answered with its tone."""
        if key in KEYS:
            self.to_say.extendleft(reversed(pieces(sounds.key_tone(key))))

    def close(self) -> None:
        """The call is over."""


class Echo(Attendant):
    """A beep, then everything back, half a second later."""

    def __init__(self) -> None:
        super().__init__()
        self.to_say.extend(pieces(sounds.beep()))
        self._heard: deque[bytes] = deque([SILENCE] * 25, maxlen=60)

    def otherwise(self) -> bytes:
        return self._heard.popleft() if self._heard else SILENCE

    def listen(self, piece: bytes) -> None:
        self._heard.append(piece)


class Announcement(Attendant):
    """Says its sentence again and again, with a pause between."""

    def __init__(self, voice: int = 1) -> None:
        super().__init__()
        self._said = pieces(sounds.speech(voice=voice) + sounds.tone(1.5))

    def otherwise(self) -> bytes:
        self.to_say.extend(self._said)
        return self.to_say.popleft()


class Caller(Attendant):
    """A customer who speaks, then waits until the other one has spoken, or a while."""

    _QUIET, _PATIENCE, _LOUD = 40, 200, 0.02  # pieces: 0.8 s of silence after something was said; 4 s

    def __init__(self, voice: int = 2) -> None:
        super().__init__()
        self._voice, self._turns = voice, 0
        self._waits = self._quiet = 0
        self._was_spoken_to = False

    def otherwise(self) -> bytes:
        self._waits += 1
        if self._turns and not self._may_speak():
            return SILENCE
        self._waits, self._quiet, self._was_spoken_to = 0, 0, False
        self._turns += 1
        turn = self._turns % 3
        self.to_say.extend(pieces(sounds.speech(8 + turn * 3, self._voice + 2 * turn)))
        return self.to_say.popleft()

    def listen(self, piece: bytes) -> None:
        loud = sounds.loudness(piece[:480]) > self._LOUD
        self._was_spoken_to |= loud
        self._quiet = 0 if loud else self._quiet + 1

    def _may_speak(self) -> bool:
        return self._waits > self._PATIENCE or (self._was_spoken_to and self._quiet > self._QUIET)


class Voicemail(Attendant):
    """Greets, beeps, and keeps what is said in a WAV file."""

    LONGEST = 50 * 180  # pieces: three minutes

    def __init__(self, folder: Path, at: datetime, call: str) -> None:
        """`folder` is made when the first word comes. Nothing of the caller is in the file's name."""
        super().__init__()
        self.to_say.extend(pieces(sounds.speech(9, 4) + sounds.beep()))
        safe = "".join(each for each in call if each.isalnum() or each == "-")[:40]
        self.path = folder / f"{at:%Y-%m-%dT%H-%M-%SZ}-{safe}.wav"
        self._kept = 0
        self._file: wave.Wave_write | None = None

    def listen(self, piece: bytes) -> None:
        if self.to_say or self._kept >= self.LONGEST:
            return
        if self._file is None:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = wave.open(str(self.path), "wb")  # noqa: SIM115 - open while the call lasts
            self._file.setparams((1, 2, RATE, 0, "NONE", ""))
        self._file.writeframesraw(piece[: 2 * PIECE])
        self._kept += 1

    def close(self) -> None:
        if self._file:
            self._file.close()
            self._file = None
        self._kept = self.LONGEST
