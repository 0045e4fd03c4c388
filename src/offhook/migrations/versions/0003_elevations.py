"""Elevations say why, of whom, and when they were last called overdue; nobody is lent two permission sets at a time."""

import sqlalchemy as sa
from alembic import op

from offhook.database import Moment

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None

LENT = sa.text("kind = 'permission-set' AND ended_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("elevation") as elevation:
        elevation.add_column(sa.Column("why", sa.Text(), nullable=True))
        elevation.add_column(sa.Column("email", sa.Text(), nullable=True))
        elevation.add_column(sa.Column("called_overdue_at", Moment(), nullable=True))
    op.create_index(
        "uq_elevation_lent",
        "elevation",
        ["account_id", "hubspot_user_id"],
        unique=True,
        sqlite_where=LENT,
        postgresql_where=LENT,
    )


def downgrade() -> None:
    op.drop_index("uq_elevation_lent", table_name="elevation")
    with op.batch_alter_table("elevation") as elevation:
        for name in ("called_overdue_at", "email", "why"):
            elevation.drop_column(name)
