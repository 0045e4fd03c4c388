"""What the sandbox promises of each endpoint, said where the endpoint is written.

    @post(OBJECTS + "/search", status_code=200, opt=says("faithful", "S11", body=Search))

From this come COVERAGE.md and the OpenAPI document; a house rule fails when an endpoint of the API says nothing.
"""

from typing import Any, Literal

import msgspec

Fidelity = Literal["faithful", "shape only"]
KEY = "says"


class Says(msgspec.Struct, frozen=True):
    """What is promised of one endpoint.

    `faithful`: requests, answers and refusals as the source says, with a test; `shape only`: the answer has the right
    shape, and what happens is less than in HubSpot. `source` is a key of the facts' list (S11) or `spec`, `sdk`, `doc`.
    `body` is the msgspec type of the JSON body, `form` the fields of a form instead, `query` the names of query
    parameters, `answers` the statuses of success beside the handler's own. `differs` says in half a sentence what is
    known to be different.
    """

    fidelity: Fidelity
    source: str
    body: Any = None
    form: tuple[str, ...] = ()
    query: tuple[str, ...] = ()
    answers: tuple[int, ...] = ()
    open: bool = False
    differs: str = ""


def says(
    fidelity: Fidelity,
    source: str,
    *,
    body: Any = None,
    form: tuple[str, ...] = (),
    query: tuple[str, ...] = (),
    answers: tuple[int, ...] = (),
    open_to_all: bool = False,
    differs: str = "",
) -> dict[str, Any]:
    """The `opt` of a handler. `open_to_all`: needs no bearer token."""
    return {KEY: Says(fidelity, source, body, form, query, answers, open_to_all, differs)}
