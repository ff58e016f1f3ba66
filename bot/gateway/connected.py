"""The shards of this process: each connects, is lost and comes back by itself."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import traceback
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from functools import partial
from typing import Any, cast

import aiohttp
import discord
from discord.gateway import DiscordWebSocket, ReconnectWebSocket
from discord.shard import Shard

from bot.errors import describe_failure
from bot.gateway.turn import Turns
from bot.http import Clock, Timer

log = logging.getLogger(__name__)

READY_WITHIN_S = 60.0
OPEN_WITHIN_S = 60.0
CLOSE_WITHIN_S = 1.0
RESUMES_AT_ITS_HOST = 3
"""So often a session is asked for at the host that READY named for it, which may be gone; then where all begin."""
LOSSES_AT_MOST = 10
LOSSES_WITHIN_S = 60.0
UNREADABLE_AT_MOST = 3
UNREADABLE_WITHIN_S = 3600.0
"""So many events in this time that discord.py cannot read end the process: it would never come to serve."""
RESTS_S = 60.0
"""How long a shard rests that Discord takes again and again, and lets go at once, while others serve."""
_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 60.0

_PASSING = (OSError, discord.HTTPException, discord.GatewayNotFound, aiohttp.ClientError, TimeoutError)
"""What connecting again may mend. (A `ConnectionClosed` is what it does not, but for one without a reason.)"""


class NoSessionsLeft(Exception):
    """Discord lets the bot begin fewer sessions than it needs, for so long: with more, it would take its token away."""

    def __init__(self, remaining: int, wanted: int, *, for_s: float) -> None:
        super().__init__(f"{remaining} sessions left of {wanted}")
        self.remaining, self.wanted, self.for_s = remaining, wanted, for_s


class Unreadable(Exception):
    """Discord keeps sending what discord.py cannot read. Its text says what."""


_opening: ContextVar[list[DiscordWebSocket]] = ContextVar("opening")


class _Socket(DiscordWebSocket):
    """One that is known before it is open: discord.py leaves those to themselves that somebody waits for no more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _opening.get().append(self)

    async def close(self, code: int = 4000) -> None:
        """Close it. Discord may say nothing to that any more, for which discord.py would wait half a minute."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await super().close(code)


class _Line:
    """What is known of the connection of one shard."""

    def __init__(self, shard_id: int) -> None:
        self.id = shard_id
        self.socket: DiscordWebSocket | None = None
        self.resumes = False
        self.lost_at: deque[float] = deque(maxlen=LOSSES_AT_MOST)
        self.failures = 0
        self.resumes_tried = 0
        self.is_missed = False
        """Whether the log says that it is lost."""
        self.ready_timer: Timer | None = None

    def stop_waiting(self) -> None:
        if self.ready_timer is not None:
            self.ready_timer.cancel()

    def note_standing(self) -> None:
        self.stop_waiting()
        self.lost_at.clear()
        self.failures = self.resumes_tried = 0

    def choose_wait(self) -> float:
        """How long to wait after one more connection that could not be made."""
        self.failures += 1
        return min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2.0 ** min(self.failures, 10)) * random.uniform(0.25, 1.0)


class Connected(discord.AutoShardedClient):
    """The connection alone; what the bot does with it is `bot.client`'s.

    discord.py's own `connect` mends one shard at a time, so that one which cannot be reached keeps the others waiting;
    it begins a new session after an outage, and what was said meanwhile is lost; it tries for ever where nothing can
    come of it; and it closes the bot over one event that it cannot read.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        intents: discord.Intents,
        turns: Turns | None = None,
        shard_count: int | None = None,
        shard_ids: Sequence[int] = (),
        **options: Any,
    ) -> None:
        if shard_ids:
            options["shard_ids"] = list(shard_ids)
        super().__init__(intents=intents, shard_count=shard_count, **options)
        self.clock = clock
        self.turns = turns or Turns(clock=clock)
        self.gateway_failure = ""
        """What the gateway did that made the bot give up: words that follow its name."""
        self._ended = asyncio.Event()
        self._lines: dict[int, _Line] = {}
        self._standing: set[int] = set()
        self.losses: Counter[int] = Counter()
        """How often each shard of this process was connected, and then was not any more."""
        self._is_new = True
        self._unreadable: deque[float] = deque(maxlen=UNREADABLE_AT_MOST)
        parsers = self._connection.parsers
        parsers["READY"] = partial(self._read_ready, parsers["READY"])
        parsers["RESUMED"] = partial(self._read_resumed, parsers["RESUMED"])

    @property
    def standing(self) -> frozenset[int]:
        """The shards of this process that are connected, and told of what happens."""
        return frozenset(self._standing)

    def find_shard(self, guild_id: int) -> int:
        """The shard that is told of a server."""
        return (guild_id >> 22) % (self.shard_count or 1)

    def is_told_of(self, guild_id: int) -> bool:
        """Whether a shard of this process is told of a server."""
        return self.find_shard(guild_id) in self.own_shards

    @property
    def own_shards(self) -> Sequence[int]:
        """The shards of this process; before it is known how many there are, one."""
        return self.shard_ids or range(self.shard_count or 1)

    def describe_shards(self) -> str:
        """Words that follow how many servers there are; nothing where there is one shard."""
        return f", shards: {len(self.own_shards)} of {self.shard_count}" if (self.shard_count or 1) > 1 else ""

    async def find_shards(self) -> None:
        """Ask Discord how many shards it wants, and how fast they may connect. Raise as discord.py does, or
        NoSessionsLeft.
        """
        recommended, _, limits = await self.http.get_bot_gateway()
        self.turns.max_concurrency = max(1, limits["max_concurrency"])
        self.shard_count = self._connection.shard_count = self.shard_count or recommended
        ids = self._connection.shard_ids = self.shard_ids or range(self.shard_count)
        if limits["remaining"] < len(ids):
            raise NoSessionsLeft(limits["remaining"], len(ids), for_s=limits["reset_after"] / 1000)

    async def login(self, token: str) -> None:
        """Log in, but no longer than until the bot is closed: discord.py rests for as long as Discord asks it to."""
        logging_in = asyncio.create_task(super().login(token))
        ending = asyncio.create_task(self._ended.wait())
        try:
            await asyncio.wait({logging_in, ending}, return_when=asyncio.FIRST_COMPLETED)
            if logging_in.done():
                logging_in.result()
        finally:
            logging_in.cancel()
            ending.cancel()
            await asyncio.wait({logging_in, ending}, timeout=CLOSE_WITHIN_S)

    async def connect(self, *, reconnect: bool = True) -> None:
        """Serve until the bot is closed or gives the gateway up.

        Raises:
            discord.ConnectionClosed: Discord closed a connection for good, and says why by a code.
            discord.PrivilegedIntentsRequired: it grants no intent that was asked for.
            Unreadable: it keeps sending what cannot be read.
        """
        self._reconnect = reconnect
        if self.is_closed():
            return  # before it was logged in
        self._lines = {shard_id: _Line(shard_id) for shard_id in self._connection.shard_ids}
        serving = [asyncio.create_task(self._serve(line), name=f"shard {line.id}") for line in self._lines.values()]
        ending = asyncio.create_task(self._ended.wait())
        try:
            await asyncio.wait({*serving, ending}, return_when=asyncio.FIRST_COMPLETED)
            for task in serving:
                if task.done():
                    task.result()
        finally:
            for task in (*serving, ending):
                task.cancel()
            await asyncio.wait({*serving, ending}, timeout=2 * CLOSE_WITHIN_S)
            for line in self._lines.values():
                line.stop_waiting()

    async def close(self) -> None:
        self._ended.set()
        await super().close()

    async def _serve(self, line: _Line) -> None:
        """Keep a shard connected until the bot is closed. Raise what is final."""
        while not self.is_closed():
            wait_s = 0.0
            try:
                await self._listen(line)
            except ReconnectWebSocket as error:
                line.resumes = error.resume
            except discord.ConnectionClosed as error:
                wait_s = self._look_at_close(line, error)
            except _PASSING as error:
                wait_s = self._fail(line, error)
            except Exception as error:  # noqa: BLE001 - whatever discord.py trips over
                await self._pass_over(line, error)
            self.losses[line.id] += line.id in self._standing
            self._standing.discard(line.id)
            line.stop_waiting()
            await self.clock.sleep(max(wait_s, self._count_loss(line)))

    async def _listen(self, line: _Line) -> None:
        """Connect, and hear what is told until that ends with an exception."""
        await self._open(line)
        while True:
            await cast("DiscordWebSocket", line.socket).poll_event()

    async def _open(self, line: _Line) -> None:
        """Connect, to go on with the last session or to begin one. Raise as discord.py does."""
        old = line.socket
        if line.resumes and old is not None and old.session_id is not None:
            line.resumes_tried += 1
            gateway = old.gateway if line.resumes_tried <= RESUMES_AT_ITS_HOST else None
            session = {"gateway": gateway, "session": old.session_id, "sequence": old.sequence, "resume": True}
            await self._connect_socket(line, **session)
            self._wait_until_it_stands(line, old.sequence)
            return
        async with self.turns.take(line.id):
            await self._connect_socket(line)

    async def _connect_socket(self, line: _Line, **session: Any) -> None:
        _opening.set(opening := [])
        try:
            # Not by `wait_for`, which swallows a cancellation at the moment at which the connection is made.
            async with asyncio.timeout(OPEN_WITHIN_S):
                line.socket = await _Socket.from_client(self, shard_id=line.id, **session)
        except BaseException:
            for socket in opening:
                with contextlib.suppress(*_PASSING):
                    await socket.close()
            raise
        # discord.py asks this table for latencies, and closes what is in it.
        shards = cast("dict[int, Shard]", getattr(self, "_AutoShardedClient__shards"))  # noqa: B009 - the name is mangled
        shards[line.id] = Shard(line.socket, self, _drop)

    def _look_at_close(self, line: _Line, error: discord.ConnectionClosed) -> float:
        """Raise if a connection was closed for good. How long to wait until the next one, in seconds."""
        if self.is_closed():
            return 0.0
        if error.code == 4014:
            raise discord.PrivilegedIntentsRequired(line.id) from None
        if error.code != 1000:
            raise error
        return self._fail(line, error)

    def _fail(self, line: _Line, error: Exception) -> float:
        """A connection could not be made, or broke. How long to wait until the next one, in seconds."""
        if self._is_new and line.socket is None and not self.is_closed():
            log.debug("the gateway cannot be reached", exc_info=error)
            self._give_up("cannot be reached")
        line.resumes = True
        if isinstance(error, OSError) and error.errno in (54, 10054):
            return 0.0  # whoever cut it takes the next one
        wait_s = line.choose_wait()
        if not self.is_closed():
            why, name = describe_failure(error), self._name(line)
            self._miss(line, "%s has no connection to Discord (%s); trying again in %.0f s", name, why, wait_s)
        return wait_s

    async def _pass_over(self, line: _Line, error: Exception) -> None:
        """discord.py tripped over an event: the connection is made anew. Raise if that happened too often."""
        if self.is_closed():
            return
        self._unreadable.append(self.clock.monotonic())
        what = f"{type(error).__name__} in {traceback.extract_tb(error.__traceback__)[-1].name}"
        oldest_s, latest_s = self._unreadable[0], self._unreadable[-1]
        if len(self._unreadable) == UNREADABLE_AT_MOST and latest_s - oldest_s < UNREADABLE_WITHIN_S:
            raise Unreadable(what) from error
        self._miss(line, "Discord sent an event that cannot be read (%s); connecting again", what)
        log.debug("It was read so:", exc_info=error)
        if line.socket is not None:
            await line.socket.close()
        line.resumes = False

    # What becomes of connections

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:  # noqa: ARG002
        line = self._lines[shard_id or 0]
        await self.turns.renew(line.id)
        self._wait_until_it_stands(line, None)

    def _wait_until_it_stands(self, line: _Line, sequence: int | None) -> None:
        """See to it that READY or RESUMED comes, for which discord.py would wait for ever.

        `sequence`: of the last event so far.
        """
        line.stop_waiting()
        at_s = self.clock.monotonic() + READY_WITHIN_S
        line.ready_timer = self.clock.call_at(at_s, partial(self._miss_ready, line, sequence))

    def _miss_ready(self, line: _Line, sequence: int | None) -> None:
        if self._is_new:
            self._give_up("takes the connection, but never says that it is ready")
        elif line.socket is None or self.is_closed():
            return
        elif line.socket.sequence != sequence:  # what was missed is still being told
            self._wait_until_it_stands(line, line.socket.sequence)
        else:
            self._miss(line, "Discord took the connection, but never said that it is ready; connecting again")
            line.socket.session_id = None  # it would not be resumed the next time either
            self.loop.create_task(line.socket.close())

    def _read_ready(self, read: Callable[[Any], None], told: Mapping[str, Any]) -> None:
        """Forget the servers of the shard that READY does not name any more: discord.py does so with one shard only."""
        shard_id = int(told["shard"][0])
        named = {int(guild["id"]) for guild in told["guilds"]}
        for guild in self.guilds:
            if guild.shard_id == shard_id and guild.id not in named:
                self._connection._remove_guild(guild)  # pyright: ignore[reportPrivateUsage]
        read(told)
        self._is_new = False
        self._stand(shard_id)

    def _read_resumed(self, read: Callable[[Any], None], told: Mapping[str, Any]) -> None:
        read(told)
        self._stand(int(told["__shard_id__"]))

    def _stand(self, shard_id: int) -> None:
        self._standing.add(shard_id)
        line = self._lines[shard_id]
        line.note_standing()
        if line.is_missed:
            line.is_missed = False
            log.warning("%s has a connection to Discord again", self._name(line))

    def _miss(self, line: _Line, said: str, *facts: object) -> None:
        """Say in the log that a shard is lost, and once it stands that it is back."""
        line.is_missed = True
        log.warning(said, *facts)

    def _count_loss(self, line: _Line) -> float:
        """Give up where discord.py would try for ever, and a host would think that all is well: when no shard serves,
        and each connection is closed as soon as it stands. How long to wait if others serve.
        """
        self.dispatch("disconnect")
        self.dispatch("shard_disconnect", line.id)
        if self.is_closed() or line.socket is None:
            return 0.0
        line.lost_at.append(self.clock.monotonic())
        if len(line.lost_at) < LOSSES_AT_MOST or line.lost_at[-1] - line.lost_at[0] >= LOSSES_WITHIN_S:
            return 0.0
        what = f"closes each connection at once (code {line.socket.socket.close_code})"
        if not self._standing:
            self._give_up(what)
            return 0.0
        line.lost_at.clear()
        self._miss(line, "Discord %s of %s; trying again in %.0f s", what, self._name(line), RESTS_S)
        return RESTS_S

    def _give_up(self, what: str) -> None:
        self.gateway_failure = self.gateway_failure or what
        self._ended.set()

    def _name(self, line: _Line) -> str:
        return "Shiori" if len(self._lines) == 1 else f"shard {line.id} of {self.shard_count}"


def _drop(_: object) -> None:
    """What discord.py tells of a shard that it looks after itself, which these are not."""
