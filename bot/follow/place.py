"""Where something is told: the channel, and whether who asks may have the bot write there."""

from __future__ import annotations

import aiohttp
import discord

from bot.cards.text import BREAK
from bot.errors import InvalidInput, NotAllowed, Unavailable
from bot.follow.model import Follow
from bot.follow.role import may_mention
from bot.interaction.permission import NAMES, find_missing, find_permissions
from bot.interaction.place import check_server
from bot.interaction.reply import Interaction

GuildChannel = discord.abc.GuildChannel | discord.Thread

MANAGE = ("Manage Channels", "Manage Server")
"""Either lets people have something told in a channel."""
_MENTION = f"Mention @{BREAK}everyone, @{BREAK}here, and All Roles"


def name_channel(channel_id: int, interaction: Interaction) -> str:
    """Where that is, as plain text."""
    channel = interaction.client.get_channel(channel_id)
    if channel is None:
        return "in a channel"
    # Discord writes the sign before such channels only, not before a thread or a voice channel.
    return f"#{channel}" if isinstance(channel, discord.TextChannel | discord.ForumChannel) else f"in {channel}"


async def check_channel(
    interaction: Interaction, channel_id: int, *, threads: bool = False, instead: str = ""
) -> GuildChannel:
    """A channel where this person may have the bot write, and open `threads` if it is of a kind that has some.

    Raises `InvalidInput`, `NotAllowed`, `NoServer`, and `Unavailable` as `manages` does.
    """
    guild = check_server(interaction)
    channel = await _find_channel(interaction, channel_id)
    if channel is None:
        raise InvalidInput("channel", "is not one of this server, or Shiori cannot see it")
    if not _may_have_told(interaction, channel):
        raise NotAllowed(*MANAGE, instead=instead)
    missing, permissions = find_missing(channel, guild.me), find_permissions(channel, guild.me)
    if missing is None and threads and not name_threadless(channel) and not permissions.create_public_threads:
        missing = NAMES["create_public_threads"]
    if missing is not None:
        raise InvalidInput("channel", f"does not grant Shiori this: {missing}")
    if isinstance(channel, discord.Thread) and channel.locked and not permissions.manage_threads:
        raise InvalidInput("channel", "is a locked thread, where Shiori could write only with “Manage Threads”")
    return channel


def name_threadless(channel: GuildChannel) -> str:
    """Where no thread can be opened, if it is such a channel; else nothing."""
    if isinstance(channel, discord.Thread):
        return "inside a thread"
    return "" if isinstance(channel, discord.TextChannel) else "in a voice channel"


def refuse_threads(threadless: str) -> InvalidInput:
    """The error for threads that are to be opened there."""
    instead = "its channel" if threadless == "inside a thread" else "a text channel"
    return InvalidInput("threads", f"cannot be opened {threadless}; choose {instead}")


def check_role(interaction: Interaction, role_id: int | None, channel: GuildChannel | None) -> None:
    """Raises `InvalidInput` or `NotAllowed` if this person, or the bot, may not have the role mentioned there."""
    if role_id is None:
        return
    if channel is None:
        raise InvalidInput("role", "can be mentioned in a channel only; choose one too")
    role = channel.guild.get_role(role_id)
    if role is None:
        raise InvalidInput("role", "is not one of this server, or Shiori cannot see it")
    if role.is_default():
        raise InvalidInput("role", f"is @{BREAK}everyone, which Shiori never mentions; pick another one, or none")
    if role.mentionable:
        return
    if not _find_permissions(interaction, channel).mention_everyone:
        raise NotAllowed(_MENTION)
    if not may_mention(role, channel):
        raise InvalidInput(
            "role", f"cannot be mentioned by Shiori there: that needs “{_MENTION}”, or a role that anyone may mention"
        )


def manages_known(follow: Follow, interaction: Interaction) -> bool:
    """Whether this person manages the channel that is told, in the server where that is asked, as far as that is known
    without asking Discord.
    """
    if follow.guild_id is None or follow.guild_id != interaction.guild_id:
        return False
    channel = _find_known(interaction, follow.channel_id)
    if channel is not None:
        return _may_have_told(interaction, channel)
    # What somebody may do in the channel where they ask says nothing of another one.
    return interaction.permissions.manage_guild


async def manages(follow: Follow, interaction: Interaction) -> bool:
    """The same, where Discord is asked for a thread that it has not told of. Raises `Unavailable` if it cannot be."""
    if manages_known(follow, interaction):
        return True
    if follow.channel_id is None or follow.guild_id != interaction.guild_id:
        return False
    channel = await _find_channel(interaction, follow.channel_id)
    return channel is not None and _may_have_told(interaction, channel)


async def _find_channel(interaction: Interaction, channel_id: int) -> GuildChannel | None:
    """A channel or thread of the server where that is asked; None: it has none such, or the bot cannot see it."""
    channel, guild = _find_known(interaction, channel_id), interaction.guild
    if channel is not None or guild is None:
        return channel
    try:  # Discord tells of no archived thread, but shows it, and takes what is written there
        channel = await guild.fetch_channel(channel_id)
    except discord.InvalidData:
        return None
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        if isinstance(error, discord.NotFound | discord.Forbidden):
            return None
        raise Unavailable("Discord", str(error)) from error
    return _check_parent(channel)


def _find_known(interaction: Interaction, channel_id: int | None) -> GuildChannel | None:
    guild = interaction.guild
    return _check_parent(guild.get_channel_or_thread(channel_id or 0)) if guild else None


def _check_parent(channel: GuildChannel | None) -> GuildChannel | None:
    """The channel, but None for a thread whose channel is gone, or is not known: nobody can say who may what there."""
    return None if isinstance(channel, discord.Thread) and channel.parent is None else channel


def _may_have_told(interaction: Interaction, channel: GuildChannel) -> bool:
    permissions = _find_permissions(interaction, channel)
    # Permissions are those of its channel. Who asks in a private thread is in it.
    is_private = isinstance(channel, discord.Thread) and channel.is_private()
    if is_private and channel.id != interaction.channel_id and not permissions.manage_threads:
        return False
    return permissions.view_channel and _may_manage(permissions)


def _find_permissions(interaction: Interaction, channel: GuildChannel) -> discord.Permissions:
    user = interaction.user
    return channel.permissions_for(user) if isinstance(user, discord.Member) else discord.Permissions.none()


def _may_manage(permissions: discord.Permissions) -> bool:
    return permissions.manage_guild or permissions.manage_channels
