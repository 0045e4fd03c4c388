"""Everything that can go wrong, drawn once.

    OffhookError
    ├── Refused                         what was asked cannot be done; the asker is told, nobody retries
    │   ├── SignedOut                   signed-out
    │   ├── NotAllowed                  not-allowed
    │   ├── NotFound                    not-found
    │   ├── InvalidInput                invalid-input
    │   │   ├── InvalidNumber           invalid-number
    │   │   └── TooLarge                too-large
    │   ├── WrongState                  wrong-state
    │   ├── WouldBeLost                 would-be-lost
    │   ├── LineTaken                   line-taken
    │   ├── WrongLineLogin              wrong-line-login
    │   ├── TooManyTries                too-many-tries
    │   ├── TooMuchAtOnce               too-much-at-once
    │   ├── NoSuchPart                  no-such-part
    │   └── ContactExists               contact-exists
    ├── DeliveryRefused                 something arrived that we do not believe or cannot read
    │   ├── MalformedDelivery           malformed-delivery
    │   └── UnprovenDelivery            unproven-delivery
    ├── ConsentError                    HubSpot's consent did not end in a grant
    │   ├── UnknownConsent              unknown-consent
    │   ├── ExpiredConsent              expired-consent
    │   ├── DeclinedConsent             declined-consent
    │   └── AnotherAccount              another-account
    ├── GrantError                      we may not act for this agent now; a person must change that
    │   ├── NoGrant                     no-grant
    │   ├── GrantOff                    grant-off
    │   └── GrantBroken                 grant-broken
    ├── HubSpotError                    HubSpot said no, or nothing
    │   ├── HubSpotUnreachable          hubspot-unreachable       try later
    │   ├── HubSpotUnavailable          hubspot-unavailable       try later
    │   ├── HubSpotBusy                 hubspot-busy              try later, not before `retry_after`
    │   ├── HubSpotMigrating            hubspot-migrating         try later, not before `retry_after`
    │   ├── AppRejected                 app-rejected              ask the person (the administrator of Offhook)
    │   ├── MissingScope                missing-scope             ask the person
    │   ├── MissingRight                missing-right             ask the person
    │   ├── HubSpotRejected             hubspot-rejected          give up
    │   └── HubSpotNotFound             hubspot-not-found         give up
    └── PhoneSystemError
        ├── PhoneSystemUnavailable      phone-system-unavailable  try later, not before `retry_after`
        ├── RecordingGone               recording-gone            give up
        ├── PhoneSystemRejected         phone-system-rejected     ask the person (the administrator of Offhook)
        │   ├── PhoneSystemKeyRejected      phone-system-key-rejected
        │   ├── PhoneSystemSecretRejected   phone-system-secret-rejected
        │   ├── PhoneSystemLoginRejected    phone-system-login-rejected
        │   └── PhoneSystemRightMissing     phone-system-right-missing
        └── Unsupported                 unsupported               give up

    ConfigurationError                  stands apart, so that no handler above can swallow it

Three outcomes, everywhere: try later (`retryable`), ask the person (`needs_person`), give up (neither).
The docstring's first line is the message that a person reads, unless a better one is given.
"""

from typing import Any, ClassVar


class OffhookError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "error"
    retryable: ClassVar[bool] = False
    needs_person: ClassVar[bool] = False
    remedy: str | None = None

    def __init__(self, says: str | None = None, *, remedy: str | None = None) -> None:
        self.says = says or (type(self).__doc__ or "").strip().splitlines()[0]
        self.remedy = remedy or type(self).remedy
        super().__init__(self.says)


class ConfigurationError(Exception):
    """A setting is missing or wrong; the service will not start."""

    code: ClassVar[str] = "configuration"


# What was asked cannot be done.


class Refused(OffhookError):
    """That cannot be done."""

    code = "refused"


class SignedOut(Refused):
    """You are not signed in."""

    code = "signed-out"
    remedy = "Connect HubSpot again."


class NotAllowed(Refused):
    """You may not do that."""

    code = "not-allowed"


class NotFound(Refused):
    """There is no such thing here."""

    code = "not-found"


class InvalidInput(Refused):
    """What was sent cannot be used."""

    code = "invalid-input"


class InvalidNumber(InvalidInput):
    """That is not a phone number that can be dialled."""

    code = "invalid-number"
    remedy = "Write it with the country code, for example +1 415 555 0100."


class TooLarge(InvalidInput):
    """That is too large."""

    code = "too-large"


class WrongState(Refused):
    """That is not possible any more."""

    code = "wrong-state"


class WouldBeLost(Refused):
    """What this person has in HubSpot could not be put back afterwards."""

    code = "would-be-lost"


class LineTaken(Refused):
    """Somebody else is logged in to this line."""

    code = "line-taken"
    remedy = "Ask them to log out of the line first, or use another line."


class WrongLineLogin(Refused):
    """The line or its PIN is wrong."""

    code = "wrong-line-login"
    remedy = "Check both with whoever looks after your phone system."


class TooManyTries(Refused):
    """There were too many wrong tries."""

    code = "too-many-tries"
    remedy = "Wait a minute, then try again."


class TooMuchAtOnce(Refused):
    """Too much is asked for at once."""

    code = "too-much-at-once"
    remedy = "Try again in a moment."


class NoSuchPart(Refused):
    """The recording has no such part.

    `size` is that of the whole, in bytes.
    """

    code = "no-such-part"

    def __init__(self, size: int = 0) -> None:
        super().__init__()
        self.size = size


class ContactExists(Refused):
    """A contact with this number is already in HubSpot.

    `contacts` are the ones (hubspot.contacts.Contact), empty when only `record_id` is known, or neither.
    """

    code = "contact-exists"
    remedy = "Use the contact that exists."
    contacts: tuple[Any, ...] = ()
    record_id: str | None = None


# Something arrived that we do not believe or cannot read.


class DeliveryRefused(OffhookError):
    """What arrived was refused."""

    code = "delivery-refused"


class MalformedDelivery(DeliveryRefused):
    """What arrived cannot be read."""

    code = "malformed-delivery"


class UnprovenDelivery(DeliveryRefused):
    """What arrived is not signed by the phone system that it claims to come from."""

    code = "unproven-delivery"


# HubSpot's consent did not end in a grant.


class ConsentError(OffhookError):
    """HubSpot could not be connected."""

    code = "consent"
    needs_person = True
    remedy = "Start again from the panel: Connect HubSpot."


class UnknownConsent(ConsentError):
    """This answer from HubSpot belongs to no connection that was begun here."""

    code = "unknown-consent"


class ExpiredConsent(ConsentError):
    """This connection was begun too long ago, or was already used."""

    code = "expired-consent"


class DeclinedConsent(ConsentError):
    """HubSpot was told not to connect."""

    code = "declined-consent"


class AnotherAccount(ConsentError):
    """The consent was given for another HubSpot account or by another person."""

    code = "another-account"


# We may not act for this agent now.


class GrantError(OffhookError):
    """Offhook may not act in HubSpot for this agent."""

    code = "grant"
    needs_person = True


class NoGrant(GrantError):
    """HubSpot is not connected."""

    code = "no-grant"
    remedy = "Press Connect HubSpot."


class GrantOff(GrantError):
    """The HubSpot connection is switched off."""

    code = "grant-off"
    remedy = "Switch it on again under Setup > Integrations > HubSpot."


class GrantBroken(GrantError):
    """HubSpot no longer accepts this connection."""

    code = "grant-broken"
    remedy = "Connect HubSpot again; nothing is lost meanwhile."


# HubSpot said no, or nothing.


class HubSpotError(OffhookError):
    """HubSpot refused."""

    code = "hubspot"
    retry_after: float | None = None
    correlation_id: str | None = None
    category: str = ""  # HubSpot's own word for the refusal


class HubSpotUnreachable(HubSpotError):
    """HubSpot cannot be reached."""

    code = "hubspot-unreachable"
    retryable = True


class HubSpotUnavailable(HubSpotError):
    """HubSpot is not working properly just now."""

    code = "hubspot-unavailable"
    retryable = True


class HubSpotBusy(HubSpotError):
    """HubSpot asks us to slow down."""

    code = "hubspot-busy"
    retryable = True


class HubSpotMigrating(HubSpotError):
    """HubSpot is moving this account to another data centre."""

    code = "hubspot-migrating"
    retryable = True


class AppRejected(HubSpotError):
    """HubSpot does not accept Offhook's app: its client id, client secret or redirect address is wrong."""

    code = "app-rejected"
    needs_person = True
    remedy = (
        "Whoever runs Offhook must compare OFFHOOK_HUBSPOT_CLIENT_ID, OFFHOOK_HUBSPOT_CLIENT_SECRET and "
        "OFFHOOK_BASE_URL with the app's settings in HubSpot."
    )


class MissingScope(HubSpotError):
    """The HubSpot connection does not include what is needed for this."""

    code = "missing-scope"
    needs_person = True
    remedy = "Connect HubSpot again and grant what is asked."
    scopes: tuple[str, ...] = ()


class MissingRight(HubSpotError):
    """HubSpot says that this person may not do that."""

    code = "missing-right"
    needs_person = True
    remedy = "Ask a HubSpot administrator to switch the right on, then log out of HubSpot and in again."


class HubSpotRejected(HubSpotError):
    """HubSpot did not accept what was sent."""

    code = "hubspot-rejected"


class HubSpotNotFound(HubSpotError):
    """HubSpot does not have that record any more."""

    code = "hubspot-not-found"


# Phone systems.


class PhoneSystemError(OffhookError):
    """The phone system refused."""

    code = "phone-system"


class PhoneSystemUnavailable(PhoneSystemError):
    """The phone system does not answer."""

    code = "phone-system-unavailable"
    retryable = True
    retry_after: float | None = None


class RecordingGone(PhoneSystemError):
    """The phone system does not keep this recording any more."""

    code = "recording-gone"


class PhoneSystemRejected(PhoneSystemError):
    """The phone system does not accept what Offhook was set up with."""

    code = "phone-system-rejected"
    needs_person = True
    remedy = "Whoever runs Offhook compares its settings with those of the phone system."


class PhoneSystemKeyRejected(PhoneSystemRejected):
    """The phone system does not accept Offhook's API key: it is wrong, was deleted, or has expired."""

    code = "phone-system-key-rejected"
    remedy = "Whoever runs Offhook makes a new key in the phone system's administration, and sets it."


class PhoneSystemSecretRejected(PhoneSystemRejected):
    """The phone system does not accept Offhook's API key together with its secret."""

    code = "phone-system-secret-rejected"
    remedy = "Whoever runs Offhook compares the key and its secret with the phone system's administration."


class PhoneSystemLoginRejected(PhoneSystemRejected):
    """The phone system does not accept the name or the password that Offhook logs in with."""

    code = "phone-system-login-rejected"
    remedy = "Whoever runs Offhook checks both by logging in to the phone system with them."


class PhoneSystemRightMissing(PhoneSystemRejected):
    """What Offhook logs in to the phone system with may not do this there."""

    code = "phone-system-right-missing"
    remedy = "An administrator of the phone system gives it that right."


class Unsupported(PhoneSystemError):
    """This phone system cannot do that."""

    code = "unsupported"
