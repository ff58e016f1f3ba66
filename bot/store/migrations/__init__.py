"""How the tables came to be what they are, one file a step. The only package that knows Alembic."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from bot.errors import StoreError
from bot.store.schema import NEWER


def build_config(connection: Connection) -> Config:
    """Alembic's configuration, without a file: `env.py` takes the connection from it."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection) -> None:
    """Run what is missing, in the transaction that the connection is in.

    Raises:
        StoreError: the database is of a version that is not known here.
    """
    try:
        command.upgrade(build_config(connection), "head")
    except CommandError as error:
        raise StoreError(NEWER) from error
