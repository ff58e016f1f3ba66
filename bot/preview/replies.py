"""The replies to messages with links, at Discord: sent, changed, found again and taken away."""

from __future__ import annotations

import logging
import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

import aiohttp
import discord

from bot.http import Clock
from bot.interaction.permission import find_permissions
from bot.navigation.frame import PageView
from bot.navigation.state import list_custom_ids
from bot.preview.item import REMOVE
from bot.preview.record import PreviewRecord

log = logging.getLogger(__name__)

_HISTORY_AT_MOST = 50
_BULK_AT_MOST = 100
_BULK_YOUNGER_THAN_S = 13.5 * 86_400  # Discord: 14 days

ARRIVES_WITHIN_S = 120.0
"""Discord takes an answer to a command for three seconds; a preview waits for its limits, and for a slow network also
when its process was killed.
"""
_MISSED_FOR_AT_MOST_S = 7200.0
"""Nobody waits so long before they look again: others found it, or forgot it."""

_SENT_AT_MOST = 1_000
_DELETED = "message_reference"  # the part of a reply that Discord names when the message is gone


Done = Literal["sent", "changed", "deleted", "refused", "failed"]
"""What became of something that Discord was asked for; failed: it could not be reached, and is asked again."""


class Unfinished(Exception):
    """Discord could not be reached just now, or failed: trying again makes sense."""


class NotLet(Exception):
    """Discord does not let the bot take replies away there, as in an archived thread: it may later."""


class Replies:
    """What Discord is asked. Every method raises `Unfinished`."""

    def __init__(self, client: discord.Client, *, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        # Since when a reply is looked for in vain, the oldest first; by its message, and what is noted of it so far.
        self._missed: dict[tuple[int, str], float] = {}
        self._sent: dict[str, int] = {}  # by their nonces, the latest last
        self.counts: Counter[Done] = Counter()

    async def send(self, message: discord.Message, view: PageView, *, nonce: str) -> discord.Message | None:
        """Reply, without a notification; None if Discord refuses it.

        With the same `nonce` again, within minutes, Discord answers with the first message in place of a second one.
        """
        reference: discord.MessageReference | None = message.to_reference()
        if message.guild is not None and not find_permissions(message.channel, message.guild.me).read_message_history:
            reference = None  # Discord lets nobody reply who may not read what they reply to
        try:
            if reference is None:
                sent = await message.channel.send(view=view, nonce=nonce, silent=True)
            else:
                sent = await message.channel.send(
                    view=view, nonce=nonce, silent=True, reference=reference, mention_author=False
                )
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            if not isinstance(error, discord.HTTPException) or is_passing(error):
                self.counts["failed"] += 1
                raise Unfinished(f"a preview may not have reached Discord: {type(error).__name__}") from None
            self.counts["refused"] += 1
            gone = isinstance(error, discord.Forbidden | discord.NotFound) or _DELETED in error.text
            log.log(logging.INFO if gone else logging.WARNING, "Discord refused a preview: %s", error)
            return None
        self.counts["sent"] += 1
        self._sent[nonce] = sent.id
        if len(self._sent) > _SENT_AT_MOST:
            del self._sent[next(iter(self._sent))]
        return sent

    def is_stray(self, told: Mapping[str, Any]) -> bool:
        """Whether a reply that Discord tells of was sent already, and is another message: sent twice, it once took so
        long that its process was killed meanwhile, and the other one taken away, or its nonce forgotten by Discord.
        """
        known = self._sent.get(str(told.get("nonce")))
        return known is not None and known != int(told["id"])

    async def edit(self, reply: discord.Message | discord.PartialMessage, view: PageView) -> None:
        """Show something else. Raises `discord.NotFound` if it is gone, `discord.HTTPException` if Discord refuses."""
        try:
            await reply.edit(view=view, allowed_mentions=discord.AllowedMentions.none())
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            if isinstance(error, discord.HTTPException) and not is_passing(error):
                raise
            self.counts["failed"] += 1
            raise Unfinished(f"a preview could not be changed: {error}") from None
        self.counts["changed"] += 1

    async def find(self, record: PreviewRecord) -> discord.PartialMessage | None:
        """The reply that was sent for a message. If the process ended before its id was noted, it is looked for.

        Raises `NotLet` for an answer to a command where the bot may not read what was written before.
        """
        channel = self._client.get_partial_messageable(record.channel_id, guild_id=record.guild_id)
        if record.reply_id is not None and not record.is_begun_answer:
            return channel.get_partial_message(record.reply_id)
        if record.is_begun_answer and not self._may_look_back(record):
            raise NotLet("an answer cannot be found: the bot may not read what was written there")
        try:
            async for message in channel.history(after=discord.Object(record.message_id), limit=_HISTORY_AT_MOST):
                own = self._client.user is not None and message.author.id == self._client.user.id
                if own and _read_answered(message, record) == record.message_id:
                    return channel.get_partial_message(message.id)
        except discord.NotFound as error:
            log.info("no reply found: %s", error)
        except discord.Forbidden as error:
            if record.is_begun_answer:
                raise NotLet(f"an answer cannot be found: {error}") from None
            log.info("no reply found: %s", error)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            raise Unfinished(f"no reply found: {error}") from None
        return None

    def may_arrive(self, record: PreviewRecord) -> bool:
        """Whether a reply that was not found may be on its way still: until this process has missed it for two minutes.
        When it was sent nobody knows: it may be long after its message.
        """
        if record.reply_id is not None and not record.is_begun_answer:
            return False
        now_monotonic = self._clock.monotonic()
        while self._missed and now_monotonic - next(iter(self._missed.values())) > _MISSED_FOR_AT_MOST_S:
            del self._missed[next(iter(self._missed))]
        missed_since = self._missed.setdefault((record.message_id, record.shown), now_monotonic)
        return now_monotonic - missed_since < ARRIVES_WITHIN_S

    def expect(self, record: PreviewRecord) -> None:
        """It is about to be sent again: so it may be on its way for as long as the first time."""
        self._missed.pop((record.message_id, record.shown), None)

    def _may_look_back(self, record: PreviewRecord) -> bool:
        """Where the bot may not, Discord says that nothing was written. A thread's permissions are its channel's."""
        guild = self._client.get_guild(record.guild_id or 0)
        channel = guild.get_channel(record.parent_id) if guild else None
        return guild is None or channel is None or channel.permissions_for(guild.me).read_message_history

    async def delete(self, reply: discord.Message | discord.PartialMessage) -> None:
        """Take a reply away; one that is gone is no failure. Raises `NotLet`."""
        try:
            await reply.delete()
        except discord.NotFound:
            pass  # somebody else was faster, or the whole channel is gone
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            if not isinstance(error, discord.HTTPException) or is_passing(error):
                self.counts["failed"] += 1
                raise Unfinished(f"a preview could not be deleted: {error}") from None
            self.counts["refused"] += 1
            raise NotLet(f"a preview may not be deleted: {error}") from None
        self.counts["deleted"] += 1

    async def delete_many(self, records: Sequence[PreviewRecord]) -> list[PreviewRecord]:
        """Take many replies of one channel away at once, if the bot may. Return those that are gone.

        Discord does that for at most a hundred younger than two weeks, with the permission to manage messages.
        """
        guild = self._client.get_guild(records[0].guild_id or 0)
        channel = guild.get_channel_or_thread(records[0].channel_id) if guild else None
        if guild is None or channel is None or not find_permissions(channel, guild.me).manage_messages:
            return []
        now_s = self._clock.time()
        young = [record for record in records if _is_young(record, now_s)][:_BULK_AT_MOST]
        if len(young) < 2:
            return []
        try:
            await cast("discord.TextChannel", channel).delete_messages(
                [discord.Object(record.reply_id) for record in young if record.reply_id is not None]
            )
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.info("previews cannot be deleted together: %s", error)
            return []
        self.counts["deleted"] += len(young)
        return young

    async def suppress(self, message: discord.Message) -> None:
        """Take Discord's own embeds off somebody's message."""
        try:
            await message.edit(suppress=True)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.info("an embed could not be suppressed: %s", error)


def _read_answered(message: discord.Message, record: PreviewRecord) -> int | None:
    """What a message of ours answers: an interaction or a message, as the record has it. One that is being thought of
    shows nothing yet, and is not taken away from who may still be about to say so.
    """
    if record.is_begun_answer:
        answered = message.interaction_metadata
        return None if answered is None or message.flags.loading else answered.id
    if message.reference is None or REMOVE not in list_custom_ids(message):
        return None  # who asks for help in a message is answered as well
    return message.reference.message_id


def is_passing(error: discord.HTTPException) -> bool:
    """Whether Discord may do it later. Of a 429 discord.py tells once it has waited as told five times."""
    return error.status >= 500 or error.status == 429


def make_nonce() -> str:
    """What tells one reply from all others. Discord takes 25 characters."""
    return uuid.uuid4().hex[:25]


def _is_young(record: PreviewRecord, now_s: float) -> bool:
    if record.reply_id is None or record.is_begun_answer:
        return False
    return now_s - discord.utils.snowflake_time(record.reply_id).timestamp() < _BULK_YOUNGER_THAN_S
