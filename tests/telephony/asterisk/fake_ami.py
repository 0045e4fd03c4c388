"""A small Asterisk that has only a manager interface: it logs in, lists channels, takes actions and plays calls.

Fields and answers are those of docs.asterisk.org (Asterisk 20: AMI events and actions, and configs/samples/manager.conf);
the order of events is that of public captures of Asterisk 13 with SIP phones. [guessed] marks what neither shows.
"""

import asyncio
import hashlib
import itertools
import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

STATES = {"Down": "0", "Ring": "4", "Ringing": "5", "Up": "6"}
NUMBERS = itertools.count(1)
Fields = dict[str, str]


@dataclass
class Channel:
    name: str
    id: str
    linked: str
    exten: str = "s"
    state: str = "Down"
    number: str = "<unknown>"
    caller: str = "<unknown>"
    connected: str = "<unknown>"
    connected_name: str = "<unknown>"
    bridge: str = ""

    def told(self, prefix: str = "") -> Fields:
        said = {
            "Channel": self.name,
            "ChannelState": STATES[self.state],
            "ChannelStateDesc": self.state,
            "CallerIDNum": self.number,
            "CallerIDName": self.caller,
            "ConnectedLineNum": self.connected,
            "ConnectedLineName": self.connected_name,
            "Language": "en",
            "AccountCode": "",
            "Context": "from-internal",
            "Exten": self.exten,
            "Priority": "1",
            "Uniqueid": self.id,
            "Linkedid": self.linked,
        }
        return {f"{prefix}{key}": value for key, value in said.items()}


@dataclass
class FakeAsterisk:
    """`asked`: every action with its fields. `lists`, `may_originate`: what the user may; `reachable`: the phones."""

    secret: str = "amp111"
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    timestamps: bool = True
    lists: bool = True
    may_originate: bool = True
    reachable: bool = True
    channels: dict[str, Channel] = field(default_factory=dict)
    asked: list[Fields] = field(default_factory=list)
    port: int = 0
    _server: asyncio.Server | None = None
    _open: dict[asyncio.StreamWriter, bool] = field(default_factory=dict)
    _lift: dict[str, Fields] = field(default_factory=dict)

    # The server.

    async def start(self, tls: ssl.SSLContext | None = None) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """As when Asterisk, or the machine it runs on, stops."""
        if self._server:
            self._server.close()
        self.hang_everybody_up()
        self._server = None

    def hang_everybody_up(self) -> None:
        """Cut every manager connection in the middle of whatever it is in."""
        for writer in list(self._open):
            writer.transport.abort()

    @property
    def logged_in(self) -> int:
        return sum(self._open.values())

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open[writer] = False
        writer.write(b"Asterisk Call Manager/7.0.3\r\n")
        challenge = str(next(NUMBERS))
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                frame = (await reader.readuntil(b"\r\n\r\n")).decode()
                asked = dict(line.split(": ", 1) for line in frame.split("\r\n") if ": " in line)
                self.asked.append(asked)
                self._answer(writer, asked, challenge)
        del self._open[writer]
        writer.close()

    def _answer(self, writer: asyncio.StreamWriter, asked: Fields, challenge: str) -> None:
        def respond(response: str = "Success", **fields: str) -> None:
            writer.write(frame({"Response": response, "ActionID": asked.get("ActionID", ""), **fields}))

        name = asked["Action"]
        if name == "Challenge":
            respond(Challenge=challenge)
        elif name == "Login":
            key = hashlib.md5(f"{challenge}{self.secret}".encode()).hexdigest()
            if asked.get("Key") != key:
                respond("Error", Message="Authentication failed")
                return
            self._open[writer] = True
            respond(Message="Authentication accepted")
            writer.write(frame({"Event": "FullyBooted", "Privilege": "system,all", "Status": "Fully Booted"}))
        elif not self._open[writer]:
            respond("Error", Message="Permission denied")
        elif name == "EventMask":
            respond(Events="On")
        elif name == "Ping":
            respond(Ping="Pong")
        elif name == "CoreShowChannels":
            self._list(writer, asked, respond)
        elif name == "Originate":
            self._originate(asked, respond)
        elif name in ("Hangup", "BlindTransfer"):
            channel = self.channels.get(asked["Channel"])
            if channel is None:
                respond("Error", Message="No such channel")
                return
            respond(Message="Channel Hungup" if name == "Hangup" else "Transfer succeeded")
            if name == "Hangup":
                self.hangs_up(channel)
            else:
                self.transfers(channel, asked["Exten"])
        else:
            respond("Error", Message="Invalid/unknown command")

    def _list(self, writer: asyncio.StreamWriter, asked: Fields, respond: Callable[..., None]) -> None:
        if not self.lists:
            respond("Error", Message="Permission denied")
            return
        respond(EventList="start", Message="Channels will follow")
        ids = {"ActionID": asked["ActionID"]}
        for each in self.channels.values():
            more = {"BridgeId": each.bridge, "Application": "Dial", "ApplicationData": "", "Duration": "00:00:09"}
            writer.write(frame({"Event": "CoreShowChannel", **ids, **each.told(), **more}))
        done = {"EventList": "Complete", "ListItems": str(len(self.channels))}
        writer.write(frame({"Event": "CoreShowChannelsComplete", **ids, **done}))

    # Events.

    def say(self, event: str, fields: Fields) -> None:
        stamp = {"Timestamp": f"{self.clock().timestamp():.6f}"} if self.timestamps else {}
        self.raw(frame({"Event": event, "Privilege": "call,all", **stamp, **fields}))

    def raw(self, data: bytes) -> None:
        for writer, logged_in in self._open.items():
            if logged_in:
                writer.write(data)

    def on(self, event: str, channel: Channel, dest: Channel | None = None, **more: str) -> None:
        self.say(event, channel.told() | (dest.told("Dest") if dest else {}) | more)

    # Channels.

    def new(self, name: str, linked: str = "", **fields: str) -> Channel:
        number = next(NUMBERS)
        id_ = fields.pop("id", "") or f"1764007200.{number}"
        channel = Channel(f"{name}-{number:08x}", id_, linked or id_, **fields)
        self.channels[channel.name] = channel
        self.on("Newchannel", channel)
        return channel

    def state(self, channel: Channel, state: str) -> None:
        channel.state = state
        self.on("Newstate", channel)

    def dials(self, source: Channel, name: str, number: str, event: str = "DialBegin", **more: str) -> Channel:
        """Another channel is made to ring for this one."""
        dest = self.new(name, source.linked)
        dest.number, dest.connected, dest.connected_name = number, source.number, source.caller
        self.on("NewCallerid", dest)
        self.on("DialBegin", source, dest, DialString=name.partition("/")[2])
        if event == "AgentCalled":
            self.on("AgentCalled", source, dest, Queue="sales", Interface=name, MemberName=name, **more)
        self.state(dest, "Ringing")
        return dest

    def answers(self, source: Channel, dest: Channel) -> None:
        """The channel that rings is lifted, and both are bridged."""
        self.state(dest, "Up")
        self.on("DialEnd", source, dest, DialStatus="ANSWER")
        for other in self.ringing(source, dest):
            self.on("DialEnd", source, other, DialStatus="CANCEL")
            self.gone(other, "26", "Answered elsewhere")
        if source.state != "Up":
            self.state(source, "Up")
        self.bridge(dest, source)

    def ringing(self, source: Channel, but: Channel | None = None) -> list[Channel]:
        found = [each for each in self.channels.values() if each.linked == source.linked and each.state == "Ringing"]
        return [each for each in found if each is not but]

    def bridge(self, *channels: Channel) -> str:
        bridge = f"bridge-{next(NUMBERS)}"
        for each in channels:
            each.bridge = bridge
            self.on("BridgeEnter", each, BridgeUniqueid=bridge, BridgeType="basic", BridgeNumChannels="2")
        return bridge

    def leaves(self, channel: Channel) -> None:
        if channel.bridge:
            self.on("BridgeLeave", channel, BridgeUniqueid=channel.bridge)
            channel.bridge = ""

    def not_answered(self, source: Channel, dest: Channel, status: str, cause: str) -> None:
        self.on("DialEnd", source, dest, DialStatus=status)
        self.gone(dest, cause)

    def gone(self, channel: Channel, cause: str = "16", text: str = "Normal Clearing") -> None:
        self.leaves(channel)
        self.on("Hangup", channel, **{"Cause": cause, "Cause-txt": text})
        del self.channels[channel.name]

    def hangs_up(self, channel: Channel, cause: str = "16") -> None:
        """One side hangs up: what it dials is cancelled, whom it talks to is hung up as well."""
        bridged = [each for each in self.channels.values() if each.bridge and each.bridge == channel.bridge]
        for other in self.ringing(channel, channel):
            self.not_answered(channel, other, "CANCEL", "0")
        for each in [channel, *(each for each in bridged if each is not channel)]:
            self.gone(each, cause)

    def transfers(self, channel: Channel, exten: str) -> Channel:
        """Blind: whoever it talks to is sent to an extension of the dialplan; a line there rings."""
        [other] = [each for each in self.channels.values() if each.bridge == channel.bridge and each is not channel]
        told = channel.told("Transferer") | other.told("Transferee")
        more = {"Result": "Success", "Extension": exten, "Context": "from-internal", "IsExternal": "No"}
        self.say("BlindTransfer", told | more | {"BridgeUniqueid": channel.bridge})
        self.leaves(other)
        self.gone(channel)
        other.exten = exten
        return self.dials(other, f"PJSIP/{exten}", exten)

    # Click-to-call.

    def _originate(self, asked: Fields, respond: Callable[..., None]) -> None:
        if not self.may_originate:
            respond("Error", Message="Permission denied")
            return
        respond(Message="Originate successfully queued")
        if not self.reachable:
            failure = {"Response": "Failure", "Channel": asked["Channel"], "Reason": "0", "Uniqueid": "<null>"}
            self.say("OriginateResponse", {"ActionID": asked["ActionID"], **failure})
            return
        phone = self.new(asked["Channel"], id=asked["ChannelId"])
        self.say("DialBegin", phone.told("Dest") | {"DialString": asked["Channel"].partition("/")[2]})
        self.state(phone, "Ringing")
        self._lift[phone.id] = asked

    def lifted(self, phone: Channel) -> Channel:
        """The agent lifts the phone that rang first: the dialplan dials the number."""
        asked = self._lift.pop(phone.id)
        self.state(phone, "Up")
        self.say("DialEnd", phone.told("Dest") | {"DialStatus": "ANSWER"})
        self.say("OriginateResponse", {"ActionID": asked["ActionID"], "Response": "Success", "Uniqueid": phone.id})
        return self.dials(phone, "PJSIP/trunk", asked["Exten"])

    def find(self, name: str, linked: str) -> Channel:
        return next(each for each in self.of(linked) if each.name.startswith(name))

    def of(self, linked: str) -> Iterator[Channel]:
        return (each for each in list(self.channels.values()) if each.linked == linked)


def frame(fields: Fields) -> bytes:
    return "".join(f"{key}: {value}\r\n" for key, value in fields.items()).encode() + b"\r\n"
