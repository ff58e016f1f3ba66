"""Whether the role that a follow mentions is told of what comes."""

from __future__ import annotations

from typing import Literal

import discord

from bot.follow.model import Follow
from bot.interaction.permission import find_permissions

RoleError = Literal["", "deleted", "silent"]
"""`silent`: it is named, and nobody with it is notified, since Shiori may not mention it there."""


def may_mention(role: discord.Role, channel: object) -> bool:
    """Whether Shiori may mention that role in that channel."""
    return role.mentionable or find_permissions(channel, role.guild.me).mention_everyone


def find_role_error(follow: Follow, guild: discord.Guild | None) -> RoleError:
    """Why nobody is notified with its role, as far as discord.py knows the server; empty if somebody is, or may be."""
    if follow.role_id is None or guild is None or guild.unavailable:
        return ""
    role = guild.get_role(follow.role_id)
    if role is None:
        return "deleted"
    channel = guild.get_channel_or_thread(follow.channel_id or 0)
    return "" if channel is None or may_mention(role, channel) else "silent"
