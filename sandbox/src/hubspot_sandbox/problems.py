"""HubSpot's refusals as exceptions, and the bodies it answers with (facts 1.4 and 4).

HubSpotProblem             status, message, category; knows its own JSON body
├── invalid(...)           400 VALIDATION_ERROR
├── not_found(...)         404 OBJECT_NOT_FOUND
├── conflict(...)          409 CONFLICT
├── unauthenticated(...)   401 INVALID_AUTHENTICATION / EXPIRED_AUTHENTICATION
├── scopes_missing(...)    403 MISSING_SCOPES
└── person_refused(...)    403 USER_DOES_NOT_HAVE_PERMISSIONS
OAuthRefusal               400 with RFC 6749's fields and HubSpot's older ones
"""

import uuid
from collections.abc import Iterable
from typing import Any

SCOPES_PAGE = "https://developers.hubspot.com/scopes"
Body = dict[str, Any]


class HubSpotProblem(Exception):
    """An answer in HubSpot's error shape. Raised anywhere, turned into a response in `app`."""

    def __init__(
        self,
        status: int,
        message: str,
        category: str,
        *,
        errors: list[Body] | None = None,
        context: dict[str, list[str]] | None = None,
        links: dict[str, str] | None = None,
        sub_category: str = "",
    ) -> None:
        super().__init__(message)
        self.status, self.message, self.category = status, message, category
        self._rest: Body = {
            "subCategory": sub_category,
            "errors": errors,
            "context": context,
            "links": links,
        }

    def body(self) -> Body:
        """`{status, message, correlationId, category, subCategory?, errors?, context?, links?}`"""
        optional = {name: value for name, value in self._rest.items() if value}
        return {
            "status": "error",
            "message": self.message,
            "correlationId": correlation_id(),
            "category": self.category,
            **optional,
        }


def correlation_id() -> str:
    return str(uuid.uuid4())


def invalid(message: str, errors: list[Body] | None = None, **context: list[str]) -> HubSpotProblem:
    return HubSpotProblem(400, message, "VALIDATION_ERROR", errors=errors, context=context or None)


def property_invalid(code: str, name: str, message: str) -> HubSpotProblem:
    """HubSpot repeats the single errors as a JSON-like text in the message [unv in its details]."""
    error = {"message": message, "code": code, "context": {"propertyName": [name]}}
    text = f'Property values were not valid: [{{"isValid":false,"message":"{message}","name":"{name}"}}]'
    return invalid(text, [error])


def required_missing(*names: str) -> HubSpotProblem:
    """A record without what its kind must have."""
    errors: list[Body] = [
        {"message": f"{name} is required", "code": "REQUIRED_FIELD", "context": {"properties": [name]}} for name in names
    ]
    return invalid("Some required properties were not set.", errors, properties=list(names))


def not_found(message: str = "resource not found") -> HubSpotProblem:
    return HubSpotProblem(404, message, "OBJECT_NOT_FOUND")


def not_a_form() -> HubSpotProblem:
    """415 from the token endpoints for JSON and other bodies [comm]; the text is ours [unv]."""
    message = "The request must have the content type application/x-www-form-urlencoded"
    return HubSpotProblem(415, message, "VALIDATION_ERROR")


def conflict(message: str) -> HubSpotProblem:
    return HubSpotProblem(409, message, "CONFLICT")


def unauthenticated() -> HubSpotProblem:
    """The message's beginning is documented; the rest of the sentence is ours [unv]."""
    message = (
        "Authentication credentials not found. This API supports OAuth 2.0 authentication"
        " and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview"
    )
    return HubSpotProblem(401, message, "INVALID_AUTHENTICATION")


def token_expired(seconds_ago: float) -> HubSpotProblem:
    """S31: `The OAuth token used to make this call expired 5 hour(s) ago.`"""
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds_ago >= size:
            ago = f"{int(seconds_ago // size)} {unit}(s)"
            break
    else:
        ago = f"{int(seconds_ago)} second(s)"
    message = f"The OAuth token used to make this call expired {ago} ago."
    return HubSpotProblem(401, message, "EXPIRED_AUTHENTICATION")


def scopes_missing(required: Iterable[str]) -> HubSpotProblem:
    """S22. Granular scopes (with a dot) stand under `requiredGranularScopes`, old ones under `requiredScopes`."""
    names = list(required)
    key = "requiredGranularScopes" if any("." in name for name in names) else "requiredScopes"
    message = (
        "This app hasn't been granted all required scopes to make this call."
        f" Read more about required scopes here: {SCOPES_PAGE}."
    )
    error = {
        "message": "One or more of the following scopes are required.",
        "context": {key: names},
    }
    return HubSpotProblem(403, message, "MISSING_SCOPES", errors=[error], links={"scopes": SCOPES_PAGE})


def person_refused() -> HubSpotProblem:
    """S27 names the category; message and use for user-level apps are [unv]."""
    message = "The user does not have permission to perform this action."
    return HubSpotProblem(403, message, "USER_DOES_NOT_HAVE_PERMISSIONS")


OAUTH_ERRORS = {
    "BAD_REFRESH_TOKEN": "invalid_grant",
    "BAD_AUTH_CODE": "invalid_grant",
    "BAD_CLIENT_ID": "invalid_request",
    "BAD_CLIENT_SECRET": "invalid_client",
    "BAD_REDIRECT_URI": "invalid_request",
    "BAD_GRANT_TYPE": "unsupported_grant_type",
    "BAD_CODE_VERIFIER": "invalid_grant",
    "BAD_SCOPES": "invalid_scope",
    "BAD_HUB": "access_denied",
    "BAD_REQUEST": "invalid_request",
}
"""HubSpot's older status -> RFC 6749 error. Only BAD_REFRESH_TOKEN is documented, others [comm] or [inf].

BAD_CLIENT_ID with `invalid_request` was seen in October 2026 [comm].
"""


class OAuthRefusal(Exception):
    """HTTP 400 from the token endpoints. Since January 2026 both kinds of fields are sent (S10b)."""

    def __init__(self, status: str, message: str) -> None:
        super().__init__(message)
        self.status, self.message = status, message

    def body(self) -> Body:
        return {
            "error": OAUTH_ERRORS[self.status],
            "error_description": self.message,
            "status": self.status,
            "message": self.message,
            "correlationId": correlation_id(),
        }
