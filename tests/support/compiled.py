"""SQL that is compiled once for all the databases that a process of tests opens: it is the half of a bot's questions.

SQLAlchemy keeps what it compiled for each engine, and knows it again by the engine's dialect. Here all engines keep it
in one place, and their dialects are equal. They are the real ones in all else.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

_compiled: dict[Any, Any] = {}


class SharedSqlite(SQLiteDialect_pysqlite):
    """The dialect of a file, equal to that of any other file."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SharedSqlite)

    def __hash__(self) -> int:
        return hash(SharedSqlite)

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=_compiled)


def share_compiled() -> None:
    """Have all engines on files that are made from now on keep there what they compile."""
    registry.register("sqlite", __name__, SharedSqlite.__name__)
