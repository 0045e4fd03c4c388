"""8x8 Work, as far as its public interfaces go: call records, recordings and activity are fetched, its panel is heard.

wire: requests, pages and refusals. client: tokens and requests. records: call records and legs into call events. panel:
what 8x8's own panel says, and recordings. activity: what agents do now. feeds: what is asked for, again and again.
eight_by_eight: the `PhoneSystem`.
"""

from offhook.telephony.eight_by_eight.client import Keys
from offhook.telephony.eight_by_eight.eight_by_eight import EightByEight

__all__ = ["EightByEight", "Keys"]
