"""Follows messages with links: a reply with their cards comes, changes and goes with them.

Each message has one worker at a time, which brings the reply to what the message is now and starts over when the
message changed meanwhile. So no order of events can leave a reply behind. Which reply belongs to which message is in
the store, noted before the reply is sent; so all of this goes on after a restart, and what was missed is made up for.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import cast

import aiohttp
import discord

from bot.errors import StoreError
from bot.gate.rules import Hosted, Place, Rules
from bot.http import Clock, Priority, asking
from bot.interaction.checkpoint import Overtaken, only_while
from bot.interaction.error import render_error
from bot.interaction.place import build_place, build_rules, is_told
from bot.interaction.rule import explain_rule
from bot.links.message import find_said_links
from bot.links.target import GalleryTarget, PageTarget, has_other_links
from bot.lookup.source import Sources
from bot.navigation.frame import PageView
from bot.navigation.viewer import Viewer
from bot.preview.answer import Answers
from bot.preview.card import build_note, build_preview
from bot.preview.catch_up import CatchUp, look_at
from bot.preview.known import KNOWN_AT_MOST, Known
from bot.preview.leaver import Leaver
from bot.preview.plan import Plan, Preview, build_plan, fetch_preview
from bot.preview.poster import Posters
from bot.preview.replies import NotLet, Replies, Unfinished, make_nonce
from bot.store.again import try_until_done
from bot.store.preview import PreviewRecord
from bot.store.store import Store

log = logging.getLogger(__name__)

# Nobody watches a link that long, but a hundred at once take their time.
PREVIEW_WITHIN_S = 120.0
_DAY_S = 86_400
REMEMBERED_S = 180.0 * _DAY_S
_TAKE_BACK_WITHIN_S = 10.0
_JUST_NOW_S = 60.0
# The database, or Discord, may be away for a moment, or for hours. A crowd is not waited with for long.
_TRY_AGAIN_AFTER_S = (1.0, 5.0, 25.0)
_KEEP_TRYING_AFTER_S = (60.0, 120.0, *[300.0] * 72)
_WAITING_AT_MOST = 1000

_INCOMPLETE = "incomplete "  # begins what is noted of a reply in which links have no card

_NOT_THEIRS = "Only who posted the link, or who has the permission “Manage Messages” here, can remove its preview."
_FORGOTTEN = (
    "Shiori has forgotten who posted this link: that is kept for 180 days at most, and not once somebody had what is "
    "stored about them deleted. Who has the permission “Manage Messages” here can remove the preview."
)


@dataclass
class _Work:
    """What is known of a message that is being worked on. `message` None: it is deleted. `version` counts changes.

    `is_new`: there can be no record of it yet. `changed`: a person posted or edited it; else it was Discord, which adds
    its embeds.
    """

    message: discord.Message | None
    is_new: bool
    changed: bool
    version: int = 0
    nonce: str = field(default_factory=make_nonce)
    task: asyncio.Task[None] | None = field(default=None, repr=False)
    rest: asyncio.Future[None] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class _Made:
    """What a reply was made by, the digest of what it shows, and whether that is `restricted` to some channels."""

    rules: Rules
    shown: str
    restricted: bool


class Previewer:
    """Keeps the replies to messages with links as the messages are."""

    def __init__(self, client: discord.Client, *, store: Store, sources: Sources, clock: Clock, hosted: Hosted) -> None:
        self._client = client
        self._store = store
        self._sources = sources
        self._clock = clock
        self._hosted = hosted
        self._replies = Replies(client)
        self._leaver = Leaver(store, self._replies, clock=clock)
        self._known = Known()
        self.answers = Answers(client, store=store, leaver=self._leaver, known=self._known, hosted=hosted)
        self._posters = Posters(store, clock=clock)
        self._works: dict[int, _Work] = {}
        self._catching_up = CatchUp(
            client, store=store, leaver=self._leaver, clock=clock, hosted=hosted, look=self._look_at_missed
        )
        self._closed = False
        self._ahead_s = 0.0  # how far this computer's clock is ahead of Discord's, by the latest message

    # Events

    def follow(self, message: discord.Message, *, is_new: bool) -> None:
        """Somebody posted or edited a message, or Discord changed something of it."""
        if is_new:
            self._ahead_s = self._clock.time() - message.created_at.timestamp()
        if self._is_own(message):
            return
        changed = is_new or self._was_just_edited(message)
        # Most messages have no preview and get none: nobody is asked about them.
        if not self._may_have_preview(message.id, is_new=is_new):
            links = find_said_links(message) if changed else []
            if not links:
                return
            if is_new:
                self._posters.note_posted(message, links)
        self._start(message.id, message, is_new=is_new, changed=changed)

    def _was_just_edited(self, message: discord.Message) -> bool:
        """One that was edited long ago is pinned, say: that gives it no preview."""
        now_s = self._clock.time() - self._ahead_s
        return message.edited_at is not None and now_s - message.edited_at.timestamp() < _JUST_NOW_S

    def forget(self, message_ids: Iterable[int]) -> None:
        """Messages were deleted: some may have previews. That one was a preview shows when it is to change."""
        for message_id in message_ids:
            self._posters.note_deleted(message_id)
            if self._may_have_preview(message_id, is_new=False):
                self._start(message_id, None, is_new=False, changed=True)

    def _may_have_preview(self, message_id: int, *, is_new: bool) -> bool:
        return message_id in self._works or (not is_new and self._known.may_have(message_id))

    def catch_up(self, guild_id: int | None) -> None:
        """Look again at the latest messages of a server, or of all direct messages: what became of them while the bot
        was not connected was told to nobody.
        """
        if not self._closed:
            self._catching_up.add(guild_id)

    async def learn(self) -> None:
        """Read which messages have a preview. Until then each of them may have one."""
        read = partial(self._store.list_recorded_ids, limit=KNOWN_AT_MOST)
        failed = "which messages have previews is not known"
        self._known.load(await try_until_done(read, clock=self._clock, failed=failed))

    async def remove(self, interaction: discord.Interaction[discord.Client]) -> str | None:
        """Take the preview away that `interaction` was pressed on, for good. Return why not, if so."""
        assert interaction.message is not None  # noqa: S101 - a button stands in a message
        try:
            await interaction.response.defer()
            record = await self._store.find_preview_by_reply(interaction.message.id)
            own = record is not None and record.poster_id == interaction.user.id
            if not own and not (interaction.guild_id is not None and interaction.permissions.manage_messages):
                return _FORGOTTEN if record is None else _NOT_THEIRS
            if record is not None:
                await self._store.mark_removed(record.message_id)
            # Through the interaction, so that it needs no permission in the channel.
            await interaction.delete_original_response()
        except StoreError as error:
            return render_error(error)
        except discord.NotFound as error:
            log.info("nobody to answer any more: %s", error)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.warning("a preview could not be removed: %s", error)
            return "Discord did not take the preview away. Deleting the message it answers does, or trying again."
        return None

    async def take_back(self, poster_id: int) -> None:
        """Take all previews of somebody's messages away. Raises `StoreError` if that cannot be noted."""
        await self._store.leave_person(poster_id)
        # Those that are being made may have no record yet.
        works = [work for work in self._works.values() if work.message and work.message.author.id == poster_id]
        for work in works:
            self._change(work, None, changed=True)
        await asyncio.gather(*(work.task for work in works if work.task), return_exceptions=True)
        await self._leaver.finish(within_s=_TAKE_BACK_WITHIN_S)

    def leave(self, channel_ids: Sequence[int]) -> None:
        """These channels are age-restricted no more: nothing that was shown there, or in their threads, stays."""
        self._leaver.note(lambda: self._store.leave_channels(channel_ids))

    def leave_direct_messages(self, user_id: int) -> None:
        """This person wants no galleries in direct messages any more: those that are there go."""
        self._leaver.note(lambda: self._store.leave_direct_messages([user_id]))

    def look_again(self) -> None:
        """A thread was reopened: what had to go may go now."""
        self._leaver.retry()

    async def prune(self) -> None:
        """Forget which previews answer messages that nobody edits any more."""
        try:
            await self._store.prune(REMEMBERED_S)
        except StoreError as error:
            log.warning("old previews are still stored: %s", error)

    async def close(self) -> None:
        """Stop. What is not finished is noted in the store."""
        self._closed = True
        tasks = [work.task for work in self._works.values() if work.task is not None]
        for task in tasks:
            task.cancel()
        parts = (self._posters, self._catching_up, self._leaver)
        await asyncio.gather(*tasks, *(part.close() for part in parts), return_exceptions=True)

    def _look_at_missed(self, message_id: int, message: discord.Message | None, record: PreviewRecord) -> None:
        self._start(message_id, message, is_new=False, changed=message is None or record.reply_id is None)

    # One worker for each message

    def _start(self, message_id: int, message: discord.Message | None, *, is_new: bool, changed: bool) -> None:
        if self._closed:
            return
        self._catching_up.overtake(message_id)
        if (work := self._works.get(message_id)) is not None:
            self._change(work, message, changed=changed)
            return
        work = self._works[message_id] = _Work(message, is_new, changed)
        work.task = asyncio.create_task(self._run(message_id, work), name=f"preview {message_id}")
        work.task.add_done_callback(look_at)

    def _change(self, work: _Work, message: discord.Message | None, *, changed: bool) -> None:
        work.message = message
        work.changed |= changed
        work.version += 1
        if work.rest is not None:
            work.rest.cancel()

    async def _run(self, message_id: int, work: _Work) -> None:
        waits_s = [*_TRY_AGAIN_AFTER_S, *_KEEP_TRYING_AFTER_S]
        done, version = False, 0
        try:
            while not done or version != work.version:
                version = work.version
                try:
                    done = await self._settle(message_id, work)
                except Overtaken:
                    done = False
                except (StoreError, Unfinished) as error:
                    patient = len(waits_s) > len(_KEEP_TRYING_AFTER_S) or len(self._works) <= _WAITING_AT_MOST
                    done = not waits_s or not patient
                    if done or len(waits_s) == len(_KEEP_TRYING_AFTER_S):
                        log.warning("a preview is not as it should be: %s", error)
                    if not done:
                        await self._rest(work, waits_s.pop(0))
        finally:
            del self._works[message_id]

    async def _rest(self, work: _Work, wait_s: float) -> None:
        """Wait before the next try, but not once the message changed."""
        work.rest = asyncio.ensure_future(self._clock.sleep(wait_s))
        try:
            await asyncio.wait({work.rest})
        finally:
            work.rest.cancel()
            work.rest = None

    async def _settle(self, message_id: int, work: _Work) -> bool:
        """Bring the reply to what the message is. False if what it may show changed while it was made."""
        message = work.message
        may_have = not work.is_new and self._known.may_have(message_id)
        record = await self._store.find_preview(message_id) if may_have else None
        if record is not None and record.leaving:
            await self._take_back(record)
            return True
        if message is None:
            if record is not None:
                await self._take_back(record)
            return True
        if record is not None and record.removed:
            return True
        return await self._show(message, work, record)

    async def _show(self, message: discord.Message, work: _Work, record: PreviewRecord | None) -> bool:
        """Bring the reply to a message that is there. False if what it may show changed meanwhile."""
        if not is_told(message):
            return True  # nothing can be said of it now; a server that is told of later is looked at then
        if not work.changed and (record is None or record.reply_id is None):
            return True  # there is no preview; another process may be making one
        rules = self._find_rules(message)
        plan = build_plan(find_said_links(message), rules) if self._may_preview(message, rules) else Plan(())
        made = _Made(rules, _sign(plan, rules), _is_restricted(plan, rules))
        if plan.links or plan.refusals:
            self._known.add(message.id)
        if record is not None and record.shown.endswith(made.shown):
            complete = record.shown == made.shown
        else:
            preview = await self._fetch(message, plan, rules)
            if work.message is None or work.message.content != message.content or self._find_rules(message) != rules:
                return False
            complete = bool(preview.blocks) and not preview.errors and preview.refusals == plan.refusals
            view = await self._build(message, plan, rules, preview)
            if not complete:
                made = replace(made, shown=_INCOMPLETE + made.shown)
            work.is_new = False  # there may be a record from here on, however this ends
            stands = await self._put(message, work, record, view, made)
            complete = complete and stands
        if complete:
            await self._suppress(work.message or message, plan, rules)
        return True

    # What is shown

    def _is_own(self, message: discord.Message) -> bool:
        return self._client.user is not None and message.author.id == self._client.user.id

    def _find_rules(self, message: discord.Message) -> Rules:
        guild_id = message.guild.id if message.guild else None
        place = (
            Place(kind="dm")
            if isinstance(message.channel, discord.DMChannel)
            else build_place(message.channel, self._hosted)
        )
        return build_rules(
            self._store,
            place,
            channel=message.channel,
            guild_id=guild_id,
            user=message.author,
            hosted=self._hosted,
        )

    def _may_preview(self, message: discord.Message, rules: Rules) -> bool:
        """Whether links of this author are previewed, and the bot may answer here."""
        if (message.author.bot or message.webhook_id is not None) and not rules.server.bots:
            return False
        if not rules.person.previews:
            return False
        if isinstance(message.channel, discord.DMChannel):
            return True
        return message.guild is not None and not find_missing(message.channel, message.guild.me)

    async def _fetch(self, message: discord.Message, plan: Plan, rules: Rules) -> Preview:
        viewer = Viewer(message.author.id, message.author.display_name, rules.place.age_restricted, rules)
        person = message.author.id
        with asking(self._clock, within_s=PREVIEW_WITHIN_S, priority=Priority.PREVIEW, person=person):
            preview = await fetch_preview(plan, self._sources, viewer)
        for error in preview.errors:
            log.info("no preview: %s", error)
        return preview

    async def _build(self, message: discord.Message, plan: Plan, rules: Rules, preview: Preview) -> PageView | None:
        """The reply, if there is anything to show: cards, or once a day why there are none."""
        if preview.blocks:
            return build_preview(preview.blocks, more=plan.more)
        if preview.refusals and await self._may_note(message, rules):
            return build_preview([build_note(explain_rule(preview.refusals[0]))], more=plan.more)
        return None

    async def _may_note(self, message: discord.Message, rules: Rules) -> bool:
        today = int(self._clock.time() // _DAY_S)
        return rules.notes and await self._store.take_note(message.author.id, today)

    # Discord

    async def _put(
        self, message: discord.Message, work: _Work, record: PreviewRecord | None, view: PageView | None, made: _Made
    ) -> bool:
        """Send the reply, change it, or take it back. Whether it stands there now.

        Raises `Overtaken` if `made` is right no more at the moment of sending.
        """
        if view is None:
            if record is not None:
                await self._take_back(record)
            return False
        if record is None and not await self._begin(message, made):
            return False  # another process is on it
        if record is not None and made.restricted and not record.restricted:
            await self._store.mark_restricted(message.id)
        reply = None if record is None else await self._replies.find(record)
        with only_while(lambda: self._is_still_right(work, message, made)):
            if reply is None:
                reply = await self._send(message, work, view)
            elif not await self._edit(message.id, reply, view):
                return False
        if reply is None or await self._finish(message.id, reply.id, made):
            await self._posters.correct(message)
            return reply is not None
        # Meanwhile it was removed, or the channel was forgotten.
        await self._delete(reply)
        return False

    def _is_still_right(self, work: _Work, message: discord.Message, made: _Made) -> bool:
        now = work.message
        return now is not None and now.content == message.content and self._find_rules(now) == made.rules

    async def _begin(self, message: discord.Message, made: _Made) -> bool:
        channel = message.channel
        return await self._store.begin_preview(
            message_id=message.id,
            channel_id=channel.id,
            parent_id=channel.parent_id if isinstance(channel, discord.Thread) else None,
            guild_id=message.guild.id if message.guild else None,
            poster_id=self._posters.find_poster(message),
            restricted=made.restricted,
        )

    async def _finish(self, message_id: int, reply_id: int, made: _Made) -> bool:
        return await self._store.finish_preview(
            message_id, reply_id=reply_id, shown=made.shown, restricted=made.restricted
        )

    async def _send(self, message: discord.Message, work: _Work, view: PageView) -> discord.Message | None:
        reply = await self._replies.send(message, view, nonce=work.nonce)
        work.nonce = make_nonce()
        if reply is None:
            await self._store.delete_previews([message.id])
        return reply

    async def _edit(self, message_id: int, reply: discord.PartialMessage, view: PageView) -> bool:
        """Whether the reply shows `view` now. One that somebody deleted does not come back."""
        try:
            await self._replies.edit(reply, view)
        except discord.NotFound:
            await self._store.mark_removed(message_id)
        except discord.HTTPException as error:
            log.warning("a preview that Discord does not change goes: %s", error)
            if await self._delete(reply):
                await self._store.delete_previews([message_id])
        else:
            return True
        return False

    async def _take_back(self, record: PreviewRecord) -> None:
        """Where Discord does not let the bot delete it, it has to go when that changes. An answer is gone."""
        reply = None if record.is_answer else await self._replies.find(record)
        if reply is None or await self._delete(reply):
            await self._store.delete_previews([record.message_id])
        else:
            await self._store.leave_messages([record.message_id])
            self._leaver.go()

    async def _delete(self, reply: discord.Message | discord.PartialMessage) -> bool:
        """Whether the reply is gone."""
        try:
            await self._replies.delete(reply)
        except NotLet as error:
            log.info("%s", error)
            return False
        return True

    async def _suppress(self, message: discord.Message, plan: Plan, rules: Rules) -> None:
        """Take Discord's own embeds away, if all of them are of links that are previewed."""
        if not rules.suppress or not plan.links or message.guild is None or message.flags.suppress_embeds:
            return
        if message.message_snapshots:
            return  # what is forwarded has its embeds within
        if not message.channel.permissions_for(message.guild.me).manage_messages:
            return
        if not has_other_links(message.content, [link.target for link in plan.links]):
            await self._replies.suppress(message)


def find_missing(channel: object, me: discord.Member) -> list[str]:
    """The permissions that the bot lacks in a channel to preview links there, as Discord calls them."""
    if isinstance(channel, discord.Thread) and channel.parent is None:
        return ["View Channel"]  # of the channel that it belongs to
    permissions = cast("discord.TextChannel", channel).permissions_for(me)
    needed = {"View Channel": permissions.view_channel, "Embed Links": permissions.embed_links}
    if isinstance(channel, discord.Thread):
        needed["Send Messages in Threads"] = permissions.send_messages_in_threads
    else:
        needed["Send Messages"] = permissions.send_messages
    return [name for name, has in needed.items() if not has]


def _sign(plan: Plan, rules: Rules) -> str:
    """A digest of what the reply depends on: an edit that changes nothing of it changes nothing of the reply."""
    chosen = (rules.title_language, rules.image_level, rules.spoiler_level)
    blocked = (rules.server.blocked_tags, rules.channel.blocked_tags, rules.person.blocked_tags)
    parts = (plan, rules.place.age_restricted, rules.rule_galleries(), chosen, blocked)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _is_restricted(plan: Plan, rules: Rules) -> bool:
    """Whether the reply may show what stands only where galleries may."""
    galleries = any(isinstance(link.target, GalleryTarget | PageTarget) for link in plan.links)
    return rules.place.age_restricted or (rules.place.kind == "dm" and galleries)
