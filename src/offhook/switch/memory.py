"""What phones and exchange must both remember of a call, in a file: a call outlives a restart of the service."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct

from offhook.sip.dialog import Dialog
from offhook.sip.transaction import Link
from offhook.switch.session import Session

# A request may have been counted that the file knows nothing of; a phone refuses a number that it has seen.
_AHEAD = 1_000


class Kept(Struct, frozen=True):
    """A session. `far`: the leg of the phone at the other end; empty for an attendant, who is a new one afterwards."""

    leg: str
    line: str
    far: str
    call_id: str
    local: str
    remote: str
    target: str
    routes: tuple[str, ...]
    ours: int
    theirs: int
    said: str
    given: str
    is_held: bool
    is_muted: bool


def keep(path: Path, sessions: Iterable[Session]) -> None:
    """In place of what was kept before; readable by its owner only."""
    rows = msgspec.json.encode([_kept(each) for each in sessions if each.is_up])
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.touch(mode=0o600)
    new.write_bytes(rows)
    new.replace(path)


def remembered(path: Path) -> list[Kept]:
    """Nothing when there is nothing, or nothing that can be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[Kept])
    except (OSError, ValueError):
        return []


def restored(kept: Kept) -> Session:
    """Its phone is not there yet."""
    link = Link(lambda message: None, lambda asked: None)
    link.close()
    dialog = Dialog(kept.call_id, kept.local, kept.remote, kept.target, kept.ours + _AHEAD)
    dialog.routes, dialog.theirs = kept.routes, kept.theirs
    session = Session(kept.line, link, dialog)
    session.said, session.given, session.is_up = kept.said, kept.given, True
    session.is_held, session.is_muted = kept.is_held, kept.is_muted
    return session


def _kept(session: Session) -> Kept:
    dialog, far = session.dialog, session.far
    return Kept(
        session.leg,
        session.line,
        far.leg if isinstance(far, Session) else "",
        dialog.call_id,
        dialog.local,
        dialog.remote,
        dialog.target,
        dialog.routes,
        dialog.ours,
        dialog.theirs,
        session.said,
        session.given,
        session.is_held,
        session.is_muted,
    )
