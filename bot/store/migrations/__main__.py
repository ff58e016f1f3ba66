"""Writes a migration of what changed in `bot/store/table.py`: see `env.py`."""

from __future__ import annotations

import sys

from alembic import command
from sqlalchemy import create_engine

from bot.store.migrations import build_config, upgrade
from bot.store.schema import find_head


def write_migration(message: str) -> None:
    """Compare the tables with what the migrations make of an empty database, and write the difference."""
    with create_engine("sqlite://").connect() as connection:
        upgrade(connection)
        number = f"{int(find_head()) + 1:04}"
        command.revision(build_config(connection), message, autogenerate=True, rev_id=number)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit('Usage: python -m bot.store.migrations "what changes"')
    write_migration(sys.argv[1])
