"""`/vndb import` and `/vndb export`: a person's list on VNDB from a file, and as files."""

from __future__ import annotations

import asyncio
import logging
from functools import partial

import aiohttp
import discord
import msgspec

from bot.account.record import AccountRecords
from bot.account.token import HeldToken, Tokens
from bot.cards.text import escape_line
from bot.errors import InvalidInput, NoToken, StoreError
from bot.http import Clock
from bot.interaction.reply import Interaction, answer, change
from bot.navigation.frame import PageView
from bot.store.store import Store
from bot.transfer.attachment import Attachments
from bot.transfer.card import (
    HOW_TO,
    OVER,
    ROWS_SHOWN,
    render_export,
    render_job,
    render_nothing,
    render_offer,
    render_sentence,
)
from bot.transfer.exported import build_files
from bot.transfer.fetch import Report, fetch_list, fetch_plan
from bot.transfer.importer import PERMISSIONS, ROW_AT_LEAST_S, Importer
from bot.transfer.item import ImportActions, Step
from bot.transfer.long_answer import EVERY_S, TOKEN_LIVES_S, LongAnswers, change_answer
from bot.transfer.read import read_file
from bot.transfer.record import ImportRecords, Job, RowState
from bot.vndb.api.client import Vndb
from bot.vndb.api.error import SERVICE
from bot.vndb.api.whole_list import Whose
from bot.vndb.my_list.reading import fetch_labels
from bot.vndb.my_list.remake import Remakes

log = logging.getLogger(__name__)

_REFUSED_SHOWN = 10
_BUSY = "⚠️ The file was not read: this one has to be over, or discarded, first."
_NOT_LINKED = "is not known yet: link your VNDB account by name (/me)"


class _Watch(msgspec.Struct):
    """A message that shows how an import stands, as long as it can be changed.

    `settled`: how many rows were when it began, at `since`; by that is told how long the rest takes.
    """

    interaction: Interaction
    since: float
    next_at: float
    settled: int


class TransferPanel(ImportActions):
    """Answers the commands and what is pressed. The writing is the business of its importer."""

    def __init__(
        self,
        client: discord.Client,
        store: Store,
        tokens: Tokens,
        accounts: AccountRecords,
        vndb: Vndb,
        attachments: Attachments,
        remakes: Remakes,
        *,
        clock: Clock,
    ) -> None:
        self._client = client
        self._records = ImportRecords(store.database, tokens.sealer)
        store.hold(self._records)
        self._tokens = tokens
        self._accounts = accounts
        self._vndb = vndb
        self._attachments = attachments
        self._put_back = remakes.put_back
        self._clock = clock
        self._long = LongAnswers(clock=clock)
        self._reading = asyncio.Lock()  # a file takes a hundred megabytes while it is read
        self._watches: dict[int, _Watch] = {}
        self._importer = Importer(
            self._records,
            tokens,
            vndb,
            put_back=remakes.put_back,
            on_change=self.show_progress,
            clock=clock,
        )

    def start(self) -> None:
        """Go on with what people import."""
        self._importer.start()

    async def close(self) -> None:
        """Stop. What is being imported is gone on with at the next start."""
        await asyncio.gather(self._importer.close(), self._long.close())

    # Commands

    async def export(self, interaction: Interaction) -> None:
        """Answer `/vndb export`, privately."""
        work = partial(self._export, interaction.user.id, interaction.filesize_limit)
        await self._long.answer(interaction, work)

    async def import_file(self, interaction: Interaction, file: discord.Attachment | None) -> None:
        """Answer `/vndb import`, privately: with what would change, or with how an import stands."""
        if file is None:
            watch = partial(self._watch, interaction)
            await answer(interaction, self._render(interaction), clock=self._clock, private=True, on_sent=watch)
        else:
            await self._long.answer(interaction, partial(self._prepare, interaction, file))

    # What is pressed (documented in `ImportActions`)

    async def press(self, interaction: Interaction, step: Step, created_s: int) -> None:
        watch = partial(self._watch, interaction)
        await change(interaction, self._press(interaction, step, created_s), clock=self._clock, on_sent=watch)

    async def _press(self, interaction: Interaction, step: Step, created_s: int) -> PageView:
        user_id, now_s = interaction.user.id, int(self._clock.time())
        if step in {"keep", "overwrite", "resume"}:
            held = await self._tokens.require(user_id, *PERMISSIONS)
            job = await self._records.find(user_id)
            if job is not None and job.uid != held.uid:
                raise InvalidInput("import", "is for another account than the one that you linked since")
        if step in {"keep", "overwrite"}:
            await self._records.begin(user_id, created_s, overwrite=step == "overwrite", now_s=now_s)
        elif step == "resume":
            await self._records.resume(user_id, created_s, now_s=now_s)
        elif step == "stop":
            await self._records.stop(user_id, created_s, now_s=now_s)
        elif step in {"cancel", "discard"} and await self._records.discard(user_id, created_s):
            self._watches.pop(user_id, None)
            return render_sentence("What was left of the import is forgotten. What is written on VNDB stays.")
        return await self._render(interaction, created_s)

    async def _watch(self, interaction: Interaction, _message_id: int) -> None:
        """From now on, what a message shows of an import that runs is kept true; and the import may begin."""
        user_id, now = interaction.user.id, self._clock.monotonic()
        try:
            job = await self._records.find(user_id)
            settled = _count_settled(await self._records.count(user_id))
        except StoreError as error:
            log.info("a message does not show how an import goes on: %s", error)
            return
        if job is not None and job.state == "running":
            self._watches[user_id] = _Watch(interaction, now, now + EVERY_S, settled)
            self._importer.wake(user_id)

    # What becomes of it

    async def _prepare(self, interaction: Interaction, file: discord.Attachment, report: Report) -> PageView:
        """Read a file, compare it with the list, and offer what was found. Nothing is written."""
        user_id = interaction.user.id
        held = await self._tokens.require(user_id, *PERMISSIONS)
        under_way = await self._records.find(user_id)
        if under_way is not None and under_way.state in {"running", "stopped"}:
            return await self._render(interaction, note=_BUSY)
        async with self._reading:
            read = await asyncio.to_thread(read_file, await self._attachments.fetch(file.url, size=file.size))
        await self._put_back(held)
        plan = await fetch_plan(self._vndb, held, read, file_name=file.filename, report=report)
        if not plan.rows:
            return render_nothing(plan.summary)
        job = await self._records.offer(user_id, held.uid, plan, now_s=int(self._clock.time()))
        return await self._render(interaction, note=_BUSY) if job is None else render_offer(job, plan.rows[:ROWS_SHOWN])

    async def _render(self, interaction: Interaction, created_s: int | None = None, *, note: str = "") -> PageView:
        """How somebody's import stands; `created_s`: if it still is the one of that time."""
        user_id = interaction.user.id
        await self._records.prune(now_s=int(self._clock.time()))
        job = await self._records.find(user_id)
        if job is None or created_s not in {None, job.created_s}:
            if created_s is not None:
                return render_sentence(OVER)
            if not self._tokens.is_on:
                raise NoToken(SERVICE, "off")
            return render_sentence(HOW_TO)
        if job.state == "offered":
            return render_offer(job, await self._records.list_first(user_id, ROWS_SHOWN))
        counts = await self._records.count(user_id)
        return await self._render_job(job, counts, note=note)

    async def _render_job(self, job: Job, counts: dict[RowState, int], *, note: str = "") -> PageView:
        refused = await self._records.list_refused(job.user_id, _REFUSED_SHOWN) if counts.get("refused") else []
        trouble = self._importer.find_trouble(job.user_id)
        left_s = self._estimate_left_s(job.user_id, counts)
        return render_job(job, counts, refused=refused, trouble=trouble, left_s=left_s, note=note)

    def _estimate_left_s(self, user_id: int, counts: dict[RowState, int]) -> float | None:
        watch = self._watches.get(user_id)
        done = 0 if watch is None else _count_settled(counts) - watch.settled
        if watch is None or done <= 0:
            return None
        left = counts.get("waiting", 0) + counts.get("begun", 0)
        return max((self._clock.monotonic() - watch.since) / done, ROW_AT_LEAST_S) * left

    async def show_progress(self, user_id: int) -> None:
        """Show how an import stands in the message that began it, or say by direct message that it is over."""
        job = await self._records.find(user_id)
        is_over = job is None or job.state != "running"
        watch = self._watches.get(user_id)
        now = self._clock.monotonic()
        if watch is not None and not is_over and now < watch.next_at:
            return
        shown = False
        if watch is not None and job is not None:
            watch.next_at = now + EVERY_S
            if now - watch.since < TOKEN_LIVES_S:
                shown = await change_answer(
                    watch.interaction, await self._render_job(job, await self._records.count(user_id))
                )
        if watch is not None and (is_over or not shown):
            del self._watches[user_id]
        if job is not None and not shown and (job.state == "done" or (job.state == "stopped" and job.trouble)):
            await self._tell(job)

    async def _tell(self, job: Job) -> None:
        view = await self._render_job(job, await self._records.count(job.user_id))
        try:
            channel = await self._client.create_dm(discord.Object(job.user_id))
            await channel.send(view=view)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.info("nobody could be told that an import is over: %s", error)

    # Export

    async def _export(self, user_id: int, at_most: int, report: Report) -> PageView:
        held = await self._find_token(user_id)
        if held is not None:
            whose, name = Whose(held.uid, held.credential), held.name
            of = "All of it, with what is private"
        else:
            account = await self._accounts.find_own(user_id, SERVICE)
            if account is None:
                token = ", or with your token (/vndb link)" if self._tokens.is_on else ""
                raise InvalidInput("list", f"{_NOT_LINKED}{token}")
            whose, name = Whose(account.id), account.name
            rest = "; `/vndb link` lets Shiori read the rest" if self._tokens.is_on else ""
            of = f"What everybody can see of it{rest}"
        entries = await fetch_list(self._vndb, whose, report)
        # After the list, since it is by them that one knows whether all of it was shown.
        if held is None:
            labels = (await self._vndb.users.fetch_labels(whose.uid)).labels
        else:
            labels = await fetch_labels(self._vndb, held, anew=True)
        if not entries:
            raise InvalidInput("list", f"of {name} is empty" if held else f"of {name} is empty, or private")
        files = await asyncio.to_thread(
            build_files,
            entries,
            labels,
            name=name,
            uid=whose.uid,
            own=held is not None,
            now_s=int(self._clock.time()),
        )
        fitting = [(file_name, data) for file_name, data in files if len(data) <= at_most]
        left_out = [file_name for file_name, data in files if len(data) > at_most]
        said = f"{of}: **{escape_line(name)}** on VNDB."
        return render_export(fitting, left_out, of=said, entries=len(entries), imports=self._tokens.is_on)

    async def _find_token(self, user_id: int) -> HeldToken | None:
        """Somebody's token; None where there is none. One that cannot be used any more is told. Raises `NoToken`."""
        try:
            return await self._tokens.require(user_id, "listread")
        except NoToken as error:
            if error.why in {"none", "off"}:
                return None
            raise


def _count_settled(counts: dict[RowState, int]) -> int:
    return counts.get("done", 0) + counts.get("refused", 0)
