"""The bodies of the token endpoints (facts 1.3)."""

from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from hubspot_sandbox.apps import App
from hubspot_sandbox.grants import ACCESS_TOKEN_LIFE, Token, TokenPair
from hubspot_sandbox.people import Account
from hubspot_sandbox.problems import Body, OAuthRefusal, not_a_form

MAX_FIELDS = 100
Form = dict[str, str]


def read_form(raw: bytes, content_type: str) -> Form:
    """A field that comes twice counts with its last value.

    :raises HubSpotProblem: 415 unless it is a form [comm]
    :raises OAuthRefusal: BAD_REQUEST for more fields than any request has [unv]
    """
    if content_type.partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise not_a_form()
    try:
        return dict(parse_qsl(raw.decode(errors="replace"), max_num_fields=MAX_FIELDS))
    except ValueError as error:
        raise OAuthRefusal("BAD_REQUEST", "the request has too many fields") from error


def token_json(pair: TokenPair, user_id: int) -> Body:
    """The answer of exchange and refresh; `hub_id` and `scopes` are there since August 2025 (S7)."""
    return {
        "token_type": "bearer",
        "refresh_token": pair.refresh.token,
        "access_token": pair.access.token,
        "expires_in": ACCESS_TOKEN_LIFE // timedelta(seconds=1),  # it was issued just now
        "token_use": "access_token",
        "hub_id": pair.access.account_id,
        "scopes": list(pair.access.scopes),
        "user_id": user_id,
    }


def developer_token_json(token: Token) -> Body:
    """The answer to `client_credentials`: no refresh token, no account [comm]."""
    return {
        "token_type": "bearer",
        "access_token": token.token,
        "expires_in": ACCESS_TOKEN_LIFE // timedelta(seconds=1),
        "token_use": "access_token",
        "scopes": list(token.scopes),
    }


def seconds_left(token: Token, now: datetime) -> int:
    return max(int((token.expires_at - now).total_seconds()), 0) if token.expires_at else 0


def _shared(token: Token, account: Account, app: App, user_id: int) -> Body:
    return {
        "token": token.token,
        "user": token.email,
        "hub_domain": account.domain,
        "scopes": list(token.scopes),
        "hub_id": account.id,
        "app_id": app.app_id,
        "user_id": user_id,
    }


def introspection_json(token: Token, account: Account, app: App, user_id: int, now: datetime, install_id: int) -> Body:
    """The answer for a live token; an unknown or dead one is just `{"active": false}`."""
    answer = {
        "active": True,
        "token_use": token.use,
        "token_type": "Bearer",
        "client_id": app.client_id,
    } | _shared(token, account, app, user_id)
    if token.use == "refresh_token":
        return answer
    return answer | {
        "expires_in": seconds_left(token, now),
        "is_private_distribution": app.distribution == "private",
        "signed_access_token": _signed(token, app, user_id, install_id),
    }


def developer_introspection_json(token: Token, app: App, now: datetime) -> Body:
    """The answer for a client-credentials token; that it lacks hub and user is [inf]."""
    return {
        "active": True,
        "token_use": token.use,
        "token_type": "Bearer",
        "token": token.token,
        "client_id": app.client_id,
        "app_id": app.app_id,
        "scopes": list(token.scopes),
        "expires_in": seconds_left(token, now),
        "is_private_distribution": app.distribution == "private",
    }


def access_token_json(token: Token, account: Account, app: App, user_id: int, now: datetime, install_id: int) -> Body:
    """v1's access-token information."""
    return _shared(token, account, app, user_id) | {
        "expires_in": seconds_left(token, now),
        "token_type": "access",
        "is_private_distribution": app.distribution == "private",
        "signed_access_token": _signed(token, app, user_id, install_id),
    }


def refresh_token_json(token: Token, account: Account, app: App, user_id: int) -> Body:
    """v1's refresh-token information."""
    return _shared(token, account, app, user_id) | {"client_id": app.client_id, "token_type": "refresh"}


def _signed(token: Token, app: App, user_id: int, install_id: int) -> Body:
    """The shape only; signatures here prove nothing."""
    return {
        "expiresAt": int(token.expires_at.timestamp() * 1000) if token.expires_at else 0,
        "scopes": "",
        "hubId": token.account_id,
        "userId": user_id,
        "appId": app.app_id,
        "appInstallId": install_id,
        "audience": "",
        "installingUserId": user_id,
        "signature": "",
        "newSignature": "",
        "scopeToScopeGroupPks": "",
        "hublet": "na1",
        "trialScopes": "",
        "trialScopeToScopeGroupPks": "",
        "isUserLevel": app.is_user_level,
        "isPrivateDistribution": app.distribution == "private",
        "isServiceAccount": False,
    }
