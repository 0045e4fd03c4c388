"""A person without a browser: she logs in, reads the page that an app sent her to, and decides."""

import html
import re
from urllib.parse import urlsplit

import httpx

CSRF = re.compile(r'name="csrf" value="([^"]+)"')


class ConsentRefused(Exception):
    """HubSpot's page stops her; the app hears nothing of it. The message is all that the page says.

    `heading` is its heading, `missing` the rights that it names, `status` 400 (a wrong link) or 403.
    """

    def __init__(self, status: int, page: str) -> None:
        main = page.partition("<main")[2] or page
        lines = [_plain(each) for each in re.findall(r"(?s)<(?:h1|p|li)\b[^>]*>(.*?)</(?:h1|p|li)>", main)]
        super().__init__("\n".join(each for each in lines if each))
        self.status = status
        self.heading = next(iter(_inside("h1", main)), "")
        self.missing = tuple(_inside("li", main))


def decide(client: httpx.Client, authorize_url: str, email: str, password: str, account_id: int, decision: str) -> str:
    """Log in anew and press *Grant access* (`grant`) or *Cancel* (`cancel`); the address that she is sent back to.

    :raises ConsentRefused: her password is wrong, or HubSpot does not let her
    """
    entered = client.post("/login", data={"email": email, "password": password})
    if entered.status_code != 303:
        raise ConsentRefused(entered.status_code, entered.text)
    path = f"/oauth/{account_id}/authorize?{urlsplit(authorize_url).query}"
    page = client.get(path)
    form = {"csrf": _csrf(page), "decision": decision, "human": "yes"}
    answer = client.post(path, data=form)
    if answer.status_code != 302:
        raise ConsentRefused(answer.status_code, answer.text)
    return str(answer.headers["location"])


def _csrf(page: httpx.Response) -> str:
    """From the form with the two buttons. A page that stops her may have a form, too, to ask for approval."""
    found = CSRF.search(page.text)
    if page.status_code != 200 or found is None:
        raise ConsentRefused(page.status_code, page.text)
    return found[1]


def _inside(tag: str, page: str) -> list[str]:
    return [_plain(each) for each in re.findall(rf"(?s)<{tag}\b[^>]*>(.*?)</{tag}>", page)]


def _plain(markup: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())
