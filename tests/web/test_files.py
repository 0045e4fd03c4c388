"""The panel's files and the service's own pages, with the headers that keep them harmless."""

from pathlib import Path

import httpx
import pytest
from tests.real_service import RealService

from offhook.bootstrap import running
from offhook.settings import Settings
from offhook.web.app import panel_folder


async def fetch(settings: Settings, *paths: str) -> list[httpx.Response]:
    async with running(settings) as service:
        transport = httpx.ASGITransport(service.app)
        async with httpx.AsyncClient(transport=transport, base_url=settings.address) as http:
            return [await http.get(path) for path in paths]


@pytest.fixture
def built(tmp_path: Path) -> Settings:
    folder = tmp_path / "panel"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html><title>Panel</title>")
    (folder / "panel.js").write_text("1")
    (folder / "embed.js").write_text("2")
    (tmp_path / "secret.txt").write_text("3")
    own = tmp_path / "administration-page"
    own.mkdir()
    (own / "index.html").write_text("<!doctype html><title>Administration</title>")
    (own / "administration.js").write_text("4")
    return Settings(data_dir=tmp_path / "data", panel_dir=folder, phone_systems=("exchange",))


PAGES = ["/panel/", "/panel/index.html", "/panel/panel.js", "/administration/", "/administration/administration.js"]


@pytest.mark.parametrize("path", PAGES)
async def test_files_of_the_pages_may_load_only_what_is_ours(built: Settings, path: str) -> None:
    [answer] = await fetch(built, path)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    for part in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"


async def test_the_panel_may_be_framed_and_the_administration_by_nobody(built: Settings) -> None:
    panel, page = await fetch(built, "/panel/", "/administration/")
    assert "frame-ancestors" not in panel.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["x-frame-options"] == "DENY"


async def test_the_embed_is_a_script_and_the_front_leads_to_the_panel(built: Settings) -> None:
    embed, front = await fetch(built, "/embed.js", "/")
    assert (embed.text, embed.headers["content-type"].partition(";")[0]) == ("2", "text/javascript")
    assert (front.status_code, front.headers["location"]) == (302, "/panel/")


async def test_no_other_file_can_be_had(built: Settings) -> None:
    paths = (
        "/panel/../administration-page/index.html",
        "/panel/%2e%2e/administration-page/index.html",
        "/administration/../secret.txt",
        "/panel/../secret.txt",
        "/panel/%2e%2e/secret.txt",
        "/panel/..%2fsecret.txt",
        "/panel//etc/passwd",
    )
    for answer in await fetch(built, *paths):
        assert answer.text != "3"
        assert answer.status_code == 404


async def test_without_a_built_panel_the_page_says_so(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, panel_dir=tmp_path, phone_systems=("exchange",))
    for answer in await fetch(settings, "/panel", "/panel/", "/administration/"):
        assert answer.status_code == 503
        assert "make build" in answer.text


def test_the_panel_is_looked_for_where_it_is_set(tmp_path: Path) -> None:
    assert panel_folder(tmp_path) is None
    (tmp_path / "index.html").touch()
    assert panel_folder(tmp_path) == tmp_path


async def test_our_own_pages_have_their_style(service: RealService) -> None:
    answer = await service.http.get("/page.css")
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "text/css")
