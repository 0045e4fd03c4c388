"""The one frozen Settings, and the only reader of the environment (`OFFHOOK_…`).

Each field says what it is for; `docs/reference/settings.md` lists them, and a house rule compares the two.
"""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from offhook.errors import ConfigurationError

LOOPBACK = ("localhost", "127.0.0.1", "::1")
DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgres": "postgresql+asyncpg", "postgresql": "postgresql+asyncpg"}
CHOICES = {
    "log_level": ("debug", "info", "warning", "error"),
    "log_format": ("text", "json"),
    "asterisk_tls": ("off", "on"),
    "recordings": ("link", "hubspot", "off"),
    "sip_seen_by": ("none", "webhook", "asterisk"),
}
# Of seconds and of bytes; more is a slip of the pen.
MOST = 1_000_000_000


def _setting(doc: str, default: object, *, secret: bool = False) -> Any:
    return field(default=default, metadata={"doc": doc}, repr=not secret)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator can choose. Field `base_url` is read from `OFFHOOK_BASE_URL`, and so on."""

    data_dir: Path = _setting("Folder for the database and the secret key.", Path("~/.local/share/offhook"))
    database_url: str = _setting("Database; SQLite in the data folder when empty.", "")
    host: str = _setting("Address that the service listens on.", "127.0.0.1")
    port: int = _setting("Port that the service listens on.", 8600)
    base_url: str = _setting("Address under which browsers reach the service; http://localhost:PORT when empty.", "")
    secret_keys: tuple[str, ...] = _setting(
        "Keys that encrypt tokens, newest first; made and kept in the data folder when empty.",
        (),
        secret=True,
    )
    hubspot_api_url: str = _setting("Address of HubSpot's API.", "https://api.hubapi.com")
    hubspot_app_url: str = _setting("Address of HubSpot's pages.", "https://app.hubspot.com")
    hubspot_client_id: str = _setting("Client id of your HubSpot app.", "")
    hubspot_client_secret: str = _setting("Client secret of your HubSpot app.", "", secret=True)
    hubspot_app_id: str = _setting("Id of your HubSpot app; only OFFHOOK_RECORDINGS=hubspot needs it.", "")
    hubspot_app_project: Path = _setting(
        "Folder of the app's developer project, for the diagnosis; none when empty.", Path()
    )
    administrators: tuple[str, ...] = _setting("E-mail addresses of Offhook's administrators.", ())
    extension_ids: tuple[str, ...] = _setting(
        "Browser extensions whose panels may open the live stream; Offhook's own when empty.", ()
    )
    phone_systems: tuple[str, ...] = _setting(
        "Phone systems that agents can choose: exchange, webhook, asterisk, sip, eight_by_eight, contact_center.",
        ("webhook",),
    )
    exchange_lines: tuple[str, ...] = _setting(
        "Lines of the embedded exchange, each `number:pin`, for example 201:7391,202:5520.", (), secret=True
    )
    exchange_audio_addresses: tuple[str, ...] = _setting(
        "Addresses of this machine for the exchange's sound; all but loopback when empty.", ()
    )
    webhook_secret: str = _setting("Secret that signs deliveries of the webhook phone system.", "", secret=True)
    webhook_dial_url: str = _setting(
        "Where the webhook phone system takes requests to dial and to control a call; none when empty.", ""
    )
    asterisk_host: str = _setting("Name or address of the Asterisk whose manager interface is used.", "")
    asterisk_port: int = _setting("Port of Asterisk's manager interface.", 5038)
    asterisk_user: str = _setting("Manager user, as in manager.conf.", "")
    asterisk_secret: str = _setting("Secret of the manager user.", "", secret=True)
    asterisk_tls: str = _setting("Whether the manager interface is reached by TLS: off, on.", "off")
    asterisk_ca: Path = _setting("Certificate that Asterisk's own is signed by; the system's when empty.", Path())
    asterisk_lines: tuple[str, ...] = _setting("How channels of lines are called, with {line}.", ("PJSIP/{line}",))
    asterisk_allowed_lines: tuple[str, ...] = _setting("The only lines; names of two to ten digits when empty.", ())
    asterisk_trunks: tuple[str, ...] = _setting("Names, also with *, that are never lines.", ())
    asterisk_context: str = _setting("Dialplan context in which numbers are dialled; nothing is when empty.", "")
    asterisk_caller_id: str = _setting("What customers are shown; what the dialplan sets when empty.", "")
    asterisk_plus: str = _setting("What replaces the + of a number that is dialled; `none` for nothing.", "+")
    sip_server: str = _setting("Address of the SIP phone system's WebSocket: wss://….", "")
    sip_ca: Path = _setting("Certificate that the SIP server's own is signed by; the system's when empty.", Path())
    sip_domain: str = _setting("What stands behind the @ of lines' SIP addresses; the server's name when empty.", "")
    sip_realm: str = _setting("Realm of lines' passwords; the domain when empty.", "")
    sip_outbound_proxy: str = _setting("SIP address through which softphones send everything; none when empty.", "")
    sip_ice_servers: tuple[str, ...] = _setting(
        "STUN and TURN servers: stun:host:port, turn:name:password@host:port.", (), secret=True
    )
    sip_codecs: tuple[str, ...] = _setting("Codecs that softphones offer, best first.", ("opus", "pcmu", "pcma"))
    sip_seen_by: str = _setting("Who tells of the same calls on the server side: none, webhook, asterisk.", "none")
    eight_by_eight_api_key: str = _setting("API key of 8x8's Admin Console.", "", secret=True)
    eight_by_eight_api_secret: str = _setting("Secret of the API key; without it, no recordings.", "", secret=True)
    eight_by_eight_user: str = _setting("8x8 user with whom call records are read; without it, none are.", "")
    eight_by_eight_password: str = _setting("Password of this user.", "", secret=True)
    eight_by_eight_pbx: str = _setting("Names of the PBXs whose calls are read.", "allpbxes")
    eight_by_eight_records_every: float = _setting("Seconds between two looks for call records.", 60.0)
    eight_by_eight_activity_every: float = _setting(
        "Seconds between two looks at what the agents of call queues do, at most 15; never when 0.", 15.0
    )
    eight_by_eight_panel_url: str = _setting("Address of 8x8's own panel, once 8x8 has allow-listed yours.", "")
    eight_by_eight_caller_ids: tuple[str, ...] = _setting("Numbers that agents may call as, E.164.", ())
    eight_by_eight_api_url: str = _setting("Address of 8x8's API.", "https://api.8x8.com")
    contact_center_tenant: str = _setting("Tenant of 8x8 Contact Center.", "")
    contact_center_stream_url: str = _setting("Address of the tenant's event stream: wss://….", "")
    contact_center_stream_key: str = _setting("API key of the event stream.", "", secret=True)
    contact_center_subscription: str = _setting("Name under which 8x8 remembers which events were heard.", "offhook")
    contact_center_api_url: str = _setting("Address of the tenant's cluster: https://vcc-….8x8.com.", "")
    contact_center_token: str = _setting("Action Request Token; without it, no dialling.", "", secret=True)
    contact_center_prefix: str = _setting("What is dialled before country code and number.", "")
    contact_center_caller_id: str = _setting("Number that customers are shown; the agent's own when empty.", "")
    contact_center_codes: tuple[str, ...] = _setting("Transaction codes that agents can choose: list|item:words.", ())
    contact_center_status_codes: tuple[str, ...] = _setting(
        "Reasons for a status: status|list|item|short code; status 3: on break, 5: working offline.", ()
    )
    recordings: str = _setting(
        "How recordings behind the phone system's login are heard in HubSpot: link, hubspot, off.", "link"
    )
    consent_patience: float = _setting(
        "Seconds without an answer from HubSpot after which the panel explains what may be wrong.", 45.0
    )
    consent_lifetime: float = _setting("Seconds after which a consent that was begun is void.", 1800.0)
    elevation_due_after: float = _setting(
        "Seconds after which rights that were lent for connecting are overdue.", 14_400.0
    )
    default_region: str = _setting("Country (ISO 3166) of numbers written without a country code.", "US")
    delivery_limit: int = _setting("Largest delivery that is accepted, in bytes.", 65_536)
    directory_max_age: float = _setting("Seconds for which HubSpot's answer about a number is used again.", 600.0)
    directory_sync_every: float = _setting(
        "Seconds between looks at which contacts have changed; 0: contacts are known by use only.", 300.0
    )
    panel_dir: Path = _setting("Folder of the built panel; found beside the service when empty.", Path())
    log_level: str = _setting("How much is logged: debug, info, warning, error.", "info")
    log_format: str = _setting("Log lines for people (`text`) or for machines (`json`).", "text")

    @property
    def address(self) -> str:
        """Base address that browsers use, without a slash at the end."""
        return (self.base_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def redirect_uri(self) -> str:
        """Where HubSpot sends the agent back to; must be one of the app's redirect URLs."""
        return f"{self.address}/oauth/callback"

    @property
    def database(self) -> str:
        """SQLAlchemy address with the async driver named."""
        url = self.database_url or f"sqlite:///{self.data_dir.expanduser() / 'offhook.db'}"
        return _with_driver(url)


def _with_driver(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{DRIVERS.get(scheme, scheme)}://{rest}"


def surroundings() -> dict[str, str]:
    """The environment without our settings: for processes that are to be set up anew."""
    return {name: value for name, value in os.environ.items() if not name.startswith("OFFHOOK_")}


def variable(name: str) -> str:
    """The environment variable that sets a field."""
    return f"OFFHOOK_{name.upper()}"


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read and check the settings.

    Raises:
        ConfigurationError: a variable is unknown, is not of its kind, or contradicts another.
    """
    known = {variable(each.name): each for each in fields(Settings)}
    unknown = [name for name in environment if name.startswith("OFFHOOK_") and name not in known]
    if unknown:
        raise ConfigurationError(f"No such setting: {', '.join(sorted(unknown))}.")
    given = {
        each.name: _parse(name, environment[name], each.default) for name, each in known.items() if environment.get(name)
    }
    return check(Settings(**given))


def _parse(name: str, text: str, default: object) -> Any:
    try:
        if isinstance(default, tuple):
            return tuple(part.strip() for part in text.split(",") if part.strip())
        if isinstance(default, int | float):
            return type(default)(text)
    except ValueError as error:
        raise ConfigurationError(f"{name} must be a number, not {text!r}.") from error
    return Path(text).expanduser() if isinstance(default, Path) else text


def check(settings: Settings) -> Settings:
    """Refuse settings that cannot work, with a sentence that says what to change."""
    _check_numbers(settings)
    for name, url in (
        ("hubspot_api_url", settings.hubspot_api_url),
        ("hubspot_app_url", settings.hubspot_app_url),
        ("base_url", settings.address),
    ):
        _check_address(name, url)
    _check_choices(settings)
    unknown = set(settings.phone_systems) - {"exchange", "webhook", "asterisk", "sip", "eight_by_eight", "contact_center"}
    if unknown:
        raise ConfigurationError(f"OFFHOOK_PHONE_SYSTEMS names no known system: {', '.join(sorted(unknown))}.")
    if not all(re.match(r"[^:]+:[^:]+(:|$)", line) for line in settings.exchange_lines):
        raise ConfigurationError("OFFHOOK_EXCHANGE_LINES must be a list of number:pin.")
    _check_asterisk(settings)
    _check_eight_by_eight(settings)
    _check_contact_center(settings)
    _check_sip(settings)
    _check_recordings(settings)
    return settings


_SEEN_BY_NEEDS: Mapping[str, tuple[str, ...]] = {
    "none": (),
    "webhook": ("webhook_secret",),
    "asterisk": ("asterisk_host", "asterisk_user", "asterisk_secret"),
}


def _check_sip(settings: Settings) -> None:
    if "sip" not in settings.phone_systems:
        return
    if not settings.sip_server:
        raise ConfigurationError("The phone system sip also needs OFFHOOK_SIP_SERVER.")
    _check_address("sip_server", settings.sip_server, ("ws", "wss"))
    if settings.sip_ca != Path() and not (settings.sip_server.startswith("wss:") and settings.sip_ca.is_file()):
        raise ConfigurationError("OFFHOOK_SIP_CA must be a file, and OFFHOOK_SIP_SERVER must begin with wss://.")
    if settings.sip_domain and not re.fullmatch(r"[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]+\]", settings.sip_domain):
        raise ConfigurationError("OFFHOOK_SIP_DOMAIN must be a name, as in pbx.example.com.")
    if settings.sip_outbound_proxy and not re.fullmatch(r"sips?:[!-;=?-~]{1,200}", settings.sip_outbound_proxy):
        raise ConfigurationError("OFFHOOK_SIP_OUTBOUND_PROXY must be a SIP address, as in sip:edge.example.com.")
    missing = [variable(name) for name in _SEEN_BY_NEEDS[settings.sip_seen_by] if not getattr(settings, name)]
    if missing:
        raise ConfigurationError(f"OFFHOOK_SIP_SEEN_BY={settings.sip_seen_by} also needs {', '.join(missing)}.")
    if not settings.sip_codecs or not all(re.fullmatch("[A-Za-z0-9-]{1,20}", each) for each in settings.sip_codecs):
        raise ConfigurationError("OFFHOOK_SIP_CODECS must be a list of names, as in opus,pcmu,pcma.")


def _check_eight_by_eight(settings: Settings) -> None:
    """It needs keys for the records, or 8x8's panel; halves of either are a slip of the pen."""
    _check_address("eight_by_eight_api_url", settings.eight_by_eight_api_url)
    records = [f"eight_by_eight_{name}" for name in ("api_key", "user", "password")]
    missing = [variable(name) for name in records if not getattr(settings, name)]
    if "eight_by_eight" in settings.phone_systems and missing and not settings.eight_by_eight_panel_url:
        raise ConfigurationError(f"The phone system eight_by_eight also needs {', '.join(missing)}.")
    if bool(settings.eight_by_eight_user) != bool(settings.eight_by_eight_password):
        raise ConfigurationError("OFFHOOK_EIGHT_BY_EIGHT_USER and OFFHOOK_EIGHT_BY_EIGHT_PASSWORD belong together.")
    if settings.eight_by_eight_panel_url:
        _check_address("eight_by_eight_panel_url", settings.eight_by_eight_panel_url)
    if not 1 <= settings.eight_by_eight_records_every <= 3600:
        raise ConfigurationError("OFFHOOK_EIGHT_BY_EIGHT_RECORDS_EVERY must be between 1 and 3600.")
    if not (settings.eight_by_eight_activity_every == 0 or 1 <= settings.eight_by_eight_activity_every <= 15):
        raise ConfigurationError("OFFHOOK_EIGHT_BY_EIGHT_ACTIVITY_EVERY must be 0, or between 1 and 15.")
    wrong = [each for each in settings.eight_by_eight_caller_ids if not re.fullmatch(r"\+[1-9][0-9]{6,14}", each)]
    if wrong:
        raise ConfigurationError(f"OFFHOOK_EIGHT_BY_EIGHT_CALLER_IDS must be numbers like +14155550100, not {wrong}.")


def _check_contact_center(settings: Settings) -> None:
    """The stream is needed; a cluster and its token, for dialling, belong together."""
    needed = ("contact_center_tenant", "contact_center_stream_url", "contact_center_stream_key")
    missing = [variable(name) for name in needed if not getattr(settings, name)]
    if "contact_center" in settings.phone_systems and missing:
        raise ConfigurationError(f"The phone system contact_center also needs {', '.join(missing)}.")
    if settings.contact_center_stream_url:
        _check_address("contact_center_stream_url", settings.contact_center_stream_url, ("ws", "wss"))
    if bool(settings.contact_center_api_url) != bool(settings.contact_center_token):
        raise ConfigurationError("OFFHOOK_CONTACT_CENTER_API_URL and OFFHOOK_CONTACT_CENTER_TOKEN belong together.")
    if settings.contact_center_api_url:
        _check_address("contact_center_api_url", settings.contact_center_api_url)
    for name in ("contact_center_prefix", "contact_center_caller_id"):
        if not re.fullmatch(r"\+?[0-9*#]{0,15}", getattr(settings, name)):
            raise ConfigurationError(f"{variable(name)} must be digits, as they are dialled.")
    _check_contact_center_codes(settings)
    if not re.fullmatch("[A-Za-z0-9_.-]{1,60}", settings.contact_center_subscription):
        raise ConfigurationError("OFFHOOK_CONTACT_CENTER_SUBSCRIPTION must be a name of letters and digits.")


def _check_contact_center_codes(settings: Settings) -> None:
    """Nothing that Offhook asks of 8x8 lists them; whoever writes them down may make a slip."""
    codes, reasons = settings.contact_center_codes, settings.contact_center_status_codes
    if not all(re.fullmatch(r"\d{1,12}\|\d{1,12}:[^:|]{1,60}", each) for each in codes):
        raise ConfigurationError("OFFHOOK_CONTACT_CENTER_CODES must be like 12|234:Sold,12|235:Call again.")
    for at in (0, 1):
        if len({each.split(":")[at] for each in codes}) < len(codes):
            raise ConfigurationError("OFFHOOK_CONTACT_CENTER_CODES has a code, or words, twice.")
    if not all(re.fullmatch(r"[35]\|\d{1,12}\|\d{1,12}\|[^|]{1,60}", each) for each in reasons):
        raise ConfigurationError("OFFHOOK_CONTACT_CENTER_STATUS_CODES must be like 3|801|1725|Lunch,5|801|1722|Meet.")


def _check_recordings(settings: Settings) -> None:
    if settings.recordings == "hubspot" and not settings.hubspot_app_id:
        raise ConfigurationError("OFFHOOK_RECORDINGS=hubspot also needs OFFHOOK_HUBSPOT_APP_ID.")
    if not re.fullmatch("[0-9]{0,18}", settings.hubspot_app_id):
        raise ConfigurationError("OFFHOOK_HUBSPOT_APP_ID must be digits, as in the address of the app in HubSpot.")


def _check_asterisk(settings: Settings) -> None:
    needed = ("asterisk_host", "asterisk_user", "asterisk_secret")
    missing = [variable(name) for name in needed if not getattr(settings, name)]
    if "asterisk" in settings.phone_systems and missing:
        raise ConfigurationError(f"The phone system asterisk also needs {', '.join(missing)}.")
    wrong = [each for each in settings.asterisk_lines if each.count("{line}") != 1]
    if wrong or not settings.asterisk_lines:
        raise ConfigurationError(f"OFFHOOK_ASTERISK_LINES must contain {{line}} once, as in PJSIP/{{line}}, not {wrong}.")
    if settings.asterisk_ca != Path() and not (settings.asterisk_tls == "on" and settings.asterisk_ca.is_file()):
        raise ConfigurationError("OFFHOOK_ASTERISK_CA must be a file, and OFFHOOK_ASTERISK_TLS must be on.")
    if not re.fullmatch(r"\+|[0-9*#]{1,8}|none", settings.asterisk_plus):
        raise ConfigurationError("OFFHOOK_ASTERISK_PLUS must be +, digits as in 00, or none.")


def _check_numbers(settings: Settings) -> None:
    for name in ("port", "asterisk_port"):
        if not 0 < getattr(settings, name) < 65_536:
            raise ConfigurationError(f"{variable(name)} must be between 1 and 65535, not {getattr(settings, name)}.")
    seconds = ("consent_patience", "consent_lifetime", "elevation_due_after", "directory_max_age", "directory_sync_every")
    for name in (*seconds, "delivery_limit"):
        if not 0 <= getattr(settings, name) <= MOST:
            raise ConfigurationError(f"{variable(name)} must be between 0 and {MOST:,}.")


def _check_choices(settings: Settings) -> None:
    for name, choices in CHOICES.items():
        if getattr(settings, name) not in choices:
            raise ConfigurationError(f"{variable(name)} must be one of {', '.join(choices)}.")
    if not re.fullmatch("[A-Z]{2}", settings.default_region):
        raise ConfigurationError("OFFHOOK_DEFAULT_REGION must be a country's two capital letters, for example US.")
    if settings.database.partition("://")[0] not in DRIVERS.values():
        raise ConfigurationError("OFFHOOK_DATABASE_URL must begin with sqlite:// or postgresql://.")


def _check_address(name: str, url: str, schemes: tuple[str, str] = ("http", "https")) -> None:
    """`schemes`: the one that is for this machine only, and the secure one."""
    open_, secure = schemes
    try:
        parts = urlsplit(url)
        fine = bool(parts.hostname) and parts.scheme in schemes and parts.port != 0
    except ValueError:
        fine = False
    if not fine:
        raise ConfigurationError(f"{variable(name)} is not an address: {url!r}.")
    if parts.scheme == open_ and parts.hostname not in LOOPBACK:
        raise ConfigurationError(f"{variable(name)} must be {secure}, except on this machine: {url!r}.")


def require_hubspot_app(settings: Settings) -> Settings:
    """Refuse to go on without a HubSpot app to ask consent for."""
    if not (settings.hubspot_client_id and settings.hubspot_client_secret):
        raise ConfigurationError(
            "OFFHOOK_HUBSPOT_CLIENT_ID and OFFHOOK_HUBSPOT_CLIENT_SECRET are needed. "
            "`offhook hubspot-app init` writes the app that they belong to, and says how to get them."
        )
    return settings


def secret_keys(settings: Settings) -> tuple[str, ...]:
    """The keys for tokens at rest, newest first; makes and keeps one on first use.

    The file is readable by its owner only. Losing it means that every agent connects HubSpot again.
    """
    if settings.secret_keys:
        return settings.secret_keys
    path = settings.data_dir.expanduser() / "secret.key"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return (path.read_text().strip(),)
