"""Answers that may take minutes: what was done by now is told meanwhile, in the place of the answer to come."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp
import discord

from bot.errors import InvalidInput, ShioriError
from bot.http import Clock, Priority, asking
from bot.interaction.error import render_error
from bot.interaction.label import ask_host
from bot.interaction.reply import UNEXPECTED, Interaction, answer, replace
from bot.navigation.frame import PageView
from bot.transfer.card import render_sentence
from bot.transfer.fetch import Report

log = logging.getLogger(__name__)

TOKEN_LIVES_S = 14 * 60.0
"""How long an answer can be changed: Discord says 15 minutes."""
FIRST_WITHIN_S = 5.0
EVERY_S = 5.0
TOLD_WITHIN_S = 1.0
"""Of the two seconds in which what works in the background stops (`bot/verb/run.py`)."""

STARTED_ANEW = "Shiori was started anew before this was done. Ask for it again."

Work = Callable[[Report], Coroutine[Any, Any, PageView]]


async def change_answer(interaction: Interaction, view: PageView) -> bool:
    """Show that in place of an answer. Whether it could be: it may be dismissed, or too old."""
    try:
        await interaction.edit_original_response(view=view, attachments=view.files)
    except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
        log.info("an answer cannot be changed any more: %s", error)
        return False
    return True


class LongAnswers:
    """One at a time for each person."""

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._working: dict[int, asyncio.Task[PageView]] = {}
        self._telling: set[asyncio.Task[Any]] = set()

    async def answer(self, interaction: Interaction, work: Work) -> None:
        """Answer a command privately with what `work` makes, at once or later."""
        telling = asyncio.current_task()
        assert telling is not None  # noqa: S101 - a coroutine runs in a task
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)
        long: list[_Long] = []
        shown: list[int] = []

        async def begin() -> PageView:
            one = self._begin(interaction, work)
            await asyncio.wait({one.task}, timeout=FIRST_WITHIN_S)
            if one.task.cancelled():
                return render_sentence(STARTED_ANEW)
            if one.task.done():
                return one.task.result()
            long.append(one)
            return one.render()

        async def note_shown(message_id: int) -> None:
            shown.append(message_id)

        await answer(interaction, begin(), clock=self._clock, private=True, on_sent=note_shown)
        for one in long:
            if shown:
                await one.tell(interaction)
            else:  # Discord did not take what was to be said first: nobody would see the rest
                one.task.cancel()

    async def close(self) -> None:
        """Stop. Who waits for something is told to ask for it again, as far as Discord takes that in time."""
        for task in self._working.values():
            task.cancel()
        if not self._telling:
            return
        _, late = await asyncio.wait(self._telling, timeout=TOLD_WITHIN_S)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)

    def _begin(self, interaction: Interaction, work: Work) -> _Long:
        person = interaction.user.id
        if person in self._working:
            raise InvalidInput("last import or export", "that you asked for is still being made. It will be answered")
        one = _Long()
        with asking(self._clock, within_s=TOKEN_LIVES_S, priority=Priority.BACKGROUND, person=person):
            one.task = self._working[person] = asyncio.create_task(work(one.report))

        def end(task: asyncio.Task[PageView]) -> None:
            del self._working[person]
            if not task.cancelled():
                task.exception()  # whoever waits for it hears of it

        one.task.add_done_callback(end)
        return one


class _Long:
    """An answer that is being made."""

    task: asyncio.Task[PageView]

    def __init__(self) -> None:
        self._said = "This takes a moment …"

    def report(self, said: str) -> None:
        self._said = said

    def render(self) -> PageView:
        return render_sentence(f"⏳ {self._said}")

    async def tell(self, interaction: Interaction) -> None:
        """Tell what is done by now, again and again, and then the answer."""
        shown = self._said
        while not (await asyncio.wait({self.task}, timeout=EVERY_S))[0]:
            if self._said != shown:
                shown = self._said
                await change_answer(interaction, self.render())
        await replace(interaction, _finish(self.task))


def _finish(task: asyncio.Task[PageView]) -> PageView:
    """What became of a task that is over."""
    if task.cancelled():
        return render_sentence(STARTED_ANEW)
    try:
        return task.result()
    except ShioriError as error:
        log.info("a long answer failed: %s", error)
        return render_sentence(render_error(error))
    except Exception:
        log.exception("a long answer failed")
        return render_sentence(ask_host(UNEXPECTED))
