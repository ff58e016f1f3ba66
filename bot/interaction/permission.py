"""The permissions that the bot needs on a server: its invitation asks for all of them."""

from __future__ import annotations

from typing import cast

import discord

NAMES = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "embed_links": "Embed Links",
    "create_public_threads": "Create Public Threads",
    "read_message_history": "Read Message History",
    "manage_messages": "Manage Messages",
}
"""What discord.py calls them, and Discord. `docs/hosting.md` says why each."""

ASKED_FOR = discord.Permissions(**dict.fromkeys(NAMES, True))


def find_permissions(channel: object, me: discord.Member) -> discord.Permissions:
    """What the bot may do in a channel: nothing in a thread whose channel is gone, or is not known."""
    if isinstance(channel, discord.Thread) and channel.parent is None:
        return discord.Permissions.none()
    return cast("discord.TextChannel", channel).permissions_for(me)


def is_outside(channel: object) -> bool:
    """Whether this is a private thread that the bot is told nothing of: it was not added to it, or it is archived."""
    return isinstance(channel, discord.Thread) and channel.is_private() and channel.guild.get_thread(channel.id) is None


def is_locked(channel: object, me: discord.Member) -> bool:
    """Whether this is a thread in which the bot may not write, since only who manages threads may."""
    locked = isinstance(channel, discord.Thread) and channel.locked
    return locked and not find_permissions(channel, me).manage_threads


def find_missing(channel: object, me: discord.Member) -> str | None:
    """The permission that the bot lacks in a channel to write there, as Discord calls it. Of several the first: without
    it there is none of the others, and whether they are granted shows once it is.
    """
    permissions = find_permissions(channel, me)
    writes = "send_messages_in_threads" if isinstance(channel, discord.Thread) else "send_messages"
    needed = ("view_channel", writes, "embed_links")
    return next((NAMES[one] for one in needed if not getattr(permissions, one)), None)
