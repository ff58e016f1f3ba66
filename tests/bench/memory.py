"""What memory a bot takes."""

from __future__ import annotations

import asyncio
import sys

from bot.http.cache import MAX_BYTES, MAX_ENTRIES
from bot.names.keeper import LOAD_AFTER_S
from bot.playground.service import SampleServices, start_sample_services
from tests.bench.answer import open_both
from tests.bench.names import KNOWN_TITLE, WORKS, fill_shelves
from tests.bench.program import Program, run_shiori
from tests.bench.row import Row

_QUERY = "v17"
_ANSWERS, _SUGGESTIONS, _MISSPELT = 500, 200, 40
_LOAD_WITHIN_S = 20.0
_MEMORY_TARGET_MB = 30
_MB = 1024 * 1024


async def measure_memory() -> list[Row]:
    """Let both bots answer, and look at what they take; then another Shiori, with the names of many works at hand."""
    services = await start_sample_services()
    try:
        async with open_both(services) as (shiori, constant, *_):
            return await _measure(shiori, constant, services)
    finally:
        await services.stop()


async def _measure(shiori: Program, constant: Program, services: SampleServices) -> list[Row]:
    await _use(shiori, services)
    for _ in range(_ANSWERS):
        await constant.use(_QUERY)
    used = f"{_ANSWERS} answers and {_SUGGESTIONS} suggestions"
    rows = [_build_memory_row(f"after its first start, {used}", shiori, constant)]
    async with run_shiori(
        vndb_url=services.vndb.api_url, ehentai_url=services.ehentai.api_url, prepare=fill_shelves
    ) as filled:
        await _wait_for_names(filled)
        await _use(filled, services)
        for number in range(_MISSPELT):
            await filled.type(f"{KNOWN_TITLE}{number}")
        for vn in services.vndb.library.vn:
            await filled.show(vn.id)
        more = f"{_MISSPELT} misspellings and {len(services.vndb.library.vn)} novels more"
        what = f"with the names of {WORKS:,} works at hand, {used}, {more}"
        rows.append(_build_memory_row(what, filled, constant))
        full = await _measure_full_cache()
        what = f"after that, with a full cache ({MAX_BYTES // _MB} MB of answers, measured apart)"
        return [*rows, _build_memory_row(what, filled, constant, besides=full)]


async def _use(shiori: Program, services: SampleServices) -> None:
    await shiori.show(_QUERY)  # the next ones are in the cache
    for _ in range(_ANSWERS):
        await shiori.use(_QUERY)
    typed = [vn.title[:end] for vn in services.vndb.library.vn for end in (2, 3, 4, 6)]
    for title in typed[:_SUGGESTIONS]:
        await shiori.type(title)


async def _wait_for_names(program: Program) -> None:
    async with asyncio.timeout(LOAD_AFTER_S + _LOAD_WITHIN_S):
        while not await program.type(KNOWN_TITLE):  # noqa: ASYNC110 - it is another process, which tells nobody
            await asyncio.sleep(0.5)


def _build_memory_row(when: str, shiori: Program, constant: Program, *, besides: int = 0) -> Row:
    measured = f"Memory of the bot's process {when}"
    target = f"≤ the constant bot + {_MEMORY_TARGET_MB} MB"
    ours, theirs = shiori.read_memory_bytes(), constant.read_memory_bytes()
    if ours is None or theirs is None:
        return Row(measured, "not known on this system", target=target)
    more_mb = (ours + besides - theirs) / _MB
    return Row(
        measured,
        f"{(ours + besides) / _MB:.1f} MB ({more_mb:+.1f} MB)",
        f"constant bot: {theirs / _MB:.1f} MB",
        target,
        more_mb <= _MEMORY_TARGET_MB,
    )


async def _measure_full_cache() -> int:
    """The bytes that a process grows by when its cache is filled; services' limits would take hours to let it."""
    size = MAX_BYTES // MAX_ENTRIES
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.full_cache", str(size), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    return int(output)
