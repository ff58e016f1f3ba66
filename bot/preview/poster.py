"""Whose message it is: behind what an app or a webhook posts may stand a person, who may remove the preview too.

Proxy bots post a person's message anew, through a webhook under another name, and delete the first one.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Sequence

import discord
import msgspec

from bot.errors import Forgotten, StoreError
from bot.http import Clock
from bot.links.target import Link
from bot.preview.record import PreviewRecords
from bot.store.forgetting import acting

log = logging.getLogger(__name__)

WITHIN_S = 30.0
"""From the person's message to the end of it: proxy bots take a second or two."""

_AT_MOST = 500


class _Post(msgspec.Struct):
    """A message with links. `poster_id` None: a webhook wrote it."""

    channel_id: int
    poster_id: int | None
    links: tuple[Link, ...]
    at_monotonic: float
    deleted: bool = False


class Proxies:
    """Tells the person behind a webhook's message: who wrote the same links into the channel just before, and whose
    message is gone. If several did, nobody is told apart, so none of them is it. Remembers the latest half minute.
    """

    def __init__(self) -> None:
        self._posts: OrderedDict[int, _Post] = OrderedDict()

    def __contains__(self, message_id: int) -> bool:
        """Whether a message is remembered; it may be too old by now."""
        return message_id in self._posts

    def note_posted(
        self, message_id: int, *, channel_id: int, poster_id: int | None, links: Sequence[Link], now_monotonic: float
    ) -> None:
        """A person posted links, or a webhook did (`poster_id` None)."""
        self._forget_old(now_monotonic)
        self._posts[message_id] = _Post(channel_id, poster_id, tuple(links), now_monotonic)

    def note_deleted(self, message_id: int, *, now_monotonic: float) -> list[int]:
        """A message is gone. Return the webhooks' messages that may stand in its place."""
        self._forget_old(now_monotonic)
        gone = self._posts.get(message_id)
        if gone is None or gone.poster_id is None:
            return []
        gone.deleted = True
        return [other_id for other_id, other in self._posts.items() if _follows(other_id, other, message_id, gone)]

    def find_poster(self, message_id: int) -> int | None:
        """The person behind a webhook's message, if it is clear who that is."""
        post = self._posts.get(message_id)
        if post is None:
            return None
        people = {
            other.poster_id
            for other_id, other in self._posts.items()
            if other.deleted and _follows(message_id, post, other_id, other)
        }
        return people.pop() if len(people) == 1 else None

    def _forget_old(self, now_monotonic: float) -> None:
        while self._posts:
            oldest = next(iter(self._posts))
            if now_monotonic - self._posts[oldest].at_monotonic <= WITHIN_S and len(self._posts) < _AT_MOST:
                return
            del self._posts[oldest]


class Posters:
    """Tells whose each message is, and corrects the records where that shows later."""

    def __init__(self, records: PreviewRecords, *, clock: Clock) -> None:
        self._records = records
        self._clock = clock
        self._proxies = Proxies()
        self._moving: set[asyncio.Task[None]] = set()

    def note_posted(self, message: discord.Message, links: Sequence[Link]) -> None:
        """A message with links came."""
        self._proxies.note_posted(
            message.id,
            channel_id=message.channel.id,
            poster_id=None if message.webhook_id is not None else message.author.id,
            links=links,
            now_monotonic=self._clock.monotonic(),
        )

    def note_deleted(self, message_id: int) -> None:
        """A message is gone: it may have been posted anew through a webhook."""
        if message_id not in self._proxies:
            return  # as nearly all that are deleted, a hundred at once
        for other_id in self._proxies.note_deleted(message_id, now_monotonic=self._clock.monotonic()):
            poster_id = self._proxies.find_poster(other_id)
            if poster_id is not None:
                moving = asyncio.create_task(self._move(other_id, poster_id), name="preview poster")
                self._moving.add(moving)
                moving.add_done_callback(self._moving.discard)

    def find_poster(self, message: discord.Message) -> int:
        """The id of the person, or of the app or webhook if nobody can be told."""
        if message.interaction_metadata is not None:
            return message.interaction_metadata.user.id
        if message.webhook_id is not None:
            return self._proxies.find_poster(message.id) or message.author.id
        return message.author.id

    async def correct(self, message: discord.Message) -> None:
        """Record the person behind a webhook's message who showed while its preview was made."""
        poster_id = self._proxies.find_poster(message.id) if message.webhook_id is not None else None
        if poster_id is not None:
            await self._move(message.id, poster_id)

    async def close(self) -> None:
        """Wait for what is being corrected."""
        await asyncio.gather(*self._moving, return_exceptions=True)

    async def _move(self, message_id: int, poster_id: int) -> None:
        try:
            with acting(poster_id, message_id):
                await self._records.move_preview(message_id, poster_id=poster_id)
        except Forgotten:
            log.info("a preview stays the webhook's: who speaks through it had everything deleted meanwhile")
        except StoreError as error:
            log.warning("who speaks through a webhook cannot remove a preview: %s", error)


def _follows(message_id: int, post: _Post, earlier_id: int, earlier: _Post) -> bool:
    """Whether a webhook's message repeats the links of an earlier one of a person. Discord's ids grow with time."""
    return (
        post.poster_id is None
        and earlier.poster_id is not None
        and message_id > earlier_id
        and post.channel_id == earlier.channel_id
        and post.links == earlier.links
    )
