"""Is it alive, is it ready, and what do the numbers say."""

from litestar import MediaType, Response, get

from offhook.web.parts import TheParts
from offhook.web.problems import UNREADY


@get("/health/live", opt={"public": True}, tags=["Health"], sync_to_thread=False)
def live_health() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@get("/health/ready", opt={"public": True}, tags=["Health"])
async def ready_health(parts: TheParts) -> Response[dict[str, str]]:
    """It can do its work: database, inbox and worker. 503 names what cannot."""
    checks = dict(await parts.healthy())
    ready = all(each == "ok" for each in checks.values())
    return Response({"status": "ok" if ready else "not ready", **checks}, status_code=200 if ready else UNREADY)


@get("/metrics", opt={"public": True}, media_type=MediaType.TEXT, include_in_schema=False)
async def metrics(parts: TheParts) -> bytes:
    """For Prometheus."""
    await parts.gauge()
    return parts.metrics.text()
