"""Legacy and dated spellings of one path."""

import pytest

from hubspot_sandbox.paths import canonical, is_api


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/crm/v3/objects/contacts", "/crm/objects/v3/contacts"),
        ("/crm/objects/2026-03/contacts/1", "/crm/objects/2026-03/contacts/1"),
        ("/crm/objects/2026-09/0-1/search", "/crm/objects/2026-09/0-1/search"),
        ("/crm/v4/objects/calls/1/associations/contacts", "/crm/objects/v4/calls/1/associations/contacts"),
        ("/crm/v4/associations/calls/contacts/batch/read", "/crm/associations/v4/calls/contacts/batch/read"),
        ("/crm/v3/associations/calls/contacts/types", "/crm/v3/associations/calls/contacts/types"),
        ("/crm/v3/objects/calls/1/associations/contacts", "/crm/v3/objects/calls/1/associations/contacts"),
        ("/crm/objects/v3/calls/1/associations/contacts", None),
        ("/crm/v3/owners/", "/crm/owners/v3/"),
        ("/settings/v3/users/", "/settings/users/v3/"),
        ("/oauth/v1/token", "/oauth/v1/token"),
        ("/oauth/authorize", "/oauth/authorize"),
        ("/oauth/48201001/authorize", "/oauth/48201001/authorize"),
        ("/contacts/48201001", "/contacts/48201001"),
        ("/settings/48201001/users", "/settings/48201001/users"),
        ("/crm/objects/2027-03/contacts", None),
        ("/crm/v4/objects/contacts", None),
        ("/crm/v1/objects/contacts", None),
        ("/oauth/2025-09/token", None),
        ("/oauth/v1/access-tokens/x", "/oauth/v1/access-tokens/x"),
        ("/oauth/2026-09/access-tokens/x", None),
        ("/oauth/v1/token/introspect", None),
        ("/oauth/v3/token/introspect", "/oauth/v3/token/introspect"),
        ("/crm/nonsense/v3", None),
    ],
)
def test_canonical(path: str, expected: str | None) -> None:
    assert canonical(path) == expected


@pytest.mark.parametrize(
    ("path", "api"),
    [
        ("/crm/objects/v3/contacts", True),
        ("/oauth/v1/token", True),
        ("/calling/v1/dispositions", True),
        ("/crm/v3/associations/calls/contacts/types", True),
        ("/oauth/authorize", False),
        ("/oauth/48201001/authorize", False),
        ("/contacts/48201001", False),
        ("/_sandbox/health", False),
    ],
)
def test_what_is_api(path: str, api: bool) -> None:
    assert is_api(path) is api
