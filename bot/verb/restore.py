"""`python -m bot restore FILE`: what a backup holds, in place of what is stored now."""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
from pathlib import Path

from bot.config import Config
from bot.errors import StoreError
from bot.store.backup import find_file, restore
from bot.store.table import metadata
from bot.verb.call import Call, say
from bot.verb.postgresql import explain

# Not by `pg_restore --clean`, which drops what is in the backup alone: tables that were made since would be in the way
# of the migrations that make them. By a file, since of a backup that breaks off psql would take a part for all of it.
# Without the schema that the tables are in, which is there: Shiori makes none.
_PG_RESTORE = (
    "pg_restore --list {file} | grep -v ' SCHEMA - ' > {file}.list"
    " && pg_restore --no-owner --use-list={file}.list --file={file}.sql {file}"
    " && psql --no-psqlrc --single-transaction --set=ON_ERROR_STOP=1"
    f" --command='DROP TABLE IF EXISTS alembic_version, {', '.join(metadata.tables)}'"
    " --file={file}.sql --dbname={database}"
)
_FIRST = (
    "Stop every bot first, and have the newest version that ran on the database say this: it drops the tables it knows."
)


def run(call: Call, config: Config) -> int:
    """Put it there, or say how. The exit code: 0 it is there, 1 all is as it was."""
    path, file = find_file(config.store_url), Path(call.file)
    if path is None:
        say(f"{_FIRST}\n{explain(_PG_RESTORE, url=config.store_url, file=file)}")
        return 1
    aside = path.with_name(f"{path.name}.before-{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S}")
    try:
        done = asyncio.run(restore(file, path, aside=aside))
    except StoreError as error:
        say(f"Nothing was restored, all is as it was: {error.reason}.")
        return 1
    kept = f" What was there before is kept in {done.aside}." if done.aside else ""
    sys.stdout.write(f"Restored {file} (version {done.version}) into {path}.{kept}\n")
    return 0
