"""Refusals and breakdowns as pages in the same style, instead of JSON."""

import logging

from litestar.exceptions import HTTPException

from hubspot_sandbox.pages import render
from hubspot_sandbox.pages.render import Page
from hubspot_sandbox.pages.visitor import Call, LogInFirst, Member, NoSuchAccount, Visitor

log = logging.getLogger(__name__)

NOT_FOUND = ("Page not found", "There is nothing at this address. It may have been removed, or the link has a typo.")
BROKEN = ("Something went wrong", "The sandbox made a mistake; its log says which. Try again in a moment.")
WORDS = {
    404: NOT_FOUND,
    405: ("That does not work here", "This page cannot be used in that way."),
    413: ("This form is too large", "Nothing was changed."),
}


class PageProblem(Exception):
    """What stands in the way, for a person to read. `member` or `visitor` keeps her top bar on the page."""

    def __init__(
        self, status: int, heading: str, detail: str, *, visitor: Visitor | None = None, member: Member | None = None
    ) -> None:
        super().__init__(heading)
        self.status, self.heading, self.detail = status, heading, detail
        self.visitor, self.member = member.visitor if member else visitor, member


def not_found(member: Member | None = None) -> PageProblem:
    return PageProblem(404, *NOT_FOUND, member=member)


def on_page_problem(request: Call, problem: PageProblem) -> Page:
    return _page(problem)


def on_log_in_first(request: Call, problem: LogInFirst) -> Page:
    return render.redirect(problem.url, status=302)


def on_no_such_account(request: Call, problem: NoSuchAccount) -> Page:
    detail = "Either it does not exist, or you are not one of its users."
    return _page(PageProblem(403, "You don't have access to this account", detail, visitor=problem.visitor))


def on_http_exception(request: Call, error: HTTPException) -> Page:
    """Litestar's own refusals: no route, wrong method, too large. `app` may use it for unknown addresses too."""
    heading, detail = WORDS.get(error.status_code, ("That did not work", "The request could not be understood."))
    return _page(PageProblem(error.status_code, heading, detail)) if error.status_code < 500 else on_error(request, error)


def on_error(request: Call, error: Exception) -> Page:
    log.error("a page broke: %s %s", request.method, request.url.path, exc_info=error)
    return _page(PageProblem(500, *BROKEN))


def _page(problem: PageProblem) -> Page:
    return render.page(
        "problem.html", status=problem.status, visitor=problem.visitor, member=problem.member, problem=problem
    )
