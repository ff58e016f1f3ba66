"""One worker for each message: it brings the reply to what the message is, and starts over when the message changed.

So no order of events can leave a reply behind.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import discord

from bot.errors import StoreError
from bot.gate.rules import Rule
from bot.interaction.checkpoint import Overtaken
from bot.preview.catch_up import look_at
from bot.preview.replies import Unfinished, make_nonce
from bot.store.recovery import Recovery

log = logging.getLogger(__name__)

# The database, or Discord, may be away for a moment, or for hours. A crowd is not waited with for long.
_TRY_AGAIN_AFTER_S = (1.0, 5.0, 25.0)
_KEEP_TRYING_AFTER_S = (60.0, 120.0, *[300.0] * 72)
_WAITING_AT_MOST = 1000


@dataclass
class Work:
    """What is known of a message that is being worked on. `message` None: it is deleted. `version` counts changes.

    `is_new`: there can be no record of it yet. `changed`: a person posted or edited it; else it was Discord, which adds
    its embeds. `owed`: its reply lacks cards, or was taken away, while a service gives no answer.
    `noted`: why there is no card, told in place of one; that may not have arrived.
    """

    message: discord.Message | None
    is_new: bool
    changed: bool
    owed: bool = False
    noted: set[Rule] = field(default_factory=set[Rule])
    version: int = 0
    nonce: str = field(default_factory=make_nonce)
    task: asyncio.Task[None] | None = field(default=None, repr=False)
    rest: asyncio.Future[bool] | None = field(default=None, repr=False)


Settle = Callable[[int, Work], Awaitable[bool]]
"""Brings the reply to what the message is. False: that changed meanwhile. Raises StoreError, Unfinished, Overtaken."""


class Workers:
    """The messages that are being worked on, by their ids."""

    def __init__(self, settle: Settle, *, recovery: Recovery) -> None:
        self._settle = settle
        self._recovery = recovery
        self._works: dict[int, Work] = {}

    def __contains__(self, message_id: int) -> bool:
        """Whether a message is being worked on."""
        return message_id in self._works

    def __len__(self) -> int:
        """How many are being worked on."""
        return len(self._works)

    def start(self, message_id: int, message: discord.Message | None, *, is_new: bool, changed: bool) -> None:
        """Begin to work on a message; or let who works on it know what it has become."""
        if (work := self._works.get(message_id)) is not None:
            self._change(work, message, changed=changed)
            return
        work = self._works[message_id] = Work(message, is_new, changed)
        work.task = asyncio.create_task(self._run(message_id, work), name=f"preview {message_id}")
        work.task.add_done_callback(look_at)

    async def drop(self, author_id: int, *, within_s: float) -> None:
        """Take all messages of somebody for deleted, and wait until their previews are gone, so long at most."""
        works = [work for work in self._works.values() if work.message and work.message.author.id == author_id]
        for work in works:
            self._change(work, None, changed=True)
        if tasks := [work.task for work in works if work.task]:
            await asyncio.wait(tasks, timeout=within_s)

    async def close(self) -> None:
        """Stop."""
        tasks = [work.task for work in self._works.values() if work.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _change(self, work: Work, message: discord.Message | None, *, changed: bool) -> None:
        work.message = message
        work.changed |= changed
        work.version += 1
        if work.rest is not None:
            work.rest.cancel()

    async def _run(self, message_id: int, work: Work) -> None:
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
                        waits_s = waits_s if await self._rest(work, waits_s[0]) else waits_s[1:]
        finally:
            del self._works[message_id]

    async def _rest(self, work: Work, wait_s: float) -> bool:
        """Wait before the next try, but not once the message changed, or the database is well again: whether it is."""
        rest = work.rest = asyncio.ensure_future(self._recovery.sleep(wait_s))
        try:
            await asyncio.wait({rest})
            return not rest.cancelled() and rest.result()
        finally:
            rest.cancel()
            work.rest = None
