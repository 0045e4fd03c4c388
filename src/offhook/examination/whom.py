"""Whom a report is about."""

from msgspec import Struct

from offhook.agents.agent import Agent


class Whom(Struct, frozen=True):
    """A HubSpot user of an account, who may be an agent here."""

    account_id: int
    user_id: int
    email: str
    name: str
    agent: Agent | None = None
