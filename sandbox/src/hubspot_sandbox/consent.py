"""Consent: what the authorize page reads, whom it lets through, and what it sends back to the app."""

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

import msgspec

from hubspot_sandbox import gate
from hubspot_sandbox.approvals import Approvals
from hubspot_sandbox.apps import App, Apps, cap_of
from hubspot_sandbox.gate import Allowed, Refused
from hubspot_sandbox.grants import Grants
from hubspot_sandbox.people import Account, People, Session, Standing


class ConsentRequest(msgspec.Struct, frozen=True):
    """A sound authorize URL. `query()` gives its parameters again, for a form's hidden fields or a link."""

    app: App
    redirect_uri: str
    scopes: tuple[str, ...]
    optional_scopes: tuple[str, ...] = ()
    state: str | None = None
    code_challenge: str = ""
    code_challenge_method: str = ""
    account_id: int | None = None

    def query(self) -> dict[str, str]:
        """The parameters as they came, without the empty ones."""
        fields = {
            "client_id": self.app.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": " ".join(self.scopes),
            "optional_scope": " ".join(self.optional_scopes),
            "state": self.state or "",
            "code_challenge": self.code_challenge,
            "code_challenge_method": self.code_challenge_method,
        }
        return {name: value for name, value in fields.items() if value}


class ConsentProblem(msgspec.Struct, frozen=True):
    """The authorize URL itself is wrong, whoever opens it. Shown on HubSpot's page, never sent to the app."""

    heading: str
    detail: str
    title: str = gate.PAGE_TITLE


class ConsentRefused(Exception):
    """`grant` was asked although `judge` refuses; carries the refusal."""

    def __init__(self, refusal: Refused) -> None:
        super().__init__(refusal.heading)
        self.refusal = refusal


class Consents:
    """The room of consent. Everything it decides comes from `gate`."""

    def __init__(self, people: People, apps: Apps, grants: Grants, approvals: Approvals) -> None:
        self._people, self._apps, self._grants, self._approvals = people, apps, grants, approvals

    def begin(self, query: Mapping[str, str], account_id: int | None = None) -> ConsentRequest | ConsentProblem:
        """Read the authorize URL's parameters. `account_id` comes from `/oauth/{hubId}/authorize`.

        The heading is HubSpot's; the details for client and redirect URL are our words [unv].
        """
        app = self._apps.get(query.get("client_id", ""))
        if app is None:
            return _problem("The app in this link is unknown: check its client ID.")
        redirect_uri = query.get("redirect_uri", "")
        if redirect_uri not in app.redirect_urls:
            return _problem(
                f"The redirect URL {redirect_uri or '(none)'} is not one of the URLs configured for this app."
            )
        request = _read(app, query, account_id)
        method_fits = not request.code_challenge or request.code_challenge_method in ("", "S256")
        if not method_fits:
            return _problem("Only the code challenge method S256 is supported.")
        detail = gate.scope_problem(app.scopes, request.scopes, request.optional_scopes, app.terms)
        return _problem(detail) if detail else request

    def judge(self, session: Session, account_id: int, request: ConsentRequest) -> Allowed | Refused:
        """What HubSpot decides for this session, by the rights it had at login. App first, then approval, then person."""
        account, standing = self._people.account(account_id), self._people.standing(session, account_id)
        if account is None or standing is None:
            return Refused("person", gate.NO_PERMISSION, "You are not a user of this account.")
        app, installed = request.app, self._grants.installation(account_id, request.app.client_id)
        before = self._distribution(app, account) or self._approval(session, account_id, request, standing)
        return before or gate.judge(
            app_name=app.name,
            standing=standing,
            tier=account.tier,
            asked=request.scopes,
            optional=self._unblocked(account_id, request),
            approved=installed.approved if installed else (),
            older=app.terms.older,
        )

    def _distribution(self, app: App, account: Account) -> Refused | None:
        return gate.judge_distribution(
            app.terms,
            account_id=account.id,
            test_account=account.account_type == "DEVELOPER_TEST",
            marketplace=app.distribution == "marketplace",
            cap=cap_of(app),
            installed_in=self._grants.installed_in(app.client_id),
        )

    def _approval(self, session: Session, account_id: int, request: ConsentRequest, standing: Standing) -> Refused | None:
        if not self._approvals.required(account_id):
            return None
        approval = self._approvals.approval(account_id, request.app.client_id)
        member = self._people.membership(account_id, session.email)
        return gate.judge_approval(
            request.app.name,
            approved=approval is not None,
            lets_in=approval is not None and member is not None and approval.lets_in(member),
            super_admin=standing.super_admin,
            asked=("oauth", *(scope for scope in request.scopes if scope != "oauth")),
        )

    def _unblocked(self, account_id: int, request: ConsentRequest) -> tuple[str, ...]:
        """The optional scopes that the account's approval lets through."""
        required = self._approvals.required(account_id)
        approval = self._approvals.approval(account_id, request.app.client_id) if required else None
        blocked = approval.blocked if approval else ()
        return tuple(scope for scope in request.optional_scopes if scope not in blocked)

    def grant(self, session: Session, account_id: int, request: ConsentRequest) -> str:
        """Consent given: the redirect URL with a fresh code and the state unchanged.

        :raises ConsentRefused: the person may not; nothing must be sent to the app
        """
        verdict = self.judge(session, account_id, request)
        if isinstance(verdict, Refused):
            raise ConsentRefused(verdict)
        code = self._grants.issue_code(
            account_id=account_id,
            client_id=request.app.client_id,
            email=session.email,
            scopes=verdict.granted,
            redirect_uri=request.redirect_uri,
            code_challenge=request.code_challenge,
        )
        return _back(request, {"code": code})

    def deny(self, request: ConsentRequest) -> str:
        """The person pressed Cancel. That HubSpot says `access_denied` like this is [unv]."""
        answer = {"error": "access_denied", "error_description": "The user denied access."}
        return _back(request, answer)


def _read(app: App, query: Mapping[str, str], account_id: int | None) -> ConsentRequest:
    return ConsentRequest(
        app=app,
        redirect_uri=query.get("redirect_uri", ""),
        scopes=tuple(query.get("scope", "").split()),
        optional_scopes=tuple(query.get("optional_scope", "").split()),
        state=query.get("state"),
        code_challenge=query.get("code_challenge", ""),
        code_challenge_method=query.get("code_challenge_method", ""),
        account_id=account_id,
    )


def _problem(detail: str) -> ConsentProblem:
    return ConsentProblem(gate.COULD_NOT_CONNECT, detail)


def _back(request: ConsentRequest, answer: dict[str, str]) -> str:
    if request.state is not None:
        answer["state"] = request.state
    joint = "&" if urlsplit(request.redirect_uri).query else "?"
    return f"{request.redirect_uri}{joint}{urlencode(answer)}"
