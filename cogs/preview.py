"""Previews of links in messages: as they are posted, edited and deleted, and on request."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import tasks

from bot.client import Shiori
from bot.interaction.place import is_age_restricted
from bot.interaction.reply import Interaction
from bot.links.message import find_shown_links
from bot.preview.page import LinksPage

_SHOWS = discord.Permissions(view_channel=True, administrator=True).value


class Previews:
    """Hands events on; `bot.preview.previewer` decides."""

    def __init__(self, bot: Shiori) -> None:
        self.bot = bot
        self.learned = False
        self.menu = app_commands.ContextMenu(name="Preview links", callback=self.preview_links)
        self.menu.allowed_installs = app_commands.AppInstallationType(guild=True, user=True)
        self.menu.allowed_contexts = app_commands.AppCommandContext(guild=True, dm_channel=True, private_channel=True)

    @tasks.loop(hours=24)
    async def prune(self) -> None:
        await self.bot.previewer.prune()

    async def preview_links(self, interaction: Interaction, message: discord.Message) -> None:
        """Show the cards to the one who asks: whoever posted the links may not want them below."""
        await self.bot.show(interaction, LinksPage(tuple(find_shown_links(message))), private=True)

    async def on_shard_ready(self, shard_id: int) -> None:
        """Shard 0 is told of direct messages."""
        if shard_id == 0:
            self.bot.previewer.catch_up(None)
        if not self.learned or shard_id == self.bot.own_shards[0]:
            self.learned = True
            await self.bot.previewer.learn()

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """After a start, when a session was lost for good, and after an outage at Discord."""
        self.bot.previewer.catch_up(guild.id)

    async def on_message(self, message: discord.Message) -> None:
        self.bot.previewer.follow(message, is_new=True)

    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        self.bot.previewer.follow(payload.message, is_new=False)

    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        self.bot.previewer.forget([payload.message_id])

    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        self.bot.previewer.forget(payload.message_ids)

    async def on_guild_channel_update(self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        store, hosted = self.bot.store, self.bot.hosted
        if is_age_restricted(before, store, hosted) and not is_age_restricted(after, store, hosted):
            self.bot.previewer.leave([after.id])
        saw, sees = (one.permissions_for(after.guild.me).view_channel for one in (before, after))
        if sees and not saw:
            self.bot.previewer.catch_up(after.guild.id)

    async def on_guild_role_update(self, before: discord.Role, after: discord.Role) -> None:
        """Which channels a role of the bot shows to it now is not reckoned: there may be thousands."""
        gained = after.permissions.value & ~before.permissions.value
        if gained & _SHOWS and after in after.guild.me.roles:
            self.bot.previewer.catch_up(after.guild.id)

    async def on_member_update(self, before: discord.Member, after: discord.Member) -> None:
        """Of itself the bot is told whatever its intents are."""
        if after == after.guild.me and after.roles != before.roles:
            self.bot.previewer.catch_up(after.guild.id)

    async def on_thread_remove(self, thread: discord.Thread) -> None:
        """Of a private thread that it was removed from the bot is told nothing more; discord.py goes on knowing it."""
        if thread.is_private():
            thread.guild._remove_thread(thread)  # pyright: ignore[reportPrivateUsage]

    async def on_raw_thread_update(self, payload: discord.RawThreadUpdateEvent) -> None:
        if not payload.data["thread_metadata"]["archived"]:
            self.bot.previewer.look_again()


async def setup(bot: Shiori) -> None:
    previews = Previews(bot)
    bot.tree.add_command(previews.menu)
    bot.hear(previews)
    bot.repeat(previews.prune)
