"""Services that are left alone for a time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "rest",
        sa.Column("service", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("until_s", sa.BigInteger(), nullable=False),
        sa.Column("for_s", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("rest")
