"""Alembic runs this for every command.

After a change of `bot/store/table.py`, one command writes the migration into `versions/`:

    .venv/bin/python -m bot.store.migrations "what changes"

It needs no database. Read what it wrote: it cannot know that a column was renamed, nor what becomes of the rows.
"""

from __future__ import annotations

from alembic import context

from bot.store.table import metadata

# SQLite cannot change a column: in a batch, Alembic makes the table anew and copies the rows.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
