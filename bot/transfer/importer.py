"""Writes what people import, one write after the other, when nobody needs VNDB for anything else.

Before a write leaves, it stands in the store that it is begun: whoever goes on after a crash looks first whether it was
made. What is written is looked at afterwards, many rows at once. Writing the same twice changes nothing.

All imports together take what `LaneState.idle` leaves: no more than half of what VNDB allows, and none while others
wait. Their requests are held to a share of their own, so that nobody's import uses up what they may ask for meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from typing import cast

import msgspec

from bot.account.token import HeldToken, Tokens
from bot.errors import (
    BadAnswer,
    CircuitOpen,
    NotFound,
    NoToken,
    QueryTimedOut,
    Rejected,
    ServiceError,
    ShioriError,
    StoreError,
    Unauthorized,
    Unavailable,
    UnknownToken,
)
from bot.http import Clock, Priority, asking
from bot.transfer.record import ImportRecords, Job, Settled, Task, Trouble
from bot.vndb.api.client import Vndb
from bot.vndb.api.whole_list import Standing
from bot.vndb.my_list.reading import check_reading

log = logging.getLogger(__name__)

PERMISSIONS = ("listread", "listwrite")
ROUND_S = 10.0
ASK_WITHIN_S = 300.0
ATTEMPTS_AT_MOST = 3
LOOK_S = 1.0
PATIENCE_S = 15.0
"""Where there is always somebody who asks, imports do not wait for a quiet moment any longer than this."""
ROW_AT_LEAST_S = 3.0
"""How long a row takes on the whole, by what VNDB allows: the first hundred go faster."""
DEBT_AT_MOST_S = 150.0
"""Half of the execution time that VNDB lets be owed."""
_AWAY_S = 30.0
_AWAY_AT_MOST_S = 600.0
_AFTER_FAULT_S = 600.0

GONE = "VNDB does not have it any more"
REFUSED = "VNDB refused it"
FAILED = "VNDB failed on it several times"
OTHERWISE = "VNDB took it, but shows something else"
UNREAD = "what VNDB has of it cannot be read"


PutBack = Callable[[HeldToken], Awaitable[frozenset[str]]]
"""Returns the novels that cannot be. Raises as questions to VNDB and the database do."""


class Away(msgspec.Struct):
    """Why an import waits (None: a fault of ours), and until when, on the clock's `monotonic()`."""

    error: ShioriError | None
    until: float
    wait_s: float


class Importer:
    """Any number of processes may do this. `put_back` puts on the list what still has to be on it before anything is
    written; `on_change` is told of every step of somebody's import.
    """

    def __init__(
        self,
        records: ImportRecords,
        tokens: Tokens,
        vndb: Vndb,
        *,
        put_back: PutBack,
        on_change: Callable[[int], Awaitable[None]],
        clock: Clock,
    ) -> None:
        self._records = records
        self._tokens = tokens
        self._vndb = vndb
        self._put_back = put_back
        self._on_change = on_change
        self._clock = clock
        self._away: dict[int, Away] = {}
        self._awake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin. A second call does nothing."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="import")

    async def close(self) -> None:
        """Stop. What is being written is looked for by whoever goes on."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.wait([self._task])
        with suppress(StoreError):  # then it is found out after a minute
            await self._records.release()

    def wake(self, user_id: int) -> None:
        """There is something to do for somebody."""
        self._away.pop(user_id, None)
        self._awake.set()

    def find_trouble(self, user_id: int) -> ShioriError | None:
        """Why somebody's import does not go on just now."""
        away = self._away.get(user_id)
        return None if away is None else away.error

    async def _run(self) -> None:
        while True:
            wait_s = ROUND_S
            self._awake.clear()
            try:
                while await self.work():
                    pass
            except StoreError as error:
                log.info("imports wait for the database: %s", error)
            except Exception:
                log.exception("importing failed")
                wait_s = _AFTER_FAULT_S
            await self._rest(wait_s)

    async def _rest(self, wait_s: float) -> None:
        """Until it is woken, or that time is over."""
        tasks = [asyncio.create_task(self._awake.wait()), asyncio.create_task(self._clock.sleep(wait_s))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def work(self) -> bool:
        """Some rows of each import. Whether there is more to do at once. Raises StoreError."""
        await self._records.prune(now_s=self._now_s())
        now = self._clock.monotonic()
        jobs = [job for job in await self._records.claim(now_s=self._now_s()) if not self._waits(job, now)]
        for job in jobs:
            try:
                with asking(
                    self._clock,
                    within_s=ASK_WITHIN_S,
                    priority=Priority.LEFTOVER,
                    person=("import", job.user_id),
                ):
                    await self._go_on(job)
            except (NoToken, Unauthorized) as error:
                await self._stop(job, error)
            except ServiceError as error:
                self._put_off(job, error)
            except StoreError:
                raise
            except Exception:
                # A fault of ours, which must not hold up what others import.
                log.exception("an import failed")
                self._away[job.user_id] = Away(None, self._clock.monotonic() + _AFTER_FAULT_S, _AWAY_S)
            else:
                self._away.pop(job.user_id, None)
            await self._on_change(job.user_id)
        return any(not self._waits(job, self._clock.monotonic()) for job in jobs)

    def _waits(self, job: Job, now: float) -> bool:
        away = self._away.get(job.user_id)
        return away is not None and now < away.until

    async def _stop(self, job: Job, error: NoToken | Unauthorized) -> None:
        """It can only go on with another token."""
        log.info("an import stops: %s", error)
        trouble = _name_trouble(error)
        await self._records.stop(job.user_id, job.created_s, now_s=self._now_s(), trouble=trouble)

    def _put_off(self, job: Job, error: ServiceError) -> None:
        before = self._away.get(job.user_id)
        wait_s = _AWAY_S if before is None else min(2 * before.wait_s, _AWAY_AT_MOST_S)
        log.info("an import waits: %s", error)
        until = self._clock.monotonic() + max(wait_s, error.retry_after_s or 0.0)
        self._away[job.user_id] = Away(error, until, wait_s)

    # Rows

    async def _go_on(self, job: Job) -> None:
        """The next rows of an import. Raises `NoToken`, `ServiceError` and StoreError; what is done then is noted."""
        held = await self._tokens.require(job.user_id, *PERMISSIONS)
        if held.uid != job.uid:
            return  # they have linked another account: this import goes with the next round
        tasks = await self._records.list_tasks(job.user_id)
        if not tasks:
            await self._records.finish(job.user_id, job.created_s, now_s=self._now_s())
            return
        off = await self._put_back(held)
        before = await self._look(job, tasks, held)
        await check_reading(self._vndb, held)  # else what stands there privately would be written as new
        # What a person has made anew just now was off the list for a moment.
        remade = await self._records.list_remade(job) - off
        settled = [one for task in tasks if (one := _compare(task, before, remade)) is not None]
        await self._settle(job, settled)
        known = {one.number for one in settled}
        open_ = [task for task in tasks if task.number not in known]
        if open_:
            await self._write(job, open_, held, off)

    async def _write(self, job: Job, tasks: Sequence[Task], held: HeldToken, off: frozenset[str]) -> None:
        """Write rows, and look what became of them. Those `off` the list for good are written as any."""
        taken: list[Task] = []
        lost: list[Task] = []
        failed: ServiceError | None = None
        for task in tasks:
            await self._wait_for_lane(job)
            waits_for = "" if task.row.target in off else task.row.target
            if not await self._records.begin_row(job, task.number, now_s=self._now_s(), waits_for=waits_for):
                break
            outcome = await self._send(task, held)
            if outcome is None:
                taken.append(task)
                await self._on_change(job.user_id)
            elif isinstance(outcome, Settled):
                await self._settle(job, [outcome])
            else:
                failed = outcome
                lost = [task] if _may_be_made(outcome) else []
                break
        if taken or lost:
            await self._confirm(job, taken, lost, held)
        if failed is not None:
            raise failed

    async def _send(self, task: Task, held: HeldToken) -> Settled | ServiceError | None:
        """Write a row. What became of it if that is known, or what came in place of an answer."""
        try:
            await self._vndb.whole_lists.write(task.row.target, task.row.change, held.credential)
        except NotFound:
            return Settled(task.number, "refused", task.attempts, GONE)
        except Unauthorized as error:
            return error
        except Rejected:
            return Settled(task.number, "refused", task.attempts, REFUSED)
        except ServiceError as error:
            return error
        return None

    async def _confirm(self, job: Job, taken: Sequence[Task], lost: Sequence[Task], held: HeldToken) -> None:
        after = await self._look(job, [*taken, *lost], held)
        settled: list[Settled] = []
        for task in (*taken, *lost):
            made, attempts = after.shows(task.row.target, task.row.change), task.attempts + 1
            if task.row.target in after.unread:
                settled.append(Settled(task.number, "refused", attempts, UNREAD))
            elif made:
                settled.append(Settled(task.number, "done", attempts))
            elif task in taken:
                settled.append(Settled(task.number, "refused", attempts, OTHERWISE))
            elif attempts >= ATTEMPTS_AT_MOST:
                settled.append(Settled(task.number, "refused", attempts, FAILED))
            else:
                settled.append(Settled(task.number, "begun", attempts))
        if any(one.state == "refused" for one in settled):
            await check_reading(self._vndb, held)  # it may be there, and not be shown
        await self._settle(job, settled)

    async def _look(self, job: Job, tasks: Sequence[Task], held: HeldToken) -> Standing:
        await self._wait_for_lane(job)
        return await self._vndb.whole_lists.fetch_standing([task.row.target for task in tasks], held.credential)

    async def _settle(self, job: Job, settled: Sequence[Settled]) -> None:
        await self._records.settle(job, settled, now_s=self._now_s())

    async def _wait_for_lane(self, job: Job) -> None:
        """Wait until VNDB is hardly asked for anything, or has been asked for much for a while."""
        waited_s = 0.0
        while True:
            lane = self._vndb.find_lane()
            if not lane.up or lane.idle:  # why it is not up is told by the request itself
                return
            if waited_s >= PATIENCE_S and not lane.waiting and lane.debt_s <= DEBT_AT_MOST_S:
                return
            await self._clock.sleep(LOOK_S)
            waited_s += LOOK_S
            await self._on_change(job.user_id)  # what was written just before is not shown yet

    def _now_s(self) -> int:
        return int(self._clock.time())


def _may_be_made(error: ServiceError) -> bool:
    """Whether a write may have been made all the same: an answer that was lost says nothing."""
    return isinstance(error, BadAnswer | QueryTimedOut | Unavailable) and not isinstance(error, CircuitOpen)


def _name_trouble(error: NoToken | Unauthorized) -> Trouble:
    if isinstance(error, NoToken):
        return cast("Trouble", error.why)
    return "unknown" if isinstance(error, UnknownToken) else "permissions"


def _compare(task: Task, standing: Standing, remade: Collection[str]) -> Settled | None:
    """What is known of a row before it is written; None: it has to be."""
    row = task.row
    if row.target in standing.unread:  # what stands there would be overwritten unseen
        return Settled(task.number, "refused", task.attempts, UNREAD)
    if standing.shows(row.target, row.change):
        return Settled(task.number, "done", task.attempts)
    entry = standing.entries.get(row.target)
    # What VNDB makes for a release says nothing, and nobody put it there.
    there = standing.has(row.target) and not (row.is_new and entry is not None and entry.is_bare)
    if task.begun or there != row.is_new or row.target in remade:
        return None
    return Settled(task.number, "kept", task.attempts)  # it came onto the list since, or was taken off
