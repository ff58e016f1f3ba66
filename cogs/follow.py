"""`/follow`: who is told of new episodes and releases."""

from __future__ import annotations

from typing import Annotated, Literal, cast

import discord
from discord import app_commands
from msgspec.structs import replace

from bot.account.model import Service
from bot.client import Shiori
from bot.command.completion import (
    complete_language,
    complete_media,
    complete_platform,
    complete_producer,
    complete_vn,
)
from bot.command.option import ChannelId, Text, usable_everywhere
from bot.command.vndb import find_code
from bot.follow.item import Wish
from bot.follow.list import WEEKDAYS
from bot.follow.model import PostKind
from bot.follow.subject import SubjectKind
from bot.interaction.reply import Interaction, complete
from bot.navigation.frame import PageView

_CHANNEL = "Where it is told; you are, by direct message, if you leave it out"
_ROLE = "A role to mention there"
_LANGUAGE = "Only releases in this language"
_PLATFORM = "Only releases for this platform"
_UTC_OFFSET = "Hours that your clock is ahead of UTC, such as 2 or -5; for all that comes by the clock here"
Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
Delay = app_commands.Range[int, 0, 1440]


_KINDS = discord.ChannelType
Target = Annotated[
    int,
    ChannelId(_KINDS.text, _KINDS.news, _KINDS.voice, _KINDS.public_thread, _KINDS.private_thread),
]


async def complete_follow(interaction: Interaction, current: str) -> list[app_commands.Choice[str]]:
    """Completion of an option that names a follow."""
    bot = cast("Shiori", interaction.client)

    async def find() -> list[app_commands.Choice[str]]:
        found = await bot.follows.suggest(interaction, current)
        return [app_commands.Choice(name=name, value=value) for name, value in found]

    return await complete(interaction, find(), clock=bot.clock)


@usable_everywhere
class FollowCommands(app_commands.Group, name="follow", description="Be told of episodes and releases"):
    """Makes follows and lists them; `bot.follow` does the rest."""

    def __init__(self, bot: Shiori) -> None:
        super().__init__()
        self.bot = bot

    @app_commands.command(description="Be told when an episode of an anime airs")
    @app_commands.describe(
        title="A title, a link to AniList or MyAnimeList, or AniList's number (#9253)",
        channel=_CHANNEL,
        role=_ROLE,
        delay_minutes="How many minutes after the episode airs, up to a day",
        threads="Open a thread below each notice, to talk about the episode",
    )
    @app_commands.autocomplete(title=complete_media("ANIME"))
    async def anime(
        self,
        interaction: Interaction,
        title: Text,
        channel: Target | None = None,
        role: discord.Role | None = None,
        delay_minutes: Delay = 0,
        threads: bool = False,
    ) -> None:
        wish = Wish(channel, role.id if role else None, delay_minutes * 60, threads=threads)
        work = self.bot.follows.add(interaction, "anime", title, wish)
        await self.bot.answer(interaction, work, private=True)

    @app_commands.command(description="Be told when a release of a visual novel comes out")
    @app_commands.describe(
        title="A title, an id or a link", channel=_CHANNEL, role=_ROLE, language=_LANGUAGE, platform=_PLATFORM
    )
    @app_commands.autocomplete(title=complete_vn, language=complete_language, platform=complete_platform)
    async def vn(
        self,
        interaction: Interaction,
        title: Text,
        channel: Target | None = None,
        role: discord.Role | None = None,
        language: str | None = None,
        platform: str | None = None,
    ) -> None:
        wish = Wish(channel, role.id if role else None)
        work = self._follow_releases(interaction, "vn", title, wish, language, platform)
        await self.bot.answer(interaction, work, private=True)

    @app_commands.command(description="Be told when something of a developer comes out")
    @app_commands.describe(
        name="A name, an id or a link", channel=_CHANNEL, role=_ROLE, language=_LANGUAGE, platform=_PLATFORM
    )
    @app_commands.autocomplete(name=complete_producer, language=complete_language, platform=complete_platform)
    async def developer(
        self,
        interaction: Interaction,
        name: Text,
        channel: Target | None = None,
        role: discord.Role | None = None,
        language: str | None = None,
        platform: str | None = None,
    ) -> None:
        wish = Wish(channel, role.id if role else None)
        work = self._follow_releases(interaction, "developer", name, wish, language, platform)
        await self.bot.answer(interaction, work, private=True)

    @app_commands.command(description="Be told of all that you watch, read or wait for, as on your list")
    @app_commands.describe(service="Where your list is")
    async def mine(self, interaction: Interaction, service: Service) -> None:
        await self.bot.answer(interaction, self.bot.follows.add_mine(interaction, service), private=True)

    @app_commands.command(description="Post something every day in a channel")
    @app_commands.describe(
        what="What is posted",
        channel="Where it is posted",
        hour="At which hour, 9 if you leave it out",
        utc_offset=_UTC_OFFSET,
    )
    async def daily(
        self,
        interaction: Interaction,
        what: PostKind,
        channel: Target,
        hour: app_commands.Range[int, 0, 23] = 9,
        utc_offset: app_commands.Range[float, -12, 14] | None = None,
    ) -> None:
        work = self.bot.follows.add_post(interaction, what, channel, hour=hour, utc_offset=utc_offset)
        await self.bot.answer(interaction, work, private=True)

    @app_commands.command(description="Tell once a week what a channel follows, in place of single notices")
    @app_commands.describe(
        channel="Where it is posted",
        role=_ROLE,
        weekday="On which day, Monday if you leave it out",
        hour="At which hour, 9 if you leave it out",
        utc_offset=_UTC_OFFSET,
    )
    async def digest(
        self,
        interaction: Interaction,
        channel: Target,
        role: discord.Role | None = None,
        weekday: Weekday = "Monday",
        hour: app_commands.Range[int, 0, 23] = 9,
        utc_offset: app_commands.Range[float, -12, 14] | None = None,
    ) -> None:
        work = self.bot.follows.add_digest(
            interaction,
            channel,
            role_id=role.id if role else None,
            weekday=WEEKDAYS.index(weekday),
            hour=hour,
            utc_offset=utc_offset,
        )
        await self.bot.answer(interaction, work, private=True)

    @app_commands.command(name="list", description="What you are told of, and this server")
    async def list_follows(self, interaction: Interaction) -> None:
        await self.bot.follows.show(interaction)

    @app_commands.command(description="Be told no longer of something")
    @app_commands.describe(follow="One of what you follow, and of this server's if you manage it")
    @app_commands.autocomplete(follow=complete_follow)
    async def stop(self, interaction: Interaction, follow: Text) -> None:
        await self.bot.answer(interaction, self.bot.follows.remove_named(interaction, follow), private=True)

    async def _follow_releases(
        self,
        interaction: Interaction,
        kind: SubjectKind,
        text: str,
        wish: Wish,
        language: str | None,
        platform: str | None,
    ) -> PageView:
        names = await self.bot.sources.vndb.fetch_names()
        if language is not None:
            wish = replace(wish, language=find_code(names.languages, language, what="language"))
        if platform is not None:
            wish = replace(wish, platform=find_code(names.platforms, platform, what="platform"))
        return await self.bot.follows.add(interaction, kind, text, wish)


async def setup(bot: Shiori) -> None:
    bot.tree.add_command(FollowCommands(bot))
