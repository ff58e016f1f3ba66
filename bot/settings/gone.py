"""Whether what something was chosen for is gone, where nobody was told of it."""

from __future__ import annotations

import logging

import aiohttp
import discord

ASK_EVERY_S = 1.0
"""Nobody waits for it, and commands need Discord's limits too."""

_UNKNOWN_CHANNEL = 10003

log = logging.getLogger(__name__)


async def is_deleted(guild: discord.Guild, channel_id: int) -> bool:
    """Whether Discord has no such channel or thread any more.

    Of one that the bot may not see it does not tell by itself either, nor of an archived thread.
    """
    try:
        await guild.fetch_channel(channel_id)
    except discord.NotFound as error:
        return error.code == _UNKNOWN_CHANNEL
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        log.info("whether a channel is deleted is not known: %s", error)
    return False
