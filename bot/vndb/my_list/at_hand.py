"""What is at hand of people in memory: never much of it, and not for long."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from bot.http import Clock

T = TypeVar("T")

AT_MOST = 500
OF_ONE_AT_MOST = 20


class _Kept(NamedTuple, Generic[T]):
    thing: T
    at_s: float


def _none(_: object) -> bool:
    return False


class AtHand(Generic[T]):
    """Things of people by a name each, for `kept_s` seconds; of too many, of all or of one person, the latest."""

    def __init__(self, clock: Clock, *, kept_s: float) -> None:
        self._clock = clock
        self._kept_s = kept_s
        self._things: OrderedDict[tuple[int, str], _Kept[T]] = OrderedDict()

    def keep(self, person_id: int, name: str, thing: T) -> None:
        """Have it at hand, in place of what was by that name."""
        now_s = self._clock.monotonic()
        self.drop(person_id, name)
        self._things[person_id, name] = _Kept(thing, now_s)
        theirs = [key for key in self._things if key[0] == person_id]
        if len(theirs) > OF_ONE_AT_MOST:
            del self._things[theirs[0]]
        while len(self._things) > AT_MOST or next(iter(self._things.values())).at_s < now_s - self._kept_s:
            self._things.popitem(last=False)

    def find(self, person_id: int, name: str) -> tuple[T, float] | None:
        """It, and for how many seconds it has been at hand."""
        kept = self._things.get((person_id, name))
        age_s = self._clock.monotonic() - kept.at_s if kept else 0.0
        return None if kept is None or age_s > self._kept_s else (kept.thing, age_s)

    def drop(self, person_id: int, name: str) -> None:
        """Have it at hand no longer."""
        self._things.pop((person_id, name), None)

    def forget(self, person_id: int, *, but: Callable[[T], bool] = _none) -> None:
        """Have nothing of a person at hand any longer, `but` some."""
        for key in [key for key, kept in self._things.items() if key[0] == person_id and not but(kept.thing)]:
            del self._things[key]
