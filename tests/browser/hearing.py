"""Who hears whom: each voice is a tone of its own, and what arrives somewhere is looked through for each of them."""

import math
import struct
import wave
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

# Instead of the microphone: one tone, as WebAudio makes it, so nothing takes it for noise. `voices` can be switched off.
SPEAKS = """
hertz => {
    globalThis.tones ??= new AudioContext();
    navigator.mediaDevices.getUserMedia = async () => {
        const said = tones.createMediaStreamDestination();
        const tone = new OscillatorNode(tones, { frequency: hertz });
        const quiet = new GainNode(tones, { gain: 0.2 });
        tone.connect(quiet).connect(said);
        tone.start();
        await tones.resume();
        return said.stream;
    };
}
"""
# What comes on each open connection: two thirds of a second of it, and how many samples a second has.
LISTENS = """
async () => {
    const ears = globalThis.ears ??= new AudioContext();
    await ears.resume();
    const open = connections.filter(each => each.connectionState === "connected");
    const heard = open.map(each => {
        const stream = new MediaStream(each.getReceivers().map(({ track }) => track));
        const ear = new AnalyserNode(ears, { fftSize: 32768 });
        ears.createMediaStreamSource(stream).connect(ear);
        return ear;
    });
    await new Promise(done => setTimeout(done, 900));
    return heard.map(ear => {
        const samples = new Float32Array(ear.fftSize);
        ear.getFloatTimeDomainData(samples);
        ear.disconnect();
        return { rate: ears.sampleRate, samples: Array.from(samples) };
    });
}
"""

# A voice that is there is at least so loud (of 1); what Opus makes of another one is far below.
THERE = 0.01


def loudness(samples: Sequence[float], rate: float, hertz: float) -> float:
    """Of one tone in what was heard: its amplitude, by Goertzel's algorithm."""
    turn = 2 * math.cos(2 * math.pi * hertz / rate)
    last = before = 0.0
    for sample in samples:
        last, before = sample + turn * last - before, last
    power = last * last + before * before - turn * last * before
    return 2 * math.sqrt(max(power, 0.0)) / len(samples)


def by_second(recording: Path, hertz: float) -> list[float]:
    """How loud a tone is in each second of a WAV file."""
    with wave.open(str(recording)) as sound:
        rate, many = sound.getframerate(), sound.getnframes()
        samples = [each / 32_768 for each in struct.unpack(f"<{many}h", sound.readframes(many))]
    return [loudness(samples[at : at + rate], rate, hertz) for at in range(0, many - rate + 1, rate)]


def voices_in(heard: Sequence[Mapping[str, Any]], voices: Mapping[str, float]) -> set[str]:
    """Whose tones are in what came on any connection."""
    return {
        name for name, hertz in voices.items() for each in heard if loudness(each["samples"], each["rate"], hertz) > THERE
    }
