"""`/account-info/{version}/…`: what the account is, and how much of its day's calls is used (facts 1.3)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from litestar import get

from hubspot_sandbox.access import Call, Caller, ThePortal
from hubspot_sandbox.clock import iso
from hubspot_sandbox.limits import allowance, next_midnight
from hubspot_sandbox.people import Account
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.problems import Body
from hubspot_sandbox.surface import says

INFO = "/account-info/{version:str}"
SCOPES = ("oauth", "account-info.security.read")


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


def usage_json(portal: Portal, account: Account) -> Body:
    """The calls of all private apps and service keys together; names and form are those of HubSpot's example."""
    now = portal.clock.now()
    allowed = allowance(account.tier, False, add_on=portal.limits.has_add_on(account.id), time_zone=account.time_zone)
    return {
        "name": "private-apps-api-calls-daily",
        "usageLimit": allowed.daily,
        "currentUsage": portal.limits.used_today(account.id, account.time_zone, now),
        "collectedAt": iso(now),
        "fetchStatus": "SUCCESS",
        "resetsAt": iso(next_midnight(now, account.time_zone)),
    }


@get(INFO + "/details", opt=says("faithful", "spec"))
async def account_details(request: Call, portal: ThePortal, access: Caller) -> Body:
    access.require(*SCOPES)
    return details_json(access.account, request.headers.get("host", ""), portal.clock.now())


@get(
    INFO + "/api-usage/daily/private-apps",
    opt=says("faithful", "spec, S49", differs="counted at once; HubSpot's number lags behind"),
)
async def daily_usage(portal: ThePortal, access: Caller) -> Body:
    """`{results: [{name, usageLimit, currentUsage, collectedAt, fetchStatus, resetsAt}]}`; this call is counted, too."""
    access.require(*SCOPES)
    return {"results": [usage_json(portal, access.account)]}


HANDLERS = [account_details, daily_usage]
