"""Follows messages with links: a reply with their cards comes, changes and goes with them.

This is told what happens. Each message gets a worker (`worker`), which brings the reply to what the message is
(`settler`, by what is to be shown: `maker`). What was missed is made up for (`catch_up`), and what must not stand where
it stands goes (`leaver`).
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import aiohttp
import discord

from bot.errors import StoreError
from bot.gate.chosen import resolve
from bot.gate.rules import Hosted
from bot.gate.setting import DM_GALLERIES
from bot.http import Clock
from bot.interaction.error import render_error
from bot.interaction.place import is_told_of
from bot.interaction.reply import acknowledge
from bot.links.message import find_said_links, list_named
from bot.links.target import Service
from bot.lookup.source import Sources
from bot.preview.answer import Answers
from bot.preview.catch_up import CatchUp
from bot.preview.known import KNOWN_AT_MOST, Known
from bot.preview.leaver import Leaver
from bot.preview.maker import Maker
from bot.preview.poster import Posters
from bot.preview.record import PreviewRecord, PreviewRecords
from bot.preview.replies import Replies
from bot.preview.settler import Settler
from bot.preview.worker import Workers
from bot.store.again import try_until_done
from bot.store.store import Store

log = logging.getLogger(__name__)

_DAY_S = 86_400
REMEMBERED_S = 180.0 * _DAY_S
_TAKE_BACK_WITHIN_S = 10.0
_JUST_NOW_S = 600.0  # longer than a session that went silent can be resumed: what was missed is told then
_ARRIVING_AT_MOST = 1_000

_NOT_THEIRS = "Only whoever posted the link can remove its preview, or somebody with “Manage Messages” here."
_FORGOTTEN = (
    "Shiori has forgotten who posted this link: it is an old one, or they had that deleted. "
    "Who has the permission “Manage Messages” here can remove the preview."
)


class Previewer:
    """Keeps the replies to messages with links as the messages are."""

    def __init__(
        self,
        client: discord.Client,
        *,
        store: Store,
        records: PreviewRecords,
        sources: Sources,
        clock: Clock,
        hosted: Hosted,
    ) -> None:
        self._client = client
        self._store = store
        self._records = records
        self._clock = clock
        self._replies = replies = Replies(client, clock=clock)
        self.counts = replies.counts
        """What became of previews at Discord."""
        self._leaver = Leaver(records, replies, recovery=store.recovery)
        self._known = Known()
        self.answers = Answers(
            client, store=store, records=records, leaver=self._leaver, known=self._known, hosted=hosted, clock=clock
        )
        self._posters = Posters(records, clock=clock)
        self._maker = Maker(client, store=store, sources=sources, clock=clock, hosted=hosted)
        settler = Settler(
            store=store,
            records=records,
            maker=self._maker,
            replies=replies,
            leaver=self._leaver,
            posters=self._posters,
            known=self._known,
        )
        self._workers = Workers(settler.settle, recovery=store.recovery)
        self._catching_up = CatchUp(
            client,
            store=store,
            records=records,
            leaver=self._leaver,
            clock=clock,
            hosted=hosted,
            look=self._look_at_missed,
        )
        self._closed = False
        # Discord's time at the latest message, and ours, which never jumps: this computer's clock may be set any time.
        self._heard: tuple[float, float] | None = None
        # How often messages were told of that nobody has begun with: discord.py hands them on a moment later.
        self._arriving = Counter[int]()

    @property
    def busy_with(self) -> int:
        """How many messages are being worked on, or wait to be tried again."""
        return len(self._workers)

    # Events

    def is_worth_reading(self, told: Mapping[str, Any], *, is_new: bool) -> bool:
        """Whether `follow` may have something to do for what Discord tells of a message: mostly it has not."""
        message_id = int(told["id"])
        if is_new:
            self._heard = discord.utils.snowflake_time(message_id).timestamp(), self._clock.monotonic()
        known = message_id in self._arriving or self._may_have_preview(message_id, is_new=is_new)
        worth = known or self._names_what_is_shown(told)
        if worth:
            if len(self._arriving) >= _ARRIVING_AT_MOST:  # some were told of and never handed on
                self._arriving.clear()
            self._arriving[message_id] += 1
        return worth

    def _names_what_is_shown(self, told: Mapping[str, Any]) -> bool:
        services = list_named(told)
        return services is None or (bool(services) and not self._is_silent(told, services))

    def _is_silent(self, told: Mapping[str, Any], services: Collection[Service]) -> bool:
        """Whether links to these services start nothing where a message stands, whoever posts them."""
        guild = self._client.get_guild(int(told.get("guild_id") or 0))
        if guild is None:
            return False
        channel = guild.get_channel_or_thread(int(told["channel_id"]))
        return is_told_of(guild, channel) and self._maker.is_silent(guild, channel, services)

    def follow(self, message: discord.Message, *, is_new: bool) -> None:
        """Somebody posted or edited a message, or Discord changed something of it."""
        self._arriving[message.id] -= 1
        if self._arriving[message.id] <= 0:
            del self._arriving[message.id]
        if message.is_system():
            return  # the name of a thread, say: nobody posted that, and Discord lets nobody reply to it
        changed = is_new or self._was_just_edited(message)
        # Most messages have no preview and get none: nobody is asked about them.
        if not self._may_have_preview(message.id, is_new=is_new):
            links = find_said_links(message) if changed else []
            if not links:
                return
            if is_new:
                self._posters.note_posted(message, links)
            if self._maker.is_told(message) and not self._maker.has_anything_for(message):
                return
        self._start(message.id, message, is_new=is_new, changed=changed)

    def _was_just_edited(self, message: discord.Message) -> bool:
        """One that was edited long ago is pinned, say: that gives it no preview."""
        return message.edited_at is not None and self._find_now_s() - message.edited_at.timestamp() < _JUST_NOW_S

    def _find_now_s(self) -> float:
        """What time it is at Discord: edits are dated there."""
        if self._heard is None:
            return self._clock.time()
        told_s, heard_s = self._heard
        return told_s + self._clock.monotonic() - heard_s

    def hear_own(self, told: Mapping[str, Any]) -> None:
        """Discord tells of a message of the bot's own. One that nobody would know of goes."""
        if not self._replies.is_stray(told):
            return
        reply_id, channel_id = int(told["id"]), int(told["channel_id"])
        guild_id = int(told["guild_id"]) if told.get("guild_id") else None
        self._leaver.note(lambda: self._records.leave_stray(reply_id, channel_id=channel_id, guild_id=guild_id))

    def forget(self, message_ids: Iterable[int]) -> None:
        """Messages were deleted: some may have previews. That one was a preview shows when it is to change."""
        for message_id in message_ids:
            self._posters.note_deleted(message_id)
            if self._may_have_preview(message_id, is_new=False):
                self._start(message_id, None, is_new=False, changed=True)

    def _may_have_preview(self, message_id: int, *, is_new: bool) -> bool:
        return message_id in self._workers or (not is_new and self._known.may_have(message_id))

    def catch_up(self, guild_id: int | None) -> None:
        """Look again at the latest messages of a server, or of all direct messages: what became of them while the bot
        was not connected, or was not shown them, was told to nobody. What it could not take away there may go now.
        """
        if not self._closed:
            self._catching_up.add(guild_id)
            self._leaver.retry()

    async def learn(self) -> None:
        """Read which messages have a preview. Until then each of them may have one."""
        read = partial(self._records.list_recorded_ids, limit=KNOWN_AT_MOST)
        failed = "which messages have previews is not known"
        self._known.load(await try_until_done(read, clock=self._store.recovery, failed=failed))

    async def remove(self, interaction: discord.Interaction[discord.Client]) -> str | None:
        """Take the preview away that `interaction` was pressed on, for good. Return why not, if so."""
        assert interaction.message is not None  # noqa: S101 - a button stands in a message
        try:
            await acknowledge(interaction)
            record = await self._records.find_preview_by_reply(interaction.message.id)
            # In direct messages with the bot there is nobody else: it is theirs, also when its record is forgotten.
            own = interaction.context.dm_channel or (record is not None and record.poster_id == interaction.user.id)
            if not own and not (interaction.guild_id is not None and interaction.permissions.manage_messages):
                return _FORGOTTEN if record is None else _NOT_THEIRS
            if record is not None:
                await self._records.begin_removal(record.message_id)
            # Through the interaction, so that it needs no permission in the channel.
            await interaction.delete_original_response()
            if record is not None:
                await self._end_removal(record)
        except StoreError as error:
            return render_error(error)
        except discord.NotFound as error:
            log.info("nobody to answer any more: %s", error)
            self._leaver.go()
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.warning("a preview could not be removed: %s", error)
            self._leaver.go()
            return "Discord did not take the preview away. Deleting the message it answers does, or trying again."
        return None

    async def _end_removal(self, record: PreviewRecord) -> None:
        try:
            await self._records.forget_gone([record])
        except StoreError as error:
            log.info("that a preview is gone is noted later: %s", error)
            self._leaver.go()

    async def person_leaves(self, user_id: int) -> int:
        """Take all previews of somebody's messages away; return how many. Raises `StoreError` if none can be noted."""
        noted = await self._records.list_previews(poster_id=user_id)
        await self._records.leave_person(user_id)
        # Those that are being made may have no record yet.
        await self._workers.drop(user_id, within_s=_TAKE_BACK_WITHIN_S)
        await self._leaver.finish(within_s=_TAKE_BACK_WITHIN_S)
        return len(noted) - len(await self._records.list_previews(poster_id=user_id))

    def leave(self, channel_ids: Sequence[int]) -> None:
        """These channels are age-restricted no more: nothing that was shown there, or in their threads, stays."""
        self._leaver.note(lambda: self._records.leave_channels(channel_ids))

    def person_changed(self, user_id: int) -> None:
        """A person chose something. If they want no galleries in direct messages, those that are there go."""
        if not resolve(DM_GALLERIES, self._store.person(user_id)):
            self._leaver.note(lambda: self._records.leave_direct_messages([user_id]))

    def server_changed(self, guild_id: int) -> None:
        """Something was chosen for a server, or a channel of it, that cards change with: those that stand are made
        anew, or go.
        """
        if not self._closed:
            self._catching_up.add(guild_id, anew=True)

    def look_again(self) -> None:
        """A thread was reopened: what had to go may go now."""
        self._leaver.retry()

    async def prune(self) -> None:
        """Forget which previews answer messages that nobody edits any more, but what may have to go all the same."""
        try:
            await self._records.prune(self._clock.time() - REMEMBERED_S)
            await self._store.prune()
        except StoreError as error:
            log.warning("old previews are still stored: %s", error)

    async def close(self) -> None:
        """Stop. What is not finished is noted in the store."""
        self._closed = True
        parts = (self._workers, self._posters, self._catching_up, self._leaver)
        await asyncio.gather(*(part.close() for part in parts), return_exceptions=True)

    def _look_at_missed(self, message_id: int, message: discord.Message | None, record: PreviewRecord) -> None:
        self._start(message_id, message, is_new=False, changed=message is None or record.reply_id is None)

    def _start(self, message_id: int, message: discord.Message | None, *, is_new: bool, changed: bool) -> None:
        if self._closed:
            return
        self._catching_up.overtake(message_id, is_new=is_new)
        self._workers.start(message_id, message, is_new=is_new, changed=changed)
