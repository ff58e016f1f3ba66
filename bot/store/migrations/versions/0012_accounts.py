"""Accounts that people linked, and the servers that they are shown to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("user_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("service", sa.String(16), primary_key=True),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("linked_s", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_account_service_account_id", "account", ["service", "account_id"])
    op.create_table(
        "opt_in",
        sa.Column("user_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("guild_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("since_s", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_opt_in_guild_id", "opt_in", ["guild_id"])


def downgrade() -> None:
    op.drop_table("opt_in")
    op.drop_table("account")
