"""When the episodes of the sample AniList air: weekly, counted from the week in which the service began."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bot.playground.service.anilist.data import Library, Work

DAY_S = 86_400
WEEK_S = 7 * DAY_S
# 1 January 1970 was a Thursday.
_FIRST_MONDAY_S = 4 * DAY_S
# How many weeks ahead a series without a known end is announced.
_AHEAD = 13


@dataclass(frozen=True, slots=True)
class Episode:
    """An episode of a work. `id` belongs to it whenever it airs."""

    id: int
    work: Work
    number: int
    airs_s: int


class Schedule:
    """The episodes of all works. `now` returns seconds since the epoch.

    `delays` says by how many seconds an episode, (work, number), airs later than on its day; a test may change it.
    """

    def __init__(self, library: Library, now: Callable[[], float]) -> None:
        self.now = now
        self.delays: dict[tuple[int, int], int] = {}
        began = int(now())
        self._monday = began - (began - _FIRST_MONDAY_S) % WEEK_S
        self._weekly = [one for one in library.works.values() if one.airs is not None]
        self._planned: dict[int, list[Episode]] = {}

    def find_episodes(self, work: Work) -> Sequence[Episode]:
        """All episodes of a work that airs, first to last; of other works none."""
        planned = self._planned.get(work.id)
        if planned is None:
            planned = self._planned[work.id] = self._plan(work)
        if not self.delays:
            return planned
        delays = [self.delays.get((work.id, one.number), 0) for one in planned]
        return [
            replace(one, airs_s=one.airs_s + late) if late else one for one, late in zip(planned, delays, strict=True)
        ]

    def _plan(self, work: Work) -> list[Episode]:
        if work.airs is None:
            return []
        weekday, time, this_week = work.airs
        hours, _, minutes = time.partition(":")
        slot = self._monday + weekday * DAY_S + int(hours) * 3600 + int(minutes) * 60
        last = work.episodes or this_week + _AHEAD
        return [
            Episode(work.id * 10_000 + number, work, number, slot + (number - this_week) * WEEK_S)
            for number in range(1, last + 1)
        ]

    def list_all(self) -> Iterator[Episode]:
        """Every episode of every work that airs."""
        for work in self._weekly:
            yield from self.find_episodes(work)

    def find_next(self, work: Work) -> Episode | None:
        """The next one, if it is known."""
        return next((one for one in self.find_episodes(work) if one.airs_s > self.now()), None)

    def start_of(self, work: Work) -> str | None:
        """The day of the first episode."""
        episodes = self.find_episodes(work)
        return _name_day(episodes[0].airs_s) if episodes else work.start

    def end_of(self, work: Work) -> str | None:
        """The day of the last episode, if it is known which one that is."""
        episodes = self.find_episodes(work) if work.episodes is not None else ()
        return _name_day(episodes[-1].airs_s) if episodes else work.end

    def status_of(self, work: Work) -> str:
        """The status of a work as of now."""
        episodes = self.find_episodes(work)
        if not episodes:
            return work.status
        if self.now() < episodes[0].airs_s:
            return "NOT_YET_RELEASED"
        return "RELEASING" if self.now() < episodes[-1].airs_s or work.episodes is None else "FINISHED"


def _name_day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
