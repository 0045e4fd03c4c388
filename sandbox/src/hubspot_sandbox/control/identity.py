"""Who is calling, by the credentials of a request: told in the journal, and asked for by faults. Tokens stay hidden."""

import hashlib
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from hubspot_sandbox.apps import Apps
from hubspot_sandbox.grants import Grants, Token

TOKEN_FIELDS = ("token", "refresh_token", "access_token")


class Identity(msgspec.Struct, frozen=True):
    """The app, account and person behind a call, as far as its credentials tell; what they do not tell is empty.

    `token_id` stands for the token and is the same wherever it is told; the token cannot be learnt from it.
    """

    kind: Literal["app", "service key", "developer key", "unknown"]
    client_id: str = ""
    app: str = ""
    account_id: int = 0
    email: str = ""
    token_id: str = ""


class IdentityFilter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose calls are meant; what is left out may be anything."""

    client_id: str = ""
    account_id: int = 0
    email: str = ""
    token_id: str = ""

    def fits(self, identity: Identity | None) -> bool:
        """A call without credentials fits only when nothing is asked for."""
        asked = (self.client_id, self.account_id, self.email.lower(), self.token_id)
        told = (identity.client_id, identity.account_id, identity.email, identity.token_id) if identity else (None,) * 4
        return all(not wanted or wanted == found for wanted, found in zip(asked, told, strict=True))


def token_id(token: str) -> str:
    """Twelve hexadecimal digits."""
    return hashlib.sha256(token.encode()).hexdigest()[:12]


def identify(apps: Apps, grants: Grants, authorization: str, fields: Mapping[str, Any]) -> Identity | None:
    """Of the `Authorization` header, or else of the query's and form's fields; None without any credentials."""
    scheme, _, bearer = authorization.partition(" ")
    if scheme.lower() == "bearer" and bearer.strip():
        found = grants.token(bearer.strip())
        return identity_of(apps, found) if found else Identity("unknown", token_id=token_id(bearer.strip()))
    if fields.get("hapikey"):
        return Identity("developer key")
    client_id = fields.get("client_id")
    return _of_client(apps, grants, client_id, fields) if isinstance(client_id, str) and client_id else None


def identity_of(apps: Apps, token: Token) -> Identity:
    app = apps.get(token.client_id)
    kind: Literal["app", "service key"] = "app" if token.client_id else "service key"
    name = app.name if app else ""
    return Identity(kind, token.client_id, name, token.account_id, token.email, token_id(token.token))


def _of_client(apps: Apps, grants: Grants, client_id: str, fields: Mapping[str, Any]) -> Identity:
    """A call of the token endpoints: the app, and whose token it brings."""
    app = apps.get(client_id)
    if app is None:
        return Identity("unknown", client_id)
    value = next((fields[each] for each in TOKEN_FIELDS if fields.get(each)), "")
    token = grants.token(value) if value else None
    if token is None or token.client_id != client_id:
        return Identity("app", client_id, app.name)
    return identity_of(apps, token)
