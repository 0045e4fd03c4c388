"""An attempt to get an agent's consent, and how it stands. Pure.

    waiting ──▶ stuck              the panel said so, or its patience is over (computed, not stored)
       └───┬──────┘
           ▼ HubSpot sent the agent back: this step is taken once
       answered ──▶ granted ──▶ claimed
           └──────▶ failed

    state       for the panel                               for us
    waiting     the tab with HubSpot's pages is open         no answer yet
    stuck       no answer came; here is why, perhaps         an answer may still come
    answered    as waiting                                   the code is being redeemed
    granted     claim it with the secret                     the grant is kept
    claimed     expired: it was given out once               over
    failed      HubSpot or we said no, with the problem      over
    expired     begin again                                  computed: too old, or we died while redeeming

HubSpot stops people who lack rights on its own page and tells us nothing, hence `stuck`: no answer is an answer.
"""

from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from msgspec import Struct

from offhook.errors import OffhookError
from offhook.grants.wire import Tokens

# The states from which HubSpot's answer may be taken.
OPEN = ("waiting", "stuck")

ClaimState = Literal["waiting", "granted", "failed", "stuck", "expired"]


class Begun(Struct, frozen=True):
    """A consent that can be given at `consent_url` until `expires_at`."""

    id: str
    consent_url: str
    expires_at: datetime


class Attempt(Struct, frozen=True):
    """All that is kept of an attempt. `verifier` is sealed; `report` (the diagnosis) and `problem` are JSON."""

    id: str
    state: str
    ask: str
    secret_hash: str
    device_hash: str
    nonce: str
    verifier: str
    return_to: str | None
    expected_account: int | None
    expected_user: int | None
    begun_at: datetime
    expires_at: datetime
    page_text: str | None = None
    report: str | None = None
    problem: str | None = None
    agent_id: str | None = None

    @property
    def expected(self) -> tuple[int, int] | None:
        """Account id and HubSpot user id of the only person whose consent is wanted, if there is one."""
        if self.expected_account is None or self.expected_user is None:
            return None
        return self.expected_account, self.expected_user


class Held(Struct, frozen=True):
    """What a consent has to go by: the scopes that were granted already, and the capabilities that nobody shall have."""

    scopes: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


class Problem(Struct, frozen=True):
    """An `OffhookError`, kept for the panel that asks later."""

    code: str
    says: str
    remedy: str | None
    retryable: bool


class Claim(Struct, frozen=True):
    """How an attempt stands. `agent_id` comes with `granted`, once; `problem` with `failed`; `report` is JSON.

    `ask` and `page_text` are for whoever makes the diagnosis of a stuck attempt that has no report yet.
    """

    state: ClaimState
    agent_id: str | None = None
    problem: Problem | None = None
    report: bytes | None = None
    ask: str = ""
    page_text: str | None = None
    return_to: str | None = None


class Consented(Struct, frozen=True):
    """A consent that came back and is proven; the caller makes a grant of it and says so with `Consents.granted`."""

    attempt_id: str
    account_id: int
    user_id: int
    email: str
    hub_domain: str
    scopes: tuple[str, ...]
    tokens: Tokens
    ask: str
    device_hash: str
    return_to: str | None


def standing(attempt: Attempt, now: datetime, patience: timedelta) -> ClaimState:
    """How the attempt stands for the panel; `patience`: how long no answer is no trouble."""
    if attempt.state in ("granted", "failed"):
        return "granted" if attempt.state == "granted" else "failed"
    if attempt.state == "claimed" or now >= attempt.expires_at:
        return "expired"
    if attempt.state == "stuck" or (attempt.state == "waiting" and now >= attempt.begun_at + patience):
        return "stuck"
    return "waiting"


def problem_of(error: OffhookError) -> Problem:
    return Problem(error.code, error.says, error.remedy, error.retryable)


def same_origin(url: str, other: str) -> bool:
    """Whether both have the same scheme, host and port, compared exactly; anything odd is another origin."""
    try:
        return _origin(url) == _origin(other)
    except ValueError:
        return False


def _origin(url: str) -> tuple[str, str, int]:
    # Browsers read a backslash as a slash and skip control characters, `urlsplit` does not: refuse both.
    if "\\" in url or not url.isprintable() or url != url.strip():
        raise ValueError("not a plain address")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError("not a plain address")
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}[parts.scheme]
