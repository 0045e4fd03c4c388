"""A recording on its way from the phone system that keeps it to whoever listens: all of it, or a part. Pure.

Players ask for parts in order to seek (RFC 9110, 14); what a phone system cannot cut is cut here.
"""

import re
from collections.abc import AsyncIterator

from msgspec import Struct

from offhook.errors import NoSuchPart

RANGE = re.compile("bytes=([0-9]{0,15})-([0-9]{0,15})")


class Part(Struct, frozen=True):
    """Bytes from `first` to `last`, both included. Without `last` to the end; without `first`, the last so many."""

    first: int | None
    last: int | None

    def within(self, size: int) -> tuple[int, int]:
        """The first and last byte of it in a recording of so many bytes. Raises NoSuchPart: it ends before."""
        end = size - 1
        first = max(0, size - (self.last or 0)) if self.first is None else self.first
        last = end if self.first is None or self.last is None else min(self.last, end)
        if first > last:
            raise NoSuchPart(size)
        return first, last

    @property
    def header(self) -> str:
        """As HTTP's `Range`."""
        first, last = ("" if each is None else each for each in (self.first, self.last))
        return f"bytes={first}-{last}"


def asked_part(header: str) -> Part | None:
    """What a `Range` asks for; None for all of it, also for what may be ignored: several parts, and nonsense.

    >>> asked_part("bytes=100-")
    Part(first=100, last=None)
    """
    match = RANGE.fullmatch(header.replace(" ", "").lower())
    first, last = (int(each) if each else None for each in match.groups()) if match else (None, None)
    backwards = first is not None and last is not None and first > last
    return None if backwards or (first is None and last is None) else Part(first, last)


class Recording(Struct, frozen=True):
    """`media`: what it is, as in `audio/mpeg`. `size`: of the whole in bytes, None when nobody knows.

    `part`: the first and last byte that `pieces` give; None when they give all.
    """

    media: str
    pieces: AsyncIterator[bytes]
    size: int | None = None
    part: tuple[int, int] | None = None

    @property
    def length(self) -> int | None:
        """How many bytes come."""
        return self.part[1] - self.part[0] + 1 if self.part else self.size


async def cut(pieces: AsyncIterator[bytes], first: int, last: int) -> AsyncIterator[bytes]:
    """The bytes from `first` to `last` of a whole; no more of it is read than that."""
    at = 0
    async for piece in pieces:
        if wanted := piece[max(0, first - at) : last + 1 - at]:
            yield wanted
        at += len(piece)
        if at > last:
            return
