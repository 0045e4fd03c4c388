"""Consent: from *Connect HubSpot* to a grant; answered once, claimed once. The states are drawn in `attempt`.

The agent consents in an ordinary tab, so nothing ties that tab to the panel but what `proofs` proves.
docs/explanation/consent.md tells the whole of it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import msgspec
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from offhook.database import Database
from offhook.errors import (
    AnotherAccount,
    DeclinedConsent,
    ExpiredConsent,
    HubSpotError,
    HubSpotUnavailable,
    NotFound,
    OffhookError,
    UnknownConsent,
    WrongState,
)
from offhook.grants import proofs, store, wire
from offhook.grants.attempt import (
    OPEN,
    Attempt,
    Begun,
    Claim,
    Consented,
    Held,
    Problem,
    problem_of,
    same_origin,
    standing,
)
from offhook.grants.authorization_server import AuthorizationServer
from offhook.grants.grant import Grant
from offhook.grants.vault import Secret, Unopenable, Vault
from offhook.grants.wire import Identity, TokenAnswer

log = structlog.get_logger()

# What HubSpot's page said, at most, in characters (docs/reference/panel-api.md).
LONGEST_PAGE = 20_000
# HubSpot's addresses are far shorter than this.
LONGEST_ADDRESS = 2_048
NOTHING = Held()
# Attempts are kept this long after they are void, for the reminder of rights that were lent.
KEEP = timedelta(days=30)

# (ask, scopes held, capabilities left out) -> required, optional scopes. Raises InvalidInput for what nobody can ask for.
ScopesFor = Callable[[str, tuple[str, ...], tuple[str, ...]], tuple[tuple[str, ...], tuple[str, ...]]]


class Consents:
    """Begins consents, receives HubSpot's answers, and tells the panel that asks how it went."""

    def __init__(
        self,
        database: Database,
        server: AuthorizationServer,
        vault: Vault,
        now: Callable[[], datetime],
        *,
        scopes_for: ScopesFor,
        app_url: str,
        lifetime: float,
        patience: float,
    ) -> None:
        """`app_url`: HubSpot's pages. `lifetime`, `patience`: seconds until an attempt is void, until it is stuck."""
        self._database, self._server, self._vault, self._now = database, server, vault, now
        self._scopes_for, self._app_url = scopes_for, app_url
        self._lifetime, self._patience = timedelta(seconds=lifetime), timedelta(seconds=patience)
        self._state_keys = vault.keys_for("consent state")

    # The panel begins.

    async def begin(
        self,
        ask: str,
        secret_hash: str,
        device_hash: str,
        return_to: str | None = None,
        expected: tuple[int, int] | None = None,
        held: Held = NOTHING,
    ) -> Begun:
        """Begin a consent. `expected` (account id, HubSpot user id): refuse everybody else's.

        What was granted already (`held`) is asked for again, so that it is not lost.

        `return_to` is kept when it is a page of HubSpot's app and dropped otherwise, so that nobody can use us to
        send an agent elsewhere.

        Raises:
            InvalidInput: no such ask, or a hash that is none.
        """
        scopes = self._scopes_for(ask, held.scopes, held.without)
        verifier, now = proofs.random_text(), self._now()
        attempt = Attempt(
            id=proofs.random_text(),
            state="waiting",
            ask=ask,
            secret_hash=proofs.require_hash("secret_hash", secret_hash),
            device_hash=proofs.require_hash("device_hash", device_hash),
            nonce=proofs.random_text(),
            verifier=self._vault.seal(Secret(verifier)),
            return_to=return_to if self._may_return_to(return_to) else None,
            expected_account=expected[0] if expected else None,
            expected_user=expected[1] if expected else None,
            begun_at=now,
            expires_at=now + self._lifetime,
        )
        async with self._database.transaction() as connection:
            await store.sweep_attempts(connection, now - KEEP)
            await store.begin_attempt(connection, attempt)
        return Begun(attempt.id, self._consent_url(attempt, verifier, scopes), attempt.expires_at)

    def _may_return_to(self, url: str | None) -> bool:
        return bool(url) and len(url or "") <= LONGEST_ADDRESS and same_origin(url or "", self._app_url)

    def _consent_url(self, attempt: Attempt, verifier: str, scopes: tuple[tuple[str, ...], tuple[str, ...]]) -> str:
        required, optional = scopes
        state = proofs.State(attempt.id, attempt.nonce)
        return wire.authorize_url(
            self._app_url,
            self._server.app,
            required=required,
            optional=optional,
            state=proofs.sign_state(state, self._state_keys[0], attempt.expires_at),
            challenge=proofs.hashed(verifier),
            account_id=attempt.expected_account,
        )

    # HubSpot answers.

    async def complete(self, params: Mapping[str, str]) -> Consented:
        """Take HubSpot's answer: the query of the redirect back to us. Network is used outside of transactions.

        Raises:
            UnknownConsent, ExpiredConsent: nothing of ours, too old, or used before.
            DeclinedConsent: HubSpot says why not.
            AnotherAccount: somebody else consented than the one who is wanted.
            HubSpotError: HubSpot could not be asked who consented, or does not accept our app.
        """
        attempt = await self._take(params)
        try:
            return await self._redeem(attempt, params)
        except OffhookError as error:
            await self.failed(attempt.id, error)
            raise

    async def _take(self, params: Mapping[str, str]) -> Attempt:
        state = proofs.read_state(params.get("state", ""), self._state_keys, self._now())
        if not params.get("code") and not params.get("error"):
            raise UnknownConsent
        async with self._database.transaction() as connection:
            attempt = await store.attempt(connection, state.attempt_id)
            if attempt is None or attempt.nonce != state.nonce:
                raise UnknownConsent
            if not await store.move_attempt(connection, attempt.id, OPEN, "answered"):
                raise ExpiredConsent
        return attempt

    async def _redeem(self, attempt: Attempt, params: Mapping[str, str]) -> Consented:
        if params.get("error"):
            said = wire.plain(params.get("error_description")) or wire.plain(params["error"])
            raise DeclinedConsent(f"HubSpot did not connect: {said}.")
        try:
            verifier = self._vault.open(attempt.verifier)
        except Unopenable as error:
            raise ExpiredConsent from error
        answer = await self._server.exchange(params["code"], verifier)
        who = await self._who(answer)
        if attempt.expected and attempt.expected != (who.account_id, who.user_id):
            raise await self._refuse(attempt.expected, who, answer.tokens)
        log.info("An agent consented.", action="consent-given", attempt=attempt.id, account=who.account_id)
        return Consented(
            attempt_id=attempt.id,
            account_id=who.account_id,
            user_id=who.user_id,
            email=who.email,
            hub_domain=who.hub_domain,
            scopes=who.scopes or answer.scopes,
            tokens=answer.tokens,
            ask=attempt.ask,
            device_hash=attempt.device_hash,
            return_to=attempt.return_to,
        )

    async def _who(self, answer: TokenAnswer) -> Identity:
        """Who consented: introspection knows the e-mail address too; else what came with the tokens."""
        problem: HubSpotError = HubSpotUnavailable("HubSpot did not say who consented.")
        try:
            who = await self._server.introspect(answer.tokens.access)
        except HubSpotError as error:
            who, problem = None, error
        if who:
            return who
        if answer.account_id is None or answer.user_id is None:
            raise problem
        return Identity(answer.account_id, answer.user_id, scopes=answer.scopes)

    async def _refuse(self, expected: tuple[int, int], who: Identity, tokens: wire.Tokens) -> AnotherAccount:
        async with self._database.reading() as connection:
            wanted = await store.grant_of_person(connection, *expected)
            known = await store.grant_of_person(connection, who.account_id, who.user_id)
        # HubSpot may hand out one refresh token twice: revoking it would cut off an agent who uses it.
        if known is None:
            await self._revoke_unwanted(tokens)
        chosen = f"{who.hub_domain or 'account'} ({who.account_id}) as {who.email or f'user {who.user_id}'}"
        return AnotherAccount(
            f"Consent was given for {chosen}, but this panel belongs to {_name(wanted, expected)}.",
            remedy="Log in to HubSpot as the right person, choose the right account, and connect again.",
        )

    async def _revoke_unwanted(self, tokens: wire.Tokens) -> None:
        try:
            await self._server.revoke(tokens.refresh)
        except OffhookError as error:
            log.warning("Tokens that nobody wants could not be revoked.", action="revoke-failed", code=error.code)

    async def granted(self, connection: AsyncConnection, attempt_id: str, agent_id: str) -> None:
        """The caller made a grant of it, in this transaction; now the panel may claim it.

        Raises:
            WrongState: this attempt was not just completed.
        """
        if not await store.move_attempt(connection, attempt_id, ("answered",), "granted", agent_id=agent_id):
            raise WrongState("This consent is not waiting to become a grant.")

    async def failed(self, attempt_id: str, error: OffhookError) -> None:
        """Tell the panel that this attempt came to nothing, and why."""
        problem = msgspec.json.encode(problem_of(error)).decode()
        async with self._database.transaction() as connection:
            await store.move_attempt(connection, attempt_id, ("answered",), "failed", problem=problem)
        log.info("A consent failed.", action="consent-failed", attempt=attempt_id, code=error.code)

    # The panel asks.

    async def claim(self, attempt_id: str, secret: str) -> Claim:
        """How the attempt stands; `granted` is said once.

        Raises:
            NotFound: no such attempt, or the wrong secret; one cannot tell which.
        """
        attempt = await self._proven(attempt_id, secret)
        state = standing(attempt, self._now(), self._patience)
        if state == "granted":
            return await self._claim(attempt)
        return Claim(
            state,
            problem=msgspec.json.decode(attempt.problem, type=Problem) if attempt.problem else None,
            report=attempt.report.encode() if attempt.report else None,
            ask=attempt.ask,
            page_text=attempt.page_text,
            return_to=attempt.return_to,
        )

    async def _claim(self, attempt: Attempt) -> Claim:
        async with self._database.transaction() as connection:
            first = await store.move_attempt(connection, attempt.id, ("granted",), "claimed")
        return Claim("granted", agent_id=attempt.agent_id, ask=attempt.ask) if first else Claim("expired")

    async def stuck(self, attempt_id: str, secret: str, page_text: str | None = None) -> Attempt:
        """The panel says that nothing comes, perhaps with what HubSpot's page says (cut to `LONGEST_PAGE`).

        Raises:
            NotFound: no such attempt, or the wrong secret.
            WrongState: HubSpot has answered, or the attempt is void.
        """
        attempt = await self._proven(attempt_id, secret)
        if standing(attempt, self._now(), self._patience) not in OPEN:
            raise WrongState("This connection is not waiting for HubSpot any more.")
        text = page_text[:LONGEST_PAGE] if page_text else attempt.page_text
        async with self._database.transaction() as connection:
            if not await store.move_attempt(connection, attempt.id, OPEN, "stuck", page_text=text):
                raise WrongState("HubSpot has answered meanwhile.")
        log.info("A consent is stuck.", action="consent-stuck", attempt=attempt.id, page_read=bool(text))
        return msgspec.structs.replace(attempt, state="stuck", page_text=text)

    async def remember_report(self, attempt_id: str, report: bytes) -> None:
        """Keep the diagnosis (JSON of `diagnosis.report.Report`) for the panel and for the reminder afterwards."""
        async with self._database.transaction() as connection:
            await store.remember_report(connection, attempt_id, report.decode())

    async def _proven(self, attempt_id: str, secret: str) -> Attempt:
        async with self._database.reading() as connection:
            attempt = await store.attempt(connection, attempt_id)
        if attempt is None:
            raise NotFound
        proofs.prove_secret(secret, attempt.secret_hash)
        return attempt


def _name(grant: Grant | None, person: tuple[int, int]) -> str:
    if grant is None:
        return f"account {person[0]}, user {person[1]}"
    return f"{grant.account_name} ({grant.account_id}) as {grant.email}"
