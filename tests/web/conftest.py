"""One sandbox, one service, and four signed-in people for all tests of the edge that only use them."""

from collections.abc import AsyncIterator, Iterator

import pytest
from tests.real_service import Panel, RealService, real_service, settings_for

from hubspot_sandbox.seeds import people
from hubspot_sandbox.testing import RunningSandbox, running_sandbox


@pytest.fixture(scope="session")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as sandbox:
        sandbox.control("POST", "/limits", {"enabled": False})
        sandbox.control("POST", "/index-delay", {"seconds": 0})
        yield sandbox


@pytest.fixture(scope="session")
async def service(sandbox: RunningSandbox, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RealService]:
    async with real_service(settings_for(sandbox, tmp_path_factory.mktemp("service")), sandbox) as service:
        yield service


@pytest.fixture(scope="session")
async def ada(service: RealService) -> Panel:
    """Administrator of Offhook, Super Admin in Acorn; the first there, so that the others need no Marketplace right."""
    return await service.connect(people.ADA)


@pytest.fixture(scope="session")
async def ben_at_his_desk(service: RealService, ada: Panel) -> Panel:
    ben = await service.connect(people.CLEO)
    await ben.log_in("201")
    return ben


@pytest.fixture
async def ben(ben_at_his_desk: Panel) -> AsyncIterator[Panel]:
    """An agent on line 201, who is on no call before and after."""
    yield ben_at_his_desk
    await hang_up_everything(ben_at_his_desk)


@pytest.fixture(scope="session")
async def zed(service: RealService) -> Panel:
    """Of another account, on line 203."""
    zed = await service.connect(people.ADA, people.BIRCH)
    await zed.log_in("203")
    return zed


async def hang_up_everything(panel: Panel) -> None:
    """End what lives, wrap up what has ended, and wait until the last log was tried."""
    for call in (await panel.get("/api/panel"))["calls"]:
        for action in {"decline", "hang-up"} & set(call["can"]):
            await panel.do("POST", f"/api/calls/{call['id']}/{action}")
    ended = await panel.until(lambda now: all(each["state"] == "ended" for each in now["calls"]) and [now["calls"]])
    for call in ended[0]:
        await panel.do("POST", f"/api/calls/{call['id']}/wrap-up", {"notes": call["notes"]})
    await panel.until(lambda now: all(each["log"]["state"] != "not-yet" for each in now["recent"]))
