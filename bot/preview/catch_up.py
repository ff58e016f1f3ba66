"""Makes up for what was told to nobody: what became of messages and channels while the bot was not connected, or of
what stands there when the settings change.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, cast

import aiohttp
import discord
from msgspec.structs import replace

from bot.gate.chosen import resolve
from bot.gate.rules import Hosted
from bot.gate.setting import DM_GALLERIES
from bot.http import Clock
from bot.interaction.place import is_age_restricted
from bot.links.message import is_text_told
from bot.preview.leaver import Leaver
from bot.preview.record import INCOMPLETE, OVERTAKEN, PreviewRecord, PreviewRecords
from bot.preview.replies import ARRIVES_WITHIN_S, is_passing
from bot.store.again import try_until_done
from bot.store.store import Store

log = logging.getLogger(__name__)

_SINCE_S = 86_400.0
_AT_MOST = 10_000
_TRY_AGAIN_AFTER_S = (5.0, 25.0, 60.0, 300.0, 1800.0)
_NO_MORE_AFTER_S = 0.25
"""After a start servers come one after the other, a few milliseconds apart; 2,500 at most in one connection."""

Look = Callable[[int, discord.Message | None, PreviewRecord], None]
"""Told what has become of a message with a preview. None: it is deleted."""


class _Pass(NamedTuple):
    """The looking at the messages of one server; `anew`: also at those that have not changed."""

    task: asyncio.Task[None]
    anew: bool


class CatchUp:
    """`look` is called for each message of the last day that has changed, or may have. What must not stand where it
    stands is left to the `leaver`, however old it is.
    """

    def __init__(
        self,
        client: discord.Client,
        *,
        store: Store,
        records: PreviewRecords,
        leaver: Leaver,
        clock: Clock,
        hosted: Hosted,
        look: Look,
    ) -> None:
        self._client = client
        self._store = store
        self._records = records
        self._leaver = leaver
        self._clock = clock
        self._hosted = hosted
        self._look = look
        self._missed: dict[int | None, bool] = {}
        self._looked_at: set[int] = set()
        self._new: set[int] = set()
        self._task: asyncio.Task[None] | None = None
        self._passes: dict[int | None, _Pass] = {}
        # What somebody has just chosen may forbid something, and does not wait for what was missed.
        self._turns = {anew: asyncio.Lock() for anew in (False, True)}
        self._failed: dict[int, tuple[PreviewRecord, bool]] = {}
        self._later: asyncio.Task[None] | None = None
        self._unsure: dict[int, asyncio.Task[None]] = {}

    def add(self, guild_id: int | None, *, anew: bool = False) -> None:
        """Look at a server (None: at all direct messages). Those that come shortly after one another are looked at
        together: the database is asked once for all of them. `anew`: also at messages that have not changed.
        """
        self._missed[guild_id] = anew or self._missed.get(guild_id, False)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="preview catch-up")
            self._task.add_done_callback(look_at)

    def overtake(self, message_id: int, *, is_new: bool) -> None:
        """Discord has told of a message: that is newer than whatever is being fetched. A new one was never missed."""
        self._looked_at.discard(message_id)
        if is_new and self._task is not None and not self._task.done():
            self._new.add(message_id)

    async def close(self) -> None:
        """Stop."""
        looking = [one.task for one in self._passes.values()]
        tasks = [task for task in (self._task, self._later, *self._unsure.values(), *looking) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        """List what is to be looked at. What may not stand where it stands is found here, which goes on beside the
        looking: that takes long.
        """
        while self._missed:
            gathered = await self._gather()
            since_s = self._clock.time() - _SINCE_S
            records = await try_until_done(
                functools.partial(self._list, list(gathered), since_s),
                clock=self._store.recovery,
                failed="previews whose messages changed meanwhile stay as they are",
            )
            self._begin(gathered, [record for record in records if record.message_id not in self._new])
            self._new.clear()

    def _begin(self, gathered: Mapping[int | None, bool], records: Sequence[PreviewRecord]) -> None:
        """Look at these messages, in place of what was left to look at in their servers."""
        by_server: defaultdict[int | None, list[PreviewRecord]] = defaultdict(list)
        for record in records:
            by_server[record.guild_id].append(record)
        for guild_id, is_anew in gathered.items():
            before = self._passes.pop(guild_id, None)
            if before is not None:
                before.task.cancel()
            if guild_id not in by_server:
                continue
            anew = is_anew or (before is not None and before.anew)
            task = asyncio.create_task(self._look_at_all(by_server[guild_id], anew=anew), name="preview catch-up pass")
            self._passes[guild_id] = _Pass(task, anew)
            task.add_done_callback(functools.partial(self._end, guild_id))

    def _end(self, guild_id: int | None, task: asyncio.Task[None]) -> None:
        if guild_id in self._passes and self._passes[guild_id].task is task:
            del self._passes[guild_id]
        look_at(task)

    async def _look_at_all(self, records: Sequence[PreviewRecord], *, anew: bool) -> None:
        """One message after the other, and one of each server in turn: nobody waits for it, and commands need Discord's
        limits too.
        """
        for record in records:
            async with self._turns[anew]:
                if record.shown == OVERTAKEN or record.reply_id is None:
                    self._look_once_more(record.message_id)
                await self._look_or_try_again(record, anew=anew)

    async def _try_again(self) -> None:
        """Discord was out of reach for a moment: nobody would tell of these messages any more."""
        for wait_s in _TRY_AGAIN_AFTER_S:
            await self._clock.sleep(wait_s)
            failed, self._failed = self._failed, {}
            for record, anew in failed.values():
                await self._look_or_try_again(record, anew=anew)
            if not self._failed:
                return
        log.warning("%d messages with a preview could not be looked at", len(self._failed))
        self._failed.clear()

    async def _look_or_try_again(self, record: PreviewRecord, *, anew: bool) -> None:
        if await self._look_again(record, anew=anew):
            return
        self._failed[record.message_id] = record, anew
        if self._later is None or self._later.done():
            self._later = asyncio.create_task(self._try_again(), name="preview catch-up, again")
            self._later.add_done_callback(look_at)

    def _look_once_more(self, message_id: int) -> None:
        """A reply was being made or changed when a process ended: that may arrive after whatever comes now."""

        async def look() -> None:
            await self._clock.sleep(ARRIVES_WITHIN_S)
            record = await try_until_done(
                functools.partial(self._doubt, message_id),
                clock=self._store.recovery,
                failed="a preview that may have been overtaken stays as it is",
            )
            if record is not None:
                await self._look_or_try_again(record, anew=False)

        if message_id not in self._unsure:
            task = self._unsure[message_id] = asyncio.create_task(look(), name="preview catch-up, once more")
            task.add_done_callback(lambda _: self._unsure.pop(message_id, None))
            task.add_done_callback(look_at)

    async def _doubt(self, message_id: int) -> PreviewRecord | None:
        """Note that it is not known what the reply to a message shows. None: it has none, or one that may not come
        again just like that: a reason why there is no card is told once a day.
        """
        record = await self._records.find_preview(message_id)
        if record is None or record.reply_id is None or record.removed or record.leaving:
            return None
        if record.shown.startswith(INCOMPLETE):
            return None
        await self._records.note_change(record)
        return replace(record, shown=OVERTAKEN)

    async def _gather(self) -> dict[int | None, bool]:
        """Those that are to be looked at, once no more come, and whether anew."""
        known = 0
        while known < len(self._missed):
            known = len(self._missed)
            await self._clock.sleep(_NO_MORE_AFTER_S)
        gathered, self._missed = self._missed, {}
        return gathered

    async def _list(self, guild_ids: Sequence[int | None], since_s: float) -> list[PreviewRecord]:
        await self._leave_places(guild_ids)
        return await self._records.list_latest_previews(guild_ids, since_s, limit=_AT_MOST)

    async def _leave_places(self, guild_ids: Sequence[int | None]) -> None:
        """What stands where a channel is not age-restricted any more, or is gone, goes."""
        places = await self._records.list_restricted_places([one for one in guild_ids if one is not None])
        channel_ids = [channel_id for guild_id, channel_id in places if not self._is_still_open(guild_id, channel_id)]
        if channel_ids:
            self._leaver.note(lambda: self._records.leave_channels(channel_ids))
        if None in guild_ids:
            posters = [one for one in await self._records.list_direct_posters() if not self._wants_galleries(one)]
            if posters:
                self._leaver.note(lambda: self._records.leave_direct_messages(posters))
            self._leaver.go()  # what was left to do before the last stop

    def _is_still_open(self, guild_id: int, channel_id: int) -> bool:
        guild = self._client.get_guild(guild_id)
        if guild is None or guild.unavailable:
            return True  # Discord has not told of it; when it does, it is looked at again
        return is_age_restricted(guild.get_channel_or_thread(channel_id), self._store, self._hosted)

    def _wants_galleries(self, user_id: int) -> bool:
        return self._hosted.adult and resolve(DM_GALLERIES, self._store.person(user_id))

    async def _look_again(self, record: PreviewRecord, *, anew: bool) -> bool:
        """False: Discord was out of reach, or it is looked at just now."""
        if record.message_id in self._looked_at:
            return False
        self._looked_at.add(record.message_id)
        try:
            channel = self._client.get_channel(record.channel_id) or await self._client.fetch_channel(record.channel_id)
            message = await cast("discord.TextChannel", channel).fetch_message(record.message_id)
            changed = anew or message.edited_at is not None or record.reply_id is None
            changed = changed or record.shown == OVERTAKEN
            changed = changed or not is_age_restricted(channel, self._store, self._hosted)
            told = self._client.intents.message_content
            if changed and is_text_told(message.content, message.guild, message_content=told):
                await _add_roles(message)
                # Whatever was told of it meanwhile is newer than what was fetched.
                if record.message_id in self._looked_at:
                    self._look(message.id, message, record)
            elif anew:
                # Its card may show what was just forbidden: without the text nobody knows.
                self._leaver.note(lambda: self._records.leave_preview(record))
        except discord.NotFound:
            self._look(record.message_id, None, record)
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.info("a message with a preview cannot be looked at: %s", error)
            return isinstance(error, discord.DiscordException) and not (
                isinstance(error, discord.HTTPException) and is_passing(error)
            )
        finally:
            self._looked_at.discard(record.message_id)
        return True


async def _add_roles(message: discord.Message) -> None:
    """A message that is fetched, other than one that an event tells of, does not say which roles its author has."""
    if message.guild is not None and message.webhook_id is None:
        with contextlib.suppress(discord.NotFound):  # who left has none
            message.author = await message.guild.fetch_member(message.author.id)


def look_at(task: asyncio.Task[None]) -> None:
    """Nobody waits for it: an error would be lost."""
    if not task.cancelled() and task.exception() is not None:
        log.error("a preview failed", exc_info=task.exception())
