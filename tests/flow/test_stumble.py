"""A service stumbles: people are told what happened, and it is back as soon as it is well."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing

import msgspec
import pytest

from bot.http import TimeAccount
from bot.playground.engine import texts
from bot.playground.service import Sample
from bot.vndb.api import client as vndb
from tests.flow.conftest import Place


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes too long does so soon, and costs as much of the account as the real time-out would."""
    account = TimeAccount(debt_per_s=200.0, reserve_s=0.1)
    policy = msgspec.structs.replace(vndb.policy(), timeout_s=1.5, retries=0, time_account=account)
    monkeypatch.setattr("bot.vndb.api.client.policy", lambda: policy)


async def search(place: Place, query: str) -> str:
    exchange = await place.reader.slash(place.general, "vn search", title=query)
    return texts(await exchange.message())


@pytest.mark.usefixtures("impatient")
async def test_vndb_that_hung_is_asked_by_everybody_as_soon_as_it_is_well(unconnected: Place) -> None:
    async with unconnected.connected():
        unconnected.services.vndb.fault = "hang"
        said = await asyncio.gather(*(search(unconnected, query) for query in ("v17", "v4")))
        assert [text.split(".")[0] for text in said] == ["VNDB did not answer in time"] * 2
        unconnected.services.vndb.fault = None
        found = await asyncio.gather(*(search(unconnected, query) for query in ("v17", "v4", "v24")))
        assert ["VNDB did" in text or "VNDB is" in text for text in found] == [False] * 3
        assert "Ever17" in found[0]
        assert unconnected.services.vndb.violations == 0


@pytest.mark.parametrize("lost", [None, "spent"])
async def test_after_a_restart_nobody_runs_into_the_ban_of_before(unconnected: Place, lost: str | None) -> None:
    """Also where the other note of before cannot be read."""
    place, url = unconnected, unconnected.services.ehentai.library[Sample.PLAIN].url
    place.services.ehentai.ban()
    for is_again in (False, True):
        if is_again and lost is not None:
            with closing(sqlite3.connect(place.data_dir / "shiori.db")) as connection:
                connection.execute(f"ALTER TABLE {lost} RENAME TO elsewhere")
        async with place.connected():
            exchange = await place.reader.slash(place.world.after_dark, "gallery preview", url=url)
            assert texts(await exchange.message()).startswith("E-Hentai has shut Shiori out for asking too much")
    assert (len(place.services.ehentai.requests), place.services.ehentai.violations) == (1, 0)
