"""`/settings`: what those who manage a server choose for it, and why something is shown or not."""

from __future__ import annotations

from typing import Annotated

import discord
from discord import app_commands
from discord.ext import tasks

from bot.client import Shiori
from bot.command.option import ChannelId
from bot.interaction.reply import Interaction
from bot.settings.form import SERVER, Scope
from bot.settings.panel import find_settings_id

_KINDS = discord.ChannelType
MessageChannel = Annotated[
    int, ChannelId(_KINDS.text, _KINDS.news, _KINDS.voice, _KINDS.stage_voice, _KINDS.forum, _KINDS.media)
]

Url = app_commands.Range[str, 10, 500]


@app_commands.guild_only()
@app_commands.allowed_installs(guilds=True)
class Settings(app_commands.Group, name="settings", description="Settings of this server"):
    """Opens panels; `bot.settings.panel` does the rest. All see the group, since everybody may ask why."""

    def __init__(self, bot: Shiori) -> None:
        super().__init__()
        self.bot = bot

    @app_commands.command(description="What Shiori shows in this server")
    async def server(self, interaction: Interaction) -> None:
        await self.bot.panels.show(interaction, SERVER)

    @app_commands.command(description="What differs in one channel")
    @app_commands.describe(channel="This one, if you leave it out")
    async def channel(self, interaction: Interaction, channel: MessageChannel | None = None) -> None:
        await self.bot.panels.show(interaction, Scope("channel", channel or find_settings_id(interaction)))

    @app_commands.command(description="What is shown in this channel, by which rule, and where to change it")
    @app_commands.describe(url="A link, to learn whether it would be previewed here")
    async def why(self, interaction: Interaction, url: Url | None = None) -> None:
        await self.bot.panels.explain(interaction, url)


class Departures:
    """Forgets servers and channels that are gone."""

    def __init__(self, bot: Shiori) -> None:
        self.bot = bot

    @tasks.loop(hours=24)
    async def look(self) -> None:
        """Channels may have been deleted while the bot was away."""
        await self.bot.wait_until_ready()
        await self.bot.panels.forget_channels(self.bot.get_guild)

    async def on_shard_ready(self, shard_id: int) -> None:
        """Discord names all servers of a shard then, also those that are away at the moment."""

        def is_in(guild_id: int) -> bool:
            return self.bot.find_shard(guild_id) != shard_id or self._is_in(guild_id)

        assert self.bot.user is not None  # noqa: S101 - READY carries the user
        await self.bot.panels.forget_servers(is_in=is_in, bot_id=self.bot.user.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        await self.bot.panels.forget_server(guild.id, is_in=self._is_in)

    def _is_in(self, guild_id: int) -> bool:
        return self.bot.get_guild(guild_id) is not None

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        await self.bot.panels.forget_channel(channel.id)

    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        await self.bot.panels.forget_channel(payload.thread_id)


async def setup(bot: Shiori) -> None:
    bot.tree.add_command(Settings(bot))
    departures = Departures(bot)
    bot.hear(departures)
    bot.repeat(departures.look)
