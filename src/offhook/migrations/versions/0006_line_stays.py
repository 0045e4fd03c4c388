"""Who was on which line when: a phone system that has to be asked tells of calls afterwards."""

import sqlalchemy as sa
from alembic import op

from offhook.database import Moment

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "line_stay",
        sa.Column("agent_id", sa.String(32), sa.ForeignKey("agent.id", ondelete="CASCADE"), nullable=False),
        sa.Column("phone_system", sa.String(64), nullable=False),
        sa.Column("line", sa.String(64), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("agent_id", "phone_system", "line", "since", name="pk_line_stay"),
    )
    op.create_index("ix_line_stay_line", "line_stay", ["phone_system", "line"])
    # Who is on a line now has been there since nobody knows when.
    op.execute(
        "INSERT INTO line_stay (agent_id, phone_system, line, since) "
        "SELECT id, phone_system, line, created_at FROM agent WHERE phone_system IS NOT NULL AND line IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_table("line_stay")
