"""A database in a file is backed up while it is written, and restored; also where the process is killed amid that."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.gate.setting import DM_GALLERIES
from bot.store.backup import back_up, restore
from bot.store.schema import find_head
from bot.store.store import Store, open_store
from tests.store.database import migrate_to, run_sql
from tests.support.clock import FakeClock

ROOT = Path(__file__).parent.parent.parent
ASIDE = "shiori.db.before"


@pytest.fixture
def path(tmp_path: Path, new_database: Path) -> Path:
    """A database in use until now: the newest of it lies in its log alone."""
    path = tmp_path / "data" / "shiori.db"
    path.parent.mkdir()
    shutil.copy(new_database, path)
    return path


def ask(path: Path, query: str) -> object:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchone()[0]


def fill(path: Path, *, rows: int) -> None:
    """Notes of a day, so many that writing them takes a while."""
    with closing(sqlite3.connect(path)) as connection:
        notes = ((number, 1, "x" * 40) for number in range(rows))
        connection.executemany("INSERT INTO note (user_id, day, reason) VALUES (?, ?, ?)", notes)
        connection.commit()


def count(path: Path) -> object:
    assert ask(path, "PRAGMA integrity_check") == "ok"
    return ask(path, "SELECT count(*) FROM note")


def list_names(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()}


def find_mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


async def write_on(store: Store, person: int) -> None:
    while True:
        await store.change_person(person, lambda known: known.put(DM_GALLERIES, True))


async def test_a_backup_is_one_moment_of_a_database_that_is_written_all_the_time(
    path: Path, tmp_path: Path, clock: FakeClock
) -> None:
    stores = [await open_store(f"sqlite:///{path}", clock=clock) for _ in range(2)]
    await stores[0].change_person(2, lambda known: known.put(DM_GALLERIES, True))
    writers = [asyncio.create_task(write_on(store, person)) for person, store in enumerate(stores)]
    seen: list[int] = []
    for number in range(10):
        target = tmp_path / f"{number}.db"
        await asyncio.to_thread(back_up, path, target)
        count(target)
        # One transaction writes both.
        assert ask(target, "SELECT number FROM revision") == ask(target, "SELECT max(revision) FROM setting")
        seen.append(int(str(ask(target, "SELECT number FROM revision"))))
    assert [writer.done() for writer in writers] == [False, False]
    assert seen == sorted(seen)
    assert seen[0] < seen[-1]
    assert {find_mode(tmp_path / f"{number}.db") for number in range(10)} == {0o600}
    for writer in writers:
        writer.cancel()
    await asyncio.gather(*writers, return_exceptions=True)
    for store in stores:
        await store.close()
    assert list_names(tmp_path) == {"data", *(f"{number}.db" for number in range(10))}


def test_what_is_there_already_is_not_overwritten(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "kept.txt"
    target.write_text("mine")
    with pytest.raises(StoreError, match=r"kept\.txt is there already"):
        back_up(path, target)
    with pytest.raises(StoreError, match=r"no file can be made in the folder \S+/nowhere \(No such file"):
        back_up(path, tmp_path / "nowhere" / "copy.db")
    assert target.read_text() == "mine"
    assert list_names(tmp_path) == {"data", "kept.txt"}


BACK_UP = (
    "import sys; from pathlib import Path; from bot.store.backup import back_up; back_up(*map(Path, sys.argv[1:]))"
)
RESTORE = (
    "import asyncio, sys; from pathlib import Path; from bot.store.backup import restore;"
    "file, path, aside = map(Path, sys.argv[1:]); asyncio.run(restore(file, path, aside=aside))"
)


def kill_when(script: str, *arguments: Path, comes: Callable[[], bool]) -> None:
    """Run it, and end it by SIGKILL as soon as something is the case, unless it was faster."""
    process = subprocess.Popen([sys.executable, "-c", script, *arguments], cwd=ROOT)
    while process.poll() is None and not comes():
        time.sleep(0.0005)
    process.kill()
    process.wait()


def test_who_is_killed_amid_a_backup_leaves_none_or_a_whole_one(path: Path, tmp_path: Path) -> None:
    fill(path, rows=60_000)
    size = path.stat().st_size
    target = tmp_path / "copy.db"

    def has_written(share: float) -> bool:
        return sum(part.stat().st_size for part in tmp_path.glob(".copy.db.*.part")) > share * size

    for share in (0.0, 0.5):
        kill_when(BACK_UP, path, target, comes=lambda share=share: has_written(share))
        if target.exists():
            assert count(target) == 60_000
            target.unlink()
    back_up(path, target)  # what is left of them is in nobody's way
    assert count(target) == count(path) == 60_000


def test_who_is_killed_amid_a_restore_leaves_what_was_there_or_what_was_restored(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    back_up(path, file)
    fill(file, rows=60_000)
    fill(path, rows=60_001)
    journal, aside = path.with_name("shiori.db-journal"), path.with_name(ASIDE)
    moments: list[Callable[[], bool]] = [aside.exists, journal.exists]
    for moment in moments:
        kill_when(RESTORE, file, path, aside, comes=moment)
        assert count(path) in {60_001, 60_000}
        aside.unlink(missing_ok=True)
    asyncio.run(restore(file, path, aside=aside))
    assert count(path) == 60_000
    assert count(aside) in {60_001, 60_000}


def test_where_the_disk_is_full_all_is_as_it_was_and_the_reason_is_told(path: Path, tmp_path: Path) -> None:
    file, target, aside = tmp_path / "copy.db", tmp_path / "other.db", path.with_name(ASIDE)
    back_up(path, file)
    fill(file, rows=20_000)
    before = path.read_bytes()
    # No file may be longer than this, which a full disk looks like.
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000));"
    for script, arguments, written in ((BACK_UP, (file, target), target), (RESTORE, (file, path, aside), path)):
        done = subprocess.run(
            [sys.executable, "-c", limit + script, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.stderr.splitlines()[-1].startswith(f"bot.errors.StoreError: store: {written}: "), done.stderr
    assert path.read_bytes() == before
    assert list_names(path.parent) == {"shiori.db"}
    assert list_names(tmp_path) == {"data", "copy.db"}


def damage_end(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-4096])


def damage_page(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[8192:12288] = b"\x5a" * 4096
    file.write_bytes(content)


def damage_all(file: Path) -> None:
    file.write_bytes(b"this is no database, whoever looks at it " * 400)


def empty(file: Path) -> None:
    file.write_bytes(b"")


def make_foreign(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE other (x)")


def make_newer(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9000'")
        connection.commit()


REFUSED: dict[Callable[[Path], None], str] = {
    damage_end: "is damaged",
    damage_page: "is damaged",
    damage_all: "is damaged, or no database",
    empty: "is no database of Shiori's",
    make_foreign: "is no database of Shiori's",
    make_newer: rf"is of a newer version \(9000\) than this program \({find_head()}\)",
    Path.unlink: "there is no file",
}


def test_what_cannot_be_restored_is_refused_and_all_is_as_it_was(path: Path, tmp_path: Path) -> None:
    fill(path, rows=3)
    before = path.read_bytes()
    for spoil, reason in REFUSED.items():
        file = tmp_path / f"{spoil.__name__}.db"
        back_up(path, file)
        spoil(file)
        with pytest.raises(StoreError, match=reason):
            asyncio.run(restore(file, path, aside=path.with_name(ASIDE)))
    assert path.read_bytes() == before
    assert list_names(path.parent) == {"shiori.db"}


async def test_a_bot_that_runs_on_it_keeps_a_restore_away(path: Path, tmp_path: Path, clock: FakeClock) -> None:
    file, aside = tmp_path / "copy.db", path.with_name(ASIDE)
    back_up(path, file)
    store = await open_store(f"sqlite:///{path}", clock=clock)
    with pytest.raises(StoreError, match="it is in use: stop every bot on it first"):
        await restore(file, path, aside=aside)
    assert await store.take_note(1, 2, "works on")
    await store.close()
    assert (await restore(file, path, aside=aside)).aside == aside
    assert (count(path), count(aside)) == (0, 1)
    store = await open_store(f"sqlite:///{path}", clock=clock)
    assert await store.take_note(1, 2, "works on")
    await store.close()


async def test_an_older_backup_is_brought_up_to_date(path: Path, tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    await migrate_to(f"sqlite:///{file}", "0001")
    await run_sql(f"sqlite:///{file}", "INSERT INTO note VALUES (1, 2)")
    old = file.read_bytes()
    assert (await restore(file, path, aside=path.with_name(ASIDE))).version == "0001"
    assert ask(path, "SELECT version_num FROM alembic_version") == find_head()
    assert (count(path), file.read_bytes()) == (1, old)


def test_a_database_that_is_gone_or_destroyed_is_restored_too(path: Path, tmp_path: Path) -> None:
    fill(path, rows=1)
    file, aside = tmp_path / "copy.db", path.with_name(ASIDE)
    back_up(path, file)
    damage_all(path)
    assert asyncio.run(restore(file, path, aside=aside)).aside == aside
    assert (count(path), aside.read_bytes()[:4]) == (1, b"this")
    shutil.rmtree(path.parent)
    assert asyncio.run(restore(file, path, aside=aside)).aside is None
    assert count(path) == 1
    assert list_names(path.parent) == {"shiori.db"}
