"""The status of the agents who are logged in here: asked when one comes, and whenever 8x8 tells that hers has changed.

What the stream tells is only taken for *something has changed*: of the number in it, 8x8's pages say two things (5 is
WORK_OFFLINE in one, AVAILABLE in another). The Agent Status API says one.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from offhook.errors import OffhookError, PhoneSystemRightMissing
from offhook.telephony.contact_center.client import Client
from offhook.telephony.contact_center.status import StatusReason, status
from offhook.telephony.phone_system import Status

# Seconds until 8x8 is asked again: when it refused for a reason that a person must mend; when it did not answer, or
# changes are not heard of.
MENDED, AGAIN = 300.0, 60.0
NOT_ENABLED = "8x8 lets Offhook neither see nor change what you do: 8x8 Support must enable the Agent Status API."


@dataclass
class Watched:
    """`due`: she is to be asked about again."""

    due: asyncio.Event = field(default_factory=asyncio.Event)
    known: Status | None = None
    task: asyncio.Task[None] | None = None


class Watch:
    """Knows agents by their ids. `changed(agent)`: what `of` says of her is another. `hears`: changes are heard of."""

    def __init__(self, client: Client, reasons: Sequence[StatusReason], hears: Callable[[], bool]) -> None:
        self._client, self._reasons, self._hears = client, reasons, hears
        self._watched = dict[str, Watched]()
        self.changed: Callable[[str], None] = lambda agent: None

    def of(self, agent: str) -> Status | None:
        """As far as is known; who is asked about for the first time is watched from then on."""
        if agent not in self._watched:
            here = self._watched[agent] = Watched()
            here.task = asyncio.create_task(self._follow(agent, here), name="a status of 8x8")
        return self._watched[agent].known

    def ask(self, agent: str | None = None) -> None:
        """Soon: about one agent, if she is watched, or about all."""
        for name, here in self._watched.items():
            if agent in (name, None):
                here.due.set()

    async def learn(self, agent: str) -> float | None:
        """Now; gives the seconds after which it is worth asking again, or None. Never raises."""
        try:
            found = status(await self._client.agent(agent), self._reasons)
            pause = None if self._hears() else AGAIN
        except OffhookError as error:
            forbidden = isinstance(error, PhoneSystemRightMissing)
            why = NOT_ENABLED if forbidden else f"{error.says} {error.remedy or ''}".strip()
            found = Status("Status not known", False, why=why)
            pause = MENDED if error.needs_person else AGAIN
        here = self._watched.get(agent)
        if here and here.known != found:
            here.known = found
            self.changed(agent)
        return pause

    def forget(self, agent: str) -> None:
        """She is not logged in here any more."""
        here = self._watched.pop(agent, None)
        if here and here.task:
            here.task.cancel()

    async def stop(self) -> None:
        tasks = [here.task for here in self._watched.values() if here.task]
        for agent in list(self._watched):
            self.forget(agent)
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _follow(self, agent: str, here: Watched) -> None:
        while True:
            here.due.clear()
            pause = await self.learn(agent)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await here.due.wait()
