"""One call that several places see under ids of their own, and how far a phone system that has to be asked was read."""

import sqlalchemy as sa
from alembic import op

from offhook.database import Moment

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "call_sighting",
        sa.Column("phone_system", sa.String(64), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("external_id", sa.String(200), nullable=False),
        sa.Column("line", sa.String(64), nullable=False),
        sa.Column("call_id", sa.String(32), sa.ForeignKey("call.id", ondelete="CASCADE"), nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("direction", sa.String(16), nullable=True),
        sa.Column("began", Moment(), nullable=False),
        sa.Column("ended", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("phone_system", "source", "external_id", "line", name="pk_call_sighting"),
    )
    op.create_index("ix_call_sighting_call_id", "call_sighting", ["call_id"])
    op.create_index("ix_call_sighting_began", "call_sighting", ["phone_system", "began"])
    op.create_table(
        "bookmark",
        sa.Column("phone_system", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("phone_system", "name", name="pk_bookmark"),
    )


def downgrade() -> None:
    op.drop_table("bookmark")
    op.drop_table("call_sighting")
