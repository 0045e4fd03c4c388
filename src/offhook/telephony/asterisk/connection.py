"""The connection to the manager interface: logged in, or trying again. Knows the protocol and nothing of calls."""

import asyncio
import hashlib
import random
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count

import structlog

from offhook.errors import PhoneSystemUnavailable
from offhook.telephony.asterisk.wire import Framing, Message, action

log = structlog.get_logger()

CHUNK = 65_536
# Seconds: to connect or be answered; of silence before asking whether anybody is there; between tries, first and longest.
PATIENCE, SILENCE, FIRST_PAUSE, LONGEST_PAUSE = 10.0, 20.0, 1.0, 60.0


@dataclass(frozen=True)
class Address:
    """Where the manager interface is and who logs in; `tls` is None for plain TCP."""

    host: str
    port: int
    user: str
    secret: str = field(repr=False)
    tls: ssl.SSLContext | None = None


class Connection:
    """Keeps itself up. `opened` is called after each login, `hear` with each event, in the order in which they come."""

    def __init__(
        self,
        address: Address,
        opened: Callable[[], Awaitable[None]],
        hear: Callable[[Message], Awaitable[None]],
        first_pause: float = FIRST_PAUSE,
    ) -> None:
        self._address, self._opened, self._hear, self._first_pause = address, opened, hear, first_pause
        self._writer: asyncio.StreamWriter | None = None
        self._asked: dict[str, asyncio.Future[Message]] = {}
        self._numbers, self._pause = count(1), first_pause
        self.is_open = False
        self.trouble = "Asterisk is not connected yet."

    async def run(self) -> None:
        """Connect, and connect again whatever happens, until cancelled."""
        self._pause = self._first_pause
        while True:
            try:
                await self._one_connection()
            except (OSError, EOFError, TimeoutError, PhoneSystemUnavailable) as error:
                self.trouble = error.says if isinstance(error, PhoneSystemUnavailable) else _says(self._address, error)
            except Exception as error:  # ours; only its kind, since its words may hold what was said of a call
                self.trouble = "Offhook stumbled over what Asterisk sent."
                log.error(self.trouble, action="asterisk.failed", error=type(error).__name__)
            log.warning(self.trouble, action="asterisk.disconnected", again_in=round(self._pause, 1))
            await asyncio.sleep(self._pause * random.uniform(0.8, 1.2))  # noqa: S311
            self._pause = min(self._pause * 2, LONGEST_PAUSE)

    async def ask(self, name: str, id_: str = "", **fields: str) -> Message:
        """Send a request and give its answer, also one that refuses.

        Raises:
            PhoneSystemUnavailable: there is no connection, or no answer in time.
        """
        writer = self._writer
        if writer is None:
            raise PhoneSystemUnavailable(self.trouble)
        number = id_ or f"offhook-{next(self._numbers)}"
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        try:
            writer.write(action(name, {"ActionID": number, **fields}))
            async with asyncio.timeout(PATIENCE):
                await writer.drain()
                return await answer
        except (OSError, TimeoutError) as error:
            raise PhoneSystemUnavailable("Asterisk did not answer.") from error
        finally:
            self._asked.pop(number, None)

    async def _one_connection(self) -> None:
        address = self._address
        async with asyncio.timeout(PATIENCE):
            reader, self._writer = await asyncio.open_connection(address.host, address.port, ssl=address.tls)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._open())
                both.create_task(self._listen(reader))
        except* (OSError, EOFError, TimeoutError, PhoneSystemUnavailable) as group:
            raise _first(group) from None
        finally:
            await self._close()

    async def _close(self) -> None:
        writer, self._writer, self.is_open = self._writer, None, False
        for answer in self._asked.values():
            if not answer.done():
                answer.set_exception(PhoneSystemUnavailable("The connection to Asterisk was lost."))
        if writer:
            writer.close()
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(1):
                    await writer.wait_closed()

    async def _open(self) -> None:
        """Log in without sending the secret: Asterisk gives a challenge, and gets its hash with the secret."""
        challenge = await self.ask("Challenge", AuthType="MD5")
        proof = f"{challenge.get('Challenge', '')}{self._address.secret}".encode()
        key = hashlib.md5(proof, usedforsecurity=False).hexdigest()
        answer = await self.ask("Login", AuthType="MD5", Username=self._address.user, Key=key)
        if answer.get("Response") != "Success":
            raise PhoneSystemUnavailable(
                f"Asterisk refused the login of {self._address.user!r}: {answer.get('Message', 'no reason given')}. "
                "Compare OFFHOOK_ASTERISK_USER and OFFHOOK_ASTERISK_SECRET with manager.conf."
            )
        await self.ask("EventMask", EventMask="call,agent")
        log.info("Connected to Asterisk", action="asterisk.connected", host=self._address.host)
        self.is_open, self._pause = True, self._first_pause
        await self._opened()

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        framing, silent = Framing(), 0
        while True:
            try:
                async with asyncio.timeout(SILENCE):
                    data = await reader.read(CHUNK)
            except TimeoutError:
                silent += 1
                if silent > 1 or self._writer is None:
                    raise
                self._writer.write(action("Ping", {}))
                continue
            if not data:
                raise EOFError
            silent = 0
            for message in framing.feed(data):
                await self._take(message)

    async def _take(self, message: Message) -> None:
        asked = self._asked.get(message.get("ActionID", ""))
        if "Event" in message:
            await self._hear(message)
        elif asked and not asked.done():
            asked.set_result(message)


def _first(group: BaseExceptionGroup[Exception]) -> Exception:
    """What went wrong first; a sentence for people before the mere loss that followed from it."""
    found = [each for each in group.exceptions if not isinstance(each, BaseExceptionGroup)]
    return next((each for each in found if isinstance(each, PhoneSystemUnavailable)), found[0])


def _says(address: Address, error: Exception) -> str:
    where = f"Asterisk at {address.host}:{address.port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate of {where} is not trusted: {error.verify_message}. See OFFHOOK_ASTERISK_CA."
    if isinstance(error, EOFError):
        return f"{where} closed the connection."
    return (
        f"{where} cannot be reached: {error.strerror if isinstance(error, OSError) and error.strerror else 'no answer'}."
    )
