"""How do phones speak? SIP as the exchange needs it: over WebSocket (RFC 7118), nothing that a proxy for carriers needs.

address: what stands in From, To, Contact and in a request line. message: text ⇄ a request or a response, with limits.
digest: passwords without saying them. registrar: which phones are there. transaction: a request and its answers, with
timers. dialog: what two sides agreed on for one call. All but transaction is pure.
"""
