"""Which servers were greeted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "greeting",
        sa.Column("guild_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("greeted_s", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("greeting")
