"""`hubspot-sandbox serve`: a local HubSpot on one port."""

from pathlib import Path

from cyclopts import App

from hubspot_sandbox import __version__
from hubspot_sandbox.apps import RegistrationRefused
from hubspot_sandbox.portal import Portal
from hubspot_sandbox.projects import register_project
from hubspot_sandbox.seeds import NAMES, is_seed, open_portal
from hubspot_sandbox.server import build_server

app = App(
    name="hubspot-sandbox",
    version=__version__,
    help="A local HubSpot for tests and demos. Not affiliated with HubSpot.",
)


@app.command
def serve(
    *,
    port: int = 8700,
    host: str = "127.0.0.1",
    seed: str = "demo",
    database: Path | None = None,
    webhooks_anywhere: bool = False,
    project: Path | None = None,
) -> None:
    """Serve API, pages and control plane on one port.

    Parameters
    ----------
    port:
        Port to listen on.
    host:
        Address to listen on; the control plane answers to loopback callers only in any case.
    seed:
        What a new database holds: demo, empty, or large:N with N contacts. An existing database keeps what it has.
    database:
        SQLite file that keeps the state; in memory without it.
    webhooks_anywhere:
        Send webhooks also to other machines than this one.
    project:
        Folder of a HubSpot developer project whose app is registered; its credentials are printed.
    """
    if not is_seed(seed):
        raise SystemExit(f"unknown seed {seed!r}; there are {NAMES}")
    portal = open_portal(database, seed)
    lines = [f"hubspot-sandbox ready on http://{host}:{port}", *(project_lines(portal, project) if project else ())]
    server = build_server(
        portal,
        host,
        port,
        lambda: print(*lines, sep="\n", flush=True),
        webhooks_anywhere=webhooks_anywhere,
    )
    server.run()
    portal.close()


def project_lines(portal: Portal, folder: Path) -> tuple[str, ...]:
    """Register the project's app, and what to say of it.

    :raises SystemExit: with the file and what is wrong in it
    """
    try:
        made = register_project(portal, folder)
    except RegistrationRefused as refused:
        raise SystemExit(f"project {folder}: {refused}") from refused
    return (f"app {made.name}: client id {made.client_id}, client secret {made.client_secret}",)


def main() -> None:
    """The command `hubspot-sandbox`."""
    app()


if __name__ == "__main__":
    main()
