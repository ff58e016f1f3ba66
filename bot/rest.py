"""Services that are to be left alone stay so over a restart: else the first request would go into a ban."""

from __future__ import annotations

import asyncio
import logging

from bot.errors import StoreError
from bot.http import Client, Clock, Rest
from bot.store.rest import RestRecord
from bot.store.store import Store

log = logging.getLogger(__name__)

KEPT_FROM_S = 10.0  # a shorter rest is over by the time that a process has started again


class RestKeeper:
    """Keeps in the store what the client finds out, and gives it back to the next one."""

    def __init__(self, store: Store, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._keeping: set[asyncio.Task[None]] = set()

    def keep(self, service: str, kind: Rest, for_s: float) -> None:
        """The client's `on_rest`."""
        if for_s < KEPT_FROM_S:
            return
        task = asyncio.create_task(self._keep(RestRecord(service, kind, for_s), self._clock.time()))
        self._keeping.add(task)
        task.add_done_callback(self._keeping.discard)

    async def give_back(self, http: Client) -> None:
        """Tell the client what was found out before it began. Raises StoreError."""
        for record in await self._store.list_rests(now_s=self._clock.time()):
            log.warning("%s is left alone for %.0f s more (%s)", record.service, record.for_s, record.kind)
            http.rest(record.service, Rest(record.kind), record.for_s)

    async def close(self) -> None:
        """Wait until all of it is kept."""
        await asyncio.gather(*self._keeping)

    async def _keep(self, record: RestRecord, now_s: float) -> None:
        try:
            await self._store.keep_rest(record, now_s=now_s)
        except StoreError as error:
            log.warning("after a restart nobody will know that %s is left alone: %s", record.service, error)
