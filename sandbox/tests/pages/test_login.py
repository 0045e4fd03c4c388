"""Logging in and out, the cookie, and where one lands."""

from typing import Any

import pytest

from hubspot_sandbox.pages.visitor import COOKIE, is_local
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.seeds.people import ACORN, ADA, BEN, CLEO

CONTACTS = f"/contacts/{ACORN}/objects/0-1/views/all/list"


def test_a_page_sends_a_stranger_to_log_in_and_back(someone: Any) -> None:
    ben = someone()
    ben.get(f"{CONTACTS}?q=a%26b&page=1", expect=302)
    login = ben.follow()
    ben.post("/login", login.fields("/login") | {"email": BEN, "password": "demo"})
    assert ben.location == f"{CONTACTS}?q=a%26b&page=1"
    assert ben.follow().heading == "Contacts"


def test_the_login_form_is_labelled(someone: Any) -> None:
    page = someone().get("/login")
    assert page.title == "Log in | HubSpot sandbox"
    labels = {label["for"]: label.text for label in page.all("label")}
    assert labels == {"email": "E-mail", "password": "Password"}
    assert page.one("button", type="submit").text == "Log in"


def test_a_wrong_password_gets_a_plain_sentence_and_keeps_the_address(someone: Any) -> None:
    page = someone().post("/login", {"email": "ada@acorn.example", "password": "no", "next": CONTACTS}, expect=401)
    assert page.one("p", role="alert").text == "That e-mail address and password don't belong together. Try again."
    assert page.one("input", id="email")["value"] == "ada@acorn.example"
    assert page.fields("/login")["next"] == CONTACTS


def test_the_session_cookie_is_not_for_scripts_or_other_sites(someone: Any) -> None:
    ada = someone().log_in(ADA)
    cookie = ada.answer.headers["set-cookie"].lower()
    assert cookie.startswith(COOKIE)
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


@pytest.mark.parametrize(
    "url", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:1", "/a\tb", "", "x"]
)
def test_nobody_is_sent_to_another_site_after_login(someone: Any, url: str) -> None:
    visitor = someone()
    visitor.post("/login", {"email": CLEO, "password": "demo", "next": url})
    assert visitor.location == "/"
    assert not is_local(url)


def test_logging_out_ends_the_session(ada: Any) -> None:
    ada.log_out()
    assert ada.location == "/login?out=1"
    assert ada.follow().one("p", role="status").text == "You are logged out."
    ada.get(CONTACTS, expect=302)


def test_logging_out_needs_the_forms_token(ada: Any) -> None:
    ada.post("/logout", {}, expect=403)
    assert ada.post("/logout", {"csrf": "0" * 64}, expect=403).heading == "This form is out of date"
    ada.get(CONTACTS)


def test_one_persons_token_is_no_use_to_another(ada: Any, ben: Any) -> None:
    stolen = ada.get(CONTACTS).fields("/logout")
    ben.post("/logout", stolen, expect=403)


def test_a_form_from_another_site_is_refused(someone: Any) -> None:
    visitor = someone()
    fields = {"email": ADA, "password": "demo"}
    visitor.post("/login", fields, expect=403, origin="https://evil.example")
    visitor.post("/login", fields, expect=403, origin="null")
    visitor.post("/login", fields, expect=303, origin=str(visitor.client.base_url).rstrip("/"))


def test_forms_are_bounded_and_urlencoded(someone: Any) -> None:
    visitor = someone()
    visitor.post("/login", {"email": "a" * 70_000}, expect=413)
    visitor.post("/login", {f"f{number}": "" for number in range(600)}, expect=400)
    answer = visitor.client.post("/login", json={"email": ADA})
    assert answer.status_code == 400
    broken = visitor.client.post("/login", content=b"\xff", headers={"content-type": "application/x-www-form-urlencoded"})
    assert broken.status_code == 400


def test_the_account_menu_shows_who_and_where(ben: Any) -> None:
    menu = ben.get(CONTACTS).one("div", id="account-menu").text
    assert "Ben Bright" in menu
    assert BEN in menu
    assert "Acorn Supplies" in menu
    assert "Switch account Birch Studio" in menu


def test_somebody_with_one_account_starts_at_her_contacts(someone: Any) -> None:
    cleo = someone().log_in(CLEO)
    cleo.get("/", expect=302)
    assert cleo.location == CONTACTS


def test_somebody_with_several_accounts_chooses(ben: Any) -> None:
    page = ben.get("/")
    assert page.heading == "Your accounts"
    assert "Acorn Supplies" in page.one("main").text
    assert "Birch Studio" in page.one("main").text


def test_a_logged_in_person_is_not_asked_again(ben: Any) -> None:
    ben.get(f"/login?next={CONTACTS}", expect=303)
    assert ben.location == CONTACTS


def test_a_reset_forgets_who_is_logged_in(ada: Any, portal: Portal) -> None:
    portal.wipe()
    ada.get(CONTACTS, expect=302)
    assert ada.follow().heading == "Log in"


def test_another_account_is_refused_like_one_that_does_not_exist(someone: Any) -> None:
    cleo = someone().log_in(CLEO)
    other = cleo.get("/contacts/48201002/objects/0-1/views/all/list", expect=403)
    nowhere = cleo.get("/contacts/1/objects/0-1/views/all/list", expect=403)
    assert other.one("main").text == nowhere.one("main").text


def test_the_login_page_names_the_sandboxs_people(someone: Any) -> None:
    page = someone().get("/login")
    assert page.all("button", data_email=ADA)
    assert not page.all("button", data_email="finn@acorn.example"), "a deactivated user cannot log in"
