"""What memory a bot takes that has just been started for the first time."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from bot.http.cache import MAX_BYTES, MAX_ENTRIES
from bot.playground.service import SampleServices
from tests.bench.program import Program, run_constant, run_shiori
from tests.bench.row import Row

_QUERY = "v17"
_ANSWERS, _SUGGESTIONS = 500, 200
_MEMORY_TARGET_MB = 30
_MB = 1024 * 1024


async def measure_memory(services: SampleServices, card: dict[str, Any]) -> list[Row]:
    """Let both bots answer, and look at what they take."""
    novels = services.vndb.library.vn
    typed = [vn.title[:end] for vn in novels for end in (2, 3, 4, 6)][:_SUGGESTIONS]
    async with (
        run_shiori(vndb_url=services.vndb.api_url, ehentai_url=services.ehentai.api_url) as shiori,
        run_constant(card) as constant,
    ):
        for program in (shiori, constant):
            for _ in range(_ANSWERS):
                await program.use(_QUERY)
        for title in typed:
            await shiori.type(title)
        rows = [_build_memory_row(f"{_ANSWERS} answers and {_SUGGESTIONS} suggestions", shiori, constant)]
        for vn in novels:
            await shiori.show(vn.id)
        rows.append(_build_memory_row(f"that, and {len(novels)} novels more", shiori, constant))
        full = await _measure_full_cache()
        what = f"that, and a full cache ({MAX_BYTES // _MB} MB of answers, measured apart)"
        return [*rows, _build_memory_row(what, shiori, constant, besides=full)]


def _build_memory_row(after: str, shiori: Program, constant: Program, *, besides: int = 0) -> Row:
    measured = f"Memory of the bot's process after its first start, {after}"
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
