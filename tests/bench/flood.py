"""What a flood of events costs that need no service and no answer: new, edited and deleted messages of strangers.

The same events go to Shiori and to the constant bot in turn; discord.py reads them in both.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from typing import Any

from bot.playground.engine import Person, World
from bot.playground.service import start_sample_services
from tests.bench.answer import open_both
from tests.bench.program import Program
from tests.bench.row import Row

Payload = dict[str, Any]
Event = tuple[str, Payload]

_QUERY = "v17"
_ROUNDS, _EVENTS, _AT_ONCE = 3, 2000, 50
_BULK = 100
_NEW_TARGET, _RATIO_TARGET = 1.3, 2.0
_RATE, _STEP_S, _FLOOD_S, _WARM_UP_S = 3000, 0.01, 6.0, 1.0
_BETWEEN_S = 0.03
_WAIT_TARGET_S = 1.0

_TEXT = (
    "I read the last route yesterday, and I still do not know what to think of that ending. What did you think of it?"
)
_ANIME = f"{_TEXT[:60]} " + " ".join(f"https://anilist.co/anime/{number}" for number in range(1, 6))
_GALLERY = f"{_TEXT[:60]} https://e-hentai.org/g/2000001/0123456789/"
_LINKED = f"{_TEXT[:60]} https://example.org/articles/an-ending-explained?page=2"


async def measure_floods() -> list[Row]:
    """Send both bots the same events, and let somebody ask in the middle of them."""
    async with AsyncExitStack() as stack:
        services = await start_sample_services()
        stack.push_async_callback(services.stop)
        shiori, constant, *_ = await stack.enter_async_context(open_both(services))
        await _switch_previews_off(shiori)
        makers = [await _prepare(program) for program in (shiori, constant)]
        rows = [
            await _measure_cost(kind, kinds[kind], shiori, constant, makers, target=target)
            for kinds, target in ((_NEW, _NEW_TARGET), (_OTHERS, _RATIO_TARGET))
            for kind in kinds
        ]
        rows.append(await _measure_waiting(shiori, constant, makers))
        return rows


async def _switch_previews_off(program: Program) -> None:
    moderator = Person(program.world, program.world.moderator)
    panel = await (await moderator.slash(program.world.general, "settings server")).message(timeout_s=20)
    for name in ("vndb", "anime"):
        panel = await (await moderator.press(panel, f"sw:s:{name}:off")).message(timeout_s=20)


class _Maker:
    """Makes events of strangers' messages, as Discord tells them: `message` is one. Links are not previewed here."""

    def __init__(self, world: World, message: Payload) -> None:
        self._world = world
        self._message = message

    def post(self, text: str) -> Event:
        """Somebody posted a message."""
        return "MESSAGE_CREATE", {**self._message, "id": self._world.new_id(), "content": text}

    def edit(self, text: str) -> Event:
        """Somebody edited a message."""
        return self._update(text, edited_timestamp=self._world.now())

    def embed(self) -> Event:
        """Discord added the embed of its link to a message, which does not count as edited."""
        embed = {
            "type": "article",
            "url": "https://example.org/articles/an-ending-explained?page=2",
            "title": "An ending, explained",
            "description": "What happened, in which order, and why nobody noticed.",
            "provider": {"name": "Example"},
        }
        return self._update(_LINKED, embeds=[embed])

    def _update(self, text: str, **changed: Any) -> Event:
        return "MESSAGE_UPDATE", {**self._message, "id": self._world.new_id(), "content": text, **changed}

    def delete(self) -> Event:
        """Somebody deleted a message."""
        return "MESSAGE_DELETE", {"id": self._world.new_id(), **self._place()}

    def delete_many(self) -> Event:
        """Somebody deleted a hundred messages at once."""
        return "MESSAGE_DELETE_BULK", {"ids": [self._world.new_id() for _ in range(_BULK)], **self._place()}

    def _place(self) -> Payload:
        return {name: self._message[name] for name in ("channel_id", "guild_id")}


_NEW: dict[str, Callable[[_Maker], Event]] = {
    "a new message without a link": lambda make: make.post(_TEXT),
    "a new message with a link to elsewhere": lambda make: make.post(_LINKED),
    "a new message with a link to VNDB (switched off)": lambda make: make.post(f"{_TEXT} https://vndb.org/v17"),
    "a new message with five links to AniList (switched off)": lambda make: make.post(_ANIME),
    "a new message with a link to a gallery (channel not age-restricted)": lambda make: make.post(_GALLERY),
}
_OTHERS: dict[str, Callable[[_Maker], Event]] = {
    "an edited message without a link": lambda make: make.edit(_TEXT),
    "an edited message with a link to elsewhere": lambda make: make.edit(_LINKED),
    "an embed that Discord adds to a message": _Maker.embed,
    "a deleted message": _Maker.delete,
    f"{_BULK} messages deleted at once": _Maker.delete_many,
}


async def _prepare(program: Program) -> _Maker:
    """Post a message, to learn how Discord tells of it."""
    told: list[Payload] = []

    def listen(name: str, payload: Payload, _channel: object) -> None:
        if name == "MESSAGE_CREATE":
            told.append(payload)

    program.world.listeners.append(listen)
    await program.person.post(program.world.general, _TEXT)
    program.world.listeners.remove(listen)
    return _Maker(program.world, told[0])


async def _measure_cost(
    kind: str,
    make: Callable[[_Maker], Event],
    shiori: Program,
    constant: Program,
    makers: Sequence[_Maker],
    *,
    target: float,
) -> Row:
    measured = f"Processor time for {kind} ({_ROUNDS} × {_EVENTS} in turn; none has a preview)"
    wanted = f"≤ {target:g} × the constant bot"
    cpu_s: tuple[list[float], list[float]] = ([], [])
    for number in range(_ROUNDS + 1):
        for program, maker, took in zip((shiori, constant), makers, cpu_s, strict=True):
            before_s = program.read_cpu_s()
            await _send(program, [make(maker) for _ in range(_EVENTS)])
            after_s = program.read_cpu_s()
            if before_s is None or after_s is None:
                return Row(measured, "not known on this system", target=wanted)
            if number:  # the first round warms both up
                took.append((after_s - before_s) / _EVENTS)
    ours, theirs = map(statistics.mean, cpu_s)
    return Row(
        measured,
        f"{_us(ours)} ({ours / theirs:.2f} ×)",
        f"constant bot: {_us(theirs)}",
        wanted,
        ours / theirs <= target,
    )


async def _send(program: Program, events: Sequence[Event]) -> None:
    """Send all of them, and wait until they are read: a command that comes after them is answered."""
    for start in range(0, len(events), _AT_ONCE):
        for event in events[start : start + _AT_ONCE]:
            program.world.emit(*event, program.world.general)
        await asyncio.sleep(0)
    await program.show(_QUERY)


async def _measure_waiting(shiori: Program, constant: Program, makers: Sequence[_Maker]) -> Row:
    ours, ours_rate = await _wait_in_flood(shiori, makers[0])
    theirs, _ = await _wait_in_flood(constant, makers[1])
    worst = _p95(ours)
    return Row(
        f"How long a cached `/vn search {_QUERY}` waits while one server has {ours_rate:.0f} edits and deletions a"
        f" second ({_FLOOD_S:g} s; median and 95th percentile)",
        f"{_ms(statistics.median(ours))}, {_ms(worst)}",
        f"constant bot: {_ms(statistics.median(theirs))}, {_ms(_p95(theirs))}",
        f"≤ {_WAIT_TARGET_S:g} s",
        worst <= _WAIT_TARGET_S,
    )


async def _wait_in_flood(program: Program, maker: _Maker) -> tuple[list[float], float]:
    """Return the seconds that each command waited for its answer, and how many events came in a second."""
    sent = 0
    began_s = time.perf_counter()

    async def flood() -> None:
        nonlocal sent
        while (elapsed_s := time.perf_counter() - began_s) < _FLOOD_S:
            while sent < elapsed_s * _RATE:
                program.world.emit(*(maker.delete() if sent % 2 else maker.edit(_TEXT)), program.world.general)
                sent += 1
            await asyncio.sleep(_STEP_S)

    flooding = asyncio.create_task(flood())
    await asyncio.sleep(_WARM_UP_S)
    waited: list[float] = []
    while not flooding.done():
        waited.append(await program.use(_QUERY))
        await asyncio.sleep(_BETWEEN_S)
    await flooding
    return waited, sent / (time.perf_counter() - began_s)


def _p95(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=20)[18]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def _us(seconds: float) -> str:
    return f"{seconds * 1_000_000:.0f} µs"
