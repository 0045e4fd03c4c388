"""The rooms' first tables."""

import sqlalchemy as sa
from alembic import op

from offhook.database import Moment

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "agent",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("hubspot_user_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=320), nullable=False),
        sa.Column("owner_id", sa.String(length=32), nullable=True),
        sa.Column("phone_system", sa.String(length=64), nullable=True),
        sa.Column("line", sa.String(length=64), nullable=True),
        sa.Column("line_name", sa.String(length=200), nullable=True),
        sa.Column("available", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent")),
        sa.UniqueConstraint("account_id", "hubspot_user_id", name=op.f("uq_agent_account_id")),
        sa.UniqueConstraint("phone_system", "line", name=op.f("uq_agent_phone_system")),
    )
    op.create_table(
        "call",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("phone_system", sa.String(length=64), nullable=False),
        sa.Column("external_id", sa.String(length=200), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("began", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("heard", sa.Text(), nullable=False),
        sa.Column("wrap_up", sa.Text(), nullable=False),
        sa.Column("agents", sa.Text(), nullable=False),
        sa.Column("desk", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("phone_system", "external_id", name=op.f("uq_call_phone_system")),
    )
    op.create_index("ix_call_live", "call", ["phone_system", "ended_at"], unique=False)
    op.create_table(
        "consent_attempt",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ask", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.Text(), nullable=False),
        sa.Column("device_hash", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("verifier", sa.Text(), nullable=False),
        sa.Column("return_to", sa.Text(), nullable=True),
        sa.Column("expected_account", sa.BigInteger(), nullable=True),
        sa.Column("expected_user", sa.BigInteger(), nullable=True),
        sa.Column("begun_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("page_text", sa.Text(), nullable=True),
        sa.Column("report", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("agent_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_attempt")),
    )
    op.create_index("ix_consent_attempt_device", "consent_attempt", ["device_hash", "begun_at"], unique=False)
    op.create_index("ix_consent_attempt_expires_at", "consent_attempt", ["expires_at"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("handled_at", Moment(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("source", "key", name=op.f("uq_delivery_source")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_delivery_handled_at"), "delivery", ["handled_at"], unique=False)
    op.create_table(
        "directory_answer",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("e164", sa.String(length=20), nullable=False),
        sa.Column("tail", sa.String(length=16), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "e164", name=op.f("pk_directory_answer")),
    )
    op.create_index("ix_directory_answer_tail", "directory_answer", ["account_id", "tail"], unique=False)
    op.create_table(
        "directory_contact",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "contact_id", name=op.f("pk_directory_contact")),
    )
    op.create_table(
        "directory_number",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tail", sa.String(length=16), nullable=False),
        sa.Column("contact_id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "tail", "contact_id", name=op.f("pk_directory_number")),
    )
    op.create_index("ix_directory_number_contact", "directory_number", ["account_id", "contact_id"], unique=False)
    op.create_table(
        "elevation",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("agent_name", sa.Text(), nullable=False),
        sa.Column("hubspot_user_id", sa.BigInteger(), nullable=False),
        sa.Column("rights", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=True),
        sa.Column("granted_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("checked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_elevation")),
    )
    op.create_index("ix_elevation_account", "elevation", ["account_id", "ended_at"], unique=False)
    op.create_table(
        "hubspot_grant",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("account_name", sa.Text(), nullable=False),
        sa.Column("hubspot_user_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("access_token", sa.Text(), nullable=True),
        sa.Column("refresh_token", sa.Text(), nullable=True),
        sa.Column("expires_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hubspot_grant")),
        sa.UniqueConstraint("agent_id", name=op.f("uq_hubspot_grant_agent_id")),
    )
    op.create_index("ix_hubspot_grant_person", "hubspot_grant", ["account_id", "hubspot_user_id"], unique=False)
    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("lane", sa.String(length=200), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("run_at", Moment(), nullable=False),
        sa.Column("leased_until", Moment(), nullable=True),
        sa.Column("leased_by", sa.String(length=200), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("done_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_job_due", "job", ["status", "run_at"], unique=False)
    op.create_index(
        "ix_job_lane",
        "job",
        ["lane", "id"],
        unique=False,
        sqlite_where=sa.text("status <> 'done'"),
        postgresql_where=sa.text("status <> 'done'"),
    )
    op.create_index(
        "uq_job_in_hand",
        "job",
        ["lane"],
        unique=True,
        sqlite_where=sa.text("status = 'leased'"),
        postgresql_where=sa.text("status = 'leased'"),
    )
    op.create_index(
        "uq_job_queued",
        "job",
        ["kind", "key"],
        unique=True,
        sqlite_where=sa.text("status IN ('ready', 'waiting', 'failed')"),
        postgresql_where=sa.text("status IN ('ready', 'waiting', 'failed')"),
    )
    op.create_table(
        "stray",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("phone_system", sa.String(length=64), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stray")),
    )
    op.create_index(op.f("ix_stray_received_at"), "stray", ["received_at"], unique=False)
    op.create_table(
        "call_agent",
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("call_id", sa.String(length=32), nullable=False),
        sa.Column("began", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["call.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("agent_id", "call_id", name=op.f("pk_call_agent")),
    )
    op.create_index(op.f("ix_call_agent_call_id"), "call_agent", ["call_id"], unique=False)
    op.create_index("ix_call_agent_recent", "call_agent", ["agent_id", "began"], unique=False)
    op.create_table(
        "sign_in",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in")),
    )
    op.create_index(op.f("ix_sign_in_agent_id"), "sign_in", ["agent_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_sign_in_agent_id"), table_name="sign_in")
    op.drop_table("sign_in")
    op.drop_index("ix_call_agent_recent", table_name="call_agent")
    op.drop_index(op.f("ix_call_agent_call_id"), table_name="call_agent")
    op.drop_table("call_agent")
    op.drop_index(op.f("ix_stray_received_at"), table_name="stray")
    op.drop_table("stray")
    op.drop_index(
        "uq_job_queued",
        table_name="job",
        sqlite_where=sa.text("status IN ('ready', 'waiting', 'failed')"),
        postgresql_where=sa.text("status IN ('ready', 'waiting', 'failed')"),
    )
    op.drop_index(
        "uq_job_in_hand",
        table_name="job",
        sqlite_where=sa.text("status = 'leased'"),
        postgresql_where=sa.text("status = 'leased'"),
    )
    op.drop_index(
        "ix_job_lane",
        table_name="job",
        sqlite_where=sa.text("status <> 'done'"),
        postgresql_where=sa.text("status <> 'done'"),
    )
    op.drop_index("ix_job_due", table_name="job")
    op.drop_table("job")
    op.drop_index("ix_hubspot_grant_person", table_name="hubspot_grant")
    op.drop_table("hubspot_grant")
    op.drop_index("ix_elevation_account", table_name="elevation")
    op.drop_table("elevation")
    op.drop_index("ix_directory_number_contact", table_name="directory_number")
    op.drop_table("directory_number")
    op.drop_table("directory_contact")
    op.drop_index("ix_directory_answer_tail", table_name="directory_answer")
    op.drop_table("directory_answer")
    op.drop_index(op.f("ix_delivery_handled_at"), table_name="delivery")
    op.drop_table("delivery")
    op.drop_index("ix_consent_attempt_expires_at", table_name="consent_attempt")
    op.drop_index("ix_consent_attempt_device", table_name="consent_attempt")
    op.drop_table("consent_attempt")
    op.drop_index("ix_call_live", table_name="call")
    op.drop_table("call")
    op.drop_table("agent")
