"""Which processes there are, and what they take on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "process",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("until_s", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "claim",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("claim")
    op.drop_table("process")
