"""Sandboxes for tests, with or without pytest.

pytest needs no import: the fixtures `hubspot_sandbox` and `hubspot_sandbox_in_process` come with the package
(`hubspot_sandbox.pytest_plugin`). Everybody else, `unittest` for one, uses the two context managers:

    with running_sandbox() as sandbox:          # a real server on a free port of this machine
        app = sandbox.register_app("My app", scopes=("oauth", "crm.objects.contacts.read"))
        tokens = sandbox.grant(app, BEN)        # Ben logs in and consents, or is refused: ConsentRefused
        sandbox.advance(1801)
        httpx.get(f"{sandbox.url}/crm/v3/objects/contacts", headers=sandbox.bearer(tokens.access_token))  # 401

    with sandbox_in_process() as sandbox:       # the same without a socket
        sandbox.client().get("/crm/v3/objects/contacts")

`Sandbox("http://127.0.0.1:8700")` is one that runs already.
"""

from hubspot_sandbox.seeds.people import (
    ACORN,
    ADA,
    BEN,
    BIRCH,
    CLEO,
    CLIENT_ID,
    CLIENT_SECRET,
    DEV,
    EVE,
    FINN,
    PASSWORD,
    REDIRECT_URL,
    SERVICE_KEY,
)
from hubspot_sandbox.testing.consent import ConsentRefused
from hubspot_sandbox.testing.in_process import InProcessSandbox, sandbox_in_process
from hubspot_sandbox.testing.running import RunningSandbox, running_sandbox
from hubspot_sandbox.testing.sandbox import Sandbox
from hubspot_sandbox.testing.values import ControlRefused, RegisteredApp, Tokens

__all__ = (
    "ACORN",
    "ADA",
    "BEN",
    "BIRCH",
    "CLEO",
    "CLIENT_ID",
    "CLIENT_SECRET",
    "DEV",
    "EVE",
    "FINN",
    "PASSWORD",
    "REDIRECT_URL",
    "SERVICE_KEY",
    "ConsentRefused",
    "ControlRefused",
    "InProcessSandbox",
    "RegisteredApp",
    "RunningSandbox",
    "Sandbox",
    "Tokens",
    "running_sandbox",
    "sandbox_in_process",
)
