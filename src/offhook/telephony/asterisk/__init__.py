"""Asterisk, through its manager interface (AMI): call events from every desk phone, and click-to-call.

wire: bytes into messages, and a notice as a delivery. words: Asterisk's words into ours. lines: which channel is a line.
channels: whose they are. tracker: messages into notices, pure. connection: logged in or trying again. asterisk: the
`PhoneSystem` itself.
"""

from offhook.telephony.asterisk.asterisk import Asterisk, Dialling
from offhook.telephony.asterisk.connection import Address
from offhook.telephony.asterisk.lines import Lines

__all__ = ["Address", "Asterisk", "Dialling", "Lines"]
