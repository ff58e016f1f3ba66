"""Settings, previews, notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    numbers = op.create_table(
        "revision",
        sa.Column("id", sa.SmallInteger(), primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("reset", sa.BigInteger(), nullable=False),
    )
    op.bulk_insert(numbers, [{"id": 1, "number": 0, "reset": 0}])
    op.create_table(
        "setting",
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "preview",
        sa.Column("message_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=True),
        sa.Column("poster_id", sa.BigInteger(), nullable=False),
        sa.Column("reply_id", sa.BigInteger(), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
    )
    op.create_table(
        "note",
        sa.Column("user_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("day", sa.BigInteger(), primary_key=True, autoincrement=False),
    )
    for table, column in (
        ("setting", "guild_id"),
        ("setting", "revision"),
        ("preview", "channel_id"),
        ("preview", "guild_id"),
        ("preview", "poster_id"),
        ("preview", "reply_id"),
        ("note", "day"),
    ):
        op.create_index(f"ix_{table}_{column}", table, [column])


def downgrade() -> None:
    for table in ("note", "preview", "setting", "revision"):
        op.drop_table(table)
