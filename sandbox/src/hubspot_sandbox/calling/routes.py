"""`GET /calling/v1/dispositions`: the call outcomes (facts 3.4). Which scope it needs is [inf]."""

from litestar import get

from hubspot_sandbox.access import Caller
from hubspot_sandbox.calls.model import DISPOSITIONS
from hubspot_sandbox.problems import Body


@get("/calling/v1/dispositions")
async def list_dispositions(access: Caller) -> list[Body]:
    """`[{id, label, deleted}]`"""
    access.require("crm.objects.contacts.read")
    return [{"id": guid, "label": label, "deleted": False} for guid, label in DISPOSITIONS.items()]


HANDLERS = [list_dispositions]
