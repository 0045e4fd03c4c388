"""The embedded phone system, for demo, tests and small teams: lines with a login, calls in memory, browsers as phones.

lines: who is on it, and how the far end is played. wire: a happening, as a delivery and as a call event. state: the calls
after a happening. rules: what comes of a wish, pure, and may say no. exchange: timers and ordered deliveries round them.
phones: the switch's side of it. passwords: of agents' own phones.
"""

from offhook.telephony.exchange.exchange import Exchange
from offhook.telephony.exchange.lines import FarEnd, Line, by_number

__all__ = ["Exchange", "FarEnd", "Line", "by_number"]
