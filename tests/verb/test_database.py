"""Verbs that look at the database: what they say of one that is missing, shut, older or newer; and they leave it so."""

from __future__ import annotations

import asyncio
import base64
import logging
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.store.schema import NEWER, find_head
from tests.store.database import migrate_to

KEYS = ",".join(base64.b64encode(letter * 32).decode() for letter in (b"n", b"o"))


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder that somebody types in."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    for name in ("DATABASE_URL", "DATA_DIR", "DISCORD_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SECRET_KEYS", KEYS)
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    root.handlers[:] = handlers  # the program sets up its own
    root.setLevel(level)


def make_older(host: Path, version: str) -> Path:
    """A database with the tables of an older version."""
    path = host / "data" / "shiori.db"
    asyncio.run(migrate_to(f"sqlite:///{path}", version))
    return path


def read_version(path: Path) -> str:
    with closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])


@pytest.mark.parametrize("act", ["check", "rotate"])
def test_keys_make_no_database_and_do_not_say_of_none_that_a_key_can_go(
    host: Path, capsys: pytest.CaptureFixture[str], act: str
) -> None:
    """Whoever calls it in another folder, or without DATA_DIR, would throw away a key that is needed."""
    assert main(["keys", act]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "there is none yet" in told.err
    assert list(host.iterdir()) == []
    (host / "data").mkdir()
    (host / "data" / "shiori.db").touch()
    assert main(["keys", act]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "it has no tables yet" in told.err
    assert (host / "data" / "shiori.db").stat().st_size == 0


@pytest.mark.parametrize("act", ["check", "rotate"])
def test_keys_do_not_migrate_a_database_that_an_older_bot_is_running_on(
    host: Path, capsys: pytest.CaptureFixture[str], act: str
) -> None:
    path = make_older(host, "0017")
    assert main(["keys", act]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "start the bot first" in told.err
    assert read_version(path) == "0017"


@pytest.mark.parametrize("act", ["stats", "lanes"])
def test_a_database_that_cannot_be_opened_is_not_one_without_tables(
    host: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """As for whoever may not read the file of the unit's user: SQLite says the same of a folder in its place."""
    (host / "locked.db").mkdir()
    monkeypatch.setenv("DATABASE_URL", "sqlite:///locked.db")
    assert main(["admin", act]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "unable to open database file" in told.err


@pytest.mark.parametrize("act", ["stats", "lanes"])
@pytest.mark.parametrize("version", ["0001", "0012", "0017"])
def test_of_an_older_database_it_is_told_that_the_next_start_migrates_it(
    host: Path, capsys: pytest.CaptureFixture[str], act: str, version: str
) -> None:
    path = make_older(host, version)
    assert main(["admin", act]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert f"of version {version}, and this code needs {find_head()}: the next start migrates them" in told.out
    assert act == "lanes" or "persons with settings:" in told.out
    assert read_version(path) == version


@pytest.mark.parametrize("call", [["admin", "stats"], ["admin", "lanes"], ["keys", "check"], ["keys", "rotate"]])
def test_of_a_newer_database_nothing_is_told_and_nothing_is_changed(
    host: Path, new_database: Path, capsys: pytest.CaptureFixture[str], call: list[str]
) -> None:
    """No start would migrate it: it is that of who has gone back to an older version of Shiori."""
    path = host / "data" / "shiori.db"
    path.parent.mkdir()
    shutil.copy(new_database, path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    assert main(call) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert NEWER in told.err
