"""A fake 8x8 on this machine, for the demo and for tests: an honest stand-in, that knows nothing of how Offhook reads it.

ledger: what 8x8 writes down of calls. fake: its addresses, pages and refusals over that. played: calls that a person
writes into it. `python -m offhook.demo.eight_by_eight --port N` runs it.
"""
