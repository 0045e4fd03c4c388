"""HubSpot's own texts, word for word, and where each was read. Pure.

HubSpot publishes no list of them. They were collected from its documentation, from issues and from forums; a few are
known only in the words of this project's own sandbox, and say so. `…` stands for what differs: an app's name, an address.
"""

from typing import Literal

from msgspec import Struct

from offhook.diagnosis.meanings import Kind

Seen = Literal["documented", "reported", "assumed", "described"]


class Wording(Struct, frozen=True):
    """One text of HubSpot's: the page's `heading`, and what it says (`shown`), which may be the heading itself.

    `text`: what must stand on a page for it to be this one, when less than `shown` is enough.
    `seen`: in HubSpot's documentation, in somebody's report; *assumed*: what HubSpot says there is not known;
    *described*: no text of HubSpot's, but what one sees.
    """

    heading: str
    shown: str
    kind: Kind
    seen: Seen
    source: str
    text: str = ""

    @property
    def fragments(self) -> tuple[str, ...]:
        """What must stand on the page, in this order, in small letters."""
        return tuple(part.strip() for part in (self.text or self.shown).casefold().split("…") if part.strip())


_KNOWLEDGE = "https://knowledge.hubspot.com"
_CONNECT_ERRORS = f"{_KNOWLEDGE}/integrations/resolve-a-request-for-integration-permissions-error"
_APPROVING = f"{_KNOWLEDGE}/integrations/manage-access-to-ai-connectors"
_DEACTIVATING = f"{_KNOWLEDGE}/user-management/deactivate-hubspot-users"
_LIMITS = "https://developers.hubspot.com/docs/apps/developer-platform/build-apps/manage-apps-in-hubspot"
_OAUTH = "https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/oauth/working-with-oauth"
_STATUS = "https://status.hubspot.com"
_GITHUB = "https://github.com"
_ESTUARY = f"{_GITHUB}/estuary/connectors/issues/5069"
_VOBIZ = f"{_GITHUB}/vobiz-ai/Vobiz-HubSpot-Calling"
_UMBRACO = f"{_GITHUB}/umbraco/Umbraco.Cms.Integrations/issues/93"
_MICROSOFT = f"{_GITHUB}/microsoft/PowerPlatformConnectors/issues"
_N8N = f"{_GITHUB}/n8n-io/n8n/issues"
_PIPEDREAM = f"{_GITHUB}/PipedreamHQ/pipedream/issues"
_SOCIALITE = f"{_GITHUB}/SocialiteProviders/Providers/issues/1188"
_SAMPLE_APPS = f"{_GITHUB}/HubSpot/sample-apps-oauth/issues/23"
_OPENWORKER = f"{_GITHUB}/andrewyng/openworker/issues/89"
_AIRBYTE = "https://docs.airbyte.com/integrations/enterprise-connectors/destination-hubspot"
_EIGHT_BY_EIGHT = (
    "https://support.8x8.com/Integrations/hubspot/8x8_Hubspot_Integration_You_dont_have_permission_to_connect_this_"
    "integration"
)

RIGHTS = "You don't have the right permissions to install …"
MAY_NOT = "You don't have permission to connect this app"
COULD_NOT = "Couldn't complete the connection"
APPROVAL = "… needs to be approved"
NO_ACCESS = "You don't have access to this account"
LOG_IN = "Log in"
ASKS = "Request for Integration Permissions"
WRONG = "Something went wrong"
CLOSED = "HubSpot's page is gone: I closed it, or it closed by itself"

# The first that stands on the page counts, so what says more stands before the heading that it appears under.
WORDINGS = (
    Wording(
        COULD_NOT,
        "Authorization failed because the provided scopes are insufficient.",
        Kind.SCOPES_INSUFFICIENT,
        "documented",
        _CONNECT_ERRORS,
        "the provided scopes are insufficient",
    ),
    Wording(
        COULD_NOT,
        "Insufficient scopes were provided.",
        Kind.SCOPES_INSUFFICIENT,
        "reported",
        _UMBRACO,
        "insufficient scopes were provided",
    ),
    Wording(
        COULD_NOT,
        "Authorization failed because there is a mismatch between the scopes in the install URL and the app's configured "
        "scopes.",
        Kind.SCOPES_MISMATCH,
        "documented",
        _CONNECT_ERRORS,
        "mismatch between the scopes in the install url",
    ),
    Wording(
        COULD_NOT,
        "The app developer doesn't have permissions to request the set of scopes.",
        Kind.SCOPES_NOT_ALLOWED,
        "reported",
        f"{_N8N}/2782",
        "doesn't have permissions to request the set of scopes",
    ),
    Wording(
        COULD_NOT,
        "An invalid scope name was provided.",
        Kind.SCOPE_UNKNOWN,
        "reported",
        _SOCIALITE,
        "invalid scope name",
    ),
    Wording(
        COULD_NOT,
        "This account doesn't have access to some HubSpot features that are required by this app.",
        Kind.ACCOUNT_LACKS_FEATURES,
        "reported",
        f"{_MICROSOFT}/2309",
        "doesn't have access to some hubspot features",
    ),
    Wording(
        COULD_NOT,
        "Authorization failed because your account lacks access to the required scopes […]",
        Kind.ACCOUNT_LACKS_FEATURES,
        "reported",
        f"{_PIPEDREAM}/20618",
        "account lacks access to the required scopes",
    ),
    Wording(
        COULD_NOT,
        "Authorization failed because this app hasn't been approved to access the required scopes […]",
        Kind.NOT_APPROVED,
        "assumed",
        _APPROVING,
        "hasn't been approved to access",
    ),
    Wording(
        COULD_NOT,
        "Authorization failed as the redirect URL '…' doesn't match the app's registered redirect URL.",
        Kind.REDIRECT_MISMATCH,
        "reported",
        f"{_MICROSOFT}/3849",
        "redirect url … doesn't match the app's registered redirect url",
    ),
    Wording(
        COULD_NOT,
        "The redirect_uri doesn't match the client registered redirect_uri.",
        Kind.REDIRECT_MISMATCH,
        "reported",
        f"{_MICROSOFT}/3266",
        "redirect_uri doesn't match",
    ),
    Wording(
        COULD_NOT,
        "The redirect URL … is not one of the URLs configured for this app.",
        Kind.REDIRECT_MISMATCH,
        "assumed",
        _OAUTH,
        "redirect url … is not one of the urls configured",
    ),
    Wording(
        COULD_NOT,
        "An invalid app client_id was provided.",
        Kind.CLIENT_UNKNOWN,
        "reported",  # in French; these are its words in English
        f"{_PIPEDREAM}/20321",
        "client_id was provided",
    ),
    Wording(
        COULD_NOT,
        "The app in this link is unknown: check its client ID.",
        Kind.CLIENT_UNKNOWN,
        "assumed",
        _OAUTH,
        "the app in this link is unknown",
    ),
    Wording(
        COULD_NOT,
        "The app could not be installed because the app developer has not signed the acceptable use policy.",
        Kind.POLICY_NOT_SIGNED,
        "reported",
        _OPENWORKER,
        "has not signed the acceptable use policy",
    ),
    Wording(
        COULD_NOT,
        "This account is not on the app's list of allowed accounts.",
        Kind.NOT_ON_ALLOW_LIST,
        "assumed",
        _LIMITS,
        "list of allowed accounts",
    ),
    Wording(
        COULD_NOT,
        "This app has reached its limit of … installs.",
        Kind.INSTALLS_USED_UP,
        "assumed",
        _LIMITS,
        "reached its limit of … installs",
    ),
    Wording(
        "This install link is no longer valid",
        "This install link is no longer valid. Please visit HubSpot's App Marketplace to install this app.",
        Kind.LINK_NOT_VALID,
        "reported",
        _SAMPLE_APPS,
        "install link is no longer valid",
    ),
    Wording(
        APPROVAL,
        "There was a problem fetching approvers",
        Kind.NO_APPROVER,
        "reported",
        _VOBIZ,
    ),
    Wording(
        APPROVAL, "You requested approval on …", Kind.APPROVAL_ASKED, "assumed", _APPROVING, "you requested approval"
    ),
    Wording(APPROVAL, "Your request was denied.", Kind.APPROVAL_DENIED, "assumed", _APPROVING, "your request was denied"),
    Wording(
        APPROVAL,
        "A Super Admin of this account must approve an app before it can be connected.",
        Kind.NEEDS_APPROVAL,
        "assumed",
        _APPROVING,
        "must approve an app",
    ),
    Wording(
        MAY_NOT,
        "An administrator has limited who can install …",
        Kind.NOT_AMONG_APPROVED,
        "assumed",
        _APPROVING,
        "has limited who can install",
    ),
    Wording(
        NO_ACCESS,
        "You are not a user of this account.",
        Kind.NOT_A_USER,
        "assumed",
        _DEACTIVATING,
        "you are not a user of",
    ),
    Wording(NO_ACCESS, NO_ACCESS, Kind.NOT_A_USER, "assumed", _DEACTIVATING),
    Wording(
        "Your account doesn't have access to developer tools",
        "Your account doesn't have access to developer tools",
        Kind.NO_DEVELOPER_TOOLS,
        "reported",
        _VOBIZ,
        "doesn't have access to developer tools",
    ),
    Wording(RIGHTS, RIGHTS, Kind.RIGHTS_LISTED, "reported", _ESTUARY),
    Wording(
        ASKS,
        "You do not have the correct role to grant these permissions. Please contact your administrator",
        Kind.WRONG_ROLE,
        "documented",
        _CONNECT_ERRORS,
        "do not have the correct role to grant",
    ),
    Wording(MAY_NOT, MAY_NOT, Kind.MAY_NOT_CONNECT, "reported", _VOBIZ),
    Wording(
        MAY_NOT,
        "You don't have permission to connect this integration",
        Kind.MAY_NOT_CONNECT,
        "reported",
        _EIGHT_BY_EIGHT,
    ),
    Wording(COULD_NOT, COULD_NOT, Kind.COULD_NOT_COMPLETE, "documented", _CONNECT_ERRORS),
    Wording(
        ASKS,
        "Tick this box to show that you are a person.",
        Kind.NOT_HUMAN,
        "assumed",
        _EIGHT_BY_EIGHT,
        "show that you are a person",
    ),
    Wording(
        ASKS,
        "You're connecting to an unverified app",
        Kind.UNVERIFIED,
        "reported",
        _AIRBYTE,
        "connecting to an unverified app",
    ),
    Wording(ASKS, "This app is not verified.", Kind.UNVERIFIED, "assumed", _AIRBYTE, "this app is not verified"),
    Wording(ASKS, "Grant access", Kind.STILL_ASKS, "documented", _OAUTH),
    Wording(ASKS, "Connect app", Kind.STILL_ASKS, "reported", _OAUTH),
    Wording(ASKS, "Choose an account", Kind.CHOOSES_ACCOUNT, "documented", _OAUTH),
    Wording(
        LOG_IN,
        "That e-mail address and password don't belong together.",
        Kind.CANNOT_LOG_IN,
        "assumed",
        _DEACTIVATING,
        "and password don't belong together",
    ),
    Wording(LOG_IN, "HubSpot asks to log in, again and again", Kind.LOGIN_AGAIN_AND_AGAIN, "described", _OAUTH),
    Wording(WRONG, WRONG, Kind.HUBSPOT_BROKEN, "assumed", _STATUS),
    Wording(CLOSED, CLOSED, Kind.WINDOW_CLOSED, "described", _OAUTH),
)
