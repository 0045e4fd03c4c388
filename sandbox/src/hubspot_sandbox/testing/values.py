"""What tests are given: apps, tokens, a refusal of the control plane."""

from typing import Any

import msgspec


class RegisteredApp(msgspec.Struct, frozen=True):
    """An app that people can connect."""

    client_id: str
    client_secret: str
    app_id: int
    name: str
    redirect_urls: tuple[str, ...]
    required_scopes: tuple[str, ...]
    conditionally_required_scopes: tuple[str, ...] = ()
    optional_scopes: tuple[str, ...] = ()
    distribution: str = "private"
    is_user_level: bool = False


class Tokens(msgspec.Struct, frozen=True):
    """What an app gets for a code. `hub_id` is the account, `user_id` the person in it."""

    access_token: str
    refresh_token: str
    scopes: tuple[str, ...]
    hub_id: int
    user_id: int
    expires_in: int = 1800


class ControlRefused(Exception):
    """The control plane does not do this. `status` and `body` are its answer; the message says why."""

    def __init__(self, status: int, body: Any) -> None:
        said = body.get("message") if isinstance(body, dict) else None
        super().__init__(str(said or body or f"HTTP {status}"))
        self.status, self.body = status, body
