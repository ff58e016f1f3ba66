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


def build_table(rows: Iterable[Row]) -> str:
    """Return the rows as a markdown table."""
    lines = [_HEAD, tuple("---" for _ in _HEAD)]
    verdicts = {True: "yes", False: "**no**", None: "–"}
    lines += [(row.measured, row.ours, row.beside, row.target, verdicts[row.met]) for row in rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
