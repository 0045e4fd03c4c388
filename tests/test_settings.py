"""Settings: what can be chosen, and what is refused with a sentence that says what to change."""

from pathlib import Path

import pytest

from offhook.errors import ConfigurationError
from offhook.settings import Settings, check, from_environment, require_hubspot_app, secret_keys, surroundings, variable


def test_nothing_needs_to_be_set() -> None:
    settings = from_environment({"HOME": "anywhere", "UNRELATED": "1"})
    assert settings == Settings()
    assert settings.address == "http://localhost:8600"
    assert settings.redirect_uri == "http://localhost:8600/oauth/callback"
    assert settings.database.startswith("sqlite+aiosqlite:////")


def test_texts_numbers_lists_and_folders_are_read() -> None:
    settings = from_environment(
        {
            "OFFHOOK_PORT": "9000",
            "OFFHOOK_CONSENT_PATIENCE": "1.5",
            "OFFHOOK_ADMINISTRATORS": " ada@acorn.example, ,cleo@acorn.example ",
            "OFFHOOK_DATA_DIR": "~/offhook",
            "OFFHOOK_BASE_URL": "https://phones.acorn.example/",
            "OFFHOOK_HUBSPOT_CLIENT_ID": "",
        }
    )
    assert (settings.port, settings.consent_patience) == (9000, 1.5)
    assert settings.administrators == ("ada@acorn.example", "cleo@acorn.example")
    assert settings.data_dir == Path("~/offhook").expanduser()
    assert settings.redirect_uri == "https://phones.acorn.example/oauth/callback"
    assert settings.hubspot_client_id == ""


@pytest.mark.parametrize(
    ("url", "with_driver"),
    [
        ("sqlite:////tmp/x.db", "sqlite+aiosqlite:////tmp/x.db"),
        ("postgres://u:p@db/x", "postgresql+asyncpg://u:p@db/x"),
        ("postgresql://db/x", "postgresql+asyncpg://db/x"),
        ("postgresql+asyncpg://db/x", "postgresql+asyncpg://db/x"),
    ],
)
def test_the_database_is_named_with_its_driver(url: str, with_driver: str) -> None:
    assert check(Settings(database_url=url)).database == with_driver


SIP = {"OFFHOOK_PHONE_SYSTEMS": "sip", "OFFHOOK_SIP_SERVER": "wss://pbx.example/ws"}

REFUSALS = {
    "a variable that nobody knows": ({"OFFHOOK_COLOUR": "red"}, "No such setting: OFFHOOK_COLOUR"),
    "a port that is no number": ({"OFFHOOK_PORT": "http"}, "OFFHOOK_PORT must be a number, not 'http'"),
    "a port that cannot be": ({"OFFHOOK_PORT": "65536"}, "OFFHOOK_PORT must be between"),
    "no port at all": ({"OFFHOOK_PORT": "0"}, "OFFHOOK_PORT must be between"),
    "a negative patience": ({"OFFHOOK_CONSENT_PATIENCE": "-1"}, "OFFHOOK_CONSENT_PATIENCE must be between"),
    "a patience that is no number": ({"OFFHOOK_CONSENT_PATIENCE": "nan"}, "OFFHOOK_CONSENT_PATIENCE must be"),
    "an endless lifetime": ({"OFFHOOK_CONSENT_LIFETIME": "inf"}, "OFFHOOK_CONSENT_LIFETIME must be"),
    "a limit that is no whole number": ({"OFFHOOK_DELIVERY_LIMIT": "1.5"}, "OFFHOOK_DELIVERY_LIMIT must be a number"),
    "an age beyond sense": ({"OFFHOOK_DIRECTORY_MAX_AGE": "1e99"}, "OFFHOOK_DIRECTORY_MAX_AGE must be"),
    "no address": ({"OFFHOOK_HUBSPOT_API_URL": "api.hubapi.com"}, "OFFHOOK_HUBSPOT_API_URL is not an address"),
    "an address of another kind": ({"OFFHOOK_HUBSPOT_APP_URL": "ftp://x"}, "OFFHOOK_HUBSPOT_APP_URL is not an address"),
    "a broken address": ({"OFFHOOK_BASE_URL": "http://["}, "OFFHOOK_BASE_URL is not an address"),
    "an address with a broken port": ({"OFFHOOK_BASE_URL": "https://x:99999"}, "OFFHOOK_BASE_URL is not an address"),
    "an open line to the world": ({"OFFHOOK_BASE_URL": "http://phones.example"}, "OFFHOOK_BASE_URL must be https"),
    "an unknown phone system": ({"OFFHOOK_PHONE_SYSTEMS": "exchange,pigeons"}, "no known system: pigeons"),
    "a line without a PIN": ({"OFFHOOK_EXCHANGE_LINES": "201"}, "OFFHOOK_EXCHANGE_LINES must be a list"),
    "a line with an empty PIN": ({"OFFHOOK_EXCHANGE_LINES": "201:"}, "OFFHOOK_EXCHANGE_LINES must be a list"),
    "a line without a number": ({"OFFHOOK_EXCHANGE_LINES": ":2010"}, "OFFHOOK_EXCHANGE_LINES must be a list"),
    "a SIP phone system that is nowhere": ({"OFFHOOK_PHONE_SYSTEMS": "sip"}, "sip also needs OFFHOOK_SIP_SERVER"),
    "a SIP server by HTTP": (SIP | {"OFFHOOK_SIP_SERVER": "https://pbx.example"}, "OFFHOOK_SIP_SERVER is not an address"),
    "a SIP server that all can hear": (
        SIP | {"OFFHOOK_SIP_SERVER": "ws://pbx.example"},
        "OFFHOOK_SIP_SERVER must be wss",
    ),
    "a domain with a path": (SIP | {"OFFHOOK_SIP_DOMAIN": "pbx.example/ws"}, "OFFHOOK_SIP_DOMAIN must be a name"),
    "a proxy that is no SIP address": (
        SIP | {"OFFHOOK_SIP_OUTBOUND_PROXY": "edge>"},
        "OUTBOUND_PROXY must be a SIP address",
    ),
    "a codec that is none": (SIP | {"OFFHOOK_SIP_CODECS": "opus,p c m u"}, "OFFHOOK_SIP_CODECS must be a list"),
    "calls that somebody else sees": (
        SIP | {"OFFHOOK_SIP_SEEN_BY": "pigeons"},
        "OFFHOOK_SIP_SEEN_BY must be one of none",
    ),
    "calls that nobody signs": (SIP | {"OFFHOOK_SIP_SEEN_BY": "webhook"}, "webhook also needs OFFHOOK_WEBHOOK_SECRET"),
    "an Asterisk beside it that is nowhere": (SIP | {"OFFHOOK_SIP_SEEN_BY": "asterisk"}, "needs OFFHOOK_ASTERISK_HOST"),
    "an Asterisk that is nowhere": (
        {"OFFHOOK_PHONE_SYSTEMS": "asterisk", "OFFHOOK_ASTERISK_USER": "offhook"},
        "asterisk also needs OFFHOOK_ASTERISK_HOST, OFFHOOK_ASTERISK_SECRET",
    ),
    "a port of Asterisk that cannot be": ({"OFFHOOK_ASTERISK_PORT": "0"}, "OFFHOOK_ASTERISK_PORT must be between"),
    "channels without a line": ({"OFFHOOK_ASTERISK_LINES": "PJSIP/201"}, "OFFHOOK_ASTERISK_LINES must contain {line}"),
    "a TLS nobody knows": ({"OFFHOOK_ASTERISK_TLS": "maybe"}, "OFFHOOK_ASTERISK_TLS must be one of off, on"),
    "a certificate that is not there": (
        {"OFFHOOK_ASTERISK_TLS": "on", "OFFHOOK_ASTERISK_CA": "/nowhere"},
        "OFFHOOK_ASTERISK_CA must be a file",
    ),
    "a SIP server's authority without TLS": (
        {"OFFHOOK_PHONE_SYSTEMS": "sip", "OFFHOOK_SIP_SERVER": "ws://localhost:1", "OFFHOOK_SIP_CA": "/etc/hosts"},
        "OFFHOOK_SIP_SERVER must begin with wss://",
    ),
    "a certificate without TLS": ({"OFFHOOK_ASTERISK_CA": "/etc/hosts"}, "OFFHOOK_ASTERISK_TLS must be on"),
    "a plus that is a word": ({"OFFHOOK_ASTERISK_PLUS": "zero"}, "OFFHOOK_ASTERISK_PLUS must be"),
    "8x8 without a user": (
        {"OFFHOOK_PHONE_SYSTEMS": "eight_by_eight", "OFFHOOK_EIGHT_BY_EIGHT_API_KEY": "k"},
        "eight_by_eight also needs OFFHOOK_EIGHT_BY_EIGHT_USER, OFFHOOK_EIGHT_BY_EIGHT_PASSWORD",
    ),
    "half of an 8x8 login": ({"OFFHOOK_EIGHT_BY_EIGHT_USER": "offhook"}, "belong together"),
    "8x8's panel over an open line": (
        {"OFFHOOK_EIGHT_BY_EIGHT_PANEL_URL": "http://cloud8.8x8.com"},
        "OFFHOOK_EIGHT_BY_EIGHT_PANEL_URL must be https",
    ),
    "a way to recordings that there is not": ({"OFFHOOK_RECORDINGS": "sign-in"}, "link, hubspot, off"),
    "recordings that HubSpot asks nobody for": ({"OFFHOOK_RECORDINGS": "hubspot"}, "needs OFFHOOK_HUBSPOT_APP_ID"),
    "an app's name for its id": ({"OFFHOOK_HUBSPOT_APP_ID": "Offhook"}, "must be digits"),
    "8x8 asked without a pause": ({"OFFHOOK_EIGHT_BY_EIGHT_RECORDS_EVERY": "0"}, "RECORDS_EVERY must be between"),
    "activity that is seen too late": ({"OFFHOOK_EIGHT_BY_EIGHT_ACTIVITY_EVERY": "60"}, "ACTIVITY_EVERY must be 0, or"),
    "Contact Center without its stream": (
        {"OFFHOOK_PHONE_SYSTEMS": "contact_center", "OFFHOOK_CONTACT_CENTER_TENANT": "acmecorp01"},
        "contact_center also needs OFFHOOK_CONTACT_CENTER_STREAM_URL, OFFHOOK_CONTACT_CENTER_STREAM_KEY",
    ),
    "Contact Center's stream over an open line": (
        {"OFFHOOK_CONTACT_CENTER_STREAM_URL": "ws://pulsar-ws-use1.8x8.com"},
        "OFFHOOK_CONTACT_CENTER_STREAM_URL must be wss",
    ),
    "Contact Center's token without its cluster": ({"OFFHOOK_CONTACT_CENTER_TOKEN": "t"}, "belong together"),
    "Contact Center's prefix that is a word": (
        {"OFFHOOK_CONTACT_CENTER_PREFIX": "one"},
        "OFFHOOK_CONTACT_CENTER_PREFIX must be digits",
    ),
    "a code without its words": ({"OFFHOOK_CONTACT_CENTER_CODES": "12|234"}, "must be like 12|234:Sold"),
    "a code that is none": ({"OFFHOOK_CONTACT_CENTER_CODES": "Sold:12|234"}, "must be like 12|234:Sold"),
    "two codes of one meaning": ({"OFFHOOK_CONTACT_CENTER_CODES": "1|2:Sold,1|3:Sold"}, "words, twice"),
    "a code of two meanings": ({"OFFHOOK_CONTACT_CENTER_CODES": "1|2:Sold,1|2:Lost"}, "has a code, or words, twice"),
    "a reason for being available": (
        {"OFFHOOK_CONTACT_CENTER_STATUS_CODES": "4|1|2|Fun"},
        "must be like 3|801|1725|Lunch",
    ),
    "a reason without a list": ({"OFFHOOK_CONTACT_CENTER_STATUS_CODES": "3|1725|Lunch"}, "must be like 3|801|1725|Lunch"),
    "a subscription that is an address": (
        {"OFFHOOK_CONTACT_CENTER_SUBSCRIPTION": "a/b"},
        "OFFHOOK_CONTACT_CENTER_SUBSCRIPTION must be a name",
    ),
    "a number to call as that is none": (
        {"OFFHOOK_EIGHT_BY_EIGHT_CALLER_IDS": "020 7946 0018"},
        "OFFHOOK_EIGHT_BY_EIGHT_CALLER_IDS must be numbers",
    ),
    "an unknown level": ({"OFFHOOK_LOG_LEVEL": "loud"}, "OFFHOOK_LOG_LEVEL must be one of debug"),
    "an unknown format": ({"OFFHOOK_LOG_FORMAT": "xml"}, "OFFHOOK_LOG_FORMAT must be one of text"),
    "a country by its name": ({"OFFHOOK_DEFAULT_REGION": "Germany"}, "OFFHOOK_DEFAULT_REGION must be"),
    "a database nobody knows": ({"OFFHOOK_DATABASE_URL": "mysql://db/x"}, "OFFHOOK_DATABASE_URL must begin"),
    "a database that is no address": ({"OFFHOOK_DATABASE_URL": "offhook.db"}, "OFFHOOK_DATABASE_URL must begin"),
}


@pytest.mark.parametrize(("environment", "says"), REFUSALS.values(), ids=REFUSALS)
def test_what_cannot_work_is_refused(environment: dict[str, str], says: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        from_environment(environment)
    assert says in str(refused.value)


def test_no_refusal_repeats_a_pin() -> None:
    with pytest.raises(ConfigurationError) as refused:
        from_environment({"OFFHOOK_EXCHANGE_LINES": "201:7391,9134"})
    assert "7391" not in str(refused.value)
    assert "9134" not in str(refused.value)


def test_secrets_are_not_shown() -> None:
    settings = Settings(
        secret_keys=("key one",),
        hubspot_client_secret="two",
        exchange_lines=("201:3333",),
        webhook_secret="four",
        asterisk_secret="five",
        eight_by_eight_api_key="sixty-six",
        eight_by_eight_api_secret="seven",
        eight_by_eight_password="ninety",
        contact_center_stream_key="eleven",
        contact_center_token="twelve",
    )
    for secret in ("key one", "two'", "3333", "four", "five", "sixty-six", "seven", "ninety", "eleven", "twelve"):
        assert secret not in repr(settings)


@pytest.mark.parametrize("given", [{}, {"hubspot_client_id": "x"}, {"hubspot_client_secret": "x"}])
def test_the_service_needs_a_hubspot_app(given: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="OFFHOOK_HUBSPOT_CLIENT_ID"):
        require_hubspot_app(Settings(**given))
    whole = Settings(hubspot_client_id="x", hubspot_client_secret="y")
    assert require_hubspot_app(whole) is whole


def test_a_secret_key_is_made_once_and_is_for_its_owner_only(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "new")
    [key] = secret_keys(settings)
    assert len(key) > 40
    assert secret_keys(settings) == (key,)
    assert (tmp_path / "new/secret.key").stat().st_mode & 0o777 == 0o600
    assert secret_keys(Settings(secret_keys=("a", "b"))) == ("a", "b")


def test_another_process_is_set_up_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFHOOK_PORT", "1")
    monkeypatch.setenv("ELSE", "2")
    assert "OFFHOOK_PORT" not in surroundings()
    assert surroundings()["ELSE"] == "2"
    assert variable("base_url") == "OFFHOOK_BASE_URL"
