"""Whose database it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "owner",
        sa.Column("id", sa.SmallInteger(), primary_key=True, autoincrement=False),
        sa.Column("bot_id", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("owner")
