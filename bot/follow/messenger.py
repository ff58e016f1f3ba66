"""Notices on Discord: where they go, whom they mention, and whether they have arrived."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import math
from collections.abc import Callable, Coroutine, Generator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import aiohttp
import discord
from msgspec.structs import replace

from bot.cards.text import clip, clip_field, escape_line, one_line
from bot.errors import ServiceError, ShioriError
from bot.follow.daily import HEADINGS, pick_page
from bot.follow.digest import PICTURED_AT_MOST, Entry, group, leave_out_ahead, render_digest
from bot.follow.follower import Closed, ForAdults, NotMade, Refused, Undecided
from bot.follow.item import name_notice
from bot.follow.list import NO_PLACE_FOR_THREADS, render_sentence
from bot.follow.model import Digested, Follow, Notice
from bot.follow.notice import render_notice, render_post
from bot.follow.upcoming import Outlook, fetch_episode_outlooks, fetch_outlook, find_release_cover
from bot.gate.rules import Hosted, Place, Rules
from bot.gateway.connected import Connected
from bot.http import Clock, Priority, asking
from bot.interaction.checkpoint import Overtaken, only_while
from bot.interaction.place import build_place, build_rules, is_age_restricted
from bot.lookup.source import Sources
from bot.navigation.address import NOWHERE
from bot.navigation.frame import PageView
from bot.navigation.page import Lead, State, Visit
from bot.navigation.state import list_custom_ids
from bot.navigation.viewer import Viewer
from bot.preview.answer import Answers
from bot.store.store import Store

log = logging.getLogger(__name__)

# Its clock and ours may differ a little.
_SKEW_S = 60
_HISTORY_AT_MOST = 100
_CLOSED = frozenset({50007, 50278})  # no direct messages to this person; no server in common
_TITLE_LIMIT = 200
_THREAD_LIMIT = 100
_ROLES_AT_MOST = 20
_HAS_A_THREAD = 160004
_OPENED_TOO_FAST = 40003  # direct messages: it passes by itself
_ELSEWHERE_AFTER_S = 180.0
"""For how long a notice is left to the process that is told of its server. Then another one sends it."""
_ALL_READY_WITHIN_S = 60.0
_LOOK_WITHIN_S = 10.0
_MAKE_WITHIN_S = 30.0
_NOT_AGE_RESTRICTED = "it is for adults, and the channel is not age-restricted"


class DiscordMessenger:
    """A `Messenger` over discord.py."""

    def __init__(
        self,
        client: Connected,
        *,
        answers: Answers,
        store: Store,
        sources: Sources,
        clock: Clock,
        hosted: Hosted,
        show: Callable[[Lead[Sources], Visit[Sources]], Coroutine[Any, Any, PageView]],
    ) -> None:
        self._client = client
        self._show = show
        self._answers = answers
        self._store = store
        self._sources = sources
        self._clock = clock
        self._hosted = hosted
        self._stood_s = math.inf

    @property
    def ready(self) -> bool:
        if self._client.is_closed() or not self._client.standing:
            return False
        # One shard that does not come must not keep those from being told that others are told of.
        now_s = self._clock.monotonic()
        self._stood_s = min(self._stood_s, now_s)
        return self._client.is_ready() or now_s - self._stood_s >= _ALL_READY_WITHIN_S

    def may_tell(self, notice: Notice) -> bool:
        if not self.may_look(notice):
            return False
        if not _is_for_adults(notice):
            return True
        guild = self._find_guild(notice.follow)
        if guild is None or guild.unavailable:
            return False
        # One that was age-restricted may become so again: that waits. One that discord.py does not know, such as an
        # archived thread, is looked at when it is sent.
        channel = guild.get_channel_or_thread(notice.follow.channel_id or 0)
        return channel is None or is_age_restricted(channel, self._store, self._hosted)

    def may_look(self, notice: Notice) -> bool:
        if not self._is_elsewhere(notice.follow):
            return True
        return not _is_for_adults(notice) and self._clock.time() - notice.due_s >= _ELSEWHERE_AFTER_S

    async def send(self, notice: Notice) -> int:
        if notice.follow.kind in HEADINGS:
            return await self._send_post(notice)
        outlook = await self._look_ahead(notice)
        for_adults = _is_for_adults(notice) or outlook.adult
        is_elsewhere = self._is_elsewhere(notice.follow)
        if for_adults and is_elsewhere:
            raise NotMade("what is for adults is told by the process that is told of the channel")
        with _plain_errors(notice.follow):
            role_id = await self._find_role(notice.follow)
            roles = [discord.Object(role_id)] if role_id else False
            mentions = discord.AllowedMentions(everyone=False, users=False, roles=roles)
            if for_adults and notice.follow.channel_id is None:
                raise ForAdults(_NOT_AGE_RESTRICTED)
            fetches = for_adults or is_elsewhere
            place = await self._find_place(notice.follow) if fetches else self._find_known(notice.follow)
            if for_adults and not is_age_restricted(place, self._store, self._hosted):
                raise ForAdults(_NOT_AGE_RESTRICTED)
            channel = await self._open(notice.follow)

            async def send(viewer: Viewer) -> discord.Message:
                view = render_notice(notice, outlook, viewer, role_id=role_id)
                with only_while(partial(self._is_still_right, notice, viewer, place)):
                    sent = await channel.send(view=view, nonce=notice.nonce, allowed_mentions=mentions)
                if viewer.age_restricted and place is not None:  # which it may be no more by now
                    await self._keep(notice.follow, place, sent.id)
                return sent

            try:
                sent = await send(self._build_viewer(notice.follow, place))
            except Overtaken as error:
                if for_adults or error.has_sent:
                    raise
                # What may be shown there changed in the last moment. What is for everybody is told all the same.
                sent = await send(self._build_viewer(notice.follow, place))
            return sent.id

    async def _send_post(self, notice: Notice) -> int:
        follow = notice.follow
        with _plain_errors(follow):
            place = await self._find_place(follow)
        viewer = self._build_viewer(follow, place)
        try:
            with asking(self._clock, within_s=_MAKE_WITHIN_S, priority=Priority.BACKGROUND):
                page = await self._show(pick_page(notice), Visit(viewer, self._sources, State(NOWHERE)))
        except ShioriError as error:
            raise NotMade(str(error)) from error
        return await self._send_made(notice, render_post(notice, page, viewer), viewer, place, roles=[])

    async def send_digest(self, digest: Notice, told: Sequence[Notice]) -> Digested:
        follow = digest.follow
        with _plain_errors(follow):
            place = await self._find_place(follow)
        viewer = self._build_viewer(follow, place)
        entries = [*leave_out_ahead(await self._look_at_all(group(told)))]
        kept = {(one.follow.id, one.key) for entry in entries for one in entry.notices}
        left_out = [one for one in told if (one.follow.id, one.key) not in kept]
        shown = [entry for entry in entries if viewer.age_restricted or not entry.adult]
        if not shown:
            return Digested(0, left_out)
        with _plain_errors(follow):
            roles = await self._find_roles([follow, *(entry.follow for entry in shown)])
        withheld = len(entries) - len(shown)
        view = render_digest(digest, shown, viewer, withheld=withheld, role_ids=roles)
        return Digested(await self._send_made(digest, view, viewer, place, roles=roles), left_out)

    async def _send_made(
        self, notice: Notice, view: PageView, viewer: Viewer, place: discord.abc.Snowflake, *, roles: Sequence[int]
    ) -> int:
        """Send what was made for that viewer, while it is right. Raise as `send`."""
        follow = notice.follow
        channel = await self._open(follow)
        mentions = discord.AllowedMentions(everyone=False, users=False, roles=[discord.Object(one) for one in roles])
        try:
            with _plain_errors(follow):
                with only_while(partial(self._is_still_right, notice, viewer, place)):
                    sent = await channel.send(view=view, nonce=notice.nonce, allowed_mentions=mentions)
                if viewer.age_restricted:  # which it may be no more by now
                    await self._keep(follow, place, sent.id)
        except Refused as error:
            if isinstance(error.__cause__, Overtaken):
                raise NotMade("what may be shown there changed") from error
            raise
        return sent.id

    async def open_thread(self, notice: Notice, message_id: int) -> int:
        follow = notice.follow
        is_known = self._find_guild(follow) is not None or self._is_elsewhere(follow)
        if follow.channel_id is None or not is_known:
            return NO_PLACE_FOR_THREADS
        if (await self._look_ahead(notice)).adult:
            notice = replace(notice, adult=True)
        channel = self._client.get_partial_messageable(follow.channel_id, guild_id=follow.guild_id)
        try:
            with _plain_errors(follow), only_while(partial(self.may_tell, notice)):
                await channel.get_partial_message(message_id).create_thread(name=name_thread(notice))
        except Refused as error:
            code = error.__cause__.code if isinstance(error.__cause__, discord.HTTPException) else 0
            return 0 if code == _HAS_A_THREAD else code
        return 0

    async def _look_ahead(self, notice: Notice) -> Outlook:
        """What stands beside the notice; nothing if it cannot be had soon: no notice waits for that."""
        follow = notice.follow
        try:
            with asking(self._clock, within_s=_LOOK_WITHIN_S, priority=Priority.BACKGROUND):
                if follow.kind == "anime":
                    return await fetch_outlook(follow, self._sources, since_s=notice.due_s - follow.delay_s)
                return await fetch_outlook(follow, self._sources, since_s=notice.due_s, release_id=notice.key)
        except ServiceError as error:
            log.info("a notice has no picture: %s", error)
            return Outlook()

    async def _look_at_all(self, entries: Sequence[Entry]) -> list[Entry]:
        """The entries with what stands beside them, as far as that can be had soon."""
        anime = [entry.follow for entry in entries if entry.follow.kind == "anime"]
        aired_s = [entry.notices[0].due_s - entry.follow.delay_s for entry in entries if entry.follow.kind == "anime"]
        outlooks: dict[int, Outlook] = {}
        with asking(self._clock, within_s=_LOOK_WITHIN_S, priority=Priority.BACKGROUND):
            try:
                since_s, now_s = min(aired_s, default=0), int(self._clock.time())
                outlooks = await fetch_episode_outlooks(anime, self._sources, since_s=since_s, now_s=now_s)
            except ServiceError as error:
                log.info("a digest has no pictures of anime: %s", error)
            # At once, so that they are asked for together.
            covers = [self._look_at_release(entry) for entry in entries[:PICTURED_AT_MOST]]
            for entry, outlook in zip(entries, await asyncio.gather(*covers), strict=False):
                outlooks.setdefault(entry.follow.id, outlook)
        return [replace(entry, outlook=outlooks.get(entry.follow.id, entry.outlook)) for entry in entries]

    async def _look_at_release(self, entry: Entry) -> Outlook:
        if entry.follow.kind == "anime":
            return Outlook()
        try:
            return Outlook(await find_release_cover(entry.follow, entry.notices[-1].key, self._sources))
        except ServiceError as error:
            log.info("a digest has no picture of a release: %s", error)
            return Outlook()

    def _build_viewer(self, follow: Follow, place: object) -> Viewer:
        """What may stand in the channel now, or before the person. `place`: the channel, if discord.py does not know
        it.
        """
        channel = self._find_known(follow) or place
        where = build_place(channel, self._store, self._hosted) if follow.channel_id is not None else Place(kind="dm")
        rules = build_rules(
            self._store, where, channel=channel, guild_id=follow.guild_id, user=None, hosted=self._hosted
        )
        if follow.channel_id is None:
            rules = replace(rules, person=self._store.person(follow.user_id))
        return Viewer(0, age_restricted=where.age_restricted, rules=rules)

    def _is_still_right(self, notice: Notice, viewer: Viewer, place: object) -> bool:
        return self.may_tell(notice) and self._build_viewer(notice.follow, place) == viewer

    async def find(self, notice: Notice) -> int | None:
        since = dt.datetime.fromtimestamp(notice.begun_s - _SKEW_S, dt.UTC)
        opened, restricted = (name_notice(notice.follow.id, notice.key, restricted=one) for one in (False, True))
        with _plain_errors(notice.follow):
            channel = await self._open(notice.follow)
            try:
                async for message in channel.history(after=since, oldest_first=True, limit=_HISTORY_AT_MOST):
                    if not self._is_own(message) or not {opened, restricted} & (ids := set(list_custom_ids(message))):
                        continue
                    if restricted in ids:  # the channel may have been opened since
                        await self._keep(notice.follow, await self._find_place(notice.follow), message.id)
                    return message.id
            except discord.Forbidden as error:
                if not error.code:
                    raise
                return None
        return 0

    async def explain(self, follow: Follow, *, for_adults: bool) -> None:
        try:
            channel = await self._client.create_dm(discord.Object(follow.user_id))
            await channel.send(view=render_sentence(_explain_end(follow, self._hosted, for_adults=for_adults)))
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.info("nobody could be told that a follow is deleted: %s", error)

    async def _open(self, follow: Follow) -> discord.abc.Messageable:
        if follow.channel_id is None:
            return await self._client.create_dm(discord.Object(follow.user_id))
        return self._client.get_partial_messageable(follow.channel_id, guild_id=follow.guild_id)

    async def _keep(self, follow: Follow, place: discord.abc.Snowflake, message_id: int) -> None:
        """Have what is for adults go when its channel is opened. All that is told comes of the command `follow.id`."""
        await self._answers.keep_message(
            message_id, channel=place, guild_id=follow.guild_id, poster_id=follow.user_id, since=follow.id
        )

    async def _find_place(self, follow: Follow) -> discord.abc.Snowflake:
        """The channel that the flag is read from. Raise as discord.py does."""
        return self._find_known(follow) or await self._client.fetch_channel(follow.channel_id or 0)

    def _find_known(self, follow: Follow) -> discord.abc.Snowflake | None:
        guild = self._find_guild(follow)
        return guild.get_channel_or_thread(follow.channel_id or 0) if guild else None

    def _find_guild(self, follow: Follow) -> discord.Guild | None:
        return self._client.get_guild(follow.guild_id) if follow.guild_id else None

    def _is_elsewhere(self, follow: Follow) -> bool:
        """Whether Discord tells another process of the server, or nobody just now."""
        guild_id, guild = follow.guild_id, self._find_guild(follow)
        if guild_id is None or guild is not None:
            return guild is not None and guild.unavailable
        return not self._client.is_told_of(guild_id) or self._client.find_shard(guild_id) not in self._client.standing

    async def _find_roles(self, follows: Sequence[Follow]) -> list[int]:
        """The roles that they mention, each once. Raise as discord.py does."""
        wanted = {one.role_id: one for one in follows if one.role_id}
        found = [await self._find_role(one) for one in list(wanted.values())[:_ROLES_AT_MOST]]
        return [one for one in found if one is not None]

    async def _find_role(self, follow: Follow) -> int | None:
        """The role that it mentions, if there is one. Raise as discord.py does."""
        if not follow.role_id or follow.guild_id is None or follow.role_id == follow.guild_id:
            return None  # the last would be everybody
        guild = self._find_guild(follow)
        if guild is not None and not guild.unavailable:
            return follow.role_id if guild.get_role(follow.role_id) else None
        try:  # nobody has told this process of the server's roles
            await self._client.http.get_role(follow.guild_id, follow.role_id)
        except discord.NotFound:
            return None
        return follow.role_id

    def _is_own(self, message: discord.Message) -> bool:
        return self._client.user is not None and message.author.id == self._client.user.id


def _explain_end(follow: Follow, hosted: Hosted, *, for_adults: bool) -> str:
    """What the one who made a follow is told when nobody else ended it."""
    if for_adults:
        places = Viewer(0, age_restricted=False, rules=Rules(Place(kind="dm"), hosted=hosted)).adult_places
        place = "here" if follow.channel_id is None else f"in <#{follow.channel_id}>"
        return (
            f"🔕 An anime that you follow, AniList's #{follow.subject_id}, is for adults by now, or may be: it can be "
            f"followed {places}, and it is not told {place} any more."
        )
    title = clip(escape_line("" if follow.adult else follow.title), _TITLE_LIMIT) or "an entry for adults"
    if follow.channel_id is not None:
        return (
            f"🔕 <#{follow.channel_id}> is gone, or Shiori may not write this there any more, so nothing is told there "
            f"of **{title}** from now on."
        )
    return f"🔕 Discord did not take what there was to tell of **{title}**, so you are not told of it here any more."


def name_thread(notice: Notice) -> str:
    """What the thread of a notice is called. What is for adults is not named: the thread outlives the notice."""
    title = "" if _is_for_adults(notice) else one_line(notice.follow.title)
    what = f"Episode {notice.key[1:]}" if notice.key.startswith("e") else one_line(notice.detail) or notice.key
    if not title:
        return clip_field(what, _THREAD_LIMIT)
    what = clip_field(what, _THREAD_LIMIT // 2)
    return f"{clip_field(title, _THREAD_LIMIT - len(what) - 3)} · {what}"


def _is_for_adults(notice: Notice) -> bool:
    return notice.adult or notice.follow.adult


@contextmanager
def _plain_errors(follow: Follow) -> Generator[None]:
    try:
        yield
    except Overtaken as error:
        if error.has_sent:
            raise Undecided("what may be shown there changed after it was sent") from error
        raise Refused(_NOT_AGE_RESTRICTED) from error
    except (discord.DiscordServerError, discord.RateLimited, aiohttp.ClientError, OSError) as error:
        raise Undecided(f"{type(error).__name__}: {error}") from error
    except discord.InvalidData as error:
        raise Refused(str(error)) from error
    except discord.HTTPException as error:
        # What has no code was not said by Discord itself, but by something on the way to it.
        if error.status == 429 or not error.code:
            raise Undecided(str(error)) from error
        if error.code == _OPENED_TOO_FAST:
            raise NotMade(str(error)) from error
        if follow.channel_id is None and error.code in _CLOSED:
            raise Closed(str(error)) from error
        raise Refused(str(error)) from error
