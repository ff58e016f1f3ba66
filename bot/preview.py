"""Follows messages with links: a reply with their cards comes, changes and goes with them.

Each message has one worker at a time, which brings the reply to what the message is now and starts over when the
message changed meanwhile. So no order of events can leave a reply behind. Which reply belongs to which message is in
the store, noted before the reply is sent; so all of this goes on after a restart, and what was missed is made up for.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import cast

import aiohttp
import discord

from bot.errors import StoreError
from bot.gate import Hosted, Place, Rules
from bot.http import Clock, Priority, asking
from bot.links import has_other_links
from bot.message import find_said_links
from bot.pages.preview import Plan, Preview, build_plan, fetch_preview
from bot.pages.visit import Sources
from bot.place import build_place, build_rules, is_age_restricted
from bot.store.preview import PreviewRecord
from bot.store.store import Store
from bot.ui.error import render_error
from bot.ui.frame import PageView
from bot.ui.preview import build_note, build_preview
from bot.ui.rule import explain_rule
from bot.ui.viewer import Viewer

log = logging.getLogger(__name__)

# Nobody watches a link that long, but a hundred at once take their time.
PREVIEW_WITHIN_S = 120.0
_DAY_S = 86_400
REMEMBERED_S = 180.0 * _DAY_S
_HISTORY_AT_MOST = 50
_CATCH_UP_S = _DAY_S
_CATCH_UP_AT_MOST = 300
_JUST_NOW_S = 60.0
# The database, or Discord, may be away for a moment.
_TRY_AGAIN_AFTER_S = (1.0, 5.0, 25.0)

_INCOMPLETE = "incomplete "  # begins what is noted of a reply in which links have no card

_DELETED = "message_reference"  # the part of a reply that Discord names when the message is gone


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
    task: asyncio.Task[None] | None = field(default=None, repr=False)


_NOT_THEIRS = "Only who posted the link, or who has the permission “Manage Messages” here, can remove its preview."
_FORGOTTEN = (
    "Shiori has forgotten who posted this link: that is kept for 180 days at most, and not once somebody had what is "
    "stored about them deleted. Who has the permission “Manage Messages” here can remove the preview."
)


class _Unfinished(Exception):
    """Discord could not be reached just now, or failed: trying again makes sense."""


class Previewer:
    """Keeps the replies to messages with links as the messages are."""

    def __init__(self, client: discord.Client, *, store: Store, sources: Sources, clock: Clock, hosted: Hosted) -> None:
        self._client = client
        self._store = store
        self._sources = sources
        self._clock = clock
        self._hosted = hosted
        self._works: dict[int, _Work] = {}
        self._missed: dict[int | None, None] = {}
        self._catching_up: asyncio.Task[None] | None = None
        self._looked_at: set[int] = set()
        self._closed = False

    # Events

    def follow(self, message: discord.Message, *, is_new: bool) -> None:
        """Somebody posted or edited a message, or Discord changed something of it."""
        if self._is_own(message):
            return
        if is_new and not find_said_links(message):
            return
        edited_at = message.edited_at
        # A message that was edited long ago is pinned, say: that gives it no preview.
        changed = is_new or (edited_at is not None and self._clock.time() - edited_at.timestamp() < _JUST_NOW_S)
        self._start(message.id, message, is_new=is_new, changed=changed)

    def forget(self, message_ids: Iterable[int]) -> None:
        """Messages were deleted: some may have previews. That one was a preview shows when it is to change."""
        for message_id in message_ids:
            self._start(message_id, None, is_new=False, changed=True)

    def catch_up(self, guild_id: int | None) -> None:
        """Look again at the latest messages of a server, or of all direct messages: what became of them while the bot
        was not connected was told to nobody.
        """
        self._missed[guild_id] = None
        if not self._closed and (self._catching_up is None or self._catching_up.done()):
            self._catching_up = asyncio.create_task(self._catch_up(), name="preview catch-up")
            self._catching_up.add_done_callback(_look_at)

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

    async def take_back(self, *, poster_id: int | None = None, channel_ids: Sequence[int] = ()) -> None:
        """Take all previews away of somebody's messages, or in these channels. Raises `StoreError`."""
        records = await self._store.list_previews(poster_id=poster_id, channel_ids=channel_ids)
        # One that was removed stays so.
        message_ids = {record.message_id for record in records if not record.removed}
        # Those that are being made have no record yet.
        message_ids |= {
            message_id
            for message_id, work in self._works.items()
            if work.message is not None
            and (work.message.author.id == poster_id or work.message.channel.id in channel_ids)
        }
        for message_id in sorted(message_ids, reverse=True):
            self.forget([message_id])
            work = self._works.get(message_id)
            if work is not None and work.task is not None:
                await asyncio.wait({work.task})

    async def leave(self, channel_ids: Sequence[int]) -> None:
        """These channels are age-restricted no more: nothing that was shown there stays."""
        try:
            await self.take_back(channel_ids=channel_ids)
        except StoreError as error:
            log.warning("previews stay where they do not belong any more: %s", error)

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
        if self._catching_up is not None:
            tasks.append(self._catching_up)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _catch_up(self) -> None:
        """One server after the other, and one message: nobody waits for it, and commands need Discord's limits too."""
        while self._missed:
            guild_id = next(iter(self._missed))
            del self._missed[guild_id]
            since_s = self._clock.time() - _CATCH_UP_S
            try:
                records = await self._store.list_latest_previews(guild_id, since_s, limit=_CATCH_UP_AT_MOST)
            except StoreError as error:
                log.warning("previews whose messages changed meanwhile stay as they are: %s", error)
                continue
            for record in records:
                await self._look_again(record)

    async def _look_again(self, record: PreviewRecord) -> None:
        self._looked_at.add(record.message_id)
        try:
            channel = self._client.get_channel(record.channel_id) or await self._client.fetch_channel(record.channel_id)
            message = await cast("discord.TextChannel", channel).fetch_message(record.message_id)
            changed = (
                message.edited_at is not None or record.reply_id is None or not is_age_restricted(channel, self._hosted)
            )
            if changed and self._client.intents.message_content:
                await _add_roles(message)
                # Whatever was told of it meanwhile is newer than what was fetched.
                if record.message_id in self._looked_at:
                    self._start(message.id, message, is_new=False, changed=record.reply_id is None)
        except discord.NotFound:
            self.forget([record.message_id])
        except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
            log.info("a message with a preview cannot be looked at: %s", error)
        finally:
            self._looked_at.discard(record.message_id)

    # One worker for each message

    def _start(self, message_id: int, message: discord.Message | None, *, is_new: bool, changed: bool) -> None:
        if self._closed:
            return
        self._looked_at.discard(message_id)
        work = self._works.get(message_id)
        if work is not None:
            work.message = message
            work.changed |= changed
            work.version += 1
            return
        work = self._works[message_id] = _Work(message, is_new, changed)
        work.task = asyncio.create_task(self._run(message_id, work), name=f"preview {message_id}")
        work.task.add_done_callback(_look_at)

    async def _run(self, message_id: int, work: _Work) -> None:
        waits_s = list(_TRY_AGAIN_AFTER_S)
        done, version = False, 0
        try:
            while not done or version != work.version:
                version = work.version
                try:
                    done = await self._settle(message_id, work)
                except (StoreError, _Unfinished) as error:
                    work.is_new = False  # what was noted or sent before it failed is not known for sure
                    done = not waits_s
                    if done:
                        log.warning("a preview is not as it should be: %s", error)
                    else:
                        await self._clock.sleep(waits_s.pop(0))
        finally:
            del self._works[message_id]

    async def _settle(self, message_id: int, work: _Work) -> bool:
        """Bring the reply to what the message is. False if what it may show changed while it was made."""
        message = work.message
        record = None if work.is_new else await self._store.find_preview(message_id)
        if message is None:
            if record is not None:
                await self._take_back(record)
            return True
        if record is not None and record.removed:
            return True
        if not _is_told(message):
            return True  # nothing can be said of it now; a server that is told of later is looked at then
        if not work.changed and (record is None or record.reply_id is None):
            return True  # there is no preview; another process may be making one
        rules = self._find_rules(message)
        plan = build_plan(find_said_links(message), rules) if self._may_preview(message, rules) else Plan(())
        shown = _sign(plan, rules)
        if record is not None and record.shown.endswith(shown):
            complete = record.shown == shown
        else:
            preview = await self._fetch(message, plan, rules)
            if work.message is None or work.message.content != message.content or self._find_rules(message) != rules:
                return False
            complete = bool(preview.blocks) and not preview.errors and preview.refusals == plan.refusals
            view = await self._build(message, plan, rules, preview)
            stands = await self._put(message, record, view, shown if complete else _INCOMPLETE + shown)
            complete = complete and stands
        work.is_new = False
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
        self, message: discord.Message, record: PreviewRecord | None, view: PageView | None, shown: str
    ) -> bool:
        """Send the reply, change it, or take it back. Whether it stands there now."""
        if view is None:
            if record is not None:
                await self._take_back(record)
            return False
        if record is None and not await self._begin(message):
            return False  # another process is on it
        reply = None if record is None else await self._find_reply(record)
        if reply is None:
            reply = await self._send(message, view)
        elif not await self._edit(message.id, reply, view):
            return False
        if reply is None or await self._store.finish_preview(message.id, reply_id=reply.id, shown=shown):
            return reply is not None
        # Meanwhile it was removed, or the channel was forgotten.
        await self._delete(reply)
        return False

    async def _begin(self, message: discord.Message) -> bool:
        return await self._store.begin_preview(
            message_id=message.id,
            channel_id=message.channel.id,
            guild_id=message.guild.id if message.guild else None,
            poster_id=message.author.id,
        )

    async def _send(self, message: discord.Message, view: PageView) -> discord.Message | None:
        """Reply, or None if Discord refuses it. Without an answer it may have arrived: then it is looked for."""
        reference: discord.MessageReference | None = message.to_reference()
        if message.guild is not None and not message.channel.permissions_for(message.guild.me).read_message_history:
            reference = None  # Discord lets nobody reply who may not read what they reply to
        try:
            if reference is None:
                return await message.channel.send(view=view, silent=True)
            return await message.channel.send(view=view, reference=reference, mention_author=False, silent=True)
        except (discord.DiscordServerError, aiohttp.ClientError, OSError) as error:
            raise _Unfinished(f"a preview may not have reached Discord: {type(error).__name__}") from None
        except discord.HTTPException as error:
            gone = isinstance(error, discord.Forbidden | discord.NotFound) or _DELETED in error.text
            log.log(logging.INFO if gone else logging.WARNING, "Discord refused a preview: %s", error)
            await self._store.delete_preview(message.id)
        return None

    async def _edit(self, message_id: int, reply: discord.PartialMessage, view: PageView) -> bool:
        """Whether the reply shows `view` now. One that somebody deleted does not come back."""
        try:
            await reply.edit(view=view)
        except discord.NotFound:
            await self._store.mark_removed(message_id)
        except (discord.DiscordServerError, aiohttp.ClientError, OSError) as error:
            raise _Unfinished(f"a preview could not be changed: {error}") from None
        except discord.HTTPException as error:
            log.warning("a preview that Discord does not change goes: %s", error)
            if await self._delete(reply):
                await self._store.delete_preview(message_id)
        else:
            return True
        return False

    async def _take_back(self, record: PreviewRecord) -> None:
        reply = await self._find_reply(record)
        if reply is None or await self._delete(reply):
            await self._store.delete_preview(record.message_id)

    async def _find_reply(self, record: PreviewRecord) -> discord.PartialMessage | None:
        """The reply that was sent for a message. If the process ended before its id was noted, it is looked for."""
        channel = self._client.get_partial_messageable(record.channel_id, guild_id=record.guild_id)
        if record.reply_id is not None:
            return channel.get_partial_message(record.reply_id)
        try:
            async for message in channel.history(after=discord.Object(record.message_id), limit=_HISTORY_AT_MOST):
                if self._is_own(message) and message.reference and message.reference.message_id == record.message_id:
                    return channel.get_partial_message(message.id)
        except (discord.Forbidden, discord.NotFound) as error:
            log.info("no reply found: %s", error)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            raise _Unfinished(f"no reply found: {error}") from None
        return None

    async def _delete(self, reply: discord.Message | discord.PartialMessage) -> bool:
        """Whether the reply is gone. Where Discord does not let the bot delete it, it stays noted."""
        try:
            await reply.delete()
        except discord.NotFound:
            return True  # somebody else was faster
        except (discord.DiscordServerError, aiohttp.ClientError, OSError) as error:
            raise _Unfinished(f"a preview could not be deleted: {error}") from None
        except discord.HTTPException as error:
            log.info("a preview may not be deleted: %s", error)
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
        if has_other_links(message.content, [link.target for link in plan.links]):
            return
        try:
            await message.edit(suppress=True)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.info("an embed could not be suppressed: %s", error)


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


def _is_told(message: discord.Message) -> bool:
    """Whether Discord has told all that decides what may stand there. Of a server it tells some time after a start, of
    an archived thread nothing.
    """
    if isinstance(message.channel, discord.DMChannel):
        return True
    guild = message.guild
    if guild is None or guild.unavailable or cast("discord.Member | None", guild.me) is None:
        return False
    if isinstance(message.channel, discord.Thread):
        return message.channel.parent is not None
    return not isinstance(message.channel, discord.PartialMessageable)


async def _add_roles(message: discord.Message) -> None:
    """A message that is fetched, other than one that an event tells of, does not say which roles its author has."""
    if message.guild is not None and message.webhook_id is None:
        with contextlib.suppress(discord.NotFound):  # who left has none
            message.author = await message.guild.fetch_member(message.author.id)


def _sign(plan: Plan, rules: Rules) -> str:
    """A digest of what the reply depends on: an edit that changes nothing of it changes nothing of the reply."""
    chosen = (rules.title_language, rules.image_level, rules.spoiler_level)
    blocked = (rules.server.blocked_tags, rules.channel.blocked_tags, rules.person.blocked_tags)
    parts = (plan, rules.place.age_restricted, rules.rule_galleries(), chosen, blocked)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _look_at(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("a preview failed", exc_info=task.exception())
