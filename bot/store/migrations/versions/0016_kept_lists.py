"""Lists of people who show them to a server, kept for a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "kept_list",
        sa.Column("service", sa.String(16), primary_key=True),
        sa.Column("account_id", sa.String(32), primary_key=True),
        sa.Column("fetched_s", sa.BigInteger(), nullable=False),
        sa.Column("claimed_s", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "listed_work",
        sa.Column("service", sa.String(16), primary_key=True),
        sa.Column("account_id", sa.String(32), primary_key=True),
        sa.Column("work_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("vote", sa.SmallInteger(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("listed_work")
    op.drop_table("kept_list")
