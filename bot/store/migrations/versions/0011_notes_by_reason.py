"""A note is taken once a day for each reason."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    _rebuild("reason")


def downgrade() -> None:
    _rebuild()


def _rebuild(*added: str) -> None:
    """The table has another key, so it is made anew. What it holds is of one day."""
    keys = {(row.user_id, row.day) for row in op.get_bind().execute(sa.text("SELECT user_id, day FROM note"))}
    op.drop_table("note")
    note = op.create_table(
        "note",
        sa.Column("user_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("day", sa.BigInteger(), primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.String(40), primary_key=True) for name in added),
    )
    op.create_index("ix_note_day", "note", ["day"])
    rest = dict.fromkeys(added, "")
    op.bulk_insert(note, [{"user_id": user_id, "day": day, **rest} for user_id, day in sorted(keys)])
