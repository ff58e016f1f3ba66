"""Takes previews away that may not stand where they stand any more.

What has to go is noted in the database first, all of it at once, and forgotten when it is gone: so a stop, a kill or an
outage in the middle leaves nothing behind. What Discord does not let go yet, as in an archived thread, waits.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import sys
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from operator import attrgetter

from bot.errors import StoreError
from bot.preview.record import PreviewRecord, PreviewRecords
from bot.preview.replies import NotLet, Replies, Unfinished
from bot.store.recovery import Recovery

log = logging.getLogger(__name__)

_TRY_AGAIN_AFTER_S = 60.0
_TRY_AGAIN_AFTER_AT_MOST_S = 1800.0
_AT_ONCE = 100
_CHANNELS_AT_ONCE = 4


class Leaver:
    """Works through what has to go, in the background; several processes may do so at once."""

    def __init__(self, records: PreviewRecords, replies: Replies, *, recovery: Recovery) -> None:
        self._records = records
        self._replies = replies
        self._recovery = recovery
        self._notes: list[Callable[[], Awaitable[object]]] = []
        self._task: asyncio.Task[None] | None = None
        self._rest: asyncio.Task[None] | None = None
        self._wait_s = _TRY_AGAIN_AFTER_S
        self._called = False
        self._closed = False

    def note(self, note: Callable[[], Awaitable[object]]) -> None:
        """Have `note` write down what has to go, again and again while the database is away; then take it away."""
        self._notes.append(note)
        self.go()

    def go(self) -> None:
        """Begin, or look again."""
        self._wait_s = _TRY_AGAIN_AFTER_S
        self._begin()

    def retry(self) -> None:
        """Something may have become possible; of no matter while nothing is left."""
        if self._rest is not None:
            self.go()

    def _begin(self) -> None:
        if self._closed:
            return
        self._called = True
        if self._rest is not None:
            self._rest.cancel()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="preview leaver")

    async def finish(self, *, within_s: float) -> None:
        """Take away what can go, and wait for that so long at most."""
        self.go()
        if self._task is not None:
            await asyncio.wait({self._task}, timeout=within_s)

    async def close(self) -> None:
        """Stop. What is left is in the database."""
        self._closed = True
        tasks = [task for task in (self._task, self._rest) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self) -> None:
        done = True
        while self._called:
            self._called = False
            noted = await self._attempt(self._write_down())
            done = await self._attempt(self._take_all_away()) and noted
        if not done:
            self._rest = asyncio.create_task(self._try_again(), name="leaver's rest")

    async def _try_again(self) -> None:
        await self._recovery.sleep(self._wait_s)
        self._rest = None
        self._wait_s = min(2 * self._wait_s, _TRY_AGAIN_AFTER_AT_MOST_S)
        self._begin()

    async def _attempt(self, work: Coroutine[None, None, bool]) -> bool:
        try:
            return await work
        except StoreError as error:
            log.warning("previews stay where they do not belong any more, for now: %s", error)
            return False

    async def _write_down(self) -> bool:
        """Have all be noted. One that cannot be comes last from then on, so that it keeps no other waiting."""
        while self._notes:
            try:
                await self._notes[0]()
            except StoreError:
                self._notes.append(self._notes.pop(0))
                raise
            del self._notes[0]
        return True

    async def _take_all_away(self) -> bool:
        """Whether nothing is left."""
        left, before_id = 0, sys.maxsize
        while records := await self._records.list_leaving(before_id=before_id, limit=_AT_ONCE):
            before_id = records[-1].message_id
            by_channel = itertools.groupby(sorted(records, key=_channel_of), key=_channel_of)
            channels = [list(group) for _, group in by_channel]
            for start in range(0, len(channels), _CHANNELS_AT_ONCE):
                some = channels[start : start + _CHANNELS_AT_ONCE]
                gone = [one for done in await asyncio.gather(*map(self._clear, some)) for one in done]
                await self._records.forget_gone(gone)
                left += sum(map(len, some)) - len(gone)
        return not left

    async def _clear(self, records: Sequence[PreviewRecord]) -> list[PreviewRecord]:
        """Take the replies of one channel away; return those that are gone. After a failure the rest waits."""
        gone = await self._replies.delete_many(records)
        # To look for an answer takes permissions that the others do not: it keeps none of them waiting.
        for record in sorted(records, key=attrgetter("is_begun_answer")):
            if record in gone:
                continue
            try:
                reply = await self._replies.find(record)
                if reply is not None:
                    await self._replies.delete(reply)
            except (Unfinished, NotLet) as error:
                log.info("%s", error)
                break
            if reply is not None or not self._replies.may_arrive(record):
                gone.append(record)
        return gone


def _channel_of(record: PreviewRecord) -> int:
    return record.channel_id
