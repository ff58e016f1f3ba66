"""Fills the shelves in the background, with what is left over: a page now and then, while nobody asks the service.

A page is taken on in the store before it is asked for, and the place where the next one begins is moved with its works:
so several processes ask once, and a restart goes on where it was.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Protocol

import msgspec

from bot.errors import ServiceError, ShioriError
from bot.http import Clock, LaneState, Priority, asking
from bot.names.record import PACE_S, NameRecords, Pace, WorkRecord
from bot.service.record import Found

log = logging.getLogger(__name__)

LOAD_AFTER_S = 10.0
"""Whoever starts has better things to do first."""
FIRST_AFTER_S = 30.0
FIRST_PACE_S = 30.0
"""What nearly everybody looks for comes first and soon: a new host has nothing else at hand."""
FILL_AFTER_S = 300.0
ROUND_S = 30.0
LOAD_EVERY_S = 600.0
ASK_WITHIN_S = 20.0
_AFTER_FAULT_S = 600.0


class Fillable(Protocol):
    """A shelf, as far as it is filled."""

    name: str

    def describe(self, works: Iterable[Any], /) -> list[WorkRecord]:
        """Works as they are kept."""
        ...

    async def keep_seen(self) -> bool:
        """Put into the store what was seen meanwhile. Whether that is anything. Raises StoreError."""
        ...

    async def load(self) -> None:
        """Have all at hand that the store has. Raises StoreError."""
        ...


class Supply(msgspec.Struct, frozen=True):
    """What fills a shelf: so many pages, the best known works first, of a service that is asked within its limits.

    `first`: the pages of the first portion.
    """

    shelf: Fillable
    service: str
    pages: int
    fetch: Callable[[int], Awaitable[Found[Any]]]
    first: int = 0


class NameKeeper:
    """Keeps names at hand. `lane` says how it stands with a service. Any number of processes may do so."""

    def __init__(
        self, supplies: Sequence[Supply], records: NameRecords, *, lane: Callable[[str], LaneState], clock: Clock
    ) -> None:
        self._supplies = supplies
        self._records = records
        self._lane = lane
        self._clock = clock
        self._first_at_s = clock.monotonic() + FIRST_AFTER_S
        self._fill_at_s = clock.monotonic() + FILL_AFTER_S
        self._load_at_s = -math.inf
        self._loaded: object = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin, some time from now."""
        self._task = asyncio.create_task(self._run(), name="names")

    async def close(self) -> None:
        """Stop. A page that is being asked for is asked for again by whoever is next."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        await self._clock.sleep(LOAD_AFTER_S)
        while True:
            wait_s = ROUND_S
            try:
                await self.work()
            except ShioriError as error:
                log.info("names at hand stay as they are: %s", error)
            except Exception:
                # A fault of ours: the next round may do, and nobody waits for it.
                log.exception("keeping names at hand failed")
                wait_s = _AFTER_FAULT_S
            await self._clock.sleep(wait_s)

    async def work(self) -> None:
        """One round: what was seen is kept, a page of each shelf asked for if its time has come, and all loaded anew.

        Raises StoreError.
        """
        now_s = self._clock.monotonic()
        if now_s >= self._load_at_s:
            await self._load()  # once more in the next round if the database is away
            self._load_at_s = now_s + LOAD_EVERY_S
        for supply in self._supplies:
            if self._lane(supply.service).idle:  # nobody else asks the service for anything
                await self._fill(supply, lambda page, first=supply.first: self._find_pace(page, first))

    async def fill_at_once(self) -> None:
        """Fill all shelves without waiting, whoever asks besides: where the services are one's own. Raises StoreError.

        What a service does not tell just now is left to the rounds.
        """
        for supply in self._supplies:
            while await self._fill(supply, lambda _page: 0.0):
                pass
        await self._load()

    def _find_pace(self, page: int, first: int) -> float | None:
        at_s, pace_s = (self._first_at_s, FIRST_PACE_S) if page <= first else (self._fill_at_s, PACE_S)
        return pace_s if self._clock.monotonic() >= at_s else None

    async def _load(self) -> None:
        seen = [await supply.shelf.keep_seen() for supply in self._supplies]
        filled = await self._records.list_fillings()
        day = int(self._clock.time()) // 86_400  # what was told too long ago goes
        if any(seen) or self._loaded != (filled, day):
            for supply in self._supplies:
                await supply.shelf.load()
            self._loaded = (filled, day)

    async def _fill(self, supply: Supply, pace: Pace) -> bool:
        """Ask for the next page of a shelf, if its time has come. Whether it is there, and is not the last one."""
        turn = await self._records.take_turn(supply.shelf.name, now_s=int(self._clock.time()), pace=pace)
        if turn is None:
            return False
        try:
            with asking(self._clock, within_s=ASK_WITHIN_S, priority=Priority.LEFTOVER):
                found = await supply.fetch(turn.page)
        except ServiceError as error:
            log.info("page %d of %s is not at hand yet: %s", turn.page, supply.shelf.name, error)
            return False
        works = supply.shelf.describe(found.items)
        last = not found.more or turn.page >= supply.pages
        await self._records.finish_turn(turn, works, last=last, now_s=int(self._clock.time()))
        if last or turn.page <= supply.first:
            self._load_at_s = -math.inf
        return not last
