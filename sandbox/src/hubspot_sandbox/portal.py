"""The portal: all state of the sandbox, behind rooms. A reset is a new portal over a wiped store.

    portal.people        accounts, people, memberships with rights, sessions     people.py
    portal.apps          registered apps                                          apps.py
    portal.consents      authorize URL -> allowed | refused -> code               consent.py, gate.py
    portal.approvals     which apps an account lets in, and who asked             approvals.py
    portal.grants        installations, codes, tokens                             grants.py
    portal.properties    which properties a kind of record has                    properties/model.py
    portal.records       contacts, companies, deals, calls…; search               records.py, shelves.py, search.py
    portal.associations  which record belongs to which                            associations/model.py
    portal.lists         segments and who is in them                              lists/model.py
    portal.changes       what changed, told to whoever listens                    changes.py
    portal.webhooks      what apps want to be told, the outbox, the journal       webhooks/model.py
    portal.clock         the portal's time                                        clock.py
    portal.limits        who called how often                                     limits.py
    portal.notices       what HubSpot would send to administrators                notices.py
    portal.snapshots     states to come back to; a reset leaves them              control/snapshots.py

What the pages and the control plane do most has a method here.
"""

from collections.abc import Mapping
from pathlib import Path

from hubspot_sandbox.approvals import Approvals
from hubspot_sandbox.apps import App, Apps
from hubspot_sandbox.associations.model import PRIMARY_COMPANY, Associations
from hubspot_sandbox.associations.types import AssociationType
from hubspot_sandbox.changes import Changes
from hubspot_sandbox.clock import Clock
from hubspot_sandbox.consent import ConsentProblem, ConsentRequest, Consents
from hubspot_sandbox.control.faults import Faults
from hubspot_sandbox.control.journal import Journal
from hubspot_sandbox.control.snapshots import Snapshot, Snapshots
from hubspot_sandbox.gate import Allowed, Refused
from hubspot_sandbox.grants import Grants
from hubspot_sandbox.limits import Limits
from hubspot_sandbox.lists.model import Lists
from hubspot_sandbox.notices import Notices
from hubspot_sandbox.people import Account, Membership, People, Session
from hubspot_sandbox.properties.model import Properties
from hubspot_sandbox.record import Record, Source
from hubspot_sandbox.records import Records
from hubspot_sandbox.store import Store
from hubspot_sandbox.webhooks.model import Webhooks


class Portal:
    """A whole HubSpot in one object, in memory or in a file."""

    def __init__(self, database: str | Path = ":memory:") -> None:
        self.store = Store(database)
        self.snapshots = Snapshots()
        self.project_apps: dict[str, App] = {}
        """The apps of the developer projects that it was started with, by client id; every seed is planted with them."""
        self._open_rooms()

    def _open_rooms(self) -> None:
        self.clock = Clock(self.store)
        self.changes = Changes(self.store)
        self.people = People(self.store, self.clock)
        self.apps = Apps(self.store)
        self.grants = Grants(self.store, self.clock, self.people, self.apps)
        self.notices = Notices(self.store, self.clock, self.people, self.apps)
        self.grants.listen(self.notices.hear)
        self.approvals = Approvals(self.store, self.clock, self.people, self.apps, self.grants, self.notices)
        self.consents = Consents(self.people, self.apps, self.grants, self.approvals)
        self.properties = Properties(self.store)
        self.records = Records(self.store, self.clock, self.properties, self.changes)
        self.people.joined, self.people.left = self._keep_user, self._drop_user
        self.associations = Associations(self.store, self.clock, self.changes)
        self.lists = Lists(self.store, self.clock, self.records, self.changes)
        self.webhooks = Webhooks(self.store, self.clock, self.apps, self.grants, self.changes)
        self.limits = Limits(self.store)
        self.faults = Faults()
        self.journal = Journal()

    def _keep_user(self, member: Membership) -> None:
        """The CRM object of kind `users` that goes with a membership, made or brought up to date."""
        person = self.people.person(member.email)
        values = {
            "hs_internal_user_id": str(member.user_id),
            "hubspot_owner_id": str(member.owner_id),
            "hs_email": member.email,
            "hs_given_name": person.first_name if person else "",
            "hs_family_name": person.last_name if person else "",
            "hs_deactivated": "" if member.active else "true",
        }
        known = self.records.with_value(member.account_id, "users", "hs_internal_user_id", str(member.user_id))
        if known is None:
            self.records.load(member.account_id, "users", [{name: each for name, each in values.items() if each}])
        else:
            self.records.change(member.account_id, known, values, Source("CRM_UI"))

    def _drop_user(self, member: Membership) -> None:
        """The CRM object of somebody who was taken out of the account goes into the bin."""
        known = self.records.with_value(member.account_id, "users", "hs_internal_user_id", str(member.user_id))
        if known:
            self.records.archive(member.account_id, "users", known.id)

    def wipe(self) -> None:
        """Forget everything: people, apps, records, time, faults, journal."""
        self.store.wipe()
        self._open_rooms()

    def take_snapshot(self, name: str) -> Snapshot:
        """Keep everything as it is now under a name; what the name stood for before is forgotten.

        :raises ValueError: not a name, or too many snapshots
        """
        self.snapshots.check(name)
        made = Snapshot(name, self.clock.now(), self.store.copy(), tuple(self.faults.pending()), self.limits.enabled)
        return self.snapshots.keep(made)

    def restore(self, snapshot: Snapshot) -> None:
        """Everything as it was, also the time, which goes on from then. Journal and rate counters begin anew."""
        self.store.become(snapshot.database)
        self._open_rooms()
        self.limits.enabled = snapshot.limits_enabled
        self.faults.resume(snapshot.faults)
        self.clock.advance((snapshot.taken_at - self.clock.now()).total_seconds())

    def close(self) -> None:
        self.snapshots.clear()
        self.store.close()

    # sessions of the pages ----------------------------------------------------------------------------

    def log_in(self, email: str, password: str) -> str | None:
        """A session id for the cookie, or None. Takes the snapshot of rights that counts until log-out."""
        return self.people.log_in(email, password)

    def log_out(self, sid: str) -> None:
        self.people.log_out(sid)

    def session(self, sid: str | None) -> Session | None:
        return self.people.session(sid)

    def accounts_of(self, session: Session) -> list[Account]:
        """The accounts she may choose from, only those she was an active member of at login."""
        accounts = self.people.accounts_of(session.email)
        return [account for account in accounts if account.id in session.standings]

    def may_manage_users(self, session: Session, account_id: int) -> bool:
        """Whether she may open Users & Teams and edit rights there."""
        standing = self.people.standing(session, account_id)
        return standing is not None and standing.has("users.edit")

    def may_manage_super_admins(self, session: Session, account_id: int) -> bool:
        """Only super admins make or remove super admins (S36)."""
        standing = self.people.standing(session, account_id)
        return standing is not None and standing.super_admin

    # consent ------------------------------------------------------------------------------------------

    def begin_consent(self, query: Mapping[str, str], account_id: int | None = None) -> ConsentRequest | ConsentProblem:
        """Read the authorize URL; a problem is shown on HubSpot's page and never sent to the app."""
        return self.consents.begin(query, account_id)

    def judge(self, session: Session, account_id: int, request: ConsentRequest) -> Allowed | Refused:
        """May this session connect the app to this account? Decides nothing, changes nothing."""
        return self.consents.judge(session, account_id, request)

    def grant(self, session: Session, account_id: int, request: ConsentRequest) -> str:
        """The redirect URL with code and state.

        :raises hubspot_sandbox.consent.ConsentRefused: when `judge` refuses
        """
        return self.consents.grant(session, account_id, request)

    def deny(self, request: ConsentRequest) -> str:
        """The redirect URL after Cancel, with `error=access_denied`."""
        return self.consents.deny(request)

    # records ------------------------------------------------------------------------------------------

    def record(self, account_id: int, kind: str, record_id: str) -> Record | None:
        """One record that is not archived, with all its properties."""
        return self.records.get(account_id, kind, record_id)

    def related(self, account_id: int, kind: str, record_id: str, other: str) -> list[Record]:
        """The associated records of another kind, oldest first."""
        ids = self.associations.ids(account_id, kind, record_id, other)
        found = (self.records.get(account_id, other, each) for each in ids)
        return [record for record in found if record]

    def timeline(self, account_id: int, kind: str, record_id: str) -> list[Record]:
        """The record's calls, newest first, by `hs_timestamp`."""
        calls = self.related(account_id, kind, record_id, "calls")
        return sorted(calls, key=lambda call: call.properties.get("hs_timestamp") or "", reverse=True)

    def associate(self, account_id: int, kind: str, record_id: str, other: str, other_id: str, type_id: int = 0) -> int:
        """Tie two records; a contact's first company becomes its primary one [unv]. Returns the type id.

        :raises HubSpotProblem: 400 when the type does not join these kinds
        """
        used = self.associations.link(account_id, kind, record_id, other, other_id, type_id)
        ends = {kind: record_id, other: other_id}
        if set(ends) == {"contacts", "companies"}:
            self._settle_primary(account_id, ends["contacts"], ends["companies"])
        return used

    def dissociate(
        self, account_id: int, kind: str, record_id: str, other: str, other_id: str, by: AssociationType | None = None
    ) -> None:
        """Untie two records, or take one label off. No other company becomes the primary one then [unv]."""
        if by is None:
            self.associations.unlink(account_id, kind, record_id, other, other_id)
        else:
            self.associations.unlabel(account_id, kind, record_id, other, other_id, by)
        ends = {kind: record_id, other: other_id}
        if set(ends) == {"contacts", "companies"}:
            self._note_primary(account_id, ends["contacts"])

    def _settle_primary(self, account_id: int, contact: str, company: str) -> None:
        if not self._primary_company(account_id, contact):
            self.associations.link(account_id, "contacts", contact, "companies", company, PRIMARY_COMPANY)
        self._note_primary(account_id, contact)

    def _primary_company(self, account_id: int, contact: str) -> str:
        links = self.associations.of(account_id, "contacts", contact, "companies")
        return next((link.to_id for link in links if PRIMARY_COMPANY in link.type_ids), "")

    def _note_primary(self, account_id: int, contact: str) -> None:
        primary = self._primary_company(account_id, contact)
        self.records.set_calculated(account_id, "contacts", contact, {"associatedcompanyid": primary})
