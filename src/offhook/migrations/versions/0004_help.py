"""A request for help remembers what HubSpot said of her then, and when somebody did something about it."""

import sqlalchemy as sa
from alembic import op

from offhook.database import Moment

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    with op.batch_alter_table("help_request") as request:
        request.add_column(sa.Column("standing", sa.Text(), nullable=True))
        request.add_column(sa.Column("attended_at", Moment(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("help_request") as request:
        for name in ("attended_at", "standing"):
            request.drop_column(name)
