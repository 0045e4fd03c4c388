"""8x8 Contact Center, as far as 8x8 documents it: its event stream is heard, calls are placed and ended.

words, wire, tracker: what 8x8's events mean. stream: connected or trying again. client: what is asked over HTTP.
"""

from offhook.telephony.contact_center.client import Account
from offhook.telephony.contact_center.contact_center import ContactCenter

__all__ = ["Account", "ContactCenter"]
