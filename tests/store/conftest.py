"""A new database for every test, of both kinds: a file, and a real PostgreSQL that is started for the tests."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.account.record import AccountRecords
from bot.follow.record import FollowRecords
from bot.preview.record import PreviewRecords
from bot.store.store import Store
from tests.store.database import Opener, open_whole
from tests.support.clock import FakeClock
from tests.support.postgres import KeptTables


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'data' / 'shiori.db'}"


@pytest.fixture
def postgresql_kept_url(kept_tables: KeptTables) -> str:
    asyncio.run(kept_tables.renew())
    return kept_tables.url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of a database with nothing in it; but for the tables, if stores are to be opened on PostgreSQL."""
    if request.param == "postgresql" and "opened" in request.fixturenames:
        kept: str = request.getfixturevalue("postgresql_kept_url")
        return kept
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store_clock(clock: FakeClock) -> FakeClock:
    """The clock of the stores: that of everything else, where no weeks pass."""
    return clock


@pytest.fixture
async def opened(url: str, store_clock: FakeClock, new_database: Path) -> AsyncGenerator[Opener]:
    """Opens stores on the database, as processes would, and closes them at the end. Its tables stand already."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        path.parent.mkdir()
        shutil.copy(new_database, path)
    stores: list[Store] = []

    async def open_one() -> Store:
        stores.append(await open_whole(url, clock=store_clock))
        return stores[-1]

    yield open_one
    await asyncio.gather(*(store.close() for store in stores))


@pytest.fixture
async def store(opened: Opener) -> Store:
    return await opened()


@pytest.fixture
def previews(store: Store) -> PreviewRecords:
    return PreviewRecords(store.database)


@pytest.fixture
def follows(store: Store) -> FollowRecords:
    return FollowRecords(store.database)


@pytest.fixture
def accounts(store: Store) -> AccountRecords:
    return AccountRecords(store.database)
