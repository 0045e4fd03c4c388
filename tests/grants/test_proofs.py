"""Secrets, states and hashes: what proves, and what does not."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offhook.errors import ConsentError, ExpiredConsent, InvalidInput, NotFound, UnknownConsent
from offhook.grants import proofs

NOW = datetime(2026, 11, 23, tzinfo=UTC)
KEY, OTHER = b"k" * 32, b"o" * 32
STATE = proofs.State("attempt", "nonce")


def signed(key: bytes = KEY, until: timedelta = timedelta(minutes=30)) -> str:
    return proofs.sign_state(STATE, key, NOW + until)


def test_the_challenge_is_the_one_of_rfc_7636() -> None:
    assert proofs.hashed("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_a_state_comes_back_as_it_was_signed() -> None:
    assert proofs.read_state(signed(), [KEY], NOW) == STATE


def test_a_state_signed_before_the_keys_were_rotated_still_counts() -> None:
    assert proofs.read_state(signed(OTHER), [KEY, OTHER], NOW) == STATE


def test_a_state_that_others_signed_is_unknown() -> None:
    with pytest.raises(UnknownConsent):
        proofs.read_state(signed(OTHER), [KEY], NOW)


def test_a_state_without_a_signature_is_unknown() -> None:
    header = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0"  # {"alg":"none","typ":"JWT"}
    with pytest.raises(UnknownConsent):
        proofs.read_state(f"{header}.{signed().split('.')[1]}.", [KEY], NOW)


def test_a_state_that_is_too_old_is_expired() -> None:
    with pytest.raises(ExpiredConsent):
        proofs.read_state(signed(until=timedelta(seconds=-1)), [KEY], NOW)


@given(st.text(max_size=300) | st.integers(1, 5000).map("a".__mul__))
def test_garbage_is_unknown_and_nothing_worse(text: str) -> None:
    with pytest.raises(UnknownConsent):
        proofs.read_state(text, [KEY], NOW)


@given(st.integers(0, 400), st.characters())
def test_a_state_changed_in_any_place_is_refused(place: int, character: str) -> None:
    good = signed()
    at = place % len(good)
    if good[at] == character:
        return
    changed = good[:at] + character + good[at + 1 :]
    # The last character of base64 holds bits that carry nothing; changing only those changes nothing.
    try:
        assert proofs.read_state(changed, [KEY], NOW) == STATE
        assert at in (len(good) - 1, len(good.split(".")[0]) - 1, len(good.rpartition(".")[0]) - 1)
    except ConsentError:
        pass


@given(st.text(max_size=100))
def test_only_the_secret_itself_proves(text: str) -> None:
    proofs.prove_secret(text, proofs.hashed(text))
    with pytest.raises(NotFound):
        proofs.prove_secret(text + "x", proofs.hashed(text))


def test_a_secret_of_absurd_length_is_not_even_hashed() -> None:
    long = "x" * 100_000
    with pytest.raises(NotFound):
        proofs.prove_secret(long, proofs.hashed(long))


@pytest.mark.parametrize("text", ["", "x" * 42, "x" * 44, "x" * 42 + "=", "x" * 42 + "/", "x" * 43 + "\n", "é" * 43])
def test_what_is_no_hash_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="secret_hash"):
        proofs.require_hash("secret_hash", text)


def test_a_random_text_is_a_good_secret_and_verifier() -> None:
    assert proofs.require_hash("secret", proofs.random_text()) != proofs.random_text()
