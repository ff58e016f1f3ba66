"""`make soak`: the whole program under load and in all weathers, for minutes or hours, in one process or several.

It fails if a service's limit was broken, an answer, a card or a change was lost or came twice, something stands where
it may not, a process ended or logged an error, memory grew after the warm-up, or tasks, files or sockets were left: a
process at rest holds no more of them than one that was just started.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import AsyncGenerator, Coroutine, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bot.playground.engine import LocalDiscord, World
from bot.playground.service import SampleServices, start_sample_services
from bot.playground.service.sample import SampleService
from tests.soak.load import People
from tests.soak.program import Programs, Quiet, Running
from tests.soak.weather import KILLED, Weather

LOOK_EACH_S = 2.0
HURRY_FROM, HURRY_UNTIL, PACE = 0.2, 0.5, 8.0
"""Of the time: people hurry, so many times as fast, once no process is ended any more. What is remembered is as much
as may be then (pages, answers, ids), and what is seldom needed has been used; memory is judged after that.
"""
SEEN_AT_LEAST_S = 600.0
SETTLE_S = 60.0
"""After the last of all; then a process is at rest."""
SLOPE_AT_MOST = 1.0
"""MB an hour."""
_RESTS_AT_LEAST = 8  # of fewer one that is off makes a slope
_TASKS_MORE_AT_MOST = 6
_FILES_MORE_AT_MOST = 6
_POOLS = 20
"""Connections that those to a Redis and a PostgreSQL keep open once they were needed at once."""
_ERROR = re.compile(rb"^(?:.* (?:ERROR|CRITICAL) |Traceback |.*\"level\": ?\"(?:ERROR|CRITICAL)\").*$", re.MULTILINE)
# What differs from one to the next of a kind.
_DIFFERENT = re.compile(r'^.*"message": |\d{6,}')


async def soak(minutes: float, processes: int, *, seed: int) -> list[str]:
    """What went wrong."""
    rng = random.Random(seed)
    with TemporaryDirectory() as folder:
        async with _open(processes, Path(folder)) as (discord, services, settings):
            programs = Programs(settings, Path(folder))
            await programs.start()
            await _wait_for_start(discord.world)
            weather = Weather(discord, services, programs, rng=rng)
            people = People(discord.world, services, weather, rng=rng)
            began_s = time.monotonic()
            violations: list[str] = []
            look = asyncio.create_task(_look(programs, services, weather, violations, began_s))
            rest = partial(_rest, people, programs, began_s)
            at_first = await rest()
            for_s = minutes * 60
            works = (people.live(), weather.make(rest), weather.end_processes(for_s), _hurry(people, for_s))
            await _run_for(for_s, *works)
            await rest()
            faults = people.find_faults()
            look.cancel()
            await programs.stop()
            faults += [f"lost: {one}" for one in people.lost]
            faults += violations
            faults += programs.faults
            faults += [
                fault
                for one in programs.ended
                for fault in _judge(one, at_first, for_s, pools=_POOLS * (processes > 1))
            ]
            _tell(people, weather, programs, services, for_s)
            return faults


@contextlib.asynccontextmanager
async def _open(
    processes: int, folder: Path
) -> AsyncGenerator[tuple[LocalDiscord, SampleServices, list[Mapping[str, str]]]]:
    """A local Discord, sample services, and the environment of each process."""
    async with contextlib.AsyncExitStack() as stack:
        services = await start_sample_services()
        stack.push_async_callback(services.stop)
        world = World()
        world.answer_within_s = 15.0  # the machine is busy with both sides
        discord = await stack.enter_async_context(LocalDiscord(world))
        common = {
            "DISCORD_TOKEN": discord.token,
            "DISCORD_API_URL": discord.api_url,
            "DISCORD_GATEWAY_URL": discord.gateway_url,
            "DATA_DIR": str(folder),
            "PORT": "0",
            **{name.upper(): url for name, url in services.api_urls.items()},
        }
        if processes > 1:
            common |= _start_shared(stack, folder)
        yield discord, services, [common] * processes


def _start_shared(stack: contextlib.AsyncExitStack, folder: Path) -> dict[str, str]:
    """A Valkey and a PostgreSQL, which several processes need."""
    from tests.support.postgres import start_postgres
    from tests.support.valkey import run_valkey

    (folder / "valkey").mkdir()
    valkey = stack.enter_context(run_valkey(folder / "valkey"))
    postgres = start_postgres(folder / "postgres")
    stack.callback(postgres.cleanup)
    return {"CACHE_URL": valkey.url, "DATABASE_URL": postgres.get_uri()}


async def _wait_for_start(world: World) -> None:
    async with asyncio.timeout(60):
        events = world.subscribe()
        while not (world.bot_connected and world.commands):
            await events.get()
        world.unsubscribe(events)


async def _run_for(seconds: float, *works: Coroutine[Any, Any, None]) -> None:
    tasks = [asyncio.create_task(work) for work in works]
    done, pending = await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    for task in done:
        task.result()


async def _look(
    programs: Programs, services: SampleServices, weather: Weather, violations: list[str], began_s: float
) -> None:
    """Look at the processes, and at what the services count: `violations` tells what was wrong with what just then."""
    known: Counter[str] = Counter()
    while True:
        at_s = time.monotonic() - began_s
        await programs.look(at_s)
        now = Counter({one.variable: one.violations for one in _list_services(services)})
        for name, count in (now - known).items():
            violations.append(f"{count} requests to {name} against its limits; the latest weather: {weather.told[-3:]}")
            print(f"{at_s / 60:.1f} min: {violations[-1]}", flush=True)
        known = now
        await asyncio.sleep(LOOK_EACH_S)


async def _hurry(people: People, for_s: float) -> None:
    """Have them be fast for a while."""
    await asyncio.sleep(HURRY_FROM * for_s)
    people.pace = PACE
    await asyncio.sleep((HURRY_UNTIL - HURRY_FROM) * for_s)
    people.pace = 1.0
    await asyncio.Event().wait()


async def _rest(people: People, programs: Programs, began_s: float) -> list[Quiet]:
    """Have nobody do anything until each process is at rest. What each holds then."""
    async with people.asleep():
        await asyncio.sleep(SETTLE_S)
        at_s = time.monotonic() - began_s
        quiet = await programs.look_at_rest(at_s)
    held = ", ".join(
        f"{one.tasks} tasks, {one.files} files, {one.memory_mb:.1f} MB, of these {one.live_mb:.2f} held"
        for one in quiet
    )
    print(
        f"{at_s / 60:.0f} min: at rest {held}; {sum(people.counts.values())} acts, {len(people.lost)} lost", flush=True
    )
    return quiet


def _list_services(services: SampleServices) -> tuple[SampleService[Any], ...]:
    return services.vndb, services.ehentai, services.anilist, services.nekos


def _judge(one: Running, at_first: list[Quiet], for_s: float, *, pools: int) -> list[str]:
    """What a process did wrong, and what it had left over whenever it was at rest."""
    errors = [match[0].decode(errors="replace") for match in _ERROR.finditer(one.log.read_bytes())]
    faults = [f"logged: {_shorten(error)}" for error in errors]
    for what, slope in find_slopes(one, for_s).items():
        if slope[0] - slope[1] > SLOPE_AT_MOST:
            faults.append(f"{what} grows by {slope[0]:.1f} ± {slope[1]:.1f} MB an hour")
    tasks, files = max(quiet.tasks for quiet in at_first), max(quiet.files for quiet in at_first)
    for quiet in one.quiet:
        if quiet.tasks > tasks + _TASKS_MORE_AT_MOST:
            faults.append(f"{quiet.tasks} tasks are left at rest, {tasks} were at first")
        if quiet.files > files + _FILES_MORE_AT_MOST + pools:
            faults.append(f"{quiet.files} files and sockets are left at rest, {files} were at first")
    return faults


def _shorten(error: str) -> str:
    """What was logged, without what differs from one to the next of a kind, and the end of its traceback."""
    error = _DIFFERENT.sub("", error)
    return error if len(error) < 400 else f"{error[:150]} … {error[-250:]}"


def find_slopes(one: Running, for_s: float) -> dict[str, tuple[float, float]]:
    """How much the memory of a process grew after its warm-up in MB an hour, and twice the standard error of that, by
    least squares: as the system counts it, and what is held at rest. Nothing if it did not live for long enough.
    """
    if not one.memory or one.memory[0][0] > HURRY_FROM * for_s + SETTLE_S:
        return {}
    warm_s = HURRY_UNTIL * for_s + 2 * SETTLE_S
    memory = [(at_s, mb) for at_s, mb in one.memory if at_s > warm_s]
    held = [(quiet.at_s, quiet.live_mb) for quiet in one.quiet if quiet.at_s > warm_s]
    slopes: dict[str, tuple[float, float]] = {}
    if len(memory) >= SEEN_AT_LEAST_S / LOOK_EACH_S:
        # What is left over depends on what was before it; a look in ten counts as one of its own.
        slopes["memory"] = _find_slope(memory, each=10)
    if len(held) >= _RESTS_AT_LEAST:
        slopes["what is held"] = _find_slope(held)
    return slopes


def _find_slope(seen: list[tuple[float, float]], *, each: int = 1) -> tuple[float, float]:
    """`each`: of so many one counts as one of its own."""
    hours, sizes = zip(*((at_s / 3600, mb) for at_s, mb in seen), strict=True)
    slope, start = statistics.linear_regression(hours, sizes)
    mean = statistics.fmean(hours)
    spread = sum((hour - mean) ** 2 for hour in hours)
    left = sum((size - start - slope * hour) ** 2 for hour, size in zip(hours, sizes, strict=True)) / (len(seen) - 2)
    return slope, 2 * (each * left / spread) ** 0.5


def _tell(people: People, weather: Weather, programs: Programs, services: SampleServices, for_s: float) -> None:
    print("done:", ", ".join(f"{name} {count}" for name, count in sorted(people.counts.items())))
    killed = weather.told.count(KILLED)
    print(
        f"weather: {len(weather.told)} times; starts: {len(programs.ended)}, {killed} after a kill, "
        f"{programs.unreached} in vain; longest end: {max(programs.took_s):.1f} s"
    )
    asked = {one.variable: len(one.requests) for one in _list_services(services)}
    print("requests:", ", ".join(f"{name.removesuffix('_api_url')} {count}" for name, count in asked.items()))
    for one in programs.ended:
        for what, slope in find_slopes(one, for_s).items():
            print(f"{what}: {slope[0]:+.2f} ± {slope[1]:.2f} MB an hour")


def main() -> int:
    """The exit code: 0 if nothing went wrong."""
    parser = argparse.ArgumentParser(prog="make soak ARGS='…'", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    faults = asyncio.run(soak(args.minutes, args.processes, seed=args.seed))
    for fault in sorted(set(faults)):
        print("FAULT:", faults.count(fault), "×", fault)
    print("nothing went wrong" if not faults else f"{len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
