"""One measured ratio."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Result:
    """`ratio` is ours / theirs. Whether less or more is better is in the note."""

    name: str
    unit: str
    ours: float
    theirs: float
    peer: str
    note: str

    def row(self) -> dict[str, object]:
        return asdict(self) | {"ratio": round(self.ours / self.theirs, 3)}
