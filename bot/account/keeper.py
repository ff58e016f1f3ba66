"""Fetches the lists that people show to servers, in the background, with what is left over: each about once a day.

A list is taken on in the store before it is asked for, so that several processes ask once, and a restart goes on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec

from bot.account.list_record import ListRecords
from bot.account.model import ListedWork, Service
from bot.errors import ServiceError, ShioriError
from bot.http import Clock, LaneState, Priority, asking

log = logging.getLogger(__name__)

ROUND_S = 30.0
ASK_WITHIN_S = 120.0
_AFTER_FAULT_S = 600.0

Lists = Mapping[str, Sequence[ListedWork]]
"""What can be read of lists, by account; nothing of one that is private or gone. What failed is left out."""


class ListSource(msgspec.Struct, frozen=True):
    """A service, `at_once`: how many lists one question is for, and how they are asked for."""

    service: Service
    at_once: int
    fetch: Callable[[Sequence[str]], Awaitable[Lists]]


class ListKeeper:
    """`lane` says how it stands with a service. `begin`: what each round begins with; it may raise `StoreError`. Any
    number of processes may do so.
    """

    def __init__(
        self,
        sources: Sequence[ListSource],
        records: ListRecords,
        *,
        lane: Callable[[str], LaneState],
        begin: Callable[[], Awaitable[None]],
        clock: Clock,
    ) -> None:
        self._sources = sources
        self._records = records
        self._begin = begin
        self._lane = lane
        self._clock = clock
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin with a round."""
        self._task = asyncio.create_task(self._run(), name="lists")

    async def close(self) -> None:
        """Stop. What is being asked for is asked for again by whoever is next."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        while True:
            try:
                await self._begin()
                await self.work()
            except ShioriError as error:
                log.info("lists stay as they are: %s", error)
            except Exception:
                # A fault of ours: the next round may do, and nobody waits for it.
                log.exception("keeping lists failed")
                await self._clock.sleep(_AFTER_FAULT_S)
            await self._clock.sleep(ROUND_S)

    async def work(self) -> None:
        """One round: a question to each service that nobody else asks just now. Raises StoreError."""
        for source in self._sources:
            if self._lane(source.service).idle:
                await self._work(source)

    async def _work(self, source: ListSource) -> None:
        taken = await self._records.take(source.service, at_most=source.at_once, now_s=int(self._clock.time()))
        if not taken:
            return
        try:
            with asking(self._clock, within_s=ASK_WITHIN_S, priority=Priority.LEFTOVER):
                lists = await source.fetch(taken)
        except ServiceError as error:
            log.info("%d lists of %s are not there yet: %s", len(taken), source.service, error)
            return
        if left_out := len(taken) - len(lists):
            log.info("%d of %d lists of %s are not there yet", left_out, len(taken), source.service)
        for account_id, works in lists.items():
            await self._records.keep(source.service, account_id, works, now_s=int(self._clock.time()))
