"""A fake 8x8 Contact Center on loopback: Pulsar's WebSocket consumer, the Call API and the Agent Status API.

By https://developer.8x8.com/actions-events/docs/ (streaming/*, cc-manage-phone-calls, cc-managing-agent-status) and the
OpenAPI files of https://github.com/8x8Cloud/public-developer-docs; consumers by
https://pulsar.apache.org/docs/client-libraries-websocket/: what is not acknowledged is sent again on the next connection.
What none of them says is marked [guess].
"""

import asyncio
import base64
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from itertools import count
from typing import Any
from urllib.parse import unquote

import httpx
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

Json = dict[str, Any]
TENANT, TOKEN, KEY = "acmecorp01", "action-request-token", "eght_streamkey"
BEN, CLEO = "ag0VYyLh0YTsymdbtYIaaaa", "ag64oyEUb_Sk6bxVB9P5yaaa"


class Call:
    """An interaction as the fake has it."""

    def __init__(self, id_: str, direction: str, number: object, name: object, transaction: int) -> None:
        self.id, self.direction, self.number, self.name, self.transaction = id_, direction, number, name, transaction
        self.agents: list[str] = []  # offered to or talking
        self.connected = self.over = False
        self.codes = ""  # as `tclSelectedItems`


class FakeContactCenter:
    """`subscription`: messages in order, each until it is acknowledged."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.key, self.token = KEY, TOKEN
        self.names = {BEN: "Ben Example", CLEO: "Cleo Other"}
        self.status_enabled = True
        self.statuses: dict[str, Json] = {agent: {"agent-status": 4} for agent in self.names}
        self.code_lists = {12: (False, {234, 235}), 2281: (True, set(range(7360, 7370)))}  # several at once?; items
        self.refuse: list[int] = []  # statuses with which the next HTTP requests are answered
        self.refuse_stream: list[int] = []
        self.calls: dict[str, Call] = {}
        self.unacknowledged: dict[str, Json] = {}
        self.acknowledged: list[str] = []
        self.sockets: set[ServerConnection] = set()
        self.paths: list[str] = []
        self.asked: list[tuple[str, str, Json]] = []
        self.more: Json = {}  # fields that the next events have besides
        self._numbers = count(1)
        self._server: Server | None = None
        self._http: asyncio.Server | None = None
        self.port = 0

    # The stream.

    async def start(self) -> None:
        self._server = await serve(self._consumer, "127.0.0.1", self.port, process_request=self._admit)
        self.port = next(iter(self._server.sockets)).getsockname()[1]

    async def stop(self) -> None:
        if self._server:
            self._server.close()
            await self._server.wait_closed()
        if self._http:
            self._http.close()
            await self._http.wait_closed()

    @property
    def stream(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        """401 and 403: streaming/troubleshooting. The path: streaming/connection, “Consumer API”."""
        self.paths.append(request.path)
        if self.refuse_stream:
            return connection.respond(self.refuse_stream.pop(0), "refused")
        if request.headers.get("X-API-Key") != self.key:
            return connection.respond(401, "Unauthorized")
        fits = unquote(request.path).startswith(f"/ws/v2/consumer/persistent/{TENANT}/event-v1/all/")
        return None if fits else connection.respond(404, "Not Found")  # [guess]

    async def _consumer(self, socket: ServerConnection) -> None:
        self.sockets.add(socket)
        try:
            for id_, frame in list(self.unacknowledged.items()):
                frame["redeliveryCount"] += 1
                await socket.send(json.dumps({"messageId": id_, **frame}))
            async for message in socket:
                id_ = json.loads(message)["messageId"]
                self.acknowledged.append(id_)
                self.unacknowledged.pop(id_, None)
        except ConnectionClosed:
            pass
        finally:
            self.sockets.discard(socket)

    async def cut(self) -> None:
        """The network goes, without a word."""
        for socket in list(self.sockets):
            socket.transport.abort()

    async def publish(self, envelope: Json | bytes) -> str:
        """streaming/message-format. Ids are “base64-ish”, with +, / and =."""
        payload = envelope if isinstance(envelope, bytes) else json.dumps(envelope).encode()
        id_ = base64.b64encode(f"\xfb{next(self._numbers)}".encode()).decode()
        published = self.clock().isoformat(timespec="milliseconds").replace("+00:00", "Z")
        frame = {"payload": base64.b64encode(payload).decode(), "properties": {}, "publishTime": published}
        self.unacknowledged[id_] = {**frame, "redeliveryCount": 0}
        await self.send({"messageId": id_, **frame, "redeliveryCount": 0})
        return id_

    async def send(self, frame: object) -> None:
        for socket in list(self.sockets):
            with suppress(ConnectionClosed):
                await socket.send(frame if isinstance(frame, str) else json.dumps(frame))

    # What happens on calls. Fields: streaming/event-reference and message-format, “Sample Event Messages”.

    async def event(self, call: Call, event: str, state: str = "", agent: str = "", **more: object) -> None:
        seconds = self.clock().timestamp()
        said: Json = {
            "event": event,
            "interactionEventTS": int(seconds),
            "interactionGUID": call.id,
            "msgInfo": {"instanceId": "example.8x8.com", "sequenceId": 1, "timestamp": round(seconds * 1000)},
            "resourceType": 0,
            **({"callState": state} if state else {}),
            **(
                {"agentId": agent, "agentGUID": f"{TENANT}-{agent}-e46672cd", "participatingAgents": agent}
                if agent
                else {}
            ),
            **more,
            **self.more,
        }
        await self.publish({"Interaction": said})

    def attached(self, call: Call, **more: object) -> Json:
        """Which events have the codes that were chosen is a [guess]: all, from then on."""
        said = {"@pri": 100, "callingName": call.name, "phoneNum": call.number, **more}
        said |= {"tclSelectedItems": call.codes or None}
        return {
            "attachedDatum": [{"attachedDataKey": k, "attachedDataValue": v} for k, v in said.items() if v is not None]
        }

    def new(self, direction: str, number: object, name: object = None) -> Call:
        id_ = f"int-184a63564dc-{next(self._numbers)}-phone-00-{TENANT}"
        self.calls[id_] = Call(id_, direction, number, name, 19_727 + len(self.calls))
        return self.calls[id_]

    async def comes_in(self, number: object, name: object = None, **attached: object) -> Call:
        """Created and Queued; Created does not say the direction."""
        call = self.new("in", number, name)
        said = self.attached(call, **attached)
        await self.event(call, "InteractionCreated", "CS_QUEUED", attachedData=said, inboundChannelid=13125555068)
        await self.event(
            call, "InteractionQueued", "CS_QUEUED", attachedData=self.attached(call, queueDirection="in", **attached),
            direction="in", mediaType="phone", queueId=591, isAgentInitiated=False, transactionNum=call.transaction,
        )  # fmt: skip
        return call

    async def assign(self, call: Call, agent: str) -> None:
        """`eventTS` is when the call came into the queue (field-reference, “Extraction Mapping”)."""
        call.agents.append(agent)
        await self.event(
            call, "InteractionAssigned", "CS_INPROGRESS", agent, attachedData=self.attached(call), mediaType="phone",
            direction=call.direction, isOutboundCall=call.direction == "out", promptingTimeout=30, eventTS=1669235836,
        )  # fmt: skip

    async def accept(self, call: Call, agent: str) -> None:
        call.connected = call.direction == "in"
        state = "CS_CONNECTED" if call.connected else "CS_INPROGRESS"
        await self.event(call, "InteractionAccepted", state, agent, mediaType="phone", direction=call.direction)

    async def customer_accepts(self, call: Call) -> None:
        call.connected = True
        await self.event(call, "InteractionCustomerAccepted", "CS_CONNECTED", call.agents[-1], mediaType="phone")

    async def reject(self, call: Call, agent: str, reason: int) -> None:
        """1: the offer timed out; 2: the agent said no. It goes back to the queue."""
        call.agents.remove(agent)
        await self.event(call, "InteractionRejected", "CS_QUEUED", agent, rejectReason=reason)

    async def switch(self, call: Call, event: str, on: bool) -> None:
        """`status`: as of LineHoldStatus; of LineMuteStatus [guess]."""
        state = "CS_HOLD" if on and event == "LineHoldStatus" else "CS_CONNECTED"
        await self.event(call, event, state, call.agents[-1], status=on, mediaType="phone")

    async def leaves(self, call: Call, agent: str) -> None:
        """Wrap-up, at once over."""
        call.agents.remove(agent)
        for event in ("InteractionPostProcess", "InteractionEndPostProcess", "InteractionDeassigned"):
            await self.event(
                call, event, "CS_DISCONNECTED", agent, mediaType="phone", direction=call.direction,
                attachedData=self.attached(call),
            )  # fmt: skip

    async def delete(self, call: Call, by: str, why: str) -> None:
        call.over = True
        await self.event(
            call, "InteractionDeleted", "CS_DISCONNECTED", mediaType="phone", hangupInitiator=by,
            callHangupReason=why, dispositionCode=1000, rejectReason=0, attachedData=self.attached(call),
        )  # fmt: skip

    async def hangs_up(self, call: Call, by: str = "CUSTOMER", why: str = "CEC_DISCONNECT_NORMAL") -> None:
        """Talked: with wrap-up. Not answered: Deleted at once (event-lifecycle, “Outbound Call Not Answered”)."""
        if call.connected:
            for agent in list(call.agents):
                await self.leaves(call, agent)
        await self.delete(call, by, why)

    async def begins(self, agent: str, number: object) -> Call:
        """Outbound, no queue: Created, Assigned (message-format). `inboundChannelid` is “N/A” then."""
        call = self.new("out", number)
        await self.event(call, "InteractionCreated", "CS_IDLE", inboundChannelid="N/A", attachedData=self.attached(call))
        await self.assign(call, agent)
        return call

    async def does(self, agent: str, number: int, state: int | None = None, **code: object) -> None:
        """An agent does something else, in Agent Workspace. `state`: as the stream numbers it. Its own sample has the
        number of the Agent Status API; event-lifecycle says 5 is AVAILABLE and 0 LOGGED_OUT.
        """
        self.statuses[agent] = {"agent-status": number, **code}
        said: Json = {"agentId": agent, "newState": number if state is None else state, "newSubState": "none"}
        said |= {"newReasonCodeUser": "none", "newSubStateReason": "none"}
        seconds = self.clock().timestamp()
        stamps = {"msgInfo": {"timestamp": round(seconds * 1000)}, "statusEventTS": int(seconds)}
        await self.publish({"AgentStatusChange": said | stamps})

    # HTTP.

    async def serve_http(self) -> str:
        """On loopback, for a whole service; gives its address."""
        self._http = await asyncio.start_server(self._one_request, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._http.sockets[0].getsockname()[1]}"

    async def _one_request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            head, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().splitlines()
            headers = {key.lower(): value for key, value in (line.split(": ", 1) for line in lines if line)}
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            method, path, _ = head.split()
            answer = await self.answer(httpx.Request(method, f"http://vcc.example{path}", headers=headers, content=body))
            writer.write(f"HTTP/1.1 {answer.status_code} -\r\nContent-Length: {len(answer.content)}\r\n".encode())
            writer.write(b"Content-Type: application/json\r\nConnection: close\r\n\r\n" + answer.content)
            await writer.drain()
        writer.close()

    def http(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self.answer))

    async def answer(self, request: httpx.Request) -> httpx.Response:
        path = unquote(request.url.raw_path.decode())
        body = json.loads(request.content) if request.content else {}
        self.asked.append((request.method, path, body))
        basic = base64.b64encode(f"{TENANT}:{self.token}".encode()).decode()
        if self.refuse:
            return httpx.Response(self.refuse.pop(0), json={"reasons": ["refused"]})
        if request.headers.get("authorization") != f"Basic {basic}":
            return httpx.Response(401)
        if not self.status_enabled and "/agentstatus/" in path:  # until 8x8 Support enables it: cc-managing-agent-status
            return httpx.Response(403, text="<API><Error>403 - Forbidden.</Error></API>")
        _, tenant, rest = path.partition(f"/api/v1/tenants/{TENANT}/")
        if not tenant:
            return httpx.Response(403)
        match request.method, rest.split("/"):
            case "GET", ["agentstatus", "agents", agent]:
                return self._status(agent)
            case "GET", ["agentstatus", "agents"]:
                return httpx.Response(200, json={"data": [self._row(agent) for agent in self.names]})
            case "PUT", ["agentstatus", "agents", agent]:
                return await self._set_status(agent, body)
            case "PUT", ["calls", id_, "agent", agent, "transaction-codes"]:
                return self._set_codes(id_, agent, body)
            case "POST", ["calls"]:
                return await self._place(body)
            case "DELETE", ["calls", id_, "agent", agent]:
                return await self._hang_up(id_, agent)
        return httpx.Response(400)

    def _row(self, agent: str) -> Json:
        return {"agent-id": agent, "name": self.names[agent], "agent-sub-status": "none", **self.statuses[agent]}

    async def _set_status(self, agent: str, body: Json) -> httpx.Response:
        """Only from and to what “Allowed Status Transitions” has; the words of a refusal are a [guess]."""
        if (known := self._status(agent)).status_code != 200:
            return known
        if self.statuses[agent]["agent-status"] not in (3, 4, 5) or body["agent-status"] not in (1, 3, 4, 5):
            return httpx.Response(400, json={"reason": "The status change is not allowed.", "change-status": 400})
        said = {key: value for key, value in body.items() if key != "agent-status"}
        await self.does(agent, body["agent-status"], **said)
        return httpx.Response(200, json={"reason": "OK", "change-status": 200, "message": "successful"})

    def _set_codes(self, id_: str, agent: str, body: Json) -> httpx.Response:
        """Refusals: OpenAPI, TransactionCodesFaultResponse; of a seventh code and of an unknown call, a [guess]."""
        if id_ not in self.calls:
            return self._refused(f"Interaction [{id_}] for agent [{agent}] was not found")
        chosen = [(each["id"], code["id"]) for each in body["selections"] for code in each["codes"]]
        for list_, item in chosen:
            if item not in self.code_lists.get(list_, (False, set()))[1]:
                return self._refused(f"Invalid transaction code, listId=[{list_}] itemId=[{item}]")
        single = [
            each["id"] for each in body["selections"] if len(each["codes"]) > 1 and not self.code_lists[each["id"]][0]
        ]
        if single:
            return self._refused(f"Invalid transaction codes, lists={single} are not supporting multiple choice")
        if len(chosen) > 6:
            return self._refused("Too many transaction codes")
        self.calls[id_].codes = ",".join(f"{list_}|{item}" for list_, item in chosen)
        return httpx.Response(200, json={"reasons": ["Transaction codes successfully set"], "message": "OK"})

    def _refused(self, reason: str) -> httpx.Response:
        return httpx.Response(400, json={"reasons": [reason], "message": "Bad Request"})

    def _status(self, agent: str) -> httpx.Response:
        """404: OpenAPI."""
        if agent not in self.names:
            return httpx.Response(404)
        return httpx.Response(200, json=self._row(agent))

    async def _place(self, body: Json) -> httpx.Response:
        """All four must be there, `prefix` may be empty. What an agent who is on break gets is a [guess]."""
        if not {"agentId", "prefix", "number", "callerId"} <= body.keys() or body["agentId"] not in self.names:
            return httpx.Response(400, json={"reasons": ["Agent is not available"], "message": "Bad Request"})
        call = await self.begins(body["agentId"], int(body["prefix"] + body["number"]))
        said = {"reasons": ["Call successfully initiated"], "message": "OK", "interactionGuid": call.id}
        return httpx.Response(200, json=said)

    async def _hang_up(self, id_: str, agent: str) -> httpx.Response:
        """410: it is already terminated (OpenAPI). An unknown id: the same [guess]."""
        call = self.calls.get(id_)
        if call is None or call.over or agent not in call.agents:
            return httpx.Response(410)
        await self.hangs_up(call, "AGENT")
        return httpx.Response(200, json={"reasons": ["was successful"], "message": "OK"})
