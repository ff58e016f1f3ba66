"""Which previews have to leave, and by whose flag they stand where they do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    # What was recorded before did not say what it shows, nor of which channel a thread is: it counts as unsafe.
    op.add_column("preview", sa.Column("parent_id", sa.BigInteger(), nullable=True))
    op.add_column("preview", sa.Column("restricted", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("preview", sa.Column("leaving", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE preview SET parent_id = channel_id")
    with op.batch_alter_table("preview") as table:
        table.alter_column("parent_id", nullable=False)
        table.alter_column("restricted", server_default=None)
        table.alter_column("leaving", server_default=None)
    for column in ("parent_id", "leaving"):
        op.create_index(f"ix_preview_{column}", "preview", [column])


def downgrade() -> None:
    for column in ("parent_id", "leaving"):
        op.drop_index(f"ix_preview_{column}", "preview")
    with op.batch_alter_table("preview") as table:
        for column in ("parent_id", "restricted", "leaving"):
            table.drop_column(column)
