"""Where the recording of a call is: its app is asked, by what it said in its recording settings (facts 5.2, S50)."""

from urllib.parse import quote, urlencode

from hubspot_sandbox.calling.model import Calling
from hubspot_sandbox.objects.values import is_id
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.record import Record

NEEDED = ("hs_call_app_id", "hs_call_external_id", "hs_call_external_account_id")
SOURCE = "INTEGRATIONS_PLATFORM"


def question(portal: Portal, call: Record) -> str:
    """The address at which the call's app tells where the recording is; empty when there is nobody to ask.

    `%s` stands for the external id; `appId` and `externalAccountId` follow as query.
    """
    app_id = call.get("hs_call_app_id")
    if call.get("hs_call_source") != SOURCE or not all(call.get(name) for name in NEEDED) or not is_id(app_id):
        return ""
    kept = Calling(portal.store, portal.clock).recordings.find(int(app_id))
    if kept is None:
        return ""
    url = kept.value.url_to_retrieve_authed_recording.replace("%s", quote(call.get("hs_call_external_id"), safe=""))
    query = urlencode({"appId": app_id, "externalAccountId": call.get("hs_call_external_account_id")})
    return f"{url}{'&' if '?' in url else '?'}{query}"
