"""Entries that are made anew, to take a day away: begun in the panel, and gone on with whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from bot.account.token import HeldToken, Tokens
from bot.errors import NotFound, NoToken, ShioriError
from bot.http import Clock, Priority, asking
from bot.vndb.api.list_change import Remake
from bot.vndb.api.model import ListEntry
from bot.vndb.api.my_list import MyList
from bot.vndb.my_list.record import RemakeRecords
from bot.vndb.my_list.turn import Turns

log = logging.getLogger(__name__)

EVERY_S = 600.0
WITHIN_S = 20.0


class Remakes:
    """What was taken off to be put back. `turns` are those of the panel: a person changes one thing at a time."""

    def __init__(self, tokens: Tokens, records: RemakeRecords, my_list: MyList, *, turns: Turns, clock: Clock) -> None:
        self._tokens = tokens
        self._records = records
        self._list = my_list
        self._turns = turns
        self._clock = clock
        self._work: asyncio.Task[None] | None = None

    async def begin(self, held: HeldToken, remake: Remake) -> ListEntry | None:
        """Make an entry anew. What the list has then. Raises `ServiceError`, `StoreError`: it is gone on with later."""
        await self._records.keep(held.user_id, held.uid, remake)
        return await self._carry_out(held, remake)

    async def go_on(self, held: HeldToken, vn_id: str) -> None:
        """Put back what of a novel was not put back yet. Raises as `begin` does."""
        remake = await self._records.find(held.user_id, held.uid, vn_id)
        if remake is not None:
            await self._carry_out(held, remake)

    async def go_on_with(self, held: HeldToken) -> frozenset[str]:
        """Put back what of any novel was not put back yet, before something else writes to the list. Of which it cannot
        be: what VNDB has no more, and what nobody can read. Raises as `begin` does.
        """
        for vn_id in await self._records.list_of(held.user_id, held.uid):
            with suppress(NotFound):
                await self.go_on(held, vn_id)
        return await self._records.list_of(held.user_id, held.uid)

    async def put_back(self, held: HeldToken) -> frozenset[str]:
        """The same when the person's presses before are through; those after it do not wait for long."""
        with self._turns.join(held.user_id) as turn:
            await turn.wait()
            with asking(self._clock, within_s=WITHIN_S, priority=Priority.BACKGROUND, person=held.user_id):
                return await self.go_on_with(held)

    async def give_up(self, held: HeldToken, vn_id: str) -> None:
        """Put nothing of a novel back on that list: it is to go."""
        await self._records.drop(held.user_id, held.uid, vn_id)

    async def _carry_out(self, held: HeldToken, remake: Remake) -> ListEntry | None:
        entry = await self._list.remake(remake, held.credential)
        await self._records.drop(held.user_id, held.uid, remake.vn_id)
        return entry

    async def settle(self, user_id: int) -> list[str]:
        """Put back what can be, since the token is about to go. Of which novels it could not be."""
        await self.go_on_with_all(person=user_id)
        linked = await self._tokens.find(user_id)
        if linked is None:
            return []
        begun = await self._records.list_of(user_id, linked.uid)
        return [one for one in sorted(begun) if await self._records.find(user_id, linked.uid, one) is not None]

    # Without anybody who looks

    def start(self) -> None:
        """Go on, now and every ten minutes, with what a stopped process or a service that was away has left. Without a
        key to open tokens nothing can be.
        """
        if self._tokens.is_on:
            self._work = asyncio.create_task(self._go_on_always())

    async def close(self) -> None:
        """Stop that. What is not put back yet is at the next start."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.wait([self._work])

    async def _go_on_always(self) -> None:
        while True:
            try:
                await self.go_on_with_all()
            except Exception:
                # A fault of ours: the next round may do, and nobody waits for it.
                log.exception("putting entries back failed")
            await self._clock.sleep(EVERY_S)

    async def go_on_with_all(self, *, person: int | None = None) -> None:
        """Put back everything that can be, for everybody or one person."""
        try:
            await self._records.tell_apart()
            begun = await self._records.list_begun(person=person)
        except ShioriError as error:
            log.info("whose entries are to be put back is not known: %s", error)
            return
        for user_id, vn_id in begun:
            with self._turns.join(user_id) as turn:
                await turn.wait()
                await self._try(user_id, vn_id)

    async def _try(self, user_id: int, vn_id: str) -> None:
        with asking(self._clock, within_s=WITHIN_S, priority=Priority.BACKGROUND, person=user_id):
            try:
                await self.go_on(await self._tokens.require(user_id), vn_id)
            except NoToken as error:
                log.info("an entry is not put back: %s", error)  # it is, should they link a token again
            except ShioriError as error:
                log.warning("an entry is not put back yet: %s", error)
