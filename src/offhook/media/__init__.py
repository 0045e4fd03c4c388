"""What is heard? The far end of calls that the embedded exchange plays, with real audio.

sounds: tones and something like speech, made by code. attendants: who is at the far end, in pieces of 20 ms. ear: the
same over WebRTC, by aiortc, which is there only with `offhook[audio]`. All but ear needs nothing beyond Python.
"""
