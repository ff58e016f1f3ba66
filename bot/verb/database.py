"""The database as it is, for verbs that look at it: it is neither made nor migrated."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from bot.config import Config
from bot.errors import StoreError, describe_failure
from bot.store.backup import find_file
from bot.store.database import Database
from bot.store.schema import NEWER, fetch_version, find_head

NONE_YET = "there is none yet; the first start makes it"
_NO_TABLES = "it has no tables yet; the first start makes them"
_OLDER = "its tables are of an older version; start the bot first, which migrates them"


@asynccontextmanager
async def open_database(config: Config) -> AsyncGenerator[Database]:
    """A database that is there, and not of a newer version: what is in that nobody knows here. Raises StoreError."""
    if is_missing(config):
        raise StoreError(NONE_YET)
    database = Database(config.store_url, looks=True)
    try:
        if (await fetch_version(database) or "") > find_head():
            raise StoreError(NEWER)
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def open_ready(config: Config) -> AsyncGenerator[Database]:
    """One whose tables are as this code needs them. Raises StoreError."""
    async with open_database(config) as database:
        version = await fetch_version(database)
        if version != find_head():
            raise StoreError(_OLDER if version else _NO_TABLES)
        yield database


def is_missing(config: Config) -> bool:
    """Whether a start would make its file. Raises StoreError if it could not."""
    path = find_file(config.store_url)
    if path is None:
        return False
    try:
        if path.exists():
            return False
        folder = next(one for one in path.absolute().parents if one.exists())
    except OSError as error:
        raise StoreError(f"its file {path} cannot be looked for ({describe_failure(error)})") from error
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise StoreError(f"its file {path} cannot be made in {folder}")
    return True
