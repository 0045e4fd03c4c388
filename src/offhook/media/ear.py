"""The exchange's ear and mouth towards one phone, over WebRTC by aiortc. Only here is aiortc named.

Needs `offhook[audio]`; `is_there()` says whether it is. Audio is Opus or G.711, encrypted (DTLS-SRTP), over UDP from a
port that the system chooses. No STUN or TURN server is asked: the exchange is to be reachable as it stands.

aiortc 1.16 cannot restart ICE, so a phone whose network changed, or that talked to another phone before, gets a new ear.
"""

import asyncio
import fractions
import importlib.util
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from offhook.media import sounds
from offhook.media.attendants import Attendant
from offhook.media.sounds import PIECE, RATE

# More candidates than a browser has; the rest of a longer list would only keep us busy.
_MOST_CANDIDATES, _MOST_STREAMS = 30, 4


class Deaf(Exception):
    """What the phone offered cannot be spoken here, or is no offer."""


@cache
def is_there() -> bool:
    return all(importlib.util.find_spec(each) for each in ("aiortc", "av"))


def warm_up() -> None:
    """Import and compute what takes a second at the first call otherwise. For a thread of its own."""
    if is_there():
        import aiortc  # noqa: F401

        sounds.beep()
        for turn in range(3):
            sounds.speech(8 + turn * 3, 2 + 2 * turn)


def listen_on(addresses: Sequence[str]) -> None:
    """Which of this machine's addresses audio uses; none: all but loopback, as aioice has it.

    aioice asks for its addresses in one function and takes no setting for it, so the function is replaced.
    """
    if addresses and is_there():
        import aioice.ice

        def chosen(use_ipv4: bool = True, use_ipv6: bool = True) -> list[str]:
            return list(addresses)

        aioice.ice.get_host_addresses = chosen


class Ear:
    """One phone's connection. Not started before `offer` or `answer`."""

    def __init__(self, attendant: Attendant, gone: Callable[[], None] = lambda: None) -> None:
        """`gone`: no sound can come any more, and it was not closed here."""
        from aiortc import RTCConfiguration, RTCPeerConnection

        self._gone = gone
        self._mouth = _Mouth(attendant)
        self._track = _track(self._mouth)
        self._connection: Any = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._connection.addTrack(self._track)
        self._connection.on("track", self._hear)
        self._connection.on("connectionstatechange", self._changed)
        self._listening: asyncio.Task[None] | None = None

    @property
    def attendant(self) -> Attendant:
        return self._mouth.attendant

    async def offer(self) -> str:
        """An SDP with everything in it, candidates too."""
        await self._connection.setLocalDescription(await self._connection.createOffer())
        return _plain(self._connection.localDescription.sdp)

    async def settle(self, answer: str) -> None:
        """The phone's answer to `offer`. Raises `Deaf`."""
        await self._take(answer, "answer")

    async def answer(self, offer: str) -> str:
        """Our answer to the phone's offer, the first or a later one. Raises `Deaf`."""
        await self._take(offer, "offer")
        try:
            await self._connection.setLocalDescription(await self._connection.createAnswer())
        except Exception as error:
            raise Deaf("No answer could be made.") from error
        return _plain(self._connection.localDescription.sdp)

    async def close(self) -> None:
        self._gone = lambda: None
        if self._listening:
            self._listening.cancel()
        self._track.stop()
        await self._connection.close()

    async def _take(self, sdp: str, kind: str) -> None:
        from aiortc import RTCSessionDescription

        streams, candidates = (len(re.findall(f"^{each}", sdp, re.MULTILINE)) for each in ("m=", "a=candidate:"))
        if "m=audio" not in sdp or streams > _MOST_STREAMS or candidates > _MOST_CANDIDATES:
            raise Deaf("There is no audio in it, or too much else.")
        try:
            await self._connection.setRemoteDescription(RTCSessionDescription(sdp, kind))
        except Exception as error:  # aiortc raises whatever its parser stumbles over
            raise Deaf("The phone's SDP cannot be used.") from error

    def _hear(self, track: Any) -> None:
        if track.kind == "audio" and self._listening is None:
            self._listening = asyncio.get_running_loop().create_task(self._listen(track))

    async def _listen(self, track: Any) -> None:
        from aiortc.mediastreams import MediaStreamError
        from av import AudioResampler

        resampler = AudioResampler(format="s16", layout="mono", rate=RATE, frame_size=PIECE)
        try:
            while True:
                for frame in resampler.resample(await track.recv()):
                    self._mouth.attendant.listen(bytes(frame.planes[0])[: 2 * PIECE])
        except MediaStreamError:
            return

    def _changed(self) -> None:
        if self._connection.connectionState in ("failed", "closed"):
            self._gone()


def _plain(sdp: str) -> str:
    """Without header extensions: a phone that talks to others has numbers for them, and Chromium refuses new ones."""
    return re.sub(r"^a=extmap:.*\r?\n", "", sdp, flags=re.MULTILINE)


class _Mouth:
    """What the phone hears: the attendant's pieces, in time."""

    def __init__(self, attendant: Attendant) -> None:
        self.attendant = attendant
        self._began: float | None = None
        self._said = 0

    async def frame(self) -> Any:
        from av import AudioFrame

        now = asyncio.get_running_loop().time()
        self._began = now if self._began is None else self._began
        await asyncio.sleep(self._began + self._said * 0.02 - now)
        frame = AudioFrame(format="s16", layout="mono", samples=PIECE)
        frame.planes[0].update(self.attendant.say())
        frame.pts, frame.sample_rate, frame.time_base = self._said * PIECE, RATE, fractions.Fraction(1, RATE)
        self._said += 1
        return frame


def _track(mouth: _Mouth) -> Any:
    from aiortc.mediastreams import MediaStreamError, MediaStreamTrack

    class Track(MediaStreamTrack):
        kind = "audio"

        async def recv(self) -> Any:
            if self.readyState != "live":
                raise MediaStreamError
            return await mouth.frame()

    return Track()
