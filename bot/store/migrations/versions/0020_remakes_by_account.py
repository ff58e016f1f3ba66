"""What is to be put back on a list is kept for each account of a person."""

from __future__ import annotations

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    # Whose list it is for lies sealed: `RemakeRecords.tell_apart` opens it, which has the keys.
    rows = op.get_bind().execute(sa.text("SELECT user_id, '' AS uid, vn_id, sealed FROM vndb_remake"))
    _rebuild([dict(row) for row in rows.mappings()], sa.Column("uid", sa.String(32), primary_key=True))


def downgrade() -> None:
    rows = op.get_bind().execute(sa.text("SELECT user_id, vn_id, sealed FROM vndb_remake ORDER BY uid"))
    _rebuild({(row["user_id"], row["vn_id"]): dict(row) for row in rows.mappings()}.values())


def _rebuild(rows: Iterable[dict[str, object]], *added: sa.Column[str]) -> None:
    """The table has another key, so it is made anew."""
    op.drop_table("vndb_remake")
    remade = op.create_table(
        "vndb_remake",
        sa.Column("user_id", sa.BigInteger(), primary_key=True, autoincrement=False),
        *added,
        sa.Column("vn_id", sa.String(16), primary_key=True),
        sa.Column("sealed", sa.Text(), nullable=False),
    )
    op.bulk_insert(remade, list(rows))
