"""`python -m bot restore FILE`: what a backup holds, in place of what is stored now."""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
from pathlib import Path

from bot.config import Config
from bot.errors import StoreError
from bot.store.backup import find_file, restore
from bot.store.database import Database
from bot.store.schema import fetch_version, find_head
from bot.store.table import metadata
from bot.verb.call import Call, say
from bot.verb.postgresql import explain

# By a file, since of a backup that breaks off psql would take a part for all of it. Without the schema that the tables
# are in, which is there: Shiori makes none.
_PG_RESTORE = (
    "pg_restore --list {file} | grep -v ' SCHEMA - ' > {file}.list"
    " && pg_restore --no-owner --use-list={file}.list --file={file}.sql {file}"
    " && psql --no-psqlrc --single-transaction --set=ON_ERROR_STOP=1"
)
# Not by `pg_restore --clean`, which drops what is in the backup alone: tables that were made since would be in the way
# of the migrations that make them.
_DROP = f" --command='DROP TABLE IF EXISTS alembic_version, {', '.join(metadata.tables)}'"
_INTO = " --file={file}.sql --dbname={database}"


def run(call: Call, config: Config) -> int:
    """Put it there, or say how. The exit code: 0 it is there, 1 all is as it was."""
    path, file = find_file(config.store_url), Path(call.file)
    try:
        if path is None:
            line = asyncio.run(_build_line(config.store_url))
            say(f"Stop every bot first.\n{explain(line, url=config.store_url, file=file)}")
            return 1
        aside = path.with_name(f"{path.name}.before-{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}")
        done = asyncio.run(restore(file, path, aside=aside))
    except StoreError as error:
        say(f"Nothing was restored, all is as it was: {error.reason}.")
        return 1
    kept = f" What was there before is kept in {done.aside}." if done.aside else ""
    sys.stdout.write(f"Restored {file} (version {done.version}) into {path}.{kept}\n")
    return 0


async def _build_line(url: str) -> str:
    """What to type. Raises StoreError where tables are of another version: a table of a name that is known here may be
    somebody else's then, or one of Shiori's may be unknown.
    """
    database = Database(url)
    try:
        version, head = await fetch_version(database), find_head()
    finally:
        await database.close()
    if version is None:
        return _PG_RESTORE + _INTO
    if version != head:
        age = "newer" if version > head else "older"
        raise StoreError(
            f"the tables of the database are of a version ({version}) that is {age} than this program ({head}); the"
            " Shiori of that version says how"
        )
    return _PG_RESTORE + _DROP + _INTO
