"""Logging in and out. Rights are taken over at login and count until log-out (facts 2.2)."""

import msgspec
from litestar import get, post

from hubspot_sandbox.access import ThePortal
from hubspot_sandbox.pages import render
from hubspot_sandbox.pages.forms import TheForm, read_form
from hubspot_sandbox.pages.render import Page
from hubspot_sandbox.pages.visitor import COOKIE, Call, TheVisitor, find_visitor, is_local, session_cookie
from hubspot_sandbox.people import Person
from hubspot_sandbox.portal import Portal

WRONG = "That e-mail address and password don't belong together. Try again."
MOST_SHOWN = 8


class Sample(msgspec.Struct, frozen=True):
    """Somebody to log in as: the sandbox's people are no secret, and a newcomer needs one."""

    name: str
    email: str
    password: str
    about: str


@get("/login", include_in_schema=False)
async def log_in_page(request: Call, portal: ThePortal) -> Page:
    back_to = _back_to(request.query_params.get("next", ""))
    if find_visitor(request, portal):
        return render.redirect(back_to)
    note = "You are logged out." if "out" in request.query_params else ""
    return _page(portal, back_to, note=note)


@post("/login", include_in_schema=False)
async def log_in(request: Call, portal: ThePortal) -> Page:
    form = await read_form(request)
    back_to, email = _back_to(form.get("next", "")), form.get("email", "").strip()
    session_id = portal.log_in(email, form.get("password", ""))
    if session_id is None:
        return _page(portal, back_to, email=email, wrong=WRONG, status=401)
    portal.log_out(request.cookies.get(COOKIE, ""))
    return render.redirect(back_to, cookies=[session_cookie(session_id)])


@post("/logout", include_in_schema=False)
async def log_out(portal: ThePortal, visitor: TheVisitor, form: TheForm) -> Page:
    portal.log_out(visitor.session.id)
    return render.redirect("/login?out=1", cookies=[session_cookie("")])


def _back_to(wanted: str) -> str:
    return wanted if is_local(wanted) else "/"


def _page(portal: Portal, back_to: str, *, email: str = "", wrong: str = "", note: str = "", status: int = 200) -> Page:
    return render.page(
        "login.html",
        status=status,
        back_to=back_to,
        email=email,
        wrong=wrong,
        note=note,
        people=_samples(portal),
    )


def _samples(portal: Portal) -> list[Sample]:
    """The first people who can log in, super admins first."""
    found = [
        _sample(portal, person) for person in portal.people.people()[:200] if portal.people.accounts_of(person.email)
    ]
    return sorted(found, key=lambda one: "Super Admin" not in one.about)[:MOST_SHOWN]


def _sample(portal: Portal, person: Person) -> Sample:
    accounts = portal.people.accounts_of(person.email)
    members = [portal.people.membership(account.id, person.email) for account in accounts]
    leads = {member.account_id for member in members if member and member.super_admin}
    about = (f"{each.name} (Super Admin)" if each.id in leads else each.name for each in accounts)
    return Sample(person.name, person.email, person.password, ", ".join(about))
