"""What HubSpot's pages say and mean: the panel's own help, for everybody, before and after an attempt."""

from litestar import get
from msgspec import Struct

from offhook.diagnosis.catalogue import Heading, headings


class Catalogue(Struct, frozen=True):
    headings: tuple[Heading, ...]


@get("/api/wordings", opt={"public": True}, tags=["Signing in"], sync_to_thread=False)
def list_wordings() -> Catalogue:
    """Each text of HubSpot's under its heading, what it means, who changes it and how sure that is."""
    return Catalogue(headings())


routes = [list_wordings]
