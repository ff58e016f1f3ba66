"""A greeting that may not have arrived: where it was sent, and whether that is over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("greeting", sa.Column("channel_id", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("greeting", sa.Column("done", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("greeting") as table:
        table.alter_column("channel_id", server_default=None)
        table.alter_column("done", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("greeting") as table:
        table.drop_column("channel_id")
        table.drop_column("done")
