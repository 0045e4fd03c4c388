"""The diagnosis of anybody in the account, for its administrators: the same report as on that person's panel."""

from litestar import get
from litestar.params import FromPath

from offhook.diagnosis.report import Report
from offhook.web.administration import TheAdministrator
from offhook.web.parts import TheParts


@get("/api/administration/people/{hubspot_user_id:int}/diagnosis", tags=["Administration"])
async def diagnosis_of(hubspot_user_id: FromPath[int], administrator: TheAdministrator, parts: TheParts) -> Report:
    """What stands in this person's way, if anything; HubSpot is asked now."""
    return await parts.user_report(administrator.account_id, hubspot_user_id)


routes = [diagnosis_of]
