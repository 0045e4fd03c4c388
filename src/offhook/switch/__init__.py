"""How do phones and calls come together? A SIP switch between registered phones and whoever keeps the calls.

board: what the switch asks of who keeps the calls. connection: one WebSocket, bounded. session: one phone's part in a
call. ringing: a line's phones until one of them answers. references: REFER, read. exchanged: who hears whom. legs: what
the board wants of phones. memory: what a restart must not forget. switch: what phones ask. It knows no calls, no lines
and no rules: only legs, by their names.
"""
