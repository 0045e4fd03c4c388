"""How far the contacts of an account are known."""

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "directory_sync",
        sa.Column("account_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_directory_sync"),
    )
    op.create_index("ix_directory_contact_seen", "directory_contact", ["account_id", "seen_at"])


def downgrade() -> None:
    op.drop_index("ix_directory_contact_seen", "directory_contact")
    op.drop_table("directory_sync")
