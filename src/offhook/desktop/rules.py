"""What holds for each agent: whose contacts she sees, whether her calls are logged by themselves, when a record opens.

Panels are told about calls without waiting for a database, so the rules of everybody are kept in memory. They are read
again when something changes in this process, and every few seconds for what another node changed.
"""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from offhook.agents import store as agents
from offhook.agents.agent import Agent
from offhook.database import Database
from offhook.desktop.who import Answer, ContactCard, Reason, Who, found
from offhook.policies import store as policies
from offhook.policies.policy import (
    Effective,
    Numbers,
    Policy,
    Pop,
    Preferences,
    Visibility,
    effective,
    locked,
    visible_owners,
)

HIDDEN = Reason(
    "not-visible",
    "A contact of a colleague has this number.",
    "Your administrators decided that agents see their own contacts. Ask them, or the contact's owner.",
)


class Habits(Struct, frozen=True):
    """How an agent's calls are treated, and which of it an administrator has locked."""

    auto_log: bool
    pop: Pop
    numbers: Numbers
    confirm_dial: bool
    locked: tuple[str, ...]


class Rule(Struct, frozen=True):
    """What holds for one agent. `owners`: whose contacts she sees, beside those of nobody; None: everybody's."""

    owners: frozenset[str] | None = None
    habits: Effective = effective(Policy(), Preferences())

    def sees(self, contact: ContactCard) -> bool:
        return self.sees_owner(contact.owner_id)

    def sees_owner(self, owner_id: str | None) -> bool:
        """Whether she sees contacts of this owner; None: of nobody."""
        return self.owners is None or not owner_id or owner_id in self.owners

    def shown(self, who: Who) -> Who:
        """The answer with what she may see of it; that there is somebody is not kept from her."""
        seen = tuple(each for each in who.contacts if self.sees(each))
        if len(seen) == len(who.contacts):
            return who
        if who.answer is Answer.ASKING:
            return replace(who, contacts=seen)
        return found(seen, who.reason) if seen else Who(Answer.NOT_ALLOWED, (), HIDDEN)


USUAL = Rule()


class Rules:
    """Everybody's rules. Where no administrator and no agent decided anything, the usual ones hold."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._of_agent: Mapping[str, Rule] = {}
        self._policies: Mapping[int, Policy] = {}

    def of(self, agent_id: str, account_id: int | None) -> Rule:
        """The rule for this agent. Somebody of whom nothing was read yet sees nothing that is kept from anybody."""
        known = self._of_agent.get(agent_id)
        if known is not None:
            return known
        policy = self._policies.get(account_id or 0)
        if policy is None:
            return USUAL
        return Rule(visible_owners(policy.visibility, None, ()), effective(policy, Preferences()))

    def habits(self, agent: Agent) -> Habits:
        """How her calls are treated, for her panel."""
        policy = self._policies.get(agent.account_id, Policy())
        held = self.of(agent.id, agent.account_id).habits
        return Habits(held.auto_log, held.pop, held.numbers, held.confirm_dial, locked(policy))

    def wants(self, account_id: int | None, capability: str) -> bool:
        """Whether the account's administrators want this capability."""
        return capability not in self._policies.get(account_id or 0, Policy()).without

    async def refresh(self) -> None:
        """Read them again."""
        async with self._database.reading() as connection:
            decided = await policies.all_policies(connection)
            chosen = await policies.all_preferences(connection)
            concerned = await agents.in_accounts(connection, decided.keys())
            concerned += await agents.among(connection, chosen.keys() - {each.id for each in concerned})
        self._policies = decided
        self._of_agent = {
            each.id: Rule(
                visible_owners(_visibility(decided, each.account_id), each.owner_id, each.mates),
                effective(decided.get(each.account_id, Policy()), chosen.get(each.id, Preferences())),
            )
            for each in concerned
        }


def _visibility(decided: Mapping[int, Policy], account_id: int) -> Visibility:
    return decided.get(account_id, Policy()).visibility
