"""Sealing, rotating keys, and secrets that hide."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.errors import ConfigurationError
from offhook.grants.vault import Secret, Unopenable, Vault


@given(st.text(), st.text(min_size=1))
def test_what_is_sealed_opens_again_under_any_key(text: str, key: str) -> None:
    vault = Vault([key])
    sealed = vault.seal(Secret(text))
    assert vault.open(sealed).reveal() == text
    assert text == "" or len(text) < 4 or text not in sealed


def test_two_sealings_of_one_secret_differ() -> None:
    vault = Vault(["key"])
    assert vault.seal(Secret("token")) != vault.seal(Secret("token"))


def test_keys_can_be_rotated() -> None:
    old, both, new = Vault(["old"]), Vault(["new", "old"]), Vault(["new"])
    assert both.open(old.seal(Secret("token"))).reveal() == "token"
    assert new.open(both.seal(Secret("token"))).reveal() == "token"


OTHERS = Vault(["other"]).seal(Secret("token"))


@pytest.mark.parametrize("sealed", ["", "nonsense", "gAAAA", OTHERS], ids=["empty", "nonsense", "cut", "another key's"])
def test_what_our_keys_did_not_seal_does_not_open(sealed: str) -> None:
    with pytest.raises(Unopenable):
        Vault(["key"]).open(sealed)


def test_keys_for_different_purposes_differ() -> None:
    vault = Vault(["key"])
    assert vault.keys_for("one") != vault.keys_for("two")
    assert [len(key) for key in vault.keys_for("one")] == [32]


@pytest.mark.parametrize("keys", [[], ["key", ""]])
def test_an_empty_key_is_refused(keys: list[str]) -> None:
    with pytest.raises(ConfigurationError):
        Vault(keys)


def test_a_secret_hides_wherever_it_is_shown() -> None:
    class Holder(msgspec.Struct):
        secret: Secret

    secret = Secret("hunter2")
    shown = f"{secret} {secret!r} {[secret]} {Holder(secret)} {Vault(['hunter2'])}"
    assert "hunter2" not in shown
    with pytest.raises(TypeError):
        msgspec.json.encode(Holder(secret))
