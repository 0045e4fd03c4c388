"""Any SIP phone system with a WebSocket: the agent's browser is the telephone, and tells of its calls.

words: the softphone's words into ours. wire: what it says as a delivery, and a delivery as call events. proof: digest
from a phone's side. register: the way to the phone system, step by step, as a thin phone climbs it. sip: the
`PhoneSystem` itself. The first three are pure.
"""

from offhook.telephony.sip.register import Server
from offhook.telephony.sip.sip import LineSecrets, ServerSide, Sip

__all__ = ["LineSecrets", "Server", "ServerSide", "Sip"]
