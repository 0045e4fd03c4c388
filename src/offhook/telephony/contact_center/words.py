"""8x8 Contact Center's words into ours.

Source: https://developer.8x8.com/actions-events/docs/streaming/ (event-reference, event-lifecycle,
field-reference). No real tenant has been tried; what is read between 8x8's lines is marked [unverified].
"""

from offhook.calls import events
from offhook.calls.events import Direction, EndReason, LegEvent

# Event, or event and its `callState` or `status` (true, false), → ours. `InteractionUnqueued` is no end: a Deleted
# follows. Who calls has accepted before the customer answers: CS_INPROGRESS. That whoever joins (a transfer) talks from
# then on, under which interaction, and how LineMuteStatus looks, is [unverified].
EVENTS: dict[str, type[LegEvent]] = {
    "InteractionAssigned": events.LegAlerting,
    "InteractionAccepted CS_INPROGRESS": events.LegAlerting,
    "InteractionAccepted CS_CONNECTED": events.LegAnswered,
    "InteractionCustomerAccepted": events.LegAnswered,
    "InteractionParticipantChange CS_CONNECTED": events.LegAnswered,
    "LineHoldStatus true": events.LegHeld,
    "LineHoldStatus false": events.LegResumed,
    "LineMuteStatus true": events.LegMuted,
    "LineMuteStatus false": events.LegMuted,
    "InteractionRejected": events.LegEnded,
    "InteractionPostProcess": events.LegEnded,
    "InteractionDeassigned": events.LegEnded,
    "InteractionDeleted": events.LegEnded,
}
# Nobody's phone rings yet; it is over for everybody.
BEGINS, OVER = frozenset({"InteractionCreated", "InteractionQueued"}), "InteractionDeleted"

# Events that say nothing new about a call. A recording that is ready comes without an address.
_SILENT = """AgentStatusChange AgentProvChange AgentSkillCreated AgentSkillChanged InteractionUnqueued
InteractionRecordingStarted RecordingStatus InteractionRecordingReady InteractionEndPostProcess
InteractionTransferRequest InteractionReconnect InteractionParticipantChange InteractionParticipantRemovedByHost
InteractionJoinLinesRequest InteractionJoined InteractionChanged InteractionQueueTimeout GuestChatEnd MediaProxyAdded
MediaProxyRemoved
"""
SILENT = frozenset(_SILENT.split())

DIRECTIONS: dict[str, Direction] = {"in": Direction.INBOUND, "out": Direction.OUTBOUND}

# `agent-status` (cc-managing-agent-status): what people are told; whether calls are offered. Only three can be taken by
# other programs, and only from one another (“Allowed Status Transitions”). What 0 says of an agent is “generally”.
STATUSES: dict[int, tuple[str, bool]] = {
    0: ("Not logged in", False),
    1: ("Logged out", False),
    2: ("Logged in", False),
    3: ("On break", False),
    4: ("Available", True),
    5: ("Working offline", False),
    6: ("Being offered a call", False),
    7: ("In an interaction", False),
    8: ("Wrapping up", False),
    9: ("Busy", False),
    10: ("On a direct call", False),
    11: ("On an e-mail", False),
}
LOGGED_OUT, AVAILABLE = 1, 4
TAKEN = (4, 3, 5)
WHY_LOGGED_OUT = "Log in to 8x8's Agent Workspace; no other program can do that for you."
WHY_BUSY = "8x8 lets it be changed when this is over."

# `rejectReason` of an agent's; `callHangupReason` of the whole; `hangupInitiator` (SYSTEM says nothing).
REJECTED: dict[str, EndReason] = {"1": EndReason.NO_ANSWER, "2": EndReason.DECLINED}
HUNG_UP: dict[str, EndReason] = {
    "CEC_DISCONNECT_NORMAL": EndReason.HUNG_UP,
    "CEC_DISCONNECT_BUSY": EndReason.BUSY,
    "CEC_DISCONNECT_BADADDRESS": EndReason.FAILED,
    "CEC_DISCONNECT_NOANSWER": EndReason.NO_ANSWER,
    "CEC_DISCONNECT_CANCELLED": EndReason.CANCELED,
    "CEC_DISCONNECT_REJECTED": EndReason.DECLINED,
    "CEC_DISCONNECT_FAILED": EndReason.FAILED,
    "CEC_DISCONNECT_BLOCKED": EndReason.FAILED,
}
INITIATORS: dict[str, EndReason] = {"AGENT": EndReason.HUNG_UP, "CUSTOMER": EndReason.HUNG_UP}
