"""Where something would be shown, to whom, and what was chosen for both: Discord's objects read into values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import discord

from bot.errors import InvalidInput, NoServer, NotAllowed
from bot.gate.chosen import NOTHING_CHOSEN, Chosen, resolve
from bot.gate.rules import Hosted, Place, Rules
from bot.gate.setting import ADULT
from bot.navigation.viewer import Viewer
from bot.store.store import Store


def is_age_restricted(channel: object, store: Store, hosted: Hosted) -> bool:
    """Whether what is for adults may stand in this channel: Discord marks it as age-restricted, and neither the host
    nor its server (nor anybody for the channel) has such things switched off. A thread is what its parent is; unknown
    counts as not.
    """
    check: Callable[[], bool] | None = getattr(channel, "is_nsfw", None)
    if check is None or not hosted.adult or not check():
        return False
    guild: discord.Guild | None = getattr(channel, "guild", None)
    of_server = NOTHING_CHOSEN if guild is None else store.server(guild.id)
    return resolve(ADULT, of_server, _find_chosen(store, channel))


def _find_chosen(store: Store, channel: object) -> Chosen:
    """What was chosen for a channel. A thread goes by its channel's settings."""
    settings_of = channel.parent_id if isinstance(channel, discord.Thread) else getattr(channel, "id", None)
    return NOTHING_CHOSEN if settings_of is None else store.channel(settings_of)


def build_viewer(
    interaction: discord.Interaction[Any], store: Store, *, hosted: Hosted, lists_on: frozenset[str] = frozenset()
) -> Viewer:
    """Who asks, and what may stand where they ask."""
    rules = _build_asked_rules(interaction, interaction.channel, store, hosted)
    return Viewer(interaction.user.id, rules.place.age_restricted, rules, lists_on)


def check_server(interaction: discord.Interaction[Any]) -> discord.Guild:
    """The server where somebody asks. What is chosen for it, and by it, holds only where the bot is told of it.

    Raises:
        InvalidInput: it is asked in none.
        NoServer: the bot is no member of it, or Discord has not told of it yet.
    """
    if interaction.guild_id is None:
        raise InvalidInput("command", "is for servers only")
    guild = interaction.client.get_guild(interaction.guild_id)
    if guild is None or guild.unavailable:
        raise NoServer(is_member=guild is not None)
    return guild


def check_manager(interaction: discord.Interaction[Any]) -> discord.Guild:
    """The same, if this person manages it. Raises `NotAllowed` else, and as `check_server` does."""
    if interaction.guild_id is None or not interaction.permissions.manage_guild:
        raise NotAllowed("Manage Server")
    return check_server(interaction)


def watch_rules(
    interaction: discord.Interaction[Any], store: Store, *, hosted: Hosted, viewer: Viewer | None = None
) -> Callable[[], bool]:
    """What tells later whether all still holds that decides now what may stand where somebody asks. `viewer`: who asks,
    if that was built just now.
    """
    channel = _find_channel(interaction)
    if viewer is None or channel is not interaction.channel:
        before = _build_asked_rules(interaction, channel, store, hosted)
        age_restricted = is_age_restricted(interaction.channel, store, hosted)
    else:
        before, age_restricted = viewer.rules, viewer.age_restricted

    def still_holds() -> bool:
        now = _build_asked_rules(interaction, _find_channel(interaction), store, hosted)
        return now == before and (now.place.age_restricted or not age_restricted)

    return still_holds


def _find_channel(interaction: discord.Interaction[Any]) -> object:
    """The channel as it is now. Where the bot is no member it knows nothing but what came with the interaction."""
    guild = interaction.guild
    known = guild and guild.get_channel_or_thread(interaction.channel_id or 0)
    return known or interaction.channel


def _build_asked_rules(interaction: discord.Interaction[Any], channel: object, store: Store, hosted: Hosted) -> Rules:
    if interaction.guild_id is not None:
        place = build_place(channel, store, hosted)
    else:
        # A conversation between two people looks like one with the bot, but for this.
        place = Place(kind="dm" if interaction.context.dm_channel else "group")
    return build_rules(
        store, place, channel=channel, guild_id=interaction.guild_id, user=interaction.user, hosted=hosted
    )


def build_rules(
    store: Store,
    place: Place,
    *,
    channel: object,
    guild_id: int | None,
    user: discord.Member | discord.User | None,
    hosted: Hosted,
) -> Rules:
    """What holds for this person in this channel; None: somebody without roles who has chosen nothing."""
    return Rules(
        place=place,
        server=store.server(guild_id) if guild_id is not None else NOTHING_CHOSEN,
        channel=_find_chosen(store, channel),
        person=store.person(user.id) if user is not None else NOTHING_CHOSEN,
        role_ids=frozenset([role.id for role in getattr(user, "roles", ())]),
        hosted=hosted,
    )


def build_place(channel: object, store: Store, hosted: Hosted) -> Place:
    """A channel or thread of a server."""
    # By their ids, since discord.py may not know a thread's channel. (It raises on much that it does not know.)
    holder = channel.parent if isinstance(channel, discord.Thread) else channel
    ids: tuple[int | None, ...] = (
        getattr(channel, "id", None),
        getattr(channel, "parent_id", None),
        getattr(holder, "category_id", None),
    )
    return Place(
        age_restricted=is_age_restricted(channel, store, hosted),
        channel_ids=tuple(dict.fromkeys([one for one in ids if one is not None])),
    )


def is_told(message: discord.Message) -> bool:
    """Whether Discord has told all that decides what may stand there. Of a server it tells some time after a start, of
    an archived thread nothing.
    """
    return isinstance(message.channel, discord.DMChannel) or is_told_of(message.guild, message.channel)


def is_told_of(guild: discord.Guild | None, channel: object) -> bool:
    """The same of what stands in a channel of a server."""
    if guild is None or guild.unavailable or cast("discord.Member | None", guild.me) is None:
        return False
    if isinstance(channel, discord.Thread):
        return channel.parent is not None
    return channel is not None and not isinstance(channel, discord.PartialMessageable)
