"""Who calls a developer API (calling settings, webhook settings, the journal): an app's developer, not a user's grant.

Two credentials are accepted (facts 2.1, 3.7, S17, S24):

- a client-credentials token of the app, with the developer scopes that it was issued for
- `?hapikey=`, the developer account's key; here one key for all apps, `developer-sandbox-demo`
"""

import secrets

import msgspec
from litestar.di import NamedDependency

from hubspot_sandbox import problems
from hubspot_sandbox.access import Call, ThePortal
from hubspot_sandbox.apps import App
from hubspot_sandbox.grants import DEVELOPER_SCOPES
from hubspot_sandbox.portal import Portal

DEVELOPER_KEY = "developer-sandbox-demo"


class Developer(msgspec.Struct, frozen=True):
    """The developer behind a call. `app` is the token's app; None for the key, which stands for all apps."""

    scopes: tuple[str, ...]
    app: App | None = None

    def require(self, *any_of: str) -> None:
        """:raises HubSpotProblem: 403 MISSING_SCOPES unless the token holds one of the scopes"""
        if not set(any_of) & set(self.scopes):
            raise problems.scopes_missing(any_of)

    def owned(self, portal: Portal, app_id: int) -> App:
        """The app with this id.

        :raises HubSpotProblem: 404 when there is none, or it is not the token's own [unv]
        """
        found = portal.apps.by_id(app_id)
        if found is None or (self.app is not None and self.app.app_id != app_id):
            raise problems.not_found(f"app {app_id} was not found")
        return found


async def provide_developer(request: Call, portal: ThePortal) -> Developer:
    """:raises HubSpotProblem: 401 without a developer's credentials, or with an expired token"""
    key = request.query_params.get("hapikey", "")
    if key and secrets.compare_digest(key.encode(), DEVELOPER_KEY.encode()):
        return Developer(DEVELOPER_SCOPES)
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    token = portal.grants.token(value.strip()) if scheme.lower() == "bearer" else None
    app = portal.apps.get(token.client_id) if token and token.is_developers else None
    if token is None or app is None:
        raise problems.unauthenticated()
    if token.expires_at is not None and not portal.grants.is_live(token):
        raise problems.token_expired((portal.clock.now() - token.expires_at).total_seconds())
    return Developer(token.scopes, app)


TheDeveloper = NamedDependency[Developer]
"""A route's `developer` parameter."""
