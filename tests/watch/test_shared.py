"""One process of several tells whether it reaches what they share."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.support.valkey import run_valkey
from tests.watch.conftest import Watched
from tests.watch.exposition import parse


async def test_that_it_goes_on_alone_is_told(unwatched: Watched, tmp_path: Path) -> None:
    async def reach(value: float) -> None:
        async with asyncio.timeout(30):
            while True:
                seen = parse((await unwatched.ask("/metrics")).body)
                if seen.samples["shiori_shared_up"][frozenset()] == value:
                    break
                await asyncio.sleep(0.1)
        assert (await unwatched.ask("/readyz")).status == 200

    with run_valkey(tmp_path) as valkey:
        async with unwatched.connected(cache_url=valkey.url):
            await reach(1)
            valkey.kill()
            await unwatched.place.reader.slash(unwatched.place.general, "vn info", title="v17")
            await reach(0)
            valkey.restore()
            await reach(1)
