"""What is to become of the notices that are known, once it is read anew what is to be told."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from bot.follow.model import HELD, TOLD, WAITING, Wanted

MOVED_S = 12 * 3600
"""An episode that was told and is then put off by more than this is told again."""


class Known(msgspec.Struct, frozen=True):
    """A notice in the database, with the columns that are compared."""

    follow_id: int
    key: str
    state: str
    due_s: int
    adult: bool
    begun_s: int
    claimed_s: int

    @property
    def name(self) -> tuple[int, str]:
        """What it is found by."""
        return self.follow_id, self.key

    @property
    def is_held(self) -> bool:
        """Whether it waits for a digest, and none has it yet."""
        return self.state == HELD and not self.begun_s


class Plan(msgspec.Struct, frozen=True):
    """What is added; what waits and is told at another time or elsewhere; what is to be told once more; what goes."""

    missing: list[Wanted]
    changed: list[Wanted]
    moved: list[Wanted]
    gone: list[tuple[int, str]]

    def __bool__(self) -> bool:
        return bool(self.missing or self.changed or self.moved or self.gone)


def plan_notices(wanted: Iterable[Wanted], known: Iterable[Known], *, exact: bool, held_due: range = range(0)) -> Plan:
    """`exact`: `wanted` is all of it, and right: what waits becomes that, and goes if it is not there. `held_due`: so
    does what is held for a digest and was due then, of which `wanted` tells all.
    """
    target = {(one.follow_id, one.key): one for one in wanted}
    rows = {one.name: one for one in known}
    missing = [one for name, one in target.items() if name not in rows]
    if not exact:
        return Plan(missing, [], [], [])
    both = [(rows[name], one) for name, one in target.items() if name in rows]
    changed = [one for row, one in both if row.state == WAITING and (row.due_s, row.adult) != (one.due_s, one.adult)]
    # A day has its post once, whatever the hour becomes.
    moved = [one for row, one in both if one.key.startswith("e") and one.due_s > _find_told(row, one.due_s)]
    open_ = [row for row in rows.values() if row.state == WAITING or (row.is_held and row.due_s in held_due)]
    gone = [row.name for row in open_ if row.name not in target]
    return Plan(missing, changed, moved, gone)


def _find_told(row: Known, else_s: int) -> int:
    """After when a notice has to be due now, to be told once more."""
    if row.state == TOLD:  # for a time from which it moved on, and before the time that it has now
        return max(row.due_s + MOVED_S, row.claimed_s)
    return row.due_s if row.is_held else else_s
