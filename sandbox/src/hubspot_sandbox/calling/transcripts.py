"""Transcripts of calls: what was said, by whom and when (facts 5.2, spec)."""

import msgspec

from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import invalid, not_found
from hubspot_sandbox.store import Shelf


class Speaker(msgspec.Struct, frozen=True):
    id: str
    name: str
    email: str | None = None


class Utterance(msgspec.Struct, frozen=True, rename="camel"):
    """Times in milliseconds from the call's beginning [inf]."""

    speaker: Speaker
    text: str
    start_time_millis: int
    end_time_millis: int
    language_code: str | None = None


class Transcript(msgspec.Struct, frozen=True, rename="camel"):
    id: str
    account_id: int
    engagement_id: str
    utterances: tuple[Utterance, ...]


class Transcripts:
    """The room of transcripts of all accounts."""

    def __init__(self, portal: Portal) -> None:
        self._portal, self._shelf = portal, Shelf(portal.store, "calling-transcript", Transcript)

    def create(self, account_id: int, call_id: str, utterances: tuple[Utterance, ...]) -> Transcript:
        """Tie it to its call, which has one from now on.

        :raises HubSpotProblem: 404 for an unknown call, 400 for none or backward utterances [unv]
        """
        self._portal.records.existing(account_id, "calls", call_id)
        if not utterances or any(not 0 <= each.start_time_millis <= each.end_time_millis for each in utterances):
            raise invalid("A transcript needs utterances, and none may end before it starts")
        with self._portal.store.transaction():
            number = str(self._portal.store.next_number("calling-transcript", 70001001))
            made = Transcript(number, account_id, call_id, utterances)
            self._shelf.put(number, made)
            self._mark(account_id, call_id, "true")
        return made

    def get(self, account_id: int, transcript_id: str) -> Transcript:
        """:raises HubSpotProblem: 404, also for another account's"""
        found = self._shelf.get(transcript_id)
        if found is None or found.account_id != account_id:
            raise not_found(f"Transcript {transcript_id} not found")
        return found

    def remove(self, account_id: int, transcript_id: str) -> None:
        """The call has none any more when this was its last.

        :raises HubSpotProblem: 404
        """
        found = self.get(account_id, transcript_id)
        with self._portal.store.transaction():
            self._shelf.remove(transcript_id)
            of_call = (account_id, found.engagement_id)
            if not any((each.account_id, each.engagement_id) == of_call for each in self._shelf.all()):
                self._mark(account_id, found.engagement_id, "false")

    def _mark(self, account_id: int, call_id: str, has: str) -> None:
        self._portal.records.set_calculated(account_id, "calls", call_id, {"hs_call_has_transcript": has})
