"""Threads for the episodes that are told, and daily posts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("follow", sa.Column("threads", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("follow", sa.Column("thread_error", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("follow", sa.Column("offset_s", sa.BigInteger(), nullable=False, server_default="0"))
    with op.batch_alter_table("follow") as table:
        table.alter_column("offset_s", server_default=None)
        table.alter_column("threads", server_default=None)
        table.alter_column("thread_error", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("follow") as table:
        table.drop_column("offset_s")
        table.drop_column("threads")
        table.drop_column("thread_error")
