"""The shared client: a lane for each service, one cache, and nothing asked twice."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from typing import Any

import msgspec
from msgspec.structs import replace

from bot.errors import (
    BadAnswer,
    Banned,
    OverShare,
    QueryTimedOut,
    ServiceError,
    ShioriError,
    Throttled,
    TimedOut,
    Unavailable,
    UnknownToken,
)
from bot.http.ask import DEFAULT_WITHIN_S, Priority, Standing, asking, current_standing
from bot.http.cache import Cache, Entry, Lifetime, name_owner
from bot.http.clock import Clock, time_limit
from bot.http.counters import Counters
from bot.http.flight import Flights
from bot.http.lane import Lane, OnRest
from bot.http.lane_state import LaneState, WindowState
from bot.http.lease import LeaseBook
from bot.http.message import Request, Response, Transport
from bot.http.permit import Permit
from bot.http.policy import Policy, Spent
from bot.http.retry import find_retry_delay_s
from bot.http.shared_lane import SharedLane
from bot.http.throttle import Rest
from bot.http.verdict import find_error, parse_reason

_log = logging.getLogger("bot.http")

REFRESH_PATIENCE_S = 30.0  # after a failed refresh of an entry, before the next one
_GATEWAY = (502, 503, 504)  # said by what stands before a service that may have done nothing
_MISSING = 404  # there is no such entry: an answer like any other
_LONGEST_DEBT_S = 3600.0  # far more than a service lets be owed: a note that says so is wrong
_GUARD_S = 1.0  # the transport keeps the time-out; this much later the client stops believing so


class Answer(msgspec.Struct, frozen=True):
    """What is known. `body` None: it is known that there is nothing.

    `cached`: from the cache. `stale`: past its lifetime, and a newer one cannot be had at present.
    """

    body: bytes | None
    age_s: float
    stale: bool
    cached: bool


def never(_body: bytes) -> bool:
    """No answer is an empty one."""
    return False


def find_key(request: Request) -> str:
    """Under what an answer is kept: equal for equal questions of the same owner.

    Headers do not count: what is meant for one person has a credential, and that person is in the key.
    """
    digest = hashlib.blake2b(request.body, digest_size=16).hexdigest() if request.body else ""
    owner = request.credential.owner if request.credential else ""
    key = f"{request.service} {request.method} {request.url} {digest}"
    return name_owner(key, owner) if owner else key


class Client:
    """Asks services within their policies.

    The ask (deadline and priority) is the one of `asking`. Errors are those of `ServiceError`'s tree. `on_rest` is told
    whenever a service is to be left alone for a longer time, so that it can be kept and given back by `rest`, and
    `on_sent` of every request, a moment before it leaves. `book`: where several processes keep the limits together.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        clock: Clock,
        cache: Cache,
        policies: Iterable[Policy],
        rng: random.Random,
        on_rest: OnRest | None = None,
        on_sent: Callable[[str], None] | None = None,
        book: LeaseBook | None = None,
    ) -> None:
        self._transport = transport
        self._clock = clock
        self._cache = cache
        self._rng = rng
        self._on_sent = on_sent
        self._lanes = {policy.service: _build_lane(policy, clock, on_rest, book) for policy in policies}
        self._loads: Flights[bytes | None] = Flights(clock=clock)
        self._sends: Flights[Response] = Flights(clock=clock)
        self._refreshes: dict[str, asyncio.Task[None]] = {}
        self._closed = False
        self.counters = Counters()
        self.on_strike: Callable[[str], object] | None = None
        """Is told which service has refused for being asked too often, of those that are then left alone for long."""

    def lane(self, service: str) -> LaneState:
        """How it stands with a service."""
        return self._lanes[service].state

    @property
    def services(self) -> list[str]:
        """Who can be asked."""
        return list(self._lanes)

    @property
    def policies(self) -> list[Policy]:
        """Those of all services that may be asked."""
        return [lane.policy for lane in self._lanes.values()]

    def list_windows(self, service: str) -> list[WindowState]:
        """What is left of the windows of a service."""
        return self._lanes[service].list_windows()

    def rest(self, service: str, kind: Rest, for_s: float) -> None:
        """Leave a service alone for so long, as was known before this process. It may be one that is not asked here."""
        if service in self._lanes:
            self._lanes[service].rest(kind, for_s)

    def find_spent(self, service: str) -> Spent:
        """What of a service's limits is used up."""
        return self._lanes[service].find_spent()

    def take_over(self, service: str, spent: Spent) -> None:
        """Count what an earlier process used up. It may have been of a service that is not asked here."""
        if service in self._lanes:
            self._lanes[service].take_over(replace(spent, debt_s=min(spent.debt_s, _LONGEST_DEBT_S)))

    def find_limit(self, service: str) -> int:
        """How many requests the longest window of a service has; 1 if it has none."""
        windows = self._lanes[service].policy.windows
        return max(windows, key=lambda window: window.seconds).count if windows else 1

    async def send(self, request: Request) -> Response:
        """Ask the service and return its 2xx answer; everything else is raised.

        Once the request is on the wire it is not taken back, whatever becomes of the caller.
        """
        if current_standing(self._clock).shared:  # a flight already carries this one
            return await self._send(request)
        return await self._sends.join(object(), lambda: self._send(request), service=request.service)

    async def fetch(self, request: Request, lifetime: Lifetime, *, is_empty: Callable[[bytes], bool] = never) -> Answer:
        """`cached` over `send`. Answers for which `is_empty(body)` holds live `empty_s`."""

        async def load() -> bytes:
            return (await self._send(request)).body  # at once: it is in a flight already

        key, service, what = find_key(request), request.service, request.what
        return await self._read(key, lifetime, load, service=service, what=what, is_empty=is_empty)

    async def cached(
        self,
        key: str,
        lifetime: Lifetime,
        load: Callable[[], Awaitable[bytes | None]],
        *,
        service: str,
        what: str,
    ) -> Answer:
        """What is kept under `key`, or what `load` brings; None from `load` means "there is nothing", and is
        kept too. Where `load` asks with a credential, `key` has to name its owner (`name_owner`).

        An expired entry is returned at once and refreshed behind the reader's back, on the reader's share.
        """
        return await self._read(key, lifetime, load, service=service, what=what, is_empty=never)

    async def peek(self, key: str) -> Answer | None:
        """What is kept under `key`, if it is of any use. Never asks a service."""
        entry = await self._cache.get(key)
        if entry is None:
            return None
        age_s = self._age_s(entry)
        if age_s > max(entry.fresh_s, entry.stale_s):
            return None
        stale = age_s > entry.fresh_s and entry.refresh_failed_at_s is not None
        return Answer(entry.body, age_s, stale=stale, cached=True)

    async def put(self, key: str, body: bytes | None, lifetime: Lifetime) -> None:
        """Keep something that came with another answer."""
        await self._store(key, body, lifetime, empty=body is None)

    async def forget(self, request: Request) -> None:
        """Keep no answer to that question any longer."""
        await self._cache.delete(find_key(request))

    async def close(self) -> None:
        """Stop everything; whoever still waits gets Unavailable."""
        self._closed = True
        refreshes = tuple(self._refreshes.values())
        for task in refreshes:
            task.cancel()
        await asyncio.gather(*refreshes, return_exceptions=True)
        await self._loads.close()
        await self._sends.close()
        await self._transport.close()

    # The cache

    async def _read(
        self,
        key: str,
        lifetime: Lifetime,
        load: Callable[[], Awaitable[bytes | None]],
        *,
        service: str,
        what: str,
        is_empty: Callable[[bytes], bool],
    ) -> Answer:
        async def load_and_store() -> bytes | None:
            kept = await self._cache.begin(key, entry)
            if kept is not None:
                return kept.body
            try:
                body = await load()
                await self._store(key, body, lifetime, empty=body is None or is_empty(body))
            finally:
                await self._cache.end(key)
            return body

        entry = await self._cache.get(key)
        if entry is not None:
            age_s = self._age_s(entry)
            if age_s <= entry.fresh_s:
                self.counters.add(service, "hit")
                _log_line(service, what, "-", 0.0, "cache", level=logging.DEBUG)
                return Answer(entry.body, age_s, stale=False, cached=True)
            if age_s <= entry.stale_s:
                return self._serve_expired(key, entry, age_s, load_and_store, service=service, what=what)
        joined = key in self._loads
        self.counters.add(service, "joined" if joined else "miss")
        if joined:
            _log_line(service, what, "-", 0.0, "joined", level=logging.DEBUG)
        body = await self._loads.join(key, load_and_store, service=service)
        return Answer(body, 0.0, stale=False, cached=False)

    def _serve_expired(
        self,
        key: str,
        entry: Entry,
        age_s: float,
        load: Callable[[], Coroutine[Any, Any, bytes | None]],
        *,
        service: str,
        what: str,
    ) -> Answer:
        up = self._lanes[service].up
        failed_at_s = entry.refresh_failed_at_s
        rested = failed_at_s is None or self._clock.monotonic() - failed_at_s >= REFRESH_PATIENCE_S
        if up and rested and key not in self._refreshes and key not in self._loads:
            task = asyncio.create_task(self._refresh(key, entry, load, service=service))
            self._refreshes[key] = task
            task.add_done_callback(lambda _: self._refreshes.pop(key, None))
        self.counters.add(service, "stale")
        _log_line(service, what, "-", 0.0, "stale", level=logging.DEBUG)
        return Answer(entry.body, age_s, stale=not up or failed_at_s is not None, cached=True)

    async def _refresh(
        self, key: str, entry: Entry, load: Callable[[], Coroutine[Any, Any, bytes | None]], *, service: str
    ) -> None:
        with asking(self._clock, within_s=DEFAULT_WITHIN_S, priority=Priority.BACKGROUND):
            try:
                await self._loads.join(key, load, service=service)
            except OverShare:
                return  # the service has not failed: the next reader's share may do
            except ShioriError:
                await self._cache.mark_failed(key, entry, at_s=self._clock.monotonic())

    async def _store(self, key: str, body: bytes | None, lifetime: Lifetime, *, empty: bool) -> None:
        # "There is nothing" is not served past its time: something may have appeared.
        fresh_s, stale_s = (lifetime.empty_s, 0.0) if empty else (lifetime.fresh_s, lifetime.stale_s)
        await self._cache.set(key, Entry(body, self._clock.monotonic(), fresh_s, stale_s))

    def _age_s(self, entry: Entry) -> float:
        return self._clock.monotonic() - entry.stored_at_s

    # The way to the service

    async def _send(self, request: Request) -> Response:
        lane = self._lanes[request.service]
        standing = current_standing(self._clock)
        attempt = 1
        failed: Unavailable | None = None
        while not self._closed:
            asked_at = self._clock.monotonic()
            try:
                permit = await lane.acquire(standing, looks_up=request.looks_up)
            except ServiceError as error:
                self.counters.add(request.service, "refused")
                if failed is not None and isinstance(error, OverShare):
                    raise failed from None  # what the first attempt cost is no news to the person; that it failed is
                raise
            finally:
                self.counters.waited[request.service].add(self._clock.monotonic() - asked_at)
            try:
                return await self._exchange(lane, permit, request, standing)
            except UnknownToken:
                if request.credential is not None and request.credential.on_unknown is not None:
                    await request.credential.on_unknown()
                raise
            except Unavailable as error:
                failed = error
                delay_s = find_retry_delay_s(
                    error,
                    request=request,
                    lane=lane,
                    attempt=attempt,
                    deadline_monotonic=standing.ask.deadline_monotonic,
                    rng=self._rng,
                )
                if delay_s is None:
                    raise
            self.counters.add(request.service, "retried")
            await self._clock.sleep(delay_s)
            attempt += 1
        raise Unavailable(request.service, "the client is closed")

    async def _exchange(self, lane: Lane, permit: Permit, request: Request, standing: Standing) -> Response:
        """One attempt: send, read, let the lane learn, give the permit back."""
        start = self._clock.monotonic()
        cost_s: float | None = None
        status: int | str = "cancelled"
        try:
            response = await self._carry(lane, permit, request, standing)
            status = response.status
            permit.answered = response.status not in _GATEWAY
            self.counters.add(request.service, f"answered_{status // 100}xx")
            error, cost_s = self._judge(lane, permit, request, response)
            if error is not None:
                _log_refusal(request, response, error)
                raise error
        except ServiceError as error:
            if not isinstance(status, int):
                status = type(error).__name__
                self.counters.add(request.service, "failed")
                if isinstance(error, BadAnswer):
                    lane.record_answer(permit)  # too large or garbled, but the service is there
            if isinstance(error, BadAnswer):
                lane.record_garbled()
            if isinstance(error, Unavailable):
                error.cut = permit.sent_at is not None
                lane.record_failure(permit, error.trouble)
            raise
        finally:
            permit.close(cost_s=cost_s)
            took_s = self._clock.monotonic() - start
            self.counters.took[request.service].add(took_s)
            _log_line(request.service, request.what, status, took_s, "sent")
        return response

    async def _carry(self, lane: Lane, permit: Permit, request: Request, standing: Standing) -> Response:
        policy = lane.policy

        def on_sent() -> None:
            if permit.sent_at is None:
                permit.mark_sent()
                standing.mark_sent()
                self.counters.add(request.service, "sent")
                if self._on_sent is not None:
                    self._on_sent(request.service)

        try:
            with time_limit(self._clock, policy.timeout_s + _GUARD_S):
                response = await self._transport.send(
                    request, timeout_s=policy.timeout_s, max_body_bytes=policy.max_body_bytes, on_sent=on_sent
                )
        except TimeoutError:
            on_sent()  # who knows what a transport did that does not keep its time
            raise TimedOut(request.service, f"no answer to {request.what}") from None
        if request.credential is None:
            return response
        return replace(response, body=request.credential.token.blot_out(response.body))

    def _judge(
        self, lane: Lane, permit: Permit, request: Request, response: Response
    ) -> tuple[ServiceError | None, float | None]:
        """What the answer means, and the execution time it cost (None: not known)."""
        finding = lane.policy.examine(response)
        cost_s = finding.cost_s or None
        if permit.sent_at is not None:
            took_s = self._clock.monotonic() - permit.sent_at
            if isinstance(finding.error, QueryTimedOut):
                cost_s = took_s  # it was the question that took so long, not the way
            elif cost_s is not None:
                cost_s = min(cost_s, took_s)  # executed for longer than it was on its way it cannot have been
        if finding.pause_s is not None:
            lane.rest(Rest.BAN if isinstance(finding.error, Banned) else Rest.PAUSE, finding.pause_s)
            self.counters.add(request.service, "paused")
        if response.status == 429:
            self.counters.add(request.service, "paused")
            throttled = lane.record_throttle(permit, response.headers)
            if self.on_strike is not None and lane.policy.blocks_repeat_offenders:
                self.on_strike(request.service)
            return finding.error or throttled, cost_s or 0.0  # a refused request is not executed
        asked_s = lane.parse_pause(response.headers) if response.status == 503 else None
        if asked_s is not None:
            lane.rest(Rest.PAUSE, asked_s)
        if finding.limit is not None:
            lane.set_window_count(finding.limit)  # after every pause: a wider window lets the next ones go at once
        error = finding.error or find_error(request, response, pause_s=asked_s)
        if not isinstance(error, Unavailable | Throttled):
            lane.record_answer(permit)
        return error, cost_s


def _build_lane(policy: Policy, clock: Clock, on_rest: OnRest | None, book: LeaseBook | None) -> Lane:
    if book is None:
        return Lane(policy, clock=clock, on_rest=on_rest)
    return SharedLane(policy, clock=clock, on_rest=on_rest, book=book)


def _log_refusal(request: Request, response: Response, error: ServiceError) -> None:
    """Say in the service's own words why it gave no answer: who hosts the bot can help, who asked cannot."""
    if error.status == _MISSING:
        return
    # What shuts us out names our own address: nothing of that.
    words = parse_reason(response.body) if response.status >= 400 and not isinstance(error, Banned) else ""
    _log.warning("%s refused %s (%s): %s", request.service, request.what, response.status, words or error.reason)


def _log_line(
    service: str, what: str, status: int | str, took_s: float, source: str, *, level: int = logging.INFO
) -> None:
    """What asked nobody is of interest to whoever looks for a fault only, and is most of it."""
    _log.log(level, "service=%s what=%s status=%s ms=%.0f source=%s", service, what, status, took_s * 1000, source)
