"""What statements become in SQL is found out once, and not by each process of each simulation."""

from __future__ import annotations

from typing import Any

import sqlalchemy
from sqlalchemy.engine.default import DefaultDialect

_shared: list[Any] = []


def make_engine(*args: Any, **options: Any) -> sqlalchemy.Engine:
    """In the place of `create_engine`."""
    engine = sqlalchemy.create_engine(*args, **options)
    made: Any = engine
    if not _shared:
        _shared.extend((made.dialect._type_memos, made._compiled_cache))
    made.dialect._type_memos, made._compiled_cache = _shared
    return engine


def _find_kind(dialect: object) -> int:
    return hash(type(dialect))


def _are_alike(dialect: object, other: object) -> bool:
    return type(dialect) is type(other)


ALIKE = ((DefaultDialect, "__hash__", _find_kind), (DefaultDialect, "__eq__", _are_alike))
"""Statements are known again by the dialect, too, of which each process has one."""
