"""Passwords of lines, sealed, where the agents' browsers are the telephones."""

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "line_secret",
        sa.Column("phone_system", sa.String(64), nullable=False),
        sa.Column("line", sa.String(64), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("phone_system", "line", name="pk_line_secret"),
    )


def downgrade() -> None:
    op.drop_table("line_secret")
