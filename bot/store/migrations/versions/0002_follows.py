"""Follows and notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "follow",
        sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("adult", sa.Boolean(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=True),
        sa.Column("channel_id", sa.BigInteger(), nullable=True),
        sa.Column("role_id", sa.BigInteger(), nullable=True),
        sa.Column("delay_s", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(16), nullable=True),
        sa.Column("platform", sa.String(16), nullable=True),
        sa.Column("created_s", sa.BigInteger(), nullable=False),
        sa.Column("target", sa.String(128), nullable=False),
        sa.Column("refusals", sa.SmallInteger(), nullable=False),
    )
    op.create_table(
        "notice",
        sa.Column("follow_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("key", sa.String(16), primary_key=True),
        sa.Column("due_s", sa.BigInteger(), nullable=False),
        sa.Column("adult", sa.Boolean(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("begun_s", sa.BigInteger(), nullable=False),
        sa.Column("claimed_s", sa.BigInteger(), nullable=False),
    )
    for table, column in (
        ("follow", "user_id"),
        ("follow", "guild_id"),
        ("follow", "channel_id"),
        ("follow", "target"),
        ("notice", "due_s"),
    ):
        op.create_index(f"ix_{table}_{column}", table, [column], unique=column == "target")


def downgrade() -> None:
    for table in ("notice", "follow"):
        op.drop_table(table)
