"""What of services' limits was used up before a restart."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "spent",
        sa.Column("service", sa.String(32), primary_key=True),
        sa.Column("at_s", sa.Float(), nullable=False),
        sa.Column("ages_s", sa.Text(), nullable=False),
        sa.Column("slack", sa.Integer(), nullable=False),
        sa.Column("debt_s", sa.Float(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("spent")
