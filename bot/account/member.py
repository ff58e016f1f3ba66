"""Who of those that show a server something is still a member of it.

Discord tells a bot without privileged intents of nobody who leaves, so it is asked when something of them is to be
shown: of a hundred at once, and of each again after an hour.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from weakref import WeakValueDictionary

import discord

from bot.account.record import AccountRecords
from bot.errors import StoreError
from bot.http import Clock

BELIEVED_S = 3600.0
AT_ONCE = 100
"""Of how many Discord tells at once."""
WITHIN_S = 5.0
SILENT_S = 30.0
"""How long a server's members are not asked for again after Discord gave no answer."""
REMEMBERED_AT_MOST = 20_000

log = logging.getLogger(__name__)


class Members:
    """Raises nothing: of whom Discord or the database cannot tell, nothing is shown."""

    def __init__(self, records: AccountRecords, *, clock: Clock) -> None:
        self._records = records
        self._clock = clock
        self._seen: OrderedDict[tuple[int, int], tuple[float, str]] = OrderedDict()
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._silent: dict[int, float] = {}

    async def find(self, guild: discord.Guild, user_ids: Iterable[int]) -> dict[int, str]:
        """What those of them who are members are called there. The others opt out of that server by this."""
        wanted = list(dict.fromkeys(user_ids))
        async with self._locks.setdefault(guild.id, asyncio.Lock()):  # whoever asks the same waits for the same answer
            now_s = self._clock.monotonic()
            unknown = [one for one in wanted if self._seen.get((guild.id, one), (0.0, ""))[0] <= now_s]
            for first in range(0, len(unknown), AT_ONCE):
                if self._silent.get(guild.id, 0.0) <= now_s:
                    await self._ask(guild, unknown[first : first + AT_ONCE])
        return {one: name for one in wanted if (name := self._find_name(guild.id, one))}

    def _find_name(self, guild_id: int, user_id: int) -> str:
        until_s, name = self._seen.get((guild_id, user_id), (0.0, ""))
        return name if until_s > self._clock.monotonic() else ""

    async def _ask(self, guild: discord.Guild, user_ids: Sequence[int]) -> None:
        try:
            async with asyncio.timeout(WITHIN_S):
                found = await guild.query_members(user_ids=[*user_ids], limit=AT_ONCE, cache=False)
        except (TimeoutError, OSError, RuntimeError, discord.DiscordException) as error:
            log.info("who is still a member is not known: %s", type(error).__name__)
            self._silent[guild.id] = self._clock.monotonic() + SILENT_S
            return
        self._silent.pop(guild.id, None)
        until_s = self._clock.monotonic() + BELIEVED_S
        for member in found:
            self._seen[guild.id, member.id] = (until_s, member.display_name)
            self._seen.move_to_end((guild.id, member.id))
        while len(self._seen) > REMEMBERED_AT_MOST:
            self._seen.popitem(last=False)
        for gone in {*user_ids} - {member.id for member in found}:
            await self._forget(guild.id, gone)

    async def _forget(self, guild_id: int, user_id: int) -> None:
        self._seen.pop((guild_id, user_id), None)
        try:
            await self._records.opt_out(user_id, guild_id)
        except StoreError as error:  # they are asked for again, and not shown until then
            log.info("who left a server is still stored for it: %s", error.reason)
