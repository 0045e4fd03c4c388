"""`GET /account-info/{version}/details` (facts 1.3)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from litestar import get

from hubspot_sandbox.access import Call, Caller, ThePortal
from hubspot_sandbox.people import Account
from hubspot_sandbox.problems import Body
from hubspot_sandbox.surface import says


def details_json(account: Account, host: str, now: datetime) -> Body:
    """`uiDomain` is where people's pages are: here the sandbox's own address, as the caller wrote it."""
    offset = now.astimezone(ZoneInfo(account.time_zone)).utcoffset()
    seconds = int(offset.total_seconds()) if offset else 0
    sign = "-" if seconds < 0 else "+"
    return {
        "portalId": account.id,
        "accountType": account.account_type,
        "timeZone": account.time_zone,
        "companyCurrency": account.currency,
        "additionalCurrencies": [],
        "utcOffset": f"{sign}{abs(seconds) // 3600:02d}:{abs(seconds) // 60 % 60:02d}",
        "utcOffsetMilliseconds": seconds * 1000,
        "uiDomain": account.ui_domain or host,
        "dataHostingLocation": "na1",
    }


@get("/account-info/{version:str}/details", opt=says("faithful", "spec"))
async def account_details(request: Call, portal: ThePortal, access: Caller) -> Body:
    access.require("oauth", "account-info.security.read")
    return details_json(access.account, request.headers.get("host", ""), portal.clock.now())


HANDLERS = [account_details]
