"""The file that a bot keeps all in cannot be written: its disk is full, or another process has it to itself for long.
As with a database elsewhere, people are told so, nothing is lost, and all goes on when it is over.
"""

from __future__ import annotations

import asyncio
import gc
import resource
import sqlite3
import subprocess
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path

import pytest

from bot.gate.setting import VNDB
from bot.playground.engine import texts
from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.preview_message import find_url, list_gids, list_replies, preview
from tests.flow.setting_message import SAVED
from tests.flow.test_database_fault import AWAY, choose, comes


@asynccontextmanager
async def locked(folder: Path) -> AsyncGenerator[None]:
    """Another process is amid a change, as who repairs it by hand is."""
    with closing(sqlite3.connect(folder / "shiori.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@asynccontextmanager
async def at_its_limit(folder: Path) -> AsyncGenerator[None]:
    """No file may be longer than what is written of this one."""
    size = (folder / "shiori.db-wal").stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@asynccontextmanager
async def full(folder: Path) -> AsyncGenerator[None]:
    """Something else has taken all that was left of the disk."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (65_536, 4096, 1):
            try:
                while file.write(b"\0" * size):
                    pass
            except OSError:
                continue
    yield
    filler.unlink()


Fault = Callable[[Path], AbstractAsyncContextManager[None]]


async def stumble(place: Place, fault: Fault) -> None:
    """Use the bot before, while and after its file cannot be written."""
    channel = place.world.after_dark
    async with place.connected():
        assert SAVED in await choose(place, "off")
        answered, _ = await preview(place, find_url(place, Sample.PLAIN))
        async with fault(place.data_dir):
            assert AWAY in await choose(place, "on")
            exchange = await place.reader.slash(place.general, "vn info", title="v17")
            assert "Ever17" in texts(await exchange.message())
            await place.reader.delete(answered)
            await place.reader.post(channel, find_url(place, Sample.MANGA))
            await comes(lambda: place.shiori.previewer.busy_with > 0)
            await asyncio.sleep(0.5)
        await comes(lambda: [list_gids(one) for one in list_replies(place, channel)] == [[Sample.MANGA]])
        assert place.shiori.store.server(int(place.world.guild_id)).get(VNDB) is False
        assert SAVED in await choose(place, "on")
    async with place.connected():
        assert place.shiori.store.server(int(place.world.guild_id)).get(VNDB) is None
    with closing(sqlite3.connect(place.data_dir / "shiori.db")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.parametrize("fault", [locked, at_its_limit], ids=lambda fault: fault.__name__)
async def test_while_its_file_cannot_be_written_people_are_told_and_nothing_is_lost(
    unconnected: Place, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.preview.worker._TRY_AGAIN_AFTER_S", (300.0,) * 3)
    monkeypatch.setattr("bot.store.database.TIMEOUT_S", 1.0)
    await stumble(unconnected, fault)


@pytest.fixture
def small_disk(unconnected: Place) -> Iterator[Path]:
    """A disk of 2 MB with the bot's file on it."""
    folder = unconnected.data_dir / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    (folder / "shiori.db").write_bytes((unconnected.data_dir / "shiori.db").read_bytes())
    unconnected.data_dir = folder
    yield folder
    gc.collect()  # a failed statement that nobody needs any more may still keep the file open
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.deep
@pytest.mark.usefixtures("small_disk")
async def test_a_disk_that_is_full_is_such_a_file(unconnected: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.preview.worker._TRY_AGAIN_AFTER_S", (300.0,) * 3)
    await stumble(unconnected, full)
