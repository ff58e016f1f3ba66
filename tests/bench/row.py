"""What is reported: rows of one markdown table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_HEAD = ("Measured", "Shiori", "Beside it", "Target", "Met")


@dataclass(frozen=True)
class Row:
    """One measurement. `met` None: the row has no target."""

    measured: str
    ours: str
    beside: str = "–"
    target: str = "–"
    met: bool | None = None


def build_head() -> str:
    """The first two lines of a markdown table."""
    return f"{_join(_HEAD)}\n{_join('---' for _ in _HEAD)}"


def build_line(row: Row) -> str:
    """The row as a line of it."""
    verdicts = {True: "yes", False: "**no**", None: "–"}
    return _join((row.measured, row.ours, row.beside, row.target, verdicts[row.met]))


def _join(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
