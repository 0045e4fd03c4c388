"""Which records a person may view, edit or delete, as a pure value: for user-level apps and for the pages.

Rights know three levels (facts 2.3): *all*, their *team's*, their *own*; the last two may add the records without
an owner (*Unassigned*). Account-level tokens never ask (S3).
"""

from typing import Literal

import msgspec

from hubspot_sandbox import rights as catalogue
from hubspot_sandbox.people import Standing

Verb = Literal["view", "edit", "delete", "communicate"]


class Sight(msgspec.Struct, frozen=True):
    """The records that a right reaches: everything, or those of these owner ids and perhaps those of nobody."""

    everything: bool = False
    owners: frozenset[str] = frozenset()
    unassigned: bool = False

    def covers(self, owner: str) -> bool:
        """Whether a record with this `hubspot_owner_id` is reached; an empty text is a record without owner."""
        return self.everything or (owner in self.owners if owner else self.unassigned)

    @property
    def nothing(self) -> bool:
        """Whether no record at all can be reached."""
        return not (self.everything or self.owners or self.unassigned)


EVERYTHING, NOTHING = Sight(everything=True), Sight()


def sight(
    standing: Standing | None, kind_right: str, verb: Verb, owner_id: str, team_owner_ids: frozenset[str] = frozenset()
) -> Sight:
    """What this standing reaches of a kind of record.

    :param standing: None for somebody who is not (or no longer) an active user: reaches nothing [inf]
    :param kind_right: the beginning of the right's key, as in `contacts.view`; a kind that no right restricts is
        reached whole, one behind a switch (`users.edit`) with the switch
    :param owner_id: her own owner id; empty when she is no owner
    :param team_owner_ids: `People.team_owner_ids`; somebody without a team reaches her own at level *team* [inf]
    """
    if standing is None:
        return NOTHING
    right = catalogue.CATALOGUE.get(f"{kind_right}.{verb}")
    if standing.super_admin or right is None:
        return EVERYTHING
    level = catalogue.value_of(standing.rights, right.key)
    if level in ("all", "on"):
        return EVERYTHING
    if level not in ("own", "team"):
        return NOTHING
    mates = team_owner_ids if level == "team" else frozenset[str]()
    return Sight(owners=frozenset({owner_id, *mates}) - {""}, unassigned=_unassigned(standing, right.key))


def _unassigned(standing: Standing, key: str) -> bool:
    """*Unassigned* counts only beside a restricted level: with *none* there is nothing to add to [inf]."""
    name = f"{key}.unassigned"
    return name in catalogue.CATALOGUE and catalogue.value_of(standing.rights, name) == "on"
