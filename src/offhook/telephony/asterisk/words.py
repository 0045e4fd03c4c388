"""Asterisk's words into ours. Sources: docs.asterisk.org, its pages of AMI events and of hang-up causes (Q.850)."""

from enum import StrEnum

from offhook.calls.events import EndReason


class State(StrEnum):
    """`ChannelState` of those states that say something; the others are on the way to one of these."""

    RING = "4"  # this phone calls
    RINGING = "5"  # this phone is called
    UP = "6"


# How a Dial() ended, for the leg of the line that was dialled, or that dialled.
DIALLED: dict[str, EndReason] = {
    "ANSWER": EndReason.HUNG_UP,
    "BUSY": EndReason.BUSY,
    "NOANSWER": EndReason.NO_ANSWER,
    "CANCEL": EndReason.CANCELED,
    "ABORT": EndReason.CANCELED,
    "CHANUNAVAIL": EndReason.FAILED,
    "CONGESTION": EndReason.FAILED,
}

# Causes of a hang-up of an unanswered leg that say more than how the Dial() ended.
TELLING: dict[str, EndReason] = {"21": EndReason.DECLINED, "26": EndReason.ELSEWHERE}

CAUSES: dict[str, EndReason] = {
    "16": EndReason.CANCELED,
    "17": EndReason.BUSY,
    "18": EndReason.NO_ANSWER,
    "19": EndReason.NO_ANSWER,
    "127": EndReason.UNKNOWN,
    "0": EndReason.UNKNOWN,
}
OTHER_CAUSE = EndReason.FAILED

# Events of the classes `call` and `agent` (and of others, should the login get them) that say nothing new about a call.
_SILENT = """
agentcomplete agentconnect agentdump agentringnoanswer aoc-d aoc-e aoc-s bridgecreate bridgedestroy bridgeinfochannel
bridgemerge bridgevideosourceupdate cdr cel challengeresponsefailed challengesent chanspystart chanspystop
channeltalkingstart channeltalkingstop contactstatus devicestatechange dialstate dndstate dtmfbegin dtmfend
extensionstatus fullybooted hanguphandlerpop hanguphandlerpush hanguphandlerrun hanguprequest invalidpassword
localbridge localoptimizationbegin localoptimizationend messagewaiting mixmonitormute mixmonitorstart mixmonitorstop
monitorstart monitorstop musiconholdstart musiconholdstop newaccountcode newexten originateresponse parkedcall
parkedcallgiveup parkedcallswap parkedcalltimeout peerstatus pickup presencestatechange presencestatus
queuecallerabandon queuecallerleave queuemember queuememberadded queuememberpause queuememberpenalty
queuememberremoved queuememberringinuse queuememberstatus registry reload rtcpreceived rtcpsent shutdown
softhanguprequest successfulauth unparkedcall userevent varset
"""
SILENT = frozenset(_SILENT.split())
