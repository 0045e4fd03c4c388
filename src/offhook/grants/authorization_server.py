"""HubSpot's authorization server over HTTP: the thin rim around `wire`."""

from collections.abc import Callable
from datetime import datetime

import httpx

from offhook.errors import HubSpotUnreachable
from offhook.grants import wire
from offhook.grants.vault import Secret

# A person waits for the consent and a call waits for the refresh; HubSpot normally answers within a second.
PATIENCE = httpx.Timeout(10.0, connect=5.0)


class AuthorizationServer:
    """What it is asked it either answers or raises as one of the errors of `wire.check`, or `HubSpotUnreachable`."""

    def __init__(self, http: httpx.AsyncClient, api_url: str, app: wire.App, now: Callable[[], datetime]) -> None:
        """`api_url`: HubSpot's API, for example https://api.hubapi.com."""
        self._http, self._api_url, self.app, self._now = http, api_url.rstrip("/"), app, now

    async def exchange(self, code: str, verifier: Secret) -> wire.TokenAnswer:
        return wire.decipher_tokens(await self._post(wire.exchange(self.app, code, verifier)), self._now())

    async def refresh(self, refresh_token: Secret) -> wire.TokenAnswer:
        return wire.decipher_tokens(await self._post(wire.refresh(self.app, refresh_token)), self._now())

    async def introspect(self, access_token: Secret) -> wire.Identity | None:
        return wire.decipher_identity(await self._post(wire.introspect(self.app, access_token)))

    async def revoke(self, refresh_token: Secret) -> None:
        await self._post(wire.revoke(self.app, refresh_token))

    async def _post(self, post: wire.Post) -> bytes:
        try:
            response = await self._http.post(self._api_url + post.path, data=post.form, timeout=PATIENCE)
        except httpx.HTTPError as error:
            raise HubSpotUnreachable(f"HubSpot cannot be reached ({type(error).__name__}).") from error
        wire.check(post.purpose, response.status_code, response.headers, response.content)
        return response.content
