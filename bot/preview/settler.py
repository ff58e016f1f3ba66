"""Brings the reply to a message to what the message is now: sent, changed, or taken back.

Which reply belongs to which message is in the store, noted before the reply is sent; so all of this goes on after a
restart.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import discord
from msgspec.structs import replace

from bot.errors import Forgotten
from bot.gate.setting import SUPPRESS
from bot.interaction.checkpoint import Overtaken, only_while
from bot.interaction.permission import find_permissions
from bot.links.target import has_other_links
from bot.navigation.frame import PageView
from bot.preview.known import Known
from bot.preview.leaver import Leaver
from bot.preview.maker import Draft, Maker, find_written, may_stand
from bot.preview.poster import Posters
from bot.preview.record import INCOMPLETE, OVERTAKEN, PreviewRecord, PreviewRecords
from bot.preview.replies import NotLet, Replies, Unfinished, make_nonce
from bot.preview.worker import Work
from bot.store.forgetting import acting
from bot.store.store import Store

log = logging.getLogger(__name__)

_SENDING = "sending "  # begins what is noted of a reply that is being sent: the nonce by which Discord knows it


class Settler:
    """What a worker does with its message."""

    def __init__(
        self,
        *,
        store: Store,
        records: PreviewRecords,
        maker: Maker,
        replies: Replies,
        leaver: Leaver,
        posters: Posters,
        known: Known,
    ) -> None:
        self._store = store
        self._records = records
        self._maker = maker
        self._replies = replies
        self._leaver = leaver
        self._posters = posters
        self._known = known

    async def settle(self, message_id: int, work: Work) -> bool:
        """Bring the reply to what the message is. False if what it may show changed while it was draft.

        Raises StoreError, Unfinished, and `Overtaken`: it starts over.
        """
        message = work.message
        may_have = not work.is_new and self._known.may_have(message_id)
        record = await self._records.find_preview(message_id) if may_have else None
        if record is not None and record.leaving:
            # Gone, it starts over: the message may show something else by now.
            return not await self._take_back(record, work, is_kept=record.removed and message is not None)
        if message is None:
            if record is not None:
                await self._take_back(record, work)
            return True
        if record is not None and record.removed:
            return True
        try:
            return await self._show(message, work, record)
        except Forgotten:
            log.info("no preview: its poster had everything deleted meanwhile")
            return True

    async def _show(self, message: discord.Message, work: Work, record: PreviewRecord | None) -> bool:
        """Bring the reply to a message that is there. False if what it may show changed meanwhile."""
        if not self._maker.is_told(message):
            return True  # nothing can be said of it now; a server that is told of later is looked at then
        if not work.changed and not work.owed and (record is None or record.reply_id is None):
            return True  # there is no preview; another process may be making one
        draft = self._maker.draft(message)
        if draft.plan.links or draft.plan.refusals or draft.plan.cardless:
            self._known.add(message.id)
        if record is not None and record.shown.endswith(draft.shown) and not work.owed:
            complete = record.shown == draft.shown
        else:
            preview = await self._maker.fetch(message, draft, wanted=work.changed)
            if not self._maker.is_still_right(draft, message, work.message):
                return False
            # What nobody saw yet is not waited for: a link whose service is away has no card.
            stood = record is not None and record.reply_id is not None
            work.owed = preview.may_come and (work.owed or stood)
            if work.owed and record is not None and may_stand(record.shown, draft.shown):
                raise Unfinished("a preview stays as it was while a service gives no answer")
            complete = bool(preview.blocks) and not preview.errors and preview.refusals == draft.plan.refusals
            view = await self._maker.build(message, draft, preview, noted=work.noted)
            if not complete:
                draft = replace(draft, shown=INCOMPLETE + draft.shown)
            work.is_new = False  # there may be a record from here on, however this ends
            stands = await self._put(message, work, record, view, draft)
            if work.owed:
                raise Unfinished("a preview lacks cards while a service gives no answer")
            complete = complete and stands
        if complete:
            await self._suppress(work.message or message, draft)
        return True

    async def _put(
        self, message: discord.Message, work: Work, record: PreviewRecord | None, view: PageView | None, draft: Draft
    ) -> bool:
        """Send the reply, change it, or take it back. Whether it stands there now.

        Raises `Overtaken` if `draft` is right no more: at the moment of sending, or, where there are other processes,
        afterwards. One that something else was chosen in took away, or made anew, only what had a record then.
        """
        if view is None:
            if record is not None:
                await self._take_back(record, work)
            return False
        if record is None and not await self._begin(message, work, draft):
            return False  # another process is on it
        if record is not None and draft.restricted and not record.restricted:
            await self._records.mark_restricted(message.id)
        is_alone = self._store.peers.alone
        if record is not None and record.reply_id is not None:
            await self._records.note_change(record)
        begun = _SENDING + work.nonce if record is None else record.shown
        reply = await self._bring(message, work, record, view, draft)
        if reply is None:
            return False
        is_right = is_alone or await self._maker.look_again(draft, message, work.message)
        shows = draft if is_right else replace(draft, shown=OVERTAKEN)
        if await self._finish(message.id, reply.id, shows, begun):
            await self._posters.correct(message)
            if not is_right:
                raise Overtaken
            return True
        # Meanwhile it was removed or begun anew, or the channel was forgotten.
        await self._delete(reply)
        return False

    async def _bring(
        self, message: discord.Message, work: Work, record: PreviewRecord | None, view: PageView, draft: Draft
    ) -> discord.Message | discord.PartialMessage | None:
        """Have the reply show `view`. None: Discord takes no such reply, or somebody took it away."""

        def still_right() -> bool:
            return self._maker.is_still_right(draft, message, work.message)

        reply, is_meant = None if record is None else await self._replies.find(record), False
        if reply is None:
            reply, is_meant = await self._send(message, work, record, view, still_right)
        if reply is None or record is None or is_meant:
            return reply
        known = await self._know(record, reply, draft)
        return reply if known is not None and await self._edit(known, reply, view, still_right) else None

    async def _begin(self, message: discord.Message, work: Work, draft: Draft) -> bool:
        channel, poster_id = message.channel, self._posters.find_poster(message)
        with acting(poster_id, find_written(message)):
            return await self._records.begin_preview(
                message_id=message.id,
                channel_id=channel.id,
                parent_id=channel.parent_id if isinstance(channel, discord.Thread) else None,
                guild_id=message.guild.id if message.guild else None,
                poster_id=poster_id,
                restricted=draft.restricted,
                shown=_SENDING + work.nonce,
            )

    async def _finish(self, message_id: int, reply_id: int, draft: Draft, begun: str) -> bool:
        return await self._records.finish_preview(
            message_id, reply_id=reply_id, shown=draft.shown, restricted=draft.restricted, begun=begun
        )

    async def _know(
        self, record: PreviewRecord, reply: discord.Message | discord.PartialMessage, draft: Draft
    ) -> PreviewRecord | None:
        """Note which reply it is that another process sent, or was sent as it was begun, before anything else is asked:
        else it would stand there, known to nobody, if it was overtaken then. None: it has no record any more, and goes.
        """
        if record.reply_id is not None:
            return record
        stands = replace(draft, shown=OVERTAKEN, restricted=draft.restricted or record.restricted)
        if await self._finish(record.message_id, reply.id, stands, record.shown):
            return replace(record, reply_id=reply.id, shown=OVERTAKEN)
        await self._delete(reply)
        return None

    async def _send(
        self,
        message: discord.Message,
        work: Work,
        record: PreviewRecord | None,
        view: PageView,
        still_right: Callable[[], bool],
    ) -> tuple[discord.Message | None, bool]:
        """Send the reply; None if Discord refuses it. One of an earlier process may still be on its way: Discord knows
        it by its nonce, and gives that one, as it was. Whether it is as it is meant.
        """
        nonce = work.nonce
        if record is not None and record.reply_id is None and record.shown.startswith(_SENDING):
            self._replies.expect(record)
            nonce = record.shown.removeprefix(_SENDING)
        is_meant = nonce == work.nonce
        try:
            with only_while(still_right):
                reply = await self._replies.send(message, view, nonce=nonce)
        except (Unfinished, Overtaken) as error:
            if isinstance(error, Unfinished) or error.has_sent:
                work.nonce = make_nonce()  # that one may be on its way
            raise
        work.nonce = make_nonce()
        if reply is None:
            await self._records.drop_preview(message.id, begun=_SENDING + nonce)
        return reply, is_meant

    async def _edit(
        self,
        record: PreviewRecord,
        reply: discord.Message | discord.PartialMessage,
        view: PageView,
        still_right: Callable[[], bool],
    ) -> bool:
        """Whether the reply shows `view` now. One that somebody deleted does not come back.

        Raises `Overtaken` if it was the bot that took it away, for what the message was before.
        """
        try:
            with only_while(still_right):
                await self._replies.edit(reply, view)
        except discord.NotFound:
            if not await self._records.mark_removed(record):
                raise Overtaken from None
        except discord.HTTPException as error:
            log.warning("a preview that Discord does not change goes: %s", error)
            await self._records.leave_preview(record)
            if not await self._delete(reply):
                self._leaver.go()
                raise Unfinished("Discord lets the bot neither change a preview nor delete it") from None
            await self._forget(record)
        else:
            return True
        return False

    async def _take_back(self, record: PreviewRecord, work: Work, *, is_kept: bool = False) -> bool:
        """Where Discord does not let the bot delete it, it has to go when that changes. An answer is gone. Whether the
        reply is. That it has to go is noted first: if Discord's answer is lost, or this process is killed, a reply that
        is not there any more was not taken away by somebody.

        `is_kept`: somebody took it away, and no edit is to bring it back.
        """
        reply = None if record.is_answer else await self._replies.find(record)
        if reply is None and self._may_arrive(record, work):
            # Forgotten now, it would stand there for ever if its process was killed.
            raise Unfinished("the reply to a message may be on its way still")
        if reply is not None and work.message is not None and not record.leaving:  # what is deleted never has another
            await self._records.leave_preview(record)
        if reply is None or await self._delete(reply):
            if is_kept:
                await self._records.forget_gone([record])
            else:
                await self._forget(record)
            return True
        await self._leave(record)
        return False

    async def _leave(self, record: PreviewRecord) -> None:
        """Have the reply taken away once Discord lets the bot do it: a thread may have been archived just now."""
        await self._records.leave_preview(record)
        self._leaver.go()

    async def _forget(self, record: PreviewRecord) -> None:
        """Forget a record whose reply was taken away. Raises `Overtaken` if another process has done something with it
        meanwhile, which may have been to note the reply that is gone now.
        """
        if not await self._records.delete_preview(record):
            raise Overtaken

    def _may_arrive(self, record: PreviewRecord, work: Work) -> bool:
        """Whether a reply that is not there may come. Discord takes none to a message that is deleted; that of somebody
        who has all deleted is not, and has to go.
        """
        is_deleted = work.message is None and not record.leaving
        is_unsent = record.shown == _SENDING + work.nonce  # it was overtaken, here
        return not is_deleted and not is_unsent and self._replies.may_arrive(record)

    async def _delete(self, reply: discord.Message | discord.PartialMessage) -> bool:
        """Whether the reply is gone."""
        try:
            await self._replies.delete(reply)
        except NotLet as error:
            log.info("%s", error)
            return False
        return True

    async def _suppress(self, message: discord.Message, draft: Draft) -> None:
        """Take Discord's own embeds away, if all of them are of links that are previewed."""
        if not draft.rules[SUPPRESS] or not draft.plan.links:
            return
        if message.guild is None or message.flags.suppress_embeds:
            return
        if message.message_snapshots:
            return  # what is forwarded has its embeds within
        if message.author.bot or message.webhook_id is not None:
            return  # its own embeds would go along with Discord's
        if not find_permissions(message.channel, message.guild.me).manage_messages:
            return
        if not has_other_links(message.content, [link.target for link in draft.plan.links]):
            await self._replies.suppress(message)
