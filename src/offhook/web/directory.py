"""How much of an account's contacts is known here, for its administrators."""

from litestar import get

from offhook.administration.syncing import DirectoryView
from offhook.web.administration import TheAdministrator
from offhook.web.parts import TheParts


@get("/api/administration/directory", tags=["Administration"])
async def directory(administrator: TheAdministrator, parts: TheParts) -> DirectoryView:
    """How many contacts are kept here, and when HubSpot was last asked which have changed."""
    return await parts.syncing.view(administrator.account_id)


routes = [directory]
