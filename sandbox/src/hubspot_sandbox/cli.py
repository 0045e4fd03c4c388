"""`hubspot-sandbox`: a local HubSpot on one port.

What is slow to load is imported by `serve`, so that `--help` and a wrong option are answered at once.
"""

import argparse
import errno
import gc
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from hubspot_sandbox import __version__

if TYPE_CHECKING:
    from hubspot_sandbox.portal import Portal

NAME = "hubspot-sandbox"
COULD_NOT_START = 2
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared with, not listened on
LOCAL = "127.0.0.1"
EPILOG = """\
examples:
  hubspot-sandbox                              demo data in memory, on http://127.0.0.1:8700
  hubspot-sandbox --database sandbox.db        the same, and it is still there tomorrow
  hubspot-sandbox --port 9000 --seed empty     people, an app and a key, but no records
  hubspot-sandbox --project ./my-app           knows the app of your HubSpot project

Point your program at the address instead of https://api.hubapi.com and https://app.hubspot.com.
Tests have fixtures instead: see hubspot_sandbox.testing."""


class CannotStart(Exception):
    """The message is a sentence for the person who started it."""


class Parser(argparse.ArgumentParser):
    """Says in one sentence what is wrong, without the list of all options."""

    def error(self, message: str) -> NoReturn:
        self.exit(COULD_NOT_START, f"{NAME}: {message}; {NAME} --help tells more.\n")


def _parser() -> Parser:
    about = "A local HubSpot for tests and demos: API, pages, consent, limits, webhooks. Not affiliated with HubSpot."
    usage, raw = f"{NAME} [serve] [options]", argparse.RawDescriptionHelpFormatter
    parser = Parser(NAME, usage=usage, description=about, epilog=EPILOG, formatter_class=raw)
    option = parser.add_argument
    option(
        "--port", type=_port, default=8700, metavar="N", help="port to listen on, 0 for any free one; 8700 if not given"
    )
    option("--host", default=LOCAL, help="address to listen on; the control plane answers this machine only")
    option("--seed", default="demo", help="what a new database holds: demo, empty, or large:N with N contacts")
    option("--database", type=Path, metavar="FILE", help="keeps the state; without it everything is in memory")
    option("--project", type=Path, metavar="FOLDER", help="a HubSpot developer project, whose app is registered")
    option("--webhooks-anywhere", action="store_true", help="let webhooks go to other machines, too")
    option("--version", action="version", version=__version__)
    return parser


def _port(text: str) -> int:
    if text.isascii() and text.isdecimal() and int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 65535")


def serve(wish: argparse.Namespace) -> None:
    """Serve until somebody stops it.

    :raises CannotStart: port, seed, database or project will not do
    """
    gc.disable()  # what is loaded now stays: looking through it again and again is a seventh of the start
    from hubspot_sandbox.opening import CannotOpen, open_portal
    from hubspot_sandbox.seeds import NAMES, is_seed
    from hubspot_sandbox.server import build_server

    if not is_seed(wish.seed):
        raise CannotStart(f"There is no seed {wish.seed!r}; there are {NAMES}.")
    with listening(wish.host, wish.port) as listener:
        try:
            portal = open_portal(wish.database, wish.seed)
        except CannotOpen as error:
            raise CannotStart(str(error)) from error
        try:
            url = address(wish.host, listener.getsockname()[1])
            app = project_lines(portal, wish.project)
            lines = [f"{NAME} ready on {url}", *app, *greeting(portal, url, wish.database)]
            say = partial(print, *lines, sep="\n", flush=True)
            server = build_server(portal, say, webhooks_anywhere=wish.webhooks_anywhere)
            gc.freeze()
            gc.enable()
            server.run([listener])
        finally:
            portal.close()


def listening(host: str, port: int) -> socket.socket:
    """A socket that holds the port, before anything slow begins.

    :raises CannotStart: taken, not allowed, or no address of this machine
    """
    try:
        family, _, _, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(where[:2], family=family)
    except PermissionError as error:
        raise CannotStart(f"This user may not listen on port {port}; choose one above 1023 with --port.") from error
    except (OSError, UnicodeError) as error:
        if getattr(error, "errno", None) == errno.EADDRINUSE:
            raise CannotStart(f"Port {port} is taken, perhaps by another sandbox; choose another with --port.") from error
        raise CannotStart(f"It cannot listen on {host!r}: {getattr(error, 'strerror', None) or error}.") from error


def address(host: str, port: int) -> str:
    shown = LOCAL if host in EVERYWHERE else host
    return f"http://[{shown}]:{port}" if ":" in shown else f"http://{shown}:{port}"


def project_lines(portal: "Portal", folder: Path | None) -> Iterator[str]:
    """Register the project's app, if there is one, and say what a program needs of it.

    :raises CannotStart: with the file and what is wrong in it
    """
    from hubspot_sandbox.apps import RegistrationRefused
    from hubspot_sandbox.projects import register_project

    if folder is None:
        return
    try:
        made = register_project(portal, folder)
    except RegistrationRefused as refused:
        raise CannotStart(f"The project in {folder} will not do: {refused}.") from refused
    yield f"app {made.name}: client id {made.client_id}, client secret {made.client_secret}"


def greeting(portal: "Portal", url: str, database: Path | None) -> Iterator[str]:
    """What a newcomer does next, from what the portal holds: who can log in, the key, where the rest is told."""
    from hubspot_sandbox.seeds.people import SERVICE_KEY

    people = portal.people.people()
    if people:
        words = {person.password for person in people}
        secret = f"every password is {words.pop()}" if len(words) == 1 else "the login page tells passwords"
        yield f"  log in       {', '.join(_who(portal, person.email) for person in people[:3])}…; {secret}"
    if portal.grants.token(SERVICE_KEY):
        yield f"  service key  {SERVICE_KEY}   (Authorization: Bearer {SERVICE_KEY})"
    yield f"  control      {url}/_sandbox/   (apps, clock, faults, limits, webhooks, seeds)"
    yield f"  state        {f'in {database}' if database else 'in memory; --database FILE keeps it'}"
    yield "  stop         Ctrl-C"


def _who(portal: "Portal", email: str) -> str:
    memberships = [portal.people.membership(account.id, email) for account in portal.people.accounts_of(email)]
    return f"{email} (Super Admin)" if any(each and each.super_admin for each in memberships) else email


def run(arguments: Sequence[str]) -> int:
    """The exit code: 0 when somebody has stopped it, 2 when it could not start; then one sentence says why."""
    wish = _parser().parse_args(arguments[1:] if arguments[:1] == ["serve"] else arguments)
    try:
        serve(wish)
    except CannotStart as wrong:
        print(f"{NAME}: {wrong}", file=sys.stderr)
        return COULD_NOT_START
    except KeyboardInterrupt:  # the server has finished in order, and raises the signal again
        pass
    return 0


def main() -> None:
    """The command `hubspot-sandbox`. Both signals that ask it to stop end it in order."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    raise SystemExit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
