"""Notices on Discord: where they go, whom they mention, and whether they have arrived."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from typing import cast

import aiohttp
import discord

from bot.cards.text import clip, escape_line
from bot.follow.follower import Closed, Refused, Undecided
from bot.follow.item import name_notice
from bot.follow.list import render_sentence
from bot.follow.notice import render_episode_notice, render_release_notice
from bot.follow.record import Follow, Notice
from bot.gate.rules import Hosted
from bot.interaction.checkpoint import Overtaken, only_while
from bot.interaction.place import is_age_restricted
from bot.navigation.frame import PageView
from bot.preview.answer import Answers

log = logging.getLogger(__name__)

# Its clock and ours may differ a little.
_SKEW_S = 60
_HISTORY_AT_MOST = 100
_CLOSED = frozenset({50007, 50278})  # no direct messages to this person; no server in common
_TITLE_LIMIT = 200
_NOT_AGE_RESTRICTED = "it is for adults, and the channel is not age-restricted"


class DiscordMessenger:
    """A `Messenger` over discord.py."""

    def __init__(self, client: discord.Client, *, answers: Answers, hosted: Hosted) -> None:
        self._client = client
        self._answers = answers
        self._hosted = hosted

    @property
    def ready(self) -> bool:
        return self._client.is_ready() and not self._client.is_closed()

    def may_tell(self, notice: Notice) -> bool:
        if not _is_for_adults(notice):
            return True
        guild = self._find_guild(notice.follow)
        if guild is None or guild.unavailable:
            return False
        # One that was age-restricted may become so again: that waits. One that discord.py does not know, such as an
        # archived thread, is looked at when it is sent.
        channel = guild.get_channel_or_thread(notice.follow.channel_id or 0)
        return channel is None or is_age_restricted(channel, self._hosted)

    async def send(self, notice: Notice) -> None:
        role = self._find_role(notice.follow)
        mentions = discord.AllowedMentions(everyone=False, users=False, roles=[role] if role else False)
        with _plain_errors(notice.follow):
            place = await self._find_place(notice.follow) if _is_for_adults(notice) else None
            if place is not None and not is_age_restricted(place, self._hosted):
                raise Refused(_NOT_AGE_RESTRICTED)
            channel = await self._open(notice.follow)
            view = build_notice(notice, role_id=role.id if role else None)
            with only_while(lambda: self.may_tell(notice)):
                sent = await channel.send(view=view, nonce=notice.nonce, allowed_mentions=mentions)
            if place is not None:
                await self._keep(notice.follow, place, sent.id)

    async def find(self, notice: Notice) -> bool | None:
        since = dt.datetime.fromtimestamp(notice.begun_s - _SKEW_S, dt.UTC)
        name = name_notice(notice.follow.id, notice.key)
        with _plain_errors(notice.follow):
            channel = await self._open(notice.follow)
            try:
                async for message in channel.history(after=since, oldest_first=True, limit=_HISTORY_AT_MOST):
                    if self._is_own(message) and name in _list_custom_ids(message.components):
                        if _is_for_adults(notice):
                            await self._keep(notice.follow, await self._find_place(notice.follow), message.id)
                        return True
            except discord.Forbidden as error:
                if not error.code:
                    raise
                return None
        return False

    async def explain(self, follow: Follow) -> None:
        if follow.channel_id is None:
            return
        title = clip(escape_line("" if follow.adult else follow.title), _TITLE_LIMIT)
        text = (
            f"🔕 <#{follow.channel_id}> is gone, or Shiori may not write this there any more, so nothing is told there "
            f"of **{title or 'an entry for adults'}** from now on."
        )
        try:
            channel = await self._client.create_dm(discord.Object(follow.user_id))
            await channel.send(view=render_sentence(text))
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.info("nobody could be told that a follow is deleted: %s", error)

    async def _open(self, follow: Follow) -> discord.abc.Messageable:
        if follow.channel_id is None:
            return await self._client.create_dm(discord.Object(follow.user_id))
        return self._client.get_partial_messageable(follow.channel_id, guild_id=follow.guild_id)

    async def _keep(self, follow: Follow, place: discord.abc.Snowflake, message_id: int) -> None:
        """Have what is for adults go when its channel is opened."""
        await self._answers.keep_message(message_id, channel=place, guild_id=follow.guild_id, poster_id=follow.user_id)

    async def _find_place(self, follow: Follow) -> discord.abc.Snowflake:
        """The channel that the flag is read from. Raise as discord.py does."""
        guild, channel_id = self._find_guild(follow), follow.channel_id or 0
        channel = guild.get_channel_or_thread(channel_id) if guild else None
        return channel or await self._client.fetch_channel(channel_id)

    def _find_guild(self, follow: Follow) -> discord.Guild | None:
        return self._client.get_guild(follow.guild_id) if follow.guild_id else None

    def _find_role(self, follow: Follow) -> discord.Role | None:
        guild = self._find_guild(follow)
        role = guild.get_role(follow.role_id) if guild and follow.role_id else None
        return None if role is None or role.is_default() else role

    def _is_own(self, message: discord.Message) -> bool:
        return self._client.user is not None and message.author.id == self._client.user.id


def build_notice(notice: Notice, *, role_id: int | None) -> PageView:
    """The card of a notice."""
    follow = notice.follow
    if follow.kind != "anime":
        return render_release_notice(
            follow_id=follow.id,
            title=follow.title,
            release_id=notice.key,
            release=notice.detail,
            role_id=role_id,
        )
    return render_episode_notice(
        follow_id=follow.id,
        media_id=follow.subject_id,
        title=follow.title,
        episode=int(notice.key[1:]),
        aired_s=notice.due_s - follow.delay_s,
        role_id=role_id,
    )


def _is_for_adults(notice: Notice) -> bool:
    return notice.adult or notice.follow.adult


@contextmanager
def _plain_errors(follow: Follow) -> Generator[None]:
    try:
        yield
    except Overtaken as error:
        raise Refused(_NOT_AGE_RESTRICTED) from error
    except (discord.DiscordServerError, discord.RateLimited, aiohttp.ClientError, OSError) as error:
        raise Undecided(f"{type(error).__name__}: {error}") from error
    except discord.InvalidData as error:
        raise Refused(str(error)) from error
    except discord.HTTPException as error:
        # What has no code was not said by Discord itself, but by something on the way to it.
        if error.status == 429 or not error.code:
            raise Undecided(str(error)) from error
        if follow.channel_id is None and error.code in _CLOSED:
            raise Closed(str(error)) from error
        raise Refused(str(error)) from error


def _list_custom_ids(components: Iterable[object]) -> set[str]:
    found: set[str] = set()
    for component in components:
        found.add(str(getattr(component, "custom_id", "")))
        found |= _list_custom_ids(cast("Iterable[object]", getattr(component, "children", ())))
    return found
