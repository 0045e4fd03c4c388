"""Questions to HubSpot that only a diagnosis asks, and that leave no trace."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from offhook.errors import HubSpotRejected, HubSpotUnavailable, HubSpotUnreachable
from offhook.hubspot.wire import OBJECTS, Records, Request, nothing, read_records, record_path

# No account has such a property.
NO_PROPERTY = "offhook_only_asks_whether_it_may"
# Seconds until nobody is there.
PATIENCE = httpx.Timeout(8.0, connect=4.0)


def impossible_call() -> Request[Records]:
    """Ask for a call entry that HubSpot must refuse, and see from the refusal whether this token could write one.

    Nothing can be made of it, for two reasons of which either is enough: it names a property that does not exist, and it
    lacks `hs_timestamp`, which every activity needs. A token that may not write is refused with MISSING_SCOPES, any other
    one with VALIDATION_ERROR. That HubSpot looks at scopes first is seen in its local copy only [unverified]; were it the
    other way round, this would promise too much, and still make nothing. Should HubSpot ever make a record of it, the
    answer has its id, and `client` deletes it at once.
    https://developers.hubspot.com/docs/api-reference/error-handling
    """
    body = {"inputs": [{"properties": {NO_PROPERTY: "?"}, "associations": []}]}
    return Request("POST", f"{OBJECTS}/calls/batch/create", read_records, body)


def is_expected(refusal: HubSpotRejected) -> bool:
    """Whether the impossible call was refused for what it says, and not for who sent it."""
    return refusal.category == "VALIDATION_ERROR"


def deletion(call_id: str) -> Request[None]:
    return Request("DELETE", record_path("calls", call_id), nothing)


async def time_at(http: httpx.AsyncClient, api_url: str) -> datetime | None:
    """What time it is at HubSpot, to the second; None when its answer does not say. No account is needed for it.

    Raises:
        HubSpotUnreachable: nobody answers there.
        HubSpotUnavailable: HubSpot answers that it does not work.
    """
    try:
        answer = await http.get(api_url, timeout=PATIENCE)
    except httpx.HTTPError as error:
        raise HubSpotUnreachable(f"HubSpot cannot be reached ({type(error).__name__}).") from None
    if answer.is_server_error:
        raise HubSpotUnavailable
    try:
        said = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return None
    return said if said.tzinfo else said.replace(tzinfo=UTC)
