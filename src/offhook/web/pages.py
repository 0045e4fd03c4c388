"""The few pages that the service shows itself: the end of a consent, and what to do without a built panel."""

from html import escape

from litestar import MediaType, Response

STYLE = """
:root { color-scheme: light dark; --ink: #213343; --quiet: #516f90; --ground: #f5f8fa; --card: #fff; --accent: #a83a14 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8edf2; --quiet: #a5b4c3; --ground: #161b21; --card: #20272f; --accent: #ff9d7a }
}
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
main { max-width: 34rem; margin: 12vh auto; padding: 2rem; background: var(--card); border-radius: 12px }
h1 { margin-top: 0; font-size: 1.4rem; overflow-wrap: anywhere } p { overflow-wrap: anywhere } a { color: var(--accent) }
.quiet { color: var(--quiet) }
"""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def page(
    title: str, paragraphs: tuple[str, ...], status: int = 200, link: tuple[str, str] | None = None
) -> Response[str]:
    """A page with a heading, plain paragraphs and perhaps one link (address, text). Everything is escaped."""
    body = "".join(f"<p>{escape(each)}</p>" for each in paragraphs)
    if link:
        body += f'<p><a href="{escape(link[0], quote=True)}">{escape(link[1])}</a></p>'
    text = (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · Offhook</title>"
        '<link rel="stylesheet" href="/page.css">'
        f"<main><h1>{escape(title)}</h1>{body}</main></html>"
    )
    return Response(text, status_code=status, media_type=MediaType.HTML, headers=HEADERS)
