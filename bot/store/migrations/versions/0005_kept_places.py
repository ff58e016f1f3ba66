"""Places that are too long for a button."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "kept_place",
        sa.Column("key", sa.String(22), primary_key=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("used_s", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_kept_place_used_s", "kept_place", ["used_s"])


def downgrade() -> None:
    op.drop_table("kept_place")
