"""Which pages may open the live stream."""

from urllib.parse import urlsplit

# The id that browsers make of the public key in the extension's manifest (browser/README.md).
EXTENSION_ID = "ognonpcnilbpjamnnkempbngmohegoij"


class Origins:
    """Which pages may open the stream: the service's own, and the extension's."""

    def __init__(self, address: str, extension_ids: tuple[str, ...]) -> None:
        own = urlsplit(address)
        hosts = {own.netloc}
        if own.hostname in ("localhost", "127.0.0.1"):
            hosts = {f"{host}:{own.port}" if own.port else host for host in ("localhost", "127.0.0.1")}
        self._allowed = {f"{own.scheme}://{host}" for host in hosts}
        self._allowed |= {f"chrome-extension://{each}" for each in extension_ids}

    def allowed(self, origin: str | None) -> bool:
        """Programs that are no browser send no origin; the token is what lets them in."""
        return origin is None or origin in self._allowed
