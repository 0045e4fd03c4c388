"""An account's own grant, policies, the audit log, requests for help, and rights that are lent by a permission set."""

import sqlalchemy as sa
from alembic import op

from offhook.database import Moment

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    with op.batch_alter_table("hubspot_grant") as grant:
        grant.drop_constraint("uq_hubspot_grant_agent_id", type_="unique")
        grant.alter_column("agent_id", new_column_name="holder", existing_type=sa.Text(), existing_nullable=False)
    with op.batch_alter_table("hubspot_grant") as grant:  # SQLite's copy of the table must have the new name first
        grant.create_unique_constraint("uq_hubspot_grant_holder", ["holder"])
    with op.batch_alter_table("agent") as agent:
        agent.add_column(sa.Column("super_admin", sa.Boolean(), nullable=True))
        agent.add_column(sa.Column("super_admin_at", Moment(), nullable=True))
        agent.add_column(sa.Column("mates", sa.Text(), nullable=True))
    with op.batch_alter_table("elevation") as elevation:
        elevation.add_column(sa.Column("role_before", sa.Text(), nullable=True))
        elevation.add_column(sa.Column("role_lent", sa.Text(), nullable=True))
        elevation.add_column(sa.Column("due_at", Moment(), nullable=True))
        elevation.add_column(sa.Column("by", sa.Text(), nullable=True))
    op.create_table(
        "policy",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_policy")),
    )
    op.create_table(
        "preferences",
        sa.Column("agent_id", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_preferences")),
    )
    op.create_table(
        "deed",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deed")),
    )
    op.create_index("ix_deed_account", "deed", ["account_id", "at"], unique=False)
    op.create_table(
        "help_request",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("hubspot_user_id", sa.BigInteger(), nullable=True),
        sa.Column("attempt_id", sa.Text(), nullable=True),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=True),
        sa.Column("solved_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_request")),
    )
    op.create_index("ix_help_request_account", "help_request", ["account_id", "asked_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_help_request_account", table_name="help_request")
    op.drop_table("help_request")
    op.drop_index("ix_deed_account", table_name="deed")
    op.drop_table("deed")
    op.drop_table("preferences")
    op.drop_table("policy")
    with op.batch_alter_table("elevation") as elevation:
        for name in ("by", "due_at", "role_lent", "role_before"):
            elevation.drop_column(name)
    with op.batch_alter_table("agent") as agent:
        for name in ("mates", "super_admin_at", "super_admin"):
            agent.drop_column(name)
    with op.batch_alter_table("hubspot_grant") as grant:
        grant.drop_constraint("uq_hubspot_grant_holder", type_="unique")
        grant.alter_column("holder", new_column_name="agent_id", existing_type=sa.Text(), existing_nullable=False)
    with op.batch_alter_table("hubspot_grant") as grant:
        grant.create_unique_constraint("uq_hubspot_grant_agent_id", ["agent_id"])
