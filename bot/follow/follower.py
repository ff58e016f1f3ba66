"""Tells who follows something what is new: an episode that airs, a release that is out. Each of it once.

What is due stands in the store before it is told, and is marked as begun before it is sent: so nothing depends on the
process that does it. A notice of which nobody knows whether it arrived is looked for first, and sent with the same
nonce, by which Discord knows that it has the message already.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import math
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Sequence
from typing import Literal, Protocol

from bot.anime.api.model import AiringEpisode
from bot.anime.cards.title import UNTITLED, choose_titles
from bot.errors import ServiceError, ShioriError
from bot.follow.daily import find_posts, is_over
from bot.follow.mine import is_listed
from bot.follow.model import BY_CLOCK, DAY_S, DIGEST, MINE, Digested, Follow, FollowKind, Notice, Wanted
from bot.follow.record import FollowRecords
from bot.follow.upcoming import RELEASE_FIELDS, is_followed
from bot.http import Clock, Lifetime, Priority, asking
from bot.http.clock import time_limit
from bot.service.record import Found
from bot.vndb.api import kind as kinds
from bot.vndb.api import where
from bot.vndb.api.filter import all_of
from bot.vndb.api.model import Release
from bot.vndb.api.query import MAX_RESULTS, ListQuery

log = logging.getLogger(__name__)

_AFTER_FAULT_S = 600.0
_AFTER_OUTAGE_S = 60.0
ROUND_S = 10.0
"""A follow is noticed in the next round, and what is due then told in the one after it."""
SCHEDULE_S = 600.0
_TURN_S = 600
FRESH_S = 60.0
"""A schedule that is older is read again before an episode is told: it may have been put off."""
RELEASES_S = 3600.0
_RELEASES_LIFETIME = Lifetime(fresh_s=RELEASES_S / 2, stale_s=0.0, empty_s=600.0)
"""The next look sees what was added on the day on which it came out; several processes share one."""
PRUNE_S = 6 * 3600.0
ASK_WITHIN_S = 50.0
LOOK_AGAIN_WITHIN_S = 10.0
SEND_WITHIN_S = 60.0
"""Less than a lease: what takes longer is given up before another process takes it on."""
NONCE_S = 180.0
"""How long Discord surely knows a nonce: it says "a few minutes"."""
AT_ONCE = 50
"""Discord takes so many requests a second. A channel is sent one at a time, which its own limit allows."""
RELEASE_PAGES = 10

_EPISODES: tuple[FollowKind, ...] = ("anime",)
_RELEASES: tuple[FollowKind, ...] = ("vn", "developer")


Told = Literal["done", "undecided", "not_made", "closed", "refused"]
"""What became of a notice: it is there, or need not be any more; or one of the errors below."""

_Step = Callable[[int], Awaitable[None]]
_Place = tuple[int | None, int | None]  # a channel, or a person


class Refused(Exception):
    """Discord does not take the notice: the channel is gone, or the bot may not write it there. It was not sent."""


class ForAdults(Refused):
    """What is told of is for adults, and the place is not."""


class Closed(Exception):
    """The person takes no direct messages of the bot just now."""


class NotMade(Exception):
    """What the notice needs cannot be had just now. It was not sent."""


class Undecided(Exception):
    """Discord could not be reached, or failed: the notice was sent or not."""


class Messenger(Protocol):
    """Discord, as far as notices need it."""

    @property
    def ready(self) -> bool:
        """Whether it can be said what stands where."""
        ...

    def may_tell(self, notice: Notice) -> bool:
        """Whether it may be shown there, as far as the channel is known now. `send` makes sure of it."""
        ...

    def may_look(self, notice: Notice) -> bool:
        """Whether it is for this process to find out what became of it, rather than for who is told of its server."""
        ...

    async def send(self, notice: Notice) -> int:
        """The id of the message. Raise `Refused`, `Closed`, `NotMade` or `Undecided` if it is not there then."""
        ...

    async def send_digest(self, digest: Notice, told: Sequence[Notice]) -> Digested:
        """Tell all these in one message, but for what is known to be still to come. Raise as `send`."""
        ...

    async def find(self, notice: Notice) -> int | None:
        """The id of the message that was sent since it was begun; 0: there is none. None: the bot may not read that.

        Raise as `send`.
        """
        ...

    async def open_thread(self, notice: Notice, message_id: int) -> int:
        """Open a thread below the notice, if it has none. 0, or Discord's code for why not. Raise `Undecided`."""
        ...

    async def explain(self, follow: Follow, *, for_adults: bool) -> None:
        """Tell who made the follow that it is deleted, if that can be told. Never raises.

        `for_adults`: because what is followed is for adults, or may be, by now, and not told in the place for that.
        """
        ...


class Schedules(Protocol):
    """AniList, as far as notices need it. Raises `ShioriError`."""

    async def fetch_schedule(self, media_ids: Sequence[int], start_s: int, end_s: int) -> list[AiringEpisode]:
        """All episodes of these works in that time."""
        ...


class Releases(Protocol):
    """VNDB, as far as notices need it. Raises `ShioriError`."""

    async def fetch_list(self, query: ListQuery[Release], *, lifetime: Lifetime) -> Found[Release]:
        """A page of releases."""
        ...


class Follower:
    """Asks once for everybody who follows the same, and tells what is due. Any number of processes may do so."""

    def __init__(
        self, records: FollowRecords, messenger: Messenger, *, anilist: Schedules, vndb: Releases, clock: Clock
    ) -> None:
        self._records = records
        self._messenger = messenger
        self._anilist = anilist
        self._vndb = vndb
        self._clock = clock
        self._read_s = -math.inf  # when the whole schedule was read
        self._turn_s = -1
        self._read: set[int] = set()  # the follows whose episodes were read
        self._telling: dict[_Place, asyncio.Task[None]] = {}
        self.counts: Counter[Told] = Counter()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._next_s: dict[str, float] = {}
        self._away: set[str] = set()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin. A second call does nothing."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="follow")
            self._task.add_done_callback(_look_at)

    async def close(self) -> None:
        """Stop. What is being sent is looked for at the next start."""
        tasks = list(self._telling.values()) if self._task is None else [self._task, *self._telling.values()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _run(self) -> None:
        # Each by itself: a service that is slow must not hold up what is due.
        await asyncio.gather(*(self._repeat(*step) for step in self._list_steps()))

    async def _repeat(self, name: str, step: _Step, every_s: float) -> None:
        while True:
            await self._attempt(name, step, every_s)
            await self._clock.sleep(ROUND_S)

    async def work(self) -> None:
        """One round of everything, in turn, until what is due is told."""
        for step in self._list_steps():
            await self._attempt(*step)
        if told := list(self._telling.values()):
            await asyncio.wait(told)
            failed = [error for task in told if (error := task.exception())]  # of all, or the loop complains of them
            if failed:
                raise failed[0]

    def _list_steps(self) -> list[tuple[str, _Step, float]]:
        """What is done in a round: its name, and how often, in seconds (0: in each)."""
        return [
            ("the schedule of what is followed", self._read_schedule, 0.0),
            ("the releases of what is followed", self._read_releases, RELEASES_S),
            ("daily posts and digests", self._plan_posts, 0.0),
            ("notices", self._tell_due, 0.0),
            ("old notices", self._prune, PRUNE_S),
        ]

    async def _attempt(self, name: str, step: _Step, every_s: float) -> None:
        """Do a step if its time has come, again soon if it fails."""
        # The wall clock may be set back by hours; what is asked for again may not wait for that.
        now_s = self._clock.monotonic()
        if now_s < self._next_s.get(name, now_s):
            return
        try:
            with asking(self._clock, within_s=ASK_WITHIN_S, priority=Priority.BACKGROUND):
                await step(int(self._clock.time()))
        except ShioriError as error:
            self._note_outage(name, error)
            if isinstance(error, ServiceError):
                self._next_s[name] = now_s + _AFTER_OUTAGE_S
        except Exception:
            # A fault of ours: what else is followed must not fall silent until the next restart.
            log.exception("%s failed", name)
            self._next_s[name] = now_s + max(every_s, _AFTER_FAULT_S)
        else:
            self._next_s[name] = now_s + every_s
            self._note_success(name)

    def _note_outage(self, name: str, error: ShioriError) -> None:
        """An outage is one line of the log."""
        if name not in self._away:
            log.warning("%s: %s; trying again every minute", name, error)
        self._away.add(name)

    def _note_success(self, name: str) -> None:
        if name in self._away:
            log.warning("%s: it works again", name)
            self._away.remove(name)

    # What is new

    async def _read_schedule(self, now_s: int) -> None:
        """Read the whole schedule if it is time for that, else that of what was not followed before.

        It is time when ten minutes of the wall clock begin: so several processes ask the same at the same time, and the
        service is asked once where they share what it answers.
        """
        listed = await self._records.list_follows(kinds=_EPISODES)
        follows = {one.id: one.subject_id for one in listed if not one.part_of}
        begun_s, turn_s = self._clock.monotonic(), _find_turn(now_s)
        if turn_s != self._turn_s or begun_s - self._read_s >= SCHEDULE_S:
            await self._read_episodes(now_s, listed)
            self._read_s, self._turn_s = begun_s, turn_s
        elif added := {subject_id for follow_id, subject_id in follows.items() if follow_id not in self._read}:
            await self._read_episodes(now_s, listed, of=added)
        self._read = set(follows)

    async def _read_episodes(self, now_s: int, listed: Sequence[Follow], *, of: Collection[int] | None = None) -> None:
        """Read the schedule of all that is followed or on a followed list, or of these works alone, in one question."""
        lists = self._records.lists
        follows = [one for one in listed if not one.part_of]
        known = {one.subject_id for one in follows} | set(await lists.list_works("anime", now_s))
        ids = sorted(known if of is None else known & set(of))
        turn_s = _find_turn(now_s)  # equal bounds are one question
        start_s = turn_s - DAY_S - max((one.delay_s for one in follows), default=0)
        end_s = turn_s + _TURN_S + DAY_S
        # Of nothing too: what left every list still waits to be told.
        episodes = await self._anilist.fetch_schedule(ids, start_s, end_s) if ids else []
        works = {one.media.id: one.media for one in episodes}
        pairs = await lists.list_pairs("anime", works, now_s)
        titles = {
            work.id: choose_titles(work.title, "romanised")[0] or UNTITLED
            for work in works.values()
            if work.is_adult is False
        }
        await lists.add_parts("anime", pairs, titles, now_s)
        if ids:  # meanwhile some were added, changed, and ended
            listed = await self._records.list_follows(kinds=_EPISODES)
        follows = [one for one in listed if is_listed(one, pairs)]
        wanted = find_episode_notices(follows, episodes)
        read = range(turn_s - DAY_S + 1, now_s + 1)  # all that was due then is in the schedule
        await self._records.keep_notices(_EPISODES, wanted, exact=True, subject_ids=of, held_due=read)
        await self._records.marks.mark_for_everybody({work.id for work in works.values() if work.is_adult is False})
        for ended in await self._records.marks.mark_adult({work.id for work in works.values() if work.is_adult}):
            await self._messenger.explain(ended, for_adults=True)

    async def _read_releases(self, now_s: int) -> None:
        if not await self._records.list_follows(kinds=(*_RELEASES, MINE)):
            return
        today = dt.datetime.fromtimestamp(now_s, dt.UTC).date()
        days = [(today - dt.timedelta(days=1)).isoformat(), today.isoformat()]
        releases: list[Release] = []
        for page in range(1, RELEASE_PAGES + 1):
            found = await self._vndb.fetch_list(_build_query(*days, page=page), lifetime=_RELEASES_LIFETIME)
            releases += [release for release in found.items if release.released in days]
            if not found.more:
                break
        novels = {int(vn.id[1:]): vn.title for release in releases for vn in release.vns}
        pairs = await self._records.lists.list_pairs("vn", novels, now_s)
        await self._records.lists.add_parts("vn", pairs, novels, now_s)
        follows = [one for one in await self._records.list_follows(kinds=_RELEASES) if is_listed(one, pairs)]
        await self._records.keep_notices(_RELEASES, find_release_notices(follows, releases, now_s=now_s), exact=False)

    async def _plan_posts(self, now_s: int) -> None:
        follows = await self._records.list_follows(kinds=BY_CLOCK)
        if follows:
            await self._records.keep_notices(BY_CLOCK, find_posts(follows, now_s), exact=True)

    async def _prune(self, now_s: int) -> None:
        await self._records.prune_notices(now_s)

    # What is due

    async def _tell_due(self, now_s: int) -> None:
        """Begin to tell what is due, each channel and each person by itself."""
        if not self._messenger.ready:
            return
        await self._records.hold_due(now_s)
        due = await self._find_due(now_s)
        if await self._look_again(due, now_s):
            due = await self._find_due(now_s)
        places: dict[_Place, list[Notice]] = {}
        for notice in due:
            places.setdefault(_find_place(notice.follow), []).append(notice)
        for place, notices in places.items():
            task = self._telling[place] = asyncio.create_task(self._tell_place(notices), name="notices")
            task.add_done_callback(lambda _, place=place: self._telling.pop(place, None))

    async def _tell_place(self, notices: Iterable[Notice]) -> None:
        name = "what is told of what is followed"
        for notice in notices:
            try:
                async with self._slots:
                    await self._tell(notice)
            except ShioriError as error:
                self._note_outage(name, error)
                return
            except Exception:
                # It is looked for again when its lease has ended; the others need not wait for that.
                log.exception("notices failed")
            else:
                self._note_success(name)

    async def _find_due(self, now_s: int) -> list[Notice]:
        """What is due where nothing is being sent yet."""
        return [
            notice
            for notice in await self._records.find_due(now_s)
            if _find_place(notice.follow) not in self._telling
            and (notice.sending or not is_over(notice, now_s))
            # One that may not be told any more may have arrived, and has to go then.
            and (self._messenger.may_look(notice) if notice.sending else self._messenger.may_tell(notice))
        ]

    async def _look_again(self, due: Iterable[Notice], now_s: int) -> bool:
        """Read again when the episodes air that are due. Whether that was done."""
        airing = {one.follow.subject_id for one in due if one.follow.kind in _EPISODES and not one.sending}
        if not airing or self._clock.monotonic() - self._read_s <= FRESH_S:
            return False
        try:
            with asking(self._clock, within_s=LOOK_AGAIN_WITHIN_S, priority=Priority.BACKGROUND):
                await self._read_episodes(now_s, await self._records.list_follows(kinds=_EPISODES), of=airing)
        except ServiceError as error:
            # They are told as they were known: few are put off in the last minutes, and an outage may last longer than
            # a notice waits. Where that was wrong, the real airing is told too (`keep_notices`).
            log.info("the schedule could not be read again before episodes are told: %s", error)
            return False
        return True

    async def _tell(self, notice: Notice) -> None:
        if not await self._records.claim_notice(notice, int(self._clock.time())):
            return
        try:
            with time_limit(self._clock, SEND_WITHIN_S):
                await self._send(notice)
        except (Undecided, TimeoutError) as error:
            self.counts["undecided"] += 1
            log.info("a notice may not have arrived: %s", error)
        except NotMade as error:
            self.counts["not_made"] += 1
            log.info("a notice could not be made: %s", error)
            if not notice.sending:  # else it may be there all the same, and is looked for again
                await self._records.put_off(notice, int(self._clock.time()))
        except Closed as error:  # whoever is told no more then cannot be told that either
            self.counts["closed"] += 1
            log.info("a person takes no direct messages: %s", error)
            await self._records.refuse_notice(notice, int(self._clock.time()), closed=True)
        except Refused as error:
            self.counts["refused"] += 1
            log.info("a notice was refused: %s", error)
            ended = await self._records.refuse_notice(notice, int(self._clock.time()))
            if ended and not notice.follow.part_of:
                await self._messenger.explain(notice.follow, for_adults=isinstance(error, ForAdults))
        else:
            self.counts["done"] += 1
            await self._records.finish_notice(notice)

    async def _send(self, notice: Notice) -> None:
        """See to it that the notice is there once, and its thread."""
        message_id = await self._find_sent(notice)
        if message_id is None:
            if is_over(notice, int(self._clock.time())):
                return
            if notice.sending and not self._messenger.may_tell(notice):
                raise NotMade("it may not be told there just now")
            message_id = await self._say(notice)
        if notice.follow.threads and message_id:
            await self._records.note_thread(notice.follow, await self._messenger.open_thread(notice, message_id))

    async def _say(self, notice: Notice) -> int:
        """Send a notice; 0 if it is a digest that has nothing to tell."""
        if notice.follow.kind != DIGEST:
            return await self._messenger.send(notice)
        told = await self._records.list_held(notice.follow)
        if not told:
            return 0
        digested = await self._messenger.send_digest(notice, told)
        if digested.left_out:
            await self._records.hold_again(digested.left_out)
        return digested.message_id

    async def _find_sent(self, notice: Notice) -> int | None:
        """The id of its message; 0 if it counts as sent, and nobody may read as which. None: it was not sent."""
        if not notice.sending:
            return None
        sent = await self._messenger.find(notice)
        if sent == 0:
            # It begins anew, so that the next look need not go through all that was written in the meantime.
            await self._records.begin_again(notice, int(self._clock.time()))
            return None
        if sent is None:
            # Soon after, Discord knows by the nonce; later, one that is lost is better than a role mentioned twice.
            return 0 if self._clock.time() - notice.begun_s > NONCE_S else None
        return sent


def _find_turn(now_s: int) -> int:
    """When the ten minutes began that it is; not as an hour does, when most episodes air and are asked for anyway."""
    return now_s - (now_s - _TURN_S // 2) % _TURN_S


def _find_place(follow: Follow) -> _Place:
    return (follow.channel_id, None) if follow.channel_id is not None else (None, follow.user_id)


def find_episode_notices(follows: Iterable[Follow], episodes: Sequence[AiringEpisode]) -> Iterator[Wanted]:
    """Every follow's notices of the episodes that aired since it was made, or will."""
    for follow in follows:
        for episode in episodes:
            if episode.media.id == follow.subject_id and episode.airing_at >= follow.created_s:
                due_s = episode.airing_at + follow.delay_s
                # What nobody says to be for everybody counts as adult.
                yield Wanted(follow.id, f"e{episode.episode}", due_s, episode.media.is_adult is not False)


def find_release_notices(follows: Iterable[Follow], releases: Sequence[Release], *, now_s: int) -> Iterator[Wanted]:
    """Every follow's notices of the releases that are as it wants them, and not from before the day it was made."""
    for follow in follows:
        made_on = dt.datetime.fromtimestamp(follow.created_s, dt.UTC).date().isoformat()
        for release in releases:
            if made_on <= (release.released or "") and is_followed(release, follow):
                yield Wanted(follow.id, release.id, now_s, adult=False, detail=release.title)


def _build_query(first: str, last: str, *, page: int) -> ListQuery[Release]:
    # What comes out on two days is a page or two, and one question for everybody: cheaper than asking by what is
    # followed.
    wanted = all_of(where.RELEASE.released.ge(first), where.RELEASE.released.le(last))
    return ListQuery(kinds.RELEASE, wanted, page=page, results=MAX_RESULTS, fields=RELEASE_FIELDS)


def _look_at(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("following failed", exc_info=task.exception())
