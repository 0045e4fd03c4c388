"""8x8 Contact Center, as far as 8x8 documents it: its event stream is heard, calls are placed, ended and given codes, and
an agent's status is shown and changed.

words, wire, tracker: what 8x8's events mean. stream: connected or trying again. client: what is asked over HTTP. status,
watch: what an agent does.
"""

from offhook.telephony.contact_center.client import Account
from offhook.telephony.contact_center.contact_center import ContactCenter
from offhook.telephony.contact_center.status import StatusReason

__all__ = ["Account", "ContactCenter", "StatusReason"]
