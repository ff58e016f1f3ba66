"""What works are called, and how far that is filled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "known_work",
        sa.Column("shelf", sa.String(16), primary_key=True),
        sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("adult", sa.Boolean(), nullable=False),
        sa.Column("weight", sa.BigInteger(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("told_s", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "filling",
        sa.Column("shelf", sa.String(16), primary_key=True),
        sa.Column("page", sa.BigInteger(), nullable=False),
        sa.Column("begun_s", sa.BigInteger(), nullable=False),
        sa.Column("done_s", sa.BigInteger(), nullable=False),
        sa.Column("claimed_s", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("filling")
    op.drop_table("known_work")
