"""Any phone system that can POST JSON: docs/reference/webhook.md is its contract.

wire: signatures, and requests the other way. words: their words into ours. events: a body into call events. webhook: the
`PhoneSystem` itself.
"""

from offhook.telephony.webhook.webhook import WebhookSystem

__all__ = ["WebhookSystem"]
