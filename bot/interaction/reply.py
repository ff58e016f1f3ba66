"""How the bot answers an interaction: in time, once, and with a sentence when it cannot.

Every callback goes through `answer` (commands), `change` (buttons and selects) or `complete` (autocompletion),
so that the same promises hold everywhere: acknowledged in under a second, nothing lost, nothing unhandled.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Generator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any, Protocol

import aiohttp
import discord
from discord import app_commands

from bot.cards.text import clip
from bot.errors import BadAnswer, Near, OverShare, Rejected, ServiceError, ShioriError, StoreError, Unauthorized
from bot.http import Clock, Priority, asking
from bot.interaction.callback import answer_no_more, ask_for_message
from bot.interaction.checkpoint import Overtaken, only_while
from bot.interaction.course import Outcome, followed, note, note_acknowledged, note_error
from bot.interaction.error import render_error
from bot.interaction.label import ask_host
from bot.interaction.latest import IS_BEHIND, Latest
from bot.interaction.near import build_near_rows, explain_near
from bot.navigation.frame import PageView

log = logging.getLogger(__name__)

Interaction = discord.Interaction[discord.Client]
Work = Coroutine[Any, Any, PageView]
OnSent = Callable[[int], Awaitable[None]]
"""Told the id of the message that shows a page now."""


class Keeper(Protocol):
    """Who keeps in mind what all can read as an answer, since it may have to go again. None of these raises."""

    async def begin(self) -> bool:
        """Whether all may read a page from here on: whatever ends the process then, it will be found."""
        ...

    async def keep(self, message_id: int) -> None:
        """This message shows a page now."""
        ...

    async def drop(self) -> None:
        """There is none that all can read, and none will come."""
        ...


# Discord wants an acknowledgement within 3 s. What is there by then is sent at once and spares a second request.
DEFER_AFTER_S = 0.7
# Autocompletion cannot be deferred; people have typed on by then anyway.
COMPLETE_WITHIN_S = 0.8
# Whoever asked just before the bot is stopped is answered, within the ten seconds that hosts give (`bot/verb/run.py`).
STOP_WITHIN_S = 3.0
# A deferred answer may come for 15 minutes; nobody watches "is thinking" that long.
ANSWER_WITHIN_S = 20.0

_NO_MESSAGE = 0
_ACKNOWLEDGED = "acknowledged"
_PRIVATE = "private"
_THINKS = "thinks"
"""Whether "is thinking" was sent, as far as anything was in time, whatever is known of its arrival."""
_ALREADY_ACKNOWLEDGED = 40060
_UNKNOWN_MESSAGE = 10008
_REFUSALS = (400, 413)
_SENTENCE_LIMIT = 2000

REFUSED = (
    "Discord refused this answer; whoever runs this bot finds the reason in its log. Trying again gives the same "
    "answer, but another page, or a narrower question, may not be refused."
)
UNEXPECTED = "Something went wrong on Shiori's side. It was logged; trying again may help."
DELETED = (
    "The message in which this was to stand was deleted meanwhile. Waiting does not help; using its command again does."
)
OVERTAKEN = "What may be shown here changed while this was being made, so it is not shown. Ask again."


_Sent = discord.InteractionCallbackResponse[discord.Client] | None

_answering: set[asyncio.Task[object]] = set()


@contextmanager
def counted(interaction: Interaction | None = None) -> Generator[None]:
    """Around what answers a person: `finish_answers` waits for it. Of an interaction it is heard what becomes of it."""
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - a coroutine runs in a task
    _answering.add(task)
    try:
        with nullcontext() if interaction is None else followed(interaction):
            yield
    finally:
        _answering.discard(task)


async def finish_answers() -> None:
    """Wait until everybody who has asked is answered, for a few seconds at most: the bot is about to stop."""
    if _answering:
        await asyncio.wait(set(_answering), timeout=STOP_WITHIN_S)


def _always() -> bool:
    return True


async def answer(
    interaction: Interaction,
    work: Work,
    *,
    clock: Clock,
    private: bool = False,
    still_right: Callable[[], bool] = _always,
    on_sent: OnSent | None = None,
    keeper: Keeper | None = None,
) -> None:
    """Answers with the page that `work` makes, or with the sentence for its error; `private`: to the person alone.

    The page leaves only if it is `still_right` then. `keeper` is told of it before, and in the place of `on_sent`.
    """
    interaction.extras[_PRIVATE] = private
    defer = {"thinking": True, "ephemeral": private}
    with counted(interaction):
        view, is_noted = await _finish(interaction, work, clock=clock, defer=defer, keeper=keeper)
        # What nobody would find once it has to go is shown to nobody else.
        alone = private or not is_noted
        if view is not None:
            await _send(
                interaction,
                view,
                lambda: interaction.response.send_message(view=view, files=view.files, ephemeral=alone),
                still_right,
                on_sent,
                None if alone else keeper,
            )
        if keeper is not None and (alone or view is None):
            await keeper.drop()


async def change(
    interaction: Interaction,
    work: Work,
    *,
    clock: Clock,
    still_right: Callable[[], bool] = _always,
    on_sent: OnSent | None = None,
    keeper: Keeper | None = None,
    latest: Latest | None = None,
) -> None:
    """Replace the message that a pressed button or select belongs to. On an error the message stays as it is, and if
    nobody would find it once the page has to go; and if it shows by then what was pressed later (`latest`).
    """

    def still_wanted() -> bool:
        return still_right() and (latest is None or latest.claim(interaction))

    with counted(interaction):
        view, is_noted = await _finish(interaction, work, clock=clock, defer={}, keeper=keeper)
        if view is not None and not is_noted:
            await explain(interaction, StoreError("the page could not be noted"))
        elif view is not None:
            is_shown = await _send(
                interaction,
                view,
                lambda: interaction.response.edit_message(view=view, attachments=view.files),
                still_wanted,
                on_sent,
                keeper,
            )
            if latest is not None and not is_shown:
                latest.give_back(interaction)
            if interaction.extras.get(IS_BEHIND) and not _is_acknowledged(interaction):
                await acknowledge(interaction)


async def _send(
    interaction: Interaction,
    view: PageView,
    send_first: Callable[[], Coroutine[Any, Any, _Sent]],
    still_right: Callable[[], bool],
    on_sent: OnSent | None,
    keeper: Keeper | None,
) -> bool:
    """Send the page as the acknowledgement, or after it. Whether Discord took it, as far as that is known."""
    message_id: int | None = None
    on_sent = on_sent if keeper is None else keeper.keep

    async def send() -> None:
        nonlocal message_id
        with only_while(still_right):
            if _is_acknowledged(interaction):
                message_id = (await interaction.edit_original_response(view=view, attachments=view.files)).id
            else:
                sent = await send_first()
                message_id = sent.message_id if sent else None

    # What is changed is known already.
    wanted = on_sent is not None and interaction.message is None
    is_first = not _is_acknowledged(interaction)
    delivered = await _deliver_or_say(interaction, send(), with_message=wanted)
    if is_first and delivered and _was_deferred_after_all(interaction):
        for file in view.files:
            file.reset()
        delivered = await _deliver_or_say(interaction, send(), with_message=wanted)
    if on_sent is None:
        return delivered
    if message_id is None:
        message_id = await _find_sent(interaction)
    if message_id:
        await on_sent(message_id)
    elif message_id == _NO_MESSAGE and keeper is not None:
        await keeper.drop()
    return delivered


async def _find_sent(interaction: Interaction) -> int | None:
    """The id of the message that all can read as an answer: Discord may have taken it without saying so. None: it is
    not known whether there is one.
    """
    if interaction.message is not None:
        return interaction.message.id  # it was to change
    if interaction.client.is_closed():
        return None
    try:
        sent = await interaction.original_response()
    except discord.NotFound:
        return _NO_MESSAGE
    except (discord.DiscordException, aiohttp.ClientError, OSError) as error:
        log.warning("whether an answer stands is not known: %s", error)
        return None
    return _NO_MESSAGE if sent.flags.ephemeral else sent.id


async def replace(interaction: Interaction, view: PageView) -> None:
    """Put this in the place of what was answered before, or else the sentence for why it is not there: nobody sends it
    again.
    """
    with counted():
        if (failed := await _deliver(interaction, _replace(interaction, view))) is not None:
            sentence = PageView()
            sentence.add_item(discord.ui.TextDisplay(clip(failed, _SENTENCE_LIMIT)))
            await _deliver(interaction, _replace(interaction, sentence))


async def _replace(interaction: Interaction, view: PageView) -> None:
    """What a broken connection lost is sent once more; what Discord answered with a 5xx discord.py repeats."""
    try:
        await interaction.edit_original_response(view=view, attachments=view.files)
    except (aiohttp.ClientError, OSError):
        for file in view.files:
            file.reset()
        await interaction.edit_original_response(view=view, attachments=view.files)


async def acknowledge(interaction: Interaction) -> None:
    """Take a pressed button on before anything comes of it. That is done in any case: of a word that is lost nobody
    knows whether Discord had taken it.
    """
    interaction.extras[_THINKS] = False
    await _deliver(interaction, interaction.response.defer())


async def open_modal(interaction: Interaction, modal: discord.ui.Modal) -> None:
    """Answers a pressed button with a modal."""
    with counted(interaction):
        await _deliver_or_say(interaction, interaction.response.send_modal(modal))


async def _deliver_or_say(
    interaction: Interaction, sending: Coroutine[Any, Any, object], *, with_message: bool = False
) -> bool:
    """Sends, or says to the person alone why not. Whether nothing had to be said."""
    if (failed := await _deliver(interaction, sending, with_message=with_message)) is not None:
        await say(interaction, failed)
    return failed is None


async def _finish(
    interaction: Interaction, work: Work, *, clock: Clock, defer: Mapping[str, bool], keeper: Keeper | None
) -> tuple[PageView | None, bool]:
    """Do `work`, deferring when it takes longer; explain its error and give nothing when it fails. And whether all may
    read the page: the keeper, if there is one, has noted that it comes, and had so before all were told to wait for it.
    """
    pressed = interaction.type is discord.InteractionType.component
    person = interaction.user.id
    begun = None if keeper is None else asyncio.create_task(keeper.begin())
    deferring: list[asyncio.Task[str | None]] = []
    hidden = False

    def begin_deferring() -> None:
        nonlocal hidden
        hidden = "ephemeral" in defer and begun is not None and not (begun.done() and begun.result())
        interaction.extras[_PRIVATE] = hidden or interaction.extras.get(_PRIVATE)
        interaction.extras[_THINKS] = defer.get("thinking", False)
        how = {**defer, "ephemeral": True} if hidden else defer
        deferring.append(asyncio.create_task(_deliver(interaction, interaction.response.defer(**how))))

    timer = asyncio.get_running_loop().call_later(DEFER_AFTER_S, begin_deferring)
    failed: Exception | None = None
    view: PageView | None = None
    try:
        with asking(clock, within_s=ANSWER_WITHIN_S, priority=Priority.COMMAND, person=person, reserved=pressed):
            view = await work
    except Exception as error:  # noqa: BLE001 - whatever it is, a person waits for a word
        failed = error
    finally:
        if begun is not None:
            await asyncio.wait({begun})
        timer.cancel()
    for task in deferring:  # else the answer would be sent before it
        await task
    if failed is not None:
        await explain(interaction, failed)
    return view, begun is None or (begun.result() and not hidden)


async def complete(
    interaction: Interaction,
    work: Coroutine[Any, Any, list[app_commands.Choice[str]]],
    *,
    clock: Clock,
) -> list[app_commands.Choice[str]]:
    """Answers autocompletion with what `work` knows in time, else with nothing.

    It sends the choices itself, so that a list that came too late, or after another process' list, is no error.
    """
    with followed(interaction):
        await _complete(interaction, work, clock=clock)
    answer_no_more()
    return []


async def _complete(
    interaction: Interaction, work: Coroutine[Any, Any, list[app_commands.Choice[str]]], *, clock: Clock
) -> None:
    with asking(clock, within_s=COMPLETE_WITHIN_S, priority=Priority.AUTOCOMPLETE, person=interaction.user.id):
        task = asyncio.create_task(work)
    # A little longer than the question has: what is known by then still gets through.
    done, _ = await asyncio.wait({task}, timeout=COMPLETE_WITHIN_S + 0.1)
    choices: list[app_commands.Choice[str]] = []
    if not done:
        task.cancel()
        note(interaction, Outcome.TOO_LATE)
    elif (error := task.exception()) is None:
        choices = task.result()[:25]
    else:
        note_error(interaction, error)
        if not isinstance(error, ShioriError):
            log.error("autocompletion failed", exc_info=error)
    if not choices:
        note(interaction, Outcome.NOTHING)
    await _deliver(interaction, interaction.response.autocomplete(choices))


async def suggest_nothing(interaction: Interaction) -> None:
    """Answers autocompletion of what there is no more, or not yet: Discord takes a list, and no sentence."""
    with followed(interaction):
        note(interaction, Outcome.OUTDATED)
        await _deliver(interaction, interaction.response.autocomplete([]))


async def explain(interaction: Interaction, error: BaseException) -> None:
    """Tell the person, and nobody else where Discord allows it, what went wrong, and what may have been meant."""
    leads = error if isinstance(error, ShioriError) else ShioriError()
    with followed(interaction):
        note_error(interaction, error)
        sentence = _sentence(error, command=interaction.command)
        await say(interaction, sentence, near=leads.near, search=leads.search, way=leads.way)


async def say(
    interaction: Interaction,
    sentence: str,
    *,
    near: Sequence[Near] = (),
    search: tuple[str, str] | None = None,
    way: tuple[str, str] | None = None,
) -> None:
    """Send one sentence that only the person sees, with buttons that lead to what may have been meant.

    A public "is thinking" goes first, since what follows it up takes its place and is as public. So that the sentence
    is not lost, it stands in that place if it cannot be deleted, and is sent once more if it could not be sent.
    """
    view = PageView()
    view.add_item(discord.ui.TextDisplay(clip(f"{sentence} {explain_near(near)}".rstrip(), _SENTENCE_LIMIT)))
    for row in build_near_rows(near, asker_id=interaction.user.id, search=search, way=way):
        view.add_item(row)
    if not _is_acknowledged(interaction):
        await _deliver(interaction, interaction.response.send_message(view=view, ephemeral=True))
        if not _was_deferred_after_all(interaction):
            return
    if interaction.extras.get(_THINKS) and (
        interaction.extras.get(_PRIVATE)
        or await _deliver(interaction, interaction.delete_original_response()) is not None
    ):
        await _deliver(interaction, interaction.edit_original_response(view=view))
        return
    for _ in range(2):
        if await _deliver(interaction, interaction.followup.send(view=view, ephemeral=True)) is None:
            return


def _sentence(error: BaseException, *, command: object) -> str:
    if isinstance(error, ShioriError):
        if isinstance(error, ServiceError):
            # Whoever floods would flood the log, too.
            log.log(logging.INFO if isinstance(error, OverShare) else logging.WARNING, "%s", error)
        return ask_host(render_error(error)) if _is_odd(error) else render_error(error)
    if isinstance(error, app_commands.CommandSignatureMismatch | app_commands.CommandNotFound):
        return "This command has changed. Reload Discord (Ctrl+R) and use it again."
    log.error("unexpected error in %s", getattr(command, "qualified_name", command), exc_info=error)
    return ask_host(UNEXPECTED)


def _is_odd(error: ShioriError) -> bool:
    """Whether only the log says what a service meant, so that who asked can do nothing but ask the host."""
    return isinstance(error, BadAnswer) or (isinstance(error, Rejected) and not isinstance(error, Unauthorized))


def _is_acknowledged(interaction: Interaction) -> bool:
    return interaction.response.is_done() or bool(interaction.extras.get(_ACKNOWLEDGED))


def _was_deferred_after_all(interaction: Interaction) -> bool:
    """Whether Discord refused a first answer since it had taken the word before it, of which nothing was heard."""
    refused = interaction.extras.get(_ACKNOWLEDGED, False) and not interaction.response.is_done()
    return _THINKS in interaction.extras and refused


async def _deliver(
    interaction: Interaction, sending: Coroutine[Any, Any, object], *, with_message: bool = False
) -> str | None:
    """Sends. If Discord refused it or could not be reached, gives the sentence that may be tried instead.
    `with_message`: Discord is to tell the id of what it took.

    That the message is deleted, the channel gone, the interaction too old or the bot on its way out is no failure:
    nobody is left to be told, but whoever sent a form, which stands before them whatever became of its message.
    """
    if interaction.client.is_closed():
        sending.close()
        return None
    try:
        with ask_for_message(with_message):
            await sending
    except Overtaken:
        note(interaction, Outcome.OVERTAKEN)
        return None if interaction.extras.get(IS_BEHIND) else OVERTAKEN
    except discord.NotFound as error:
        note(interaction, Outcome.GONE)
        log.info("nobody to answer any more: %s", error)
        if error.code == _UNKNOWN_MESSAGE and interaction.type is discord.InteractionType.modal_submit:
            return DELETED
    except discord.HTTPException as error:
        if error.code == _ALREADY_ACKNOWLEDGED:
            # discord.py repeats what Discord answered with a 5xx, also when the first one was taken.
            interaction.extras[_ACKNOWLEDGED] = True
            note_acknowledged(interaction)
        else:
            note(interaction, Outcome.UNDELIVERED)
            log.error("Discord refused the answer: %s", error)  # noqa: TRY400 - its words say it all
            return ask_host(REFUSED if error.status in _REFUSALS else UNEXPECTED)
    except (aiohttp.ClientError, discord.InteractionResponded, OSError) as error:
        note(interaction, Outcome.UNDELIVERED)
        log.warning("the answer did not reach Discord: %s", type(error).__name__)
        return UNEXPECTED
    else:
        note_acknowledged(interaction)
    return None
