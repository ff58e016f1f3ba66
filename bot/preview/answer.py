"""Remembers public answers to commands in age-restricted channels, and notices for adults: both have to go when such a
channel is opened.
"""

from __future__ import annotations

import logging

import discord

from bot.errors import StoreError
from bot.gate.rules import Hosted
from bot.interaction.place import is_age_restricted
from bot.preview.known import Known
from bot.preview.leaver import Leaver
from bot.preview.record import PreviewRecords
from bot.store.store import Store

log = logging.getLogger(__name__)


class Answers:
    """Each has a record as previews have: it is the message and the reply in one, and its poster is who asked."""

    def __init__(
        self,
        client: discord.Client,
        *,
        store: Store,
        records: PreviewRecords,
        leaver: Leaver,
        known: Known,
        hosted: Hosted,
    ) -> None:
        self._client = client
        self._store = store
        self._records = records
        self._leaver = leaver
        self._known = known
        self._hosted = hosted

    def may_have_to_go(self, interaction: discord.Interaction[discord.Client]) -> bool:
        """Whether what is shown here for all to see has to go when the channel is opened. Where the bot is no member
        it is told nothing of that, and may delete nothing.
        """
        shown_to_one = interaction.message is not None and interaction.message.flags.ephemeral
        known = self._client.get_guild(interaction.guild_id or 0) is not None
        return known and not shown_to_one and is_age_restricted(interaction.channel, self._store, self._hosted)

    async def keep(self, interaction: discord.Interaction[discord.Client], message_id: int) -> None:
        """An answer was sent, or became another page."""
        if interaction.channel is not None:
            guild_id, poster_id = interaction.guild_id, interaction.user.id
            await self.keep_message(message_id, channel=interaction.channel, guild_id=guild_id, poster_id=poster_id)

    async def keep_message(
        self, message_id: int, *, channel: discord.abc.Snowflake, guild_id: int | None, poster_id: int
    ) -> None:
        """A message was sent that has to go when its channel is opened. `poster_id`: whose wish it was."""
        if message_id in self._known:
            return
        self._known.add(message_id)

        async def record() -> int:
            await self._records.begin_preview(
                message_id=message_id,
                channel_id=channel.id,
                parent_id=channel.parent_id if isinstance(channel, discord.Thread) else None,
                guild_id=guild_id,
                poster_id=poster_id,
                reply_id=message_id,
            )
            if is_age_restricted(self._client.get_channel(channel.id) or channel, self._store, self._hosted):
                return 0
            return await self._records.leave_messages([message_id])

        try:
            if await record():
                self._leaver.go()
        except StoreError as error:
            log.warning("an answer is recorded only once the database takes it: %s", error)
            self._leaver.note(record)
