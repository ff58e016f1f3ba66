"""The database stands still, crashes, fails over, is crowded, full or locked while people use the bot: they are told
so, nothing that was acknowledged is lost, and within seconds of its end all is as if nothing had been.
"""

from __future__ import annotations

import asyncio
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.gate.setting import VNDB
from bot.playground.engine import texts
from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.preview_message import find_url, list_gids, list_replies, preview
from tests.flow.setting_message import SAVED, open_panel
from tests.store.test_silent import impatience
from tests.support.fault import FAULTS, Fault, FaultyServer
from tests.support.postgres import start_postgres
from tests.support.wire import relayed

AWAY = "Shiori cannot reach its own database"
DOUBTFUL = "did not confirm the change"


@pytest.fixture(scope="module")
def faulty() -> Iterator[FaultyServer]:
    server = start_postgres(Path(tempfile.gettempdir()) / f"shiori-pg-{uuid.uuid4().hex}")
    yield FaultyServer(server)
    server.cleanup()


async def comes(reached: Callable[[], bool], *, within_s: float = 10.0) -> None:
    """What is to come by itself, within seconds."""
    async with asyncio.timeout(within_s):
        while not reached():  # noqa: ASYNC110 - what a database's end brings has no event
            await asyncio.sleep(0.02)


async def choose(place: Place, value: str) -> str:
    """What a moderator is told who sets something, for what they saw last."""
    panel = await open_panel(place.moderator, place.general)
    return await panel.set("set:s:vndb", value)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
async def test_whatever_happens_to_the_database_people_are_told_and_nothing_is_lost(
    unconnected: Place,
    faulty: FaultyServer,
    fault: Fault,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Whoever waits for it tries again so seldom, as where it was away for long.
    monkeypatch.setattr("bot.preview.worker._TRY_AGAIN_AFTER_S", (300.0,) * 3)
    await asyncio.to_thread(faulty.prepare)
    place, channel = unconnected, unconnected.world.after_dark
    async with place.connected(database_url=faulty.url):
        assert SAVED in await choose(place, "off")
        answered, _ = await preview(place, find_url(place, Sample.PLAIN))
        with impatience():
            async with fault(faulty):
                said = await choose(place, "on")
                assert AWAY in said or DOUBTFUL in said
                exchange = await place.reader.slash(place.general, "vn info", title="v17")
                assert "Ever17" in texts(await exchange.message())
                await place.reader.delete(answered)
                await place.reader.post(channel, find_url(place, Sample.MANGA))
                await comes(lambda: place.shiori.previewer.busy_with > 0)
                await asyncio.sleep(0.5)
        await comes(lambda: [list_gids(one) for one in list_replies(place, channel)] == [[Sample.MANGA]])
        await place.shiori.store.refresh()
        kept = place.shiori.store.server(int(place.world.guild_id))
        assert kept.get(VNDB) is False or (DOUBTFUL in said and kept.get(VNDB) is None)
        assert SAVED in await choose(place, "on")


@pytest.mark.deep
@pytest.mark.usefixtures("hurried")
async def test_a_database_that_is_slow_is_waited_for(unconnected: Place, postgresql_url: str) -> None:
    place, channel = unconnected, unconnected.world.after_dark
    async with relayed(postgresql_url) as (wire, url), place.connected(database_url=url):
        assert SAVED in await choose(place, "off")
        wire.delay_s = 0.4  # for each statement; a change has six
        assert SAVED in await choose(place, "on")
        answered = await place.reader.post(channel, find_url(place, Sample.PLAIN))
        await comes(lambda: [list_gids(one) for one in list_replies(place, channel)] == [[Sample.PLAIN]])
        await place.reader.delete(answered)
        await comes(lambda: not list_replies(place, channel))
        wire.delay_s = 0.0
        assert SAVED in await choose(place, "off")
