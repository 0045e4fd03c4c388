"""What it means when HubSpot does not connect somebody: the cause, how sure that is, who changes it and where. Pure.

These are the texts of HubSpot's pages; `silences` has what the service knows when no page was read. Both are the table
*cause → what we say → how sure* of docs/how-to/cannot-connect.md; a house rule compares them.
"""

from enum import StrEnum
from typing import Literal

from msgspec import Struct

from offhook.diagnosis.report import Cause, HowSure

YOU = "You yourself"
SUPER_ADMIN = "A Super Admin of your HubSpot account"
OPERATOR = "Whoever runs Offhook for you"
NOBODY = "Nobody needs to"

LOG_IN_AGAIN = "Then log out of HubSpot and in again: only then a change counts."
SWITCHES = "Settings > Users & Teams, hover over your name, Actions > Edit"
APPROVING = "Settings > Integrations > Connected apps"
PROJECT = "The command offhook hubspot-app check shows the difference."


class Kind(StrEnum):
    """What stands in the way, as far as it can be told."""

    RIGHTS_LISTED = "rights-listed"
    MAY_NOT_CONNECT = "may-not-connect"
    WRONG_ROLE = "wrong-role"
    NEEDS_APPROVAL = "needs-approval"
    APPROVAL_ASKED = "approval-asked"
    APPROVAL_DENIED = "approval-denied"
    NOT_AMONG_APPROVED = "not-among-approved"
    NOT_APPROVED = "not-approved"
    NO_APPROVER = "no-approver"
    ACCOUNT_LACKS_FEATURES = "account-lacks-features"
    SCOPES_INSUFFICIENT = "scopes-insufficient"
    SCOPES_MISMATCH = "scopes-mismatch"
    SCOPES_NOT_ALLOWED = "scopes-not-allowed"
    SCOPE_UNKNOWN = "scope-unknown"
    REDIRECT_MISMATCH = "redirect-mismatch"
    CLIENT_UNKNOWN = "client-unknown"
    LINK_NOT_VALID = "link-not-valid"
    POLICY_NOT_SIGNED = "policy-not-signed"
    NOT_ON_ALLOW_LIST = "not-on-allow-list"
    INSTALLS_USED_UP = "installs-used-up"
    COULD_NOT_COMPLETE = "could-not-complete"
    NOT_A_USER = "not-a-user"
    CANNOT_LOG_IN = "cannot-log-in"
    LOGIN_AGAIN_AND_AGAIN = "login-again-and-again"
    NO_DEVELOPER_TOOLS = "no-developer-tools"
    CHOOSES_ACCOUNT = "chooses-account"
    NOT_HUMAN = "not-human"
    UNVERIFIED = "unverified"
    STILL_ASKS = "still-asks"
    WINDOW_CLOSED = "window-closed"
    HUBSPOT_BROKEN = "hubspot-broken"


class Meaning(Struct, frozen=True):
    """`who` changes it and how (`remedy`, a sentence that follows the name). `letter`: to whom one can be written.

    `rights`: switching rights on can help, so they are listed.
    """

    cause: Cause
    sure: HowSure
    title: str
    says: str
    who: str
    remedy: str
    letter: Literal["administrator", "operator", "nobody"] = "nobody"
    rights: bool = False


def _app(sure: HowSure, title: str, says: str, remedy: str) -> Meaning:
    return Meaning("app", sure, title, f"{says} No right of yours can change that.", OPERATOR, remedy, "operator")


def _account(sure: HowSure, title: str, says: str, remedy: str) -> Meaning:
    return Meaning("account", sure, title, says, SUPER_ADMIN, remedy, "administrator")


def _you(cause: Cause, sure: HowSure, title: str, says: str, remedy: str) -> Meaning:
    return Meaning(cause, sure, title, says, YOU, remedy)


def _rights(sure: HowSure, title: str, says: str, remedy: str) -> Meaning:
    return Meaning(
        "person", sure, title, says, SUPER_ADMIN, f"{remedy} {LOG_IN_AGAIN}", letter="administrator", rights=True
    )


MEANINGS: dict[Kind, Meaning] = {
    Kind.RIGHTS_LISTED: _rights(
        "certain",
        "HubSpot names the rights that you are missing",
        "HubSpot's page lists what your user lacks. An administrator can switch it on in a minute.",
        f"switches on what is listed: {SWITCHES}, and saves.",
    ),
    Kind.MAY_NOT_CONNECT: _rights(
        "likely",
        "HubSpot does not let your user connect apps",
        "HubSpot's page does not say which right is missing. Most often it is App Marketplace access, which the first "
        "person who connects Offhook in an account needs. Look also whether the page shows the account that you mean.",
        f"connects Offhook once, after which nobody needs that right; or switches on what is listed: {SWITCHES}.",
    ),
    Kind.WRONG_ROLE: _rights(
        "likely",
        "HubSpot says that your role is not enough",
        "In these older words HubSpot refuses a person who lacks a right, and sometimes anybody but a Super Admin when "
        "the account's subscription lacks something. It does not say which of the two it is.",
        f"switches on what is listed: {SWITCHES}; or connects Offhook once herself, which tells the two apart.",
    ),
    Kind.NEEDS_APPROVAL: _account(
        "certain",
        "Your account wants apps to be approved first",
        "Nobody has approved Offhook in this HubSpot account yet. Press Request approval on HubSpot's page; its Super "
        "Admins are told.",
        f"approves Offhook: {APPROVING}. After that, connect again.",
    ),
    Kind.APPROVAL_ASKED: _account(
        "certain",
        "Your request waits to be approved",
        "You have asked for Offhook, and nobody has answered yet.",
        f"approves Offhook: {APPROVING}. After that, connect again.",
    ),
    Kind.APPROVAL_DENIED: _account(
        "certain",
        "Your request for Offhook was denied",
        "Somebody who may approve apps in this HubSpot account said no. You can ask again on HubSpot's page.",
        f"can still approve Offhook: {APPROVING}.",
    ),
    Kind.NOT_AMONG_APPROVED: _account(
        "certain",
        "Offhook is approved, but not for you",
        "This HubSpot account lets only some people connect Offhook, and you are not among them.",
        f"adds you to those who may install Offhook: {APPROVING}.",
    ),
    Kind.NOT_APPROVED: _account(
        "certain",
        "Offhook is not approved in this account",
        "This HubSpot account wants apps to be approved before anybody connects them; that stops Super Admins, too.",
        f"approves Offhook: {APPROVING}. After that, connect again.",
    ),
    Kind.NO_APPROVER: _account(
        "likely",
        "Nobody in this account can approve the app",
        "This HubSpot account wants apps to be approved first, and HubSpot found nobody but you who could.",
        f"approves Offhook: {APPROVING}. Where there is only one Super Admin, another is needed for that.",
    ),
    Kind.ACCOUNT_LACKS_FEATURES: _account(
        "certain",
        "This HubSpot account lacks a feature",
        "The subscription of this account does not include something that Offhook's app requires in its settings. "
        "Offhook itself requires only contacts, which every subscription has. No right of yours can change that.",
        "asks whoever runs Offhook to make the other scopes optional in the app's settings; otherwise another "
        "subscription, or another account, is needed.",
    ),
    Kind.SCOPES_INSUFFICIENT: _app(
        "certain",
        "Offhook's app asks for too little",
        "The app's settings in HubSpot require a scope that Offhook does not ask for.",
        f"makes that scope optional in the app's settings, or takes it out. {PROJECT}",
    ),
    Kind.SCOPES_MISMATCH: _app(
        "certain",
        "Offhook's app is set up differently in HubSpot",
        "The scopes that Offhook asks for are not those of the app's settings, or one stands in the wrong list.",
        f"makes the app's settings the same as what Offhook asks for. {PROJECT}",
    ),
    Kind.SCOPES_NOT_ALLOWED: _app(
        "certain",
        "Offhook's app may not ask for this",
        "The app belongs to a HubSpot account that may not ask for these scopes.",
        "takes the scopes that are not allowed out of the app's settings, or makes the app in another account.",
    ),
    Kind.SCOPE_UNKNOWN: _app(
        "certain",
        "Offhook's app asks for a scope that HubSpot does not know",
        "A scope in the link is misspelt, or HubSpot offers it no more.",
        f"compares the app's scopes with what Offhook asks for, and updates Offhook. {PROJECT}",
    ),
    Kind.REDIRECT_MISMATCH: _app(
        "certain",
        "HubSpot does not know Offhook's address",
        "The address to which HubSpot should send you back is not among the redirect URLs of the app's settings.",
        "makes the redirect URL of the app's settings and OFFHOOK_BASE_URL the same, to the letter: https or http, "
        "name, port, path.",
    ),
    Kind.CLIENT_UNKNOWN: _app(
        "certain",
        "HubSpot does not know Offhook's app",
        "There is no app with the client id that Offhook uses.",
        "copies the client id from the app's page Auth in HubSpot to OFFHOOK_HUBSPOT_CLIENT_ID.",
    ),
    Kind.LINK_NOT_VALID: _app(
        "likely",
        "HubSpot does not accept the link to Offhook's app",
        "HubSpot calls the link no longer valid. That was seen when the app was never installed by its own link, or when "
        "its settings had changed.",
        f"compares the app's settings with what Offhook asks for. {PROJECT}",
    ),
    Kind.POLICY_NOT_SIGNED: _app(
        "certain",
        "The app's owner has not accepted HubSpot's terms",
        "HubSpot wants the owner of the app to sign its acceptable use policy before real accounts may connect it.",
        "signs HubSpot's acceptable use policy in the developer account to which the app belongs.",
    ),
    Kind.NOT_ON_ALLOW_LIST: _app(
        "certain",
        "Offhook's app is not meant for this account",
        "The app may be connected only in accounts on its list, and this one is not on it. Perhaps you chose another "
        "account than you meant.",
        "adds this account's id to the app's allowed accounts: Development > Projects > the app > Distribution.",
    ),
    Kind.INSTALLS_USED_UP: _app(
        "certain",
        "Offhook's app is connected in as many accounts as it may be",
        "HubSpot lets a private app into 10 accounts, and one that is not listed in its marketplace into 25.",
        "uninstalls it where it is not needed, or makes an app of its own for your account.",
    ),
    Kind.COULD_NOT_COMPLETE: Meaning(
        "unknown",
        "unknown",
        "HubSpot could not complete the connection",
        "Under this heading HubSpot tells what is wrong with the app or with the account; it was never seen for a "
        "missing right. Which it is, only the sentence under the heading says: choose it from the list, or copy the "
        "whole page into this panel.",
        OPERATOR,
        f"compares the app's settings with what Offhook asks for. {PROJECT}",
        "operator",
    ),
    Kind.NOT_A_USER: _you(
        "person",
        "likely",
        "You are not a user of that HubSpot account",
        "Either another account was chosen than you meant, or HubSpot is logged in as somebody else in this browser, or "
        "your user was deactivated or removed. From outside, the three look the same.",
        "look at the top right of HubSpot who and where you are, and choose the right account. If it is the right one, "
        "ask a Super Admin whether your user is active under Settings > Users & Teams.",
    ),
    Kind.CANNOT_LOG_IN: _you(
        "person",
        "unknown",
        "HubSpot does not let you log in",
        "That happens before HubSpot even looks at Offhook. A wrong password and a deactivated user look the same here.",
        "log in to HubSpot in a tab of its own first. If that fails as well, ask a Super Admin whether your user is "
        "active under Settings > Users & Teams.",
    ),
    Kind.LOGIN_AGAIN_AND_AGAIN: _you(
        "person",
        "unknown",
        "HubSpot asks you to log in again and again",
        "The browser does not keep HubSpot's login: cookies are blocked, the window is a private one, or an extension "
        "stands in between. Offhook cannot see which.",
        "log in to HubSpot in a tab of its own, allow its cookies, and begin again with Connect HubSpot.",
    ),
    Kind.NO_DEVELOPER_TOOLS: _you(
        "person",
        "likely",
        "This page needs developer rights",
        "HubSpot opened a page for developers. Agents do not need it.",
        "start again with Connect HubSpot.",
    ),
    Kind.CHOOSES_ACCOUNT: _you(
        "person",
        "certain",
        "HubSpot waits for you to choose an account",
        "Nothing is wrong yet. If the account that you mean is not on the list, you are logged in as somebody else or "
        "not a user of it.",
        "choose the account in which you work. Somebody who was added just now must log out of HubSpot and in again.",
    ),
    Kind.NOT_HUMAN: _you(
        "person",
        "certain",
        "HubSpot wants to be sure that you are a person",
        "The check “I am not a robot” was not passed.",
        "tick the box and press Grant access again. If it does not appear or does not help, an extension that blocks "
        "scripts may stand in the way: try without it.",
    ),
    Kind.UNVERIFIED: Meaning(
        "person",
        "certain",
        "HubSpot warns that the app is not verified",
        "HubSpot says so of every app that it has not reviewed, and one that a company runs for itself is such an app. "
        "It stops nobody.",
        NOBODY,
        "change anything: go on and press Grant access (or Connect app), if you trust whoever runs Offhook for you.",
    ),
    Kind.STILL_ASKS: _you(
        "person",
        "certain",
        "HubSpot waits for your answer",
        "HubSpot's page asks whether Offhook may act for you, and nothing was answered yet.",
        "press Grant access (or Connect app) there; the panel goes on by itself.",
    ),
    Kind.WINDOW_CLOSED: _you(
        "person",
        "certain",
        "HubSpot's page was closed before an answer came",
        "Nothing was granted, and nothing was changed.",
        "try again, and leave the tab open until it brings you back. If HubSpot had stopped you, choose below what it "
        "said.",
    ),
    Kind.HUBSPOT_BROKEN: _you(
        "service",
        "likely",
        "HubSpot itself has trouble",
        "It does not answer as it should just now. That is nobody's right and nobody's setting.",
        "wait a few minutes and try again; status.hubspot.com tells when HubSpot knows of it.",
    ),
}
