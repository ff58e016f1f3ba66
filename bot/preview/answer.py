"""Remembers public answers to commands in age-restricted channels, and notices for adults: both have to go when such a
channel is opened.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial

import discord
import msgspec

from bot.errors import Forgotten, StoreError
from bot.gate.rules import Hosted
from bot.http import Clock
from bot.http.clock import time_limit
from bot.interaction.permission import find_permissions, is_outside
from bot.interaction.place import is_age_restricted, is_told_of
from bot.preview.known import Known
from bot.preview.leaver import Leaver
from bot.preview.record import BEGUN_ANSWER, PreviewRecords
from bot.store.forgetting import acting
from bot.store.store import Store

log = logging.getLogger(__name__)

_RECORDED_WITHIN_S = 1.5
"""Nobody waits longer than that for a database. What all can read already is recorded when it is there."""
_NOBODY = 0
"""Whose an answer is that has to go when its channel is opened, and whose person had everything deleted."""

Interaction = discord.Interaction[discord.Client]


class _Where(msgspec.Struct, frozen=True):
    """In which channel an answer stands, whose wish it was, and by Discord's id of it since when."""

    channel: discord.abc.Snowflake
    guild_id: int | None
    poster_id: int
    since: int


class Answers:
    """Each has a record as previews have: it is the message and the reply in one, and its poster is who asked. Until
    its message is known it has one by its interaction, made before it is sent: so one whose process was killed then is
    found when it has to go.
    """

    def __init__(
        self,
        client: discord.Client,
        *,
        store: Store,
        records: PreviewRecords,
        leaver: Leaver,
        known: Known,
        hosted: Hosted,
        clock: Clock,
    ) -> None:
        self._client = client
        self._store = store
        self._records = records
        self._leaver = leaver
        self._known = known
        self._hosted = hosted
        self._clock = clock
        self._unnoted: set[int] = set()  # known, and without any record as far as this process knows

    def build_keeper(self, interaction: Interaction) -> AnswerKeeper | None:
        """What is to be told of an answer that may have to go again; None: it need not.

        What is shown for all to see has to go when the channel is opened. Where the bot is no member it is told nothing
        of that, and may delete nothing.
        """
        channel, message = interaction.channel, interaction.message
        known = self._client.get_guild(interaction.guild_id or 0) is not None
        shown_to_one = message is not None and message.flags.ephemeral
        if channel is None or not known or shown_to_one or not self._may_stand(channel):
            return None
        where = _Where(channel, interaction.guild_id, interaction.user.id, interaction.id)
        return AnswerKeeper(self, where, interaction.id, None if message is None else message.id)

    def is_for_one(self, interaction: Interaction) -> bool:
        """Whether an answer that may have to go is for whoever asks alone, since it would stay: the bot may delete
        nothing in a channel that it does not see, nor in a private thread that it was not added to, and is not told
        when it may.
        """
        channel, guild = interaction.channel, self._client.get_guild(interaction.guild_id or 0)
        if guild is None or not is_told_of(guild, channel) or not self._may_stand(channel):
            return False
        return is_outside(channel) or not find_permissions(channel, guild.me).view_channel

    async def keep_message(
        self, message_id: int, *, channel: discord.abc.Snowflake, guild_id: int | None, poster_id: int, since: int
    ) -> None:
        """A message was sent that has to go when its channel is opened. `poster_id`: whose wish it was; `since`: by
        Discord's id of it.
        """
        await self.keep(message_id, _Where(channel, guild_id, poster_id, since))

    async def keep(
        self, message_id: int, where: _Where, *, interaction_id: int | None = None, is_sent: bool = True
    ) -> bool:
        """The same; `interaction_id`: by which it was begun. Whether it is noted: what all can read already (`is_sent`)
        will be, as soon as the database takes it.
        """
        if message_id in self._known and message_id not in self._unnoted:
            return True
        self._known.add(message_id)
        if not is_sent:
            self._unnoted.add(message_id)

        async def record() -> bool:
            if interaction_id is None or not await self._records.finish_answer(interaction_id, message_id=message_id):
                await self._write(message_id, where, reply_id=message_id)
            self._unnoted.discard(message_id)
            return await self._leave(message_id, where)

        return await self._note(record, again=is_sent)

    async def begin(self, keeper: AnswerKeeper) -> bool:
        """An answer is about to be sent: that is noted as soon as the database takes it, unless it is settled before.
        Whether it is noted.
        """

        async def record() -> bool:
            if keeper.is_settled:
                return False
            keeper.is_ours = await self._write(keeper.interaction_id, keeper.where, reply_id=BEGUN_ANSWER)
            return await self._leave(keeper.interaction_id, keeper.where)

        return await self._note(record, again=True)

    async def drop(self, interaction_id: int) -> None:
        """No answer was sent that all can read."""
        try:
            await self._records.drop_answer(interaction_id)
        except StoreError as error:
            log.info("an answer that was not sent is still noted: %s", error)

    async def _note(self, record: Callable[[], Awaitable[bool]], *, again: bool) -> bool:
        """Record something that may have to go at once: now, or (`again`) in the background while the database is away.
        Whether it is recorded.
        """
        try:
            with time_limit(self._clock, _RECORDED_WITHIN_S):
                has_to_go = await record()
            if has_to_go:
                self._leaver.go()
        except (StoreError, TimeoutError) as error:
            log.warning("an answer cannot be recorded: %s", str(error) or "the database takes its time")
            if again:
                self._leaver.note(record)
            return False
        return True

    async def _write(self, id_: int, where: _Where, *, reply_id: int) -> bool:
        """False: there is such a record."""
        channel = where.channel
        begin = partial(
            self._records.begin_preview,
            message_id=id_,
            channel_id=channel.id,
            parent_id=channel.parent_id if isinstance(channel, discord.Thread) else None,
            guild_id=where.guild_id,
            reply_id=reply_id,
        )
        try:
            with acting(where.poster_id, where.since):
                return await begin(poster_id=where.poster_id)
        except Forgotten:
            return await begin(poster_id=_NOBODY)

    async def _leave(self, id_: int, where: _Where) -> bool:
        """Whether it has to go, since the channel was opened meanwhile. It may have been looked for before, in vain."""
        await self._store.catch_up()  # its server may have chosen something else in another process
        if self._may_stand(self._client.get_channel(where.channel.id) or where.channel):
            return False
        await self._records.leave_messages([id_])
        return True

    def _may_stand(self, channel: object) -> bool:
        return is_age_restricted(channel, self._store, self._hosted)


class AnswerKeeper:
    """Keeps one answer in mind (documented in `bot.interaction.reply.Keeper`). `message_id`: that it is to change.

    `is_ours`: this process has noted it; another one may be answering, too. `is_settled`: that it was begun is not to
    be noted any more.
    """

    def __init__(self, answers: Answers, where: _Where, interaction_id: int, message_id: int | None) -> None:
        self._answers, self.where = answers, where
        self.interaction_id, self._message_id = interaction_id, message_id
        self.is_ours = self.is_settled = False

    async def begin(self) -> bool:
        if self._message_id is not None:
            return await self._answers.keep(self._message_id, self.where, is_sent=False)
        return await self._answers.begin(self)

    async def keep(self, message_id: int) -> None:
        self.is_settled = True
        begun_id = self.interaction_id if self._message_id is None else None
        await self._answers.keep(message_id, self.where, interaction_id=begun_id)

    async def drop(self) -> None:
        """What a message was before stays."""
        self.is_settled = True
        if self.is_ours:
            await self._answers.drop(self.interaction_id)
