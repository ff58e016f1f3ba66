"""What a person sees of one interaction: acknowledged or not, the answer, its changes."""

from __future__ import annotations

import asyncio
from typing import Any

from bot.playground.engine.interactions import Interaction
from bot.playground.engine.model import LOADING, Message
from bot.playground.engine.payload import copy_payload
from bot.playground.engine.world import World

Payload = dict[str, Any]


class Exchange:
    """One interaction, seen by the person who began it."""

    def __init__(self, world: World, interaction: Interaction) -> None:
        self._world = world
        self._interaction = interaction

    @property
    def interaction_id(self) -> str:
        return self._interaction.id

    @property
    def token(self) -> str:
        """The token through which the bot answers; for tests that answer late or twice."""
        return self._interaction.token

    @property
    def acknowledged_after_s(self) -> float | None:
        """Seconds until the bot's first answer; None when there was none."""
        at = self._interaction.acknowledged_s
        return None if at is None else at - self._interaction.created_s

    @property
    def failed(self) -> bool:
        """Whether the bot did not answer within 3 s ("The application did not respond")."""
        age_s = self._world.clock.monotonic() - self._interaction.created_s
        return self._interaction.acknowledged_s is None and age_s >= self._world.answer_within_s

    @property
    def kind(self) -> str | None:
        """`message`, `deferred`, `update`, `deferred_update`, `modal`, `choices`; None before an answer."""
        return self._interaction.answer

    @property
    def modal(self) -> Payload | None:
        """The modal that was opened: `custom_id`, `title`, `components`."""
        return copy_payload(self._interaction.modal)

    @property
    def choices(self) -> list[Payload] | None:
        """The choices that an autocompletion was answered with."""
        return self._interaction.choices

    @property
    def ephemeral(self) -> bool:
        """Whether only this person sees the answer."""
        message = self._interaction.original or next(iter(self._interaction.follow_ups), None)
        return message is not None and message.only_for is not None

    async def acknowledged(self) -> bool:
        """Wait for the first answer, 3 s at most. Whether it came."""
        interaction = self._interaction
        answered = asyncio.ensure_future(interaction.wait_until(lambda: interaction.acknowledged_s is not None))
        left_s = self._world.answer_within_s - (self._world.clock.monotonic() - interaction.created_s)
        late = asyncio.ensure_future(self._world.clock.sleep(max(0.0, left_s)))
        try:
            await asyncio.wait({answered, late}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (answered, late):
                task.cancel()
            await asyncio.gather(answered, late, return_exceptions=True)
        return interaction.acknowledged_s is not None

    async def message(self, timeout_s: float = 20) -> Payload:
        """The message that answers, past "thinking"; for a component, the message it changed or sent.

        TimeoutError when there is none in time, at once where none can come any more. The state is that of now: later
        edits are in it.
        """
        if self.failed:
            raise TimeoutError("The application did not respond")
        await self._wait(lambda: self._final() is not None, timeout_s)
        final = self._final()
        if final is None:
            raise TimeoutError
        return copy_payload(final.payload)

    def _final(self) -> Message | None:
        interaction = self._interaction
        original = interaction.original
        waits = original is not None and bool(original.flags & LOADING)
        if interaction.answer == "deferred_update" and not interaction.updated:
            waits = True
        if original is not None and not waits:
            return original
        return interaction.follow_ups[0] if interaction.follow_ups else None

    async def follow_up(self, number: int = 0, timeout_s: float = 20) -> Payload:
        """The follow-up message with that number, from 0."""
        sent = self._interaction.follow_ups
        await self._wait(lambda: len(sent) > number, timeout_s)
        return copy_payload(sent[number].payload)

    async def changed(self, timeout_s: float = 20) -> Payload:
        """Wait for the next edit of the answer, and return the message."""
        future = asyncio.ensure_future(self._interaction.next_change())
        async with asyncio.timeout(timeout_s):
            await future
        return await self.message(timeout_s)

    async def _wait(self, reached: Any, timeout_s: float) -> None:
        async with asyncio.timeout(timeout_s):
            await self._interaction.wait_until(reached)
