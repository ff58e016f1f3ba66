"""Follows of what stands on one's own list."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.add_column("follow", sa.Column("part_of", sa.BigInteger(), nullable=True))
    op.create_index("ix_follow_part_of", "follow", ["part_of"])


def downgrade() -> None:
    op.execute("DELETE FROM notice WHERE follow_id IN (SELECT id FROM follow WHERE part_of IS NOT NULL)")
    op.execute("DELETE FROM follow WHERE part_of IS NOT NULL OR kind = 'mine'")
    op.drop_index("ix_follow_part_of", "follow")
    with op.batch_alter_table("follow") as table:
        table.drop_column("part_of")
