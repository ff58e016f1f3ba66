"""One test for all rows of a table: as strict as one for each, and collected, set up and reported once."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from typing import Any

import pytest

Test = Callable[..., None]


def each(names: str | tuple[str, ...], rows: Iterable[Any]) -> Callable[[Test], Test]:
    """As `pytest.mark.parametrize`, for a test that uses nothing but its rows: it tries all of them, and its failure
    names each that does not hold.
    """
    arguments = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    table = [dict(zip(arguments, row if len(arguments) > 1 else (row,), strict=True)) for row in rows]
    assert table, "a table without rows"

    def decorate(test: Test) -> Test:
        @functools.wraps(test)
        def try_all(**given: Any) -> None:
            failed: dict[str, BaseException] = {}
            for row in table:
                try:
                    test(**given, **row)
                except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 - the other rows are tried, too
                    failed[f"{row}: {type(error).__name__}: {error}"] = error
            if failed:
                lines = [f"{len(failed)} of {len(table)} rows do not hold", *failed]
                raise AssertionError("\n".join(lines)) from next(iter(failed.values()))

        parameters = inspect.signature(test).parameters.values()
        left = [one for one in parameters if one.name not in arguments]
        vars(try_all)["__signature__"] = inspect.Signature(left)
        del vars(try_all)["__wrapped__"]  # pytest would ask it what the test wants
        return try_all

    return decorate
