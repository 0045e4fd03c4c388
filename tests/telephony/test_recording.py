"""Parts of recordings, as players ask for them."""

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.errors import NoSuchPart
from offhook.telephony.recording import Part, asked_part, cut

WHOLE = bytes(range(100))


async def pieces(size: int) -> AsyncIterator[bytes]:
    for at in range(0, len(WHOLE), size):
        yield WHOLE[at : at + size]


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-", Part(0, None)),
        ("bytes=7-9", Part(7, 9)),
        ("Bytes = 7 - 9", Part(7, 9)),
        ("bytes=-20", Part(None, 20)),
        ("", None),
        ("bytes=-", None),
        ("bytes=9-7", None),
        ("bytes=0-1,5-6", None),
        ("seconds=0-1", None),
        ("bytes=٣-", None),
        ("bytes=0-" + "9" * 400, None),
    ],
)
def test_what_a_player_asks_for(header: str, part: Part | None) -> None:
    assert asked_part(header) == part


@pytest.mark.parametrize("part", [Part(100, None), Part(100, 200), Part(None, 0)])
def test_a_part_behind_the_end_is_none(part: Part) -> None:
    with pytest.raises(NoSuchPart) as refused:
        part.within(100)
    assert refused.value.size == 100


def test_an_empty_recording_has_no_part() -> None:
    with pytest.raises(NoSuchPart):
        Part(0, None).within(0)


@given(first=st.integers(0, 99), length=st.integers(1, 150), size=st.integers(1, 120))
async def test_a_whole_is_cut_wherever_its_pieces_end(first: int, length: int, size: int) -> None:
    begin, end = Part(first, first + length - 1).within(len(WHOLE))
    assert b"".join([each async for each in cut(pieces(size), begin, end)]) == WHOLE[begin : end + 1]


async def test_no_more_is_read_of_a_whole_than_the_part_needs() -> None:
    read = []

    async def endless() -> AsyncIterator[bytes]:
        while True:
            read.append(1)
            yield bytes(10)

    assert [each async for each in cut(endless(), 5, 24)] == [bytes(5), bytes(10), bytes(5)]
    assert len(read) == 3
