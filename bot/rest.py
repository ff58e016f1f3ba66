"""What a restart must not forget: which services are to be left alone, else the first request would go into a ban; and
what was used up of their limits, else a process that is started again and again would break them.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from functools import partial

from bot.errors import StoreError
from bot.http import Client, Clock, Rest, Spent
from bot.store.again import try_until_done
from bot.store.rest import RestRecord
from bot.store.spent import SpentRecord
from bot.store.store import Store

log = logging.getLogger(__name__)

KEPT_FROM_S = 10.0  # a shorter rest is over by the time that a process has started again


class RestKeeper:
    """Keeps in the store what the client finds out, and gives it back to the next one."""

    def __init__(self, store: Store, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._unkept: dict[tuple[str, Rest], float] = {}  # until when, by the clock that never jumps
        self._keeping: asyncio.Task[None] | None = None
        self._giving_back: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()

    def keep(self, service: str, kind: Rest, for_s: float) -> None:
        """The client's `on_rest`."""
        self._unkept[service, kind] = self._clock.monotonic() + for_s
        if self._keeping is None or self._keeping.done():
            failed = f"after a restart nobody would know yet that {service} is left alone"
            self._keeping = asyncio.create_task(try_until_done(self._keep, clock=self._store.recovery, failed=failed))

    async def give_back(self, http: Client) -> None:
        """Tell the client what was found out before it began. Raises StoreError."""
        for record in await self._store.list_rests(now_s=self._clock.time()):
            log.warning("%s is left alone for %.0f s more (%s)", record.service, record.for_s, record.kind)
            http.rest(record.service, Rest(record.kind), record.for_s)

    async def begin(self, http: Client) -> None:
        """Give back, and go on trying where the database cannot be asked."""
        try:
            await self.give_back(http)
        except StoreError:
            failed = "nobody knows which services are to be left alone"
            giving_back = try_until_done(partial(self.give_back, http), clock=self._store.recovery, failed=failed)
            self._giving_back = asyncio.create_task(giving_back)

    async def close(self) -> None:
        """Keep what is not kept yet, but wait for no database that is away."""
        if self._giving_back is not None:
            self._giving_back.cancel()
            await asyncio.wait({self._giving_back})
        if self._keeping is not None:
            async with self._lock:  # it is not stopped in the middle of a change
                self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        try:
            await self._keep()
        except StoreError as error:
            services = ", ".join(sorted({service for service, _ in self._unkept}))
            log.warning("after a restart nobody will know that these are left alone: %s: %s", services, error)

    async def _keep(self) -> None:
        """Keep all that lasts long enough. Raises StoreError."""
        async with self._lock:
            while self._unkept:
                (service, kind), until = next(iter(self._unkept.items()))
                left_s = until - self._clock.monotonic()
                if left_s >= KEPT_FROM_S:
                    await self._store.keep_rest(RestRecord(service, kind, left_s), now_s=self._clock.time())
                if self._unkept[service, kind] == until:  # it may have become longer meanwhile
                    del self._unkept[service, kind]


class SpentKeeper:
    """Notes in the store what is used up of services' limits, and tells it to the next client.

    A note is written behind the requests, at the first and then one for every twentieth of the longest window, and
    whoever reads it adds what may have been sent since: so a process that is killed leaves no more behind than is
    counted.
    """

    def __init__(self, store: Store, *, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._http: Client | None = None
        self._since: Counter[str] = Counter()
        self._noted: set[str] = set()  # else its note is of an earlier process, which may say that no more was sent
        self._noting: dict[str, asyncio.Task[None]] = {}
        self._is_told = False  # that notes are lost

    def count(self, service: str) -> None:
        """The client's `on_sent`."""
        self._since[service] += 1
        if self._http is None or service in self._noting:
            return
        if service not in self._noted or self._since[service] >= _find_step(self._http, service):
            self._noting[service] = asyncio.create_task(self._note(self._http, service))

    async def give_back(self, http: Client) -> None:
        """Tell the client what was used up before it began, and note what it uses from now on. Raises StoreError."""
        self._http = http
        now_s = self._clock.time()
        noted = {record.service: record for record in await self._store.list_spent()}
        # One that was killed at its very first request, and so is still reckoned with, had noted nothing of it.
        unnoted = 0 if self._store.peers.alone else 1
        for service in http.services:
            record = noted.get(service, SpentRecord(service, now_s, (), 0, 0.0))
            gone_s = max(0.0, now_s - record.at_s)  # the clock may have been set back since
            ages_s = (*(age_s + gone_s for age_s in record.ages_s), *[0.0] * max(record.slack, unnoted))
            http.take_over(service, Spent(ages_s, record.debt_s - gone_s))

    async def close(self) -> None:
        """Note all of it, once nothing is sent any more."""
        await asyncio.gather(*self._noting.values())
        if self._http is not None:
            for service in self._since:
                await self._keep(self._http, service, slack=0)

    async def _note(self, http: Client, service: str) -> None:
        step, limit = _find_step(http, service), http.find_limit(service)
        try:
            await self._keep(http, service, slack=min(limit, 2 * step))
            while self._since[service] >= step:  # more may have been sent while the last one was written
                await self._keep(http, service, slack=min(limit, 2 * step))
        finally:
            del self._noting[service]

    async def _keep(self, http: Client, service: str, *, slack: int) -> None:
        self._since[service] = 0
        spent = http.find_spent(service)
        ages_s = tuple(int(age_s) for age_s in spent.ages_s)
        try:
            await self._store.keep_spent(SpentRecord(service, self._clock.time(), ages_s, slack, spent.debt_s))
        except StoreError as error:
            level = logging.DEBUG if self._is_told else logging.WARNING  # each question to a service leads here
            log.log(level, "after a restart nobody will know how much %s was asked: %s", service, error)
            self._is_told = True
        else:
            self._noted.add(service)
            self._is_told = False


def _find_step(http: Client, service: str) -> int:
    return max(1, http.find_limit(service) // 20)
