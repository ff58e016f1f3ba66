"""How many requests VNDB sees for many commands: the real `Vndb` and `Client`, a scripted transport, virtual time.

The way of a command is that of `/vn search`: an id (chosen from the suggestions) asks for a card, a typed title for a
search and then the card of its one match.
"""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable
from typing import Any, cast

import msgspec

from bot.http import Client, MemoryCache, Priority, Request, Response, asking
from bot.vndb.api.client import CARD_LIFETIME, DAY_S, SEARCH_LIFETIME, Vndb, policy
from bot.vndb.api.kind import VN
from tests.bench.row import Row
from tests.support.clock import FakeClock

_PEOPLE, _COMMANDS_EACH, _NOVELS = 200, 20, 500
_COMMANDS = _PEOPLE * _COMMANDS_EACH
_EVENING_S = 6 * 3600.0  # longer than a search is fresh, so that refreshing counts too
_TYPED_SHARE = 0.3
_LATENCY_S = 0.08
_FIRST_ID = 17


class _ScriptedVndb:
    """A transport that answers as VNDB does, and remembers when each question was asked."""

    def __init__(self, clock: FakeClock) -> None:
        self.requests = 0
        self.asked_at: dict[tuple[str, str], list[float]] = defaultdict(list)
        self._clock = clock

    async def send(
        self,
        request: Request,
        *,
        timeout_s: float,  # noqa: ARG002
        max_body_bytes: int,  # noqa: ARG002
        on_sent: Callable[[], None] | None = None,
    ) -> Response:
        if on_sent is not None:
            on_sent()
        self.requests += 1
        body = self._answer(request)
        await self._clock.sleep(_LATENCY_S)
        return Response(200, {"content-type": "application/json"}, msgspec.json.encode(body))

    async def close(self) -> None:
        """Nothing is open."""

    def _answer(self, request: Request) -> dict[str, Any]:
        if request.body is None:
            self._note("schema", "")
            return {"enums": {"language": [{"id": "ja", "label": "Japanese"}], "platform": []}}
        filters = cast("list[Any]", msgspec.json.decode(request.body)["filters"])
        if filters[0] == "search":
            self._note("search", filters[2])
            ids = [f"v{filters[2].removeprefix('novel number ')}"]
        else:
            ids = [cast("str", one[2]) for one in (filters[1:] if filters[0] == "or" else [filters])]
            for vn_id in ids:
                self._note("vn", vn_id)
        return {"results": [_build_record(vn_id) for vn_id in ids], "more": False, "time": 4}

    def _note(self, kind: str, what: str) -> None:
        self.asked_at[kind, what].append(self._clock.monotonic())


def _build_record(vn_id: str) -> dict[str, Any]:
    return {"id": vn_id, "title": f"Novel number {vn_id[1:]}", "olang": "ja", "description": "About a novel. " * 40}


def _count_within_lifetime(asked_at: dict[tuple[str, str], list[float]]) -> int:
    """The most often that one question was asked within the lifetime of its answer."""
    fresh_s = {"vn": CARD_LIFETIME.fresh_s, "search": SEARCH_LIFETIME.fresh_s, "schema": DAY_S}
    most = 0
    for (kind, _), times in asked_at.items():
        for start in times:
            most = max(most, sum(start <= time < start + fresh_s[kind] for time in times))
    return most


async def measure_upstream(seed: int) -> list[Row]:
    """Let 200 people use the commands through an evening of virtual time: without a restart, and with one amid it."""
    whole = await _spend_evening(seed)
    # A cache that outlives the process is this one's, which the client after the restart has as well.
    alone, shared = [await _spend_evening(seed, restarts=True, outlives=outlives) for outlives in (False, True)]
    return [_build_row(whole), _build_restart_row(whole, alone, shared)]


async def _spend_evening(seed: int, *, restarts: bool = False, outlives: bool = False) -> _ScriptedVndb:
    rng = random.Random(seed)
    clock = FakeClock()
    service = _ScriptedVndb(clock)
    cache = MemoryCache()

    def start() -> tuple[Client, Vndb]:
        client = Client(service, clock=clock, cache=cache, policies=[policy()], rng=rng)
        return client, Vndb(client, base_url="http://scripted", rng=rng, clock=clock)

    client, vndb = start()

    async def use_command(novel: int, *, typed: bool) -> None:
        with asking(clock, within_s=20, priority=Priority.COMMAND):
            vn_id = f"v{novel}"
            if typed:
                vn_id = (await vndb.search(VN, f"Novel number {novel}")).items[0].id
            card = await vndb.fetch(VN, vn_id)
            await vndb.fetch_names()
        assert card.entry.id == f"v{novel}"

    # Zipf's law: the novel in place n is asked for 1/n as often as the first.
    novels = rng.choices(
        range(_FIRST_ID, _FIRST_ID + _NOVELS), weights=[1 / n for n in range(1, _NOVELS + 1)], k=_COMMANDS
    )
    starts = sorted(rng.uniform(0, _EVENING_S) for _ in novels)
    typed = [rng.random() < _TYPED_SHARE for _ in novels]
    tasks: list[asyncio.Task[None]] = []
    began_s = clock.monotonic()
    for number, (at_s, novel) in enumerate(zip(starts, novels, strict=True)):
        await clock.advance(began_s + at_s - clock.monotonic())
        if restarts and number == _COMMANDS // 2:
            await clock.run(asyncio.gather(*tasks))
            await client.close()
            cache = cache if outlives else MemoryCache()
            client, vndb = start()
        tasks.append(asyncio.create_task(use_command(novel, typed=typed[number])))
    await clock.run(asyncio.gather(*tasks))
    await clock.settle()
    await client.close()
    return service


def _build_restart_row(whole: _ScriptedVndb, alone: _ScriptedVndb, shared: _ScriptedVndb) -> Row:
    cost, left = alone.requests - whole.requests, shared.requests - whole.requests
    return Row(
        "Requests that a restart costs, three hours into that evening: the cache in the process; and where it outlives"
        " it, as in a Redis",
        f"{cost} ({cost / whole.requests:.0%}); {left}",
        target="0 where it outlives it",
        met=left <= whole.requests // 100,
    )


def _build_row(service: _ScriptedVndb) -> Row:
    most = _count_within_lifetime(service.asked_at)
    return Row(
        f"Upstream requests per thousand commands ({_PEOPLE} people with {_COMMANDS_EACH} commands each in"
        f" {_EVENING_S / 3600:g} h of virtual time, {_NOVELS} novels by Zipf's law;"
        " a scripted transport under the real client)",
        f"{service.requests / _COMMANDS * 1000:.0f} ({service.requests} requests, {len(service.asked_at)} distinct"
        f" questions; at most {most} a question in its lifetime)",
        target="≤ 1 a question in its lifetime",
        met=most <= 1,
    )
