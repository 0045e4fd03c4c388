from pathlib import Path

from msgspec.structs import replace
from tests.hubspot_app.conftest import WANTED

from offhook.diagnosis.report import Check
from offhook.hubspot_app.told import after_check, after_init, by_hand

FITS = Check("Scopes", "pass", "The app lists all scopes.")
DIFFERS = Check("Redirect URL", "fail", "The app does not list it.", "Add it.")


def test_what_comes_next_can_be_pasted_into_a_shell() -> None:
    said = "\n".join(after_init(Path("our app"), {"hsproject.json": True}, WANTED, "private"))
    assert "cd 'our app'" in said
    assert "offhook hubspot-app check 'our app'" in said
    assert "https://offhook.example.com/panel/" in said


def test_only_an_app_of_ones_own_is_told_to_list_its_accounts() -> None:
    def said(distribution: str) -> str:
        return "\n".join(after_init(Path("x"), {}, WANTED, distribution))

    assert "ten at the most" in said("private")
    assert "ten at the most" not in said("marketplace")


def test_it_tells_what_was_there_already_from_what_was_written() -> None:
    lines = list(after_init(Path("x"), {"a": True, "b": False}, WANTED, "private"))
    assert lines[:2] == ["Written: x/a", "Was there already, and right: x/b"]


def test_a_difference_comes_with_what_to_change_and_the_end_says_what_to_do_then() -> None:
    *lines, end = after_check([FITS, DIFFERS])
    assert lines == ["✓ Scopes: The app lists all scopes.", "✗ Redirect URL: The app does not list it.", "    → Add it."]
    assert "upload the project again" in end


def test_it_does_not_claim_to_know_what_was_uploaded() -> None:
    assert list(after_check([FITS]))[-1].endswith("only HubSpot knows.")


def test_a_list_without_a_scope_says_so() -> None:
    assert "Scopes, optional\n  none" in by_hand(replace(WANTED, optional=()))
