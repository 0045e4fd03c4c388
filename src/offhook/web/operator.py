"""What the operator asks from the command line of the same machine: proven by a token made of the secret key."""

import secrets
from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from offhook.errors import NotAllowed, Unsupported
from offhook.telephony.phone_system import Rings
from offhook.web.parts import Parts, TheParts
from offhook.web.sign_in import PUBLIC, bearer


class Ring(Struct, frozen=True):
    """A caller to play: any text as number, a line, and a name that the phone network would show."""

    caller: str
    line: str
    name: str = ""


class Rang(Struct, frozen=True):
    call: str


@post("/api/operator/ring", opt=PUBLIC, tags=["Operator"])
async def ring(data: JSONBody[Ring], request: Request[Any, Any, Any], parts: TheParts) -> Rang:
    """Make the exchange ring a line."""
    _prove(request, parts)
    system = next((each for each in parts.systems.values() if isinstance(each, Rings)), None)
    if system is None:
        raise Unsupported("No phone system here can play a caller. Add exchange to OFFHOOK_PHONE_SYSTEMS.")
    return Rang(await system.ring(data.caller[:200], data.line, data.name[:200]))


@post("/api/operator/calls/{call:str}/hang-up", status_code=204, opt=PUBLIC, tags=["Operator"])
async def hang_up(call: FromPath[str], request: Request[Any, Any, Any], parts: TheParts) -> None:
    """The caller that was played gives up or hangs up."""
    _prove(request, parts)
    for system in parts.systems.values():
        if isinstance(system, Rings):
            await system.caller_hangs_up(call)


@get("/api/operator/health", opt=PUBLIC, tags=["Operator"])
async def health(request: Request[Any, Any, Any], parts: TheParts) -> dict[str, str]:
    """The checks behind `/health/ready`, for `offhook doctor`."""
    _prove(request, parts)
    return dict(await parts.healthy())


def _prove(request: Request[Any, Any, Any], parts: Parts) -> None:
    given = (bearer(request) or "").encode()
    if not secrets.compare_digest(given, parts.operator_token.encode()):
        raise NotAllowed("Only the operator of this machine may do that.")


routes = [ring, hang_up, health]
