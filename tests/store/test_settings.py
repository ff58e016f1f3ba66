from __future__ import annotations

import asyncio
import contextlib
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bot.errors import StoreError
from bot.gate.chosen import NOTHING_CHOSEN, Chosen
from bot.gate.declaration import Setting
from bot.gate.setting import BLOCKED_TAGS, DM_GALLERIES, GALLERIES, SETTINGS, VNDB
from bot.store.connection import Connection
from bot.store.database import Database
from bot.store.schema import migrate
from bot.store.store import Store, open_store
from tests.store.database import Opener, eventually, fetch_value, run_sql
from tests.support.clock import FakeClock

ROOT = Path(__file__).parent.parent.parent
GUILD, CHANNEL, PERSON = 1 << 62, (1 << 62) + 1, (1 << 62) + 2


def block(tag: str) -> Callable[[Chosen], Chosen]:
    return lambda known: known.put(BLOCKED_TAGS, (*(known.get(BLOCKED_TAGS) or ()), tag))


async def test_what_nobody_chose_is_the_default(store: Store) -> None:
    assert (store.server(GUILD), store.channel(CHANNEL), store.person(PERSON)) == (
        NOTHING_CHOSEN,
        NOTHING_CHOSEN,
        NOTHING_CHOSEN,
    )


async def test_a_change_is_read_at_once_and_after_a_restart(store: Store, opened: Opener) -> None:
    await store.change_server(GUILD, lambda known: known.put(VNDB, True))
    await store.change_channel(GUILD, CHANNEL, lambda known: known.put(GALLERIES, False))
    await store.change_person(PERSON, lambda known: known.put(DM_GALLERIES, True))
    for one in (store, await opened()):
        assert one.server(GUILD).get(VNDB)
        assert one.channel(CHANNEL).get(GALLERIES) is False
        assert one.person(PERSON).get(DM_GALLERIES)


async def test_a_change_returns_what_is_then_stored(store: Store) -> None:
    await store.change_server(GUILD, block("a"))
    assert (await store.change_server(GUILD, block("b"))).get(BLOCKED_TAGS) == ("a", "b")


async def test_a_change_back_to_the_default_leaves_no_row(store: Store, url: str) -> None:
    await store.change_server(GUILD, lambda known: known.put(VNDB, True))
    assert await fetch_value(url, "SELECT count(*) FROM setting") == 1
    await store.change_server(GUILD, lambda _: NOTHING_CHOSEN)
    assert await fetch_value(url, "SELECT count(*) FROM setting") == 0


async def test_a_change_that_fails_changes_nothing(store: Store, opened: Opener) -> None:
    await store.change_server(GUILD, block("a"))

    def fail(known: Chosen) -> Chosen:
        raise LookupError

    with pytest.raises(LookupError):
        await store.change_server(GUILD, fail)
    assert store.server(GUILD).get(BLOCKED_TAGS) == ("a",)
    assert (await opened()).server(GUILD).get(BLOCKED_TAGS) == ("a",)


async def test_what_could_not_be_read_again_is_not_written(store: Store) -> None:
    with pytest.raises(ValueError, match="image_level"):
        await store.change_server(GUILD, lambda known: known.put(SETTINGS["image_level"], 7))
    assert store.server(GUILD) == NOTHING_CHOSEN


async def test_changes_at_once_are_all_there(store: Store, opened: Opener) -> None:
    other = await opened()
    tags = {f"tag {number}" for number in range(20)}
    await asyncio.gather(
        *((store, other)[number % 2].change_server(GUILD, block(tag)) for number, tag in enumerate(tags))
    )
    assert set((await opened()).server(GUILD).get(BLOCKED_TAGS) or ()) == tags


class LateDatabase(Database):
    """The first commit is acknowledged when the next one is done, or after a third of a second."""

    commits = 0

    @asynccontextmanager
    async def write(self, *, timeout_s: float | None = None) -> AsyncGenerator[Connection]:
        async with super().write(timeout_s=timeout_s) as connection:
            yield connection
        self.commits += 1
        if self.commits == 1:
            with contextlib.suppress(TimeoutError):
                await eventually(lambda: self.commits > 1, within_s=0.3)


async def test_memory_changes_in_the_order_of_the_database(url: str, clock: FakeClock) -> None:
    await migrate(first := Database(url))
    await first.close()
    store = Store(LateDatabase(url), clock=clock)
    await asyncio.gather(store.change_server(GUILD, block("a")), store.change_server(GUILD, block("b")))
    assert sorted(store.server(GUILD).get(BLOCKED_TAGS) or ()) == ["a", "b"]
    await store.close()


async def test_another_process_sees_a_change_within_a_second(store: Store, opened: Opener, clock: FakeClock) -> None:
    other = await opened()
    await store.change_server(GUILD, block("a"))
    assert other.server(GUILD) == NOTHING_CHOSEN
    await clock.advance(1)
    await eventually(lambda: other.server(GUILD).get(BLOCKED_TAGS) == ("a",))


async def test_another_process_sees_that_a_choice_was_taken_back(
    store: Store, opened: Opener, clock: FakeClock
) -> None:
    await store.change_server(GUILD, block("a"))
    other = await opened()
    assert other.server(GUILD).get(BLOCKED_TAGS) == ("a",)
    await store.change_server(GUILD, lambda _: NOTHING_CHOSEN)
    await clock.advance(1)
    await eventually(lambda: other.server(GUILD) == NOTHING_CHOSEN)


async def test_a_process_that_writes_still_sees_what_others_wrote_before(store: Store, opened: Opener) -> None:
    other = await opened()
    await store.change_server(1, block("a"))
    await other.change_server(2, block("b"))
    await other.refresh()
    assert other.server(1).get(BLOCKED_TAGS) == ("a",)


async def test_a_database_that_was_put_back_is_read_anew(store: Store, url: str) -> None:
    await store.change_server(GUILD, block("a"))
    await store.change_server(GUILD, block("b"))
    await run_sql(url, "DELETE FROM setting", "UPDATE revision SET number = 1, reset = 0")
    await store.refresh()
    assert store.server(GUILD) == NOTHING_CHOSEN


SAVE_AND_WAIT = """
import asyncio, sys
from bot.gate.setting import BLOCKED_TAGS
from bot.http import SystemClock
from bot.store.store import open_store

async def main():
    store = await open_store(sys.argv[1], clock=SystemClock())
    await store.change_server(7, lambda known: known.put(BLOCKED_TAGS, ("kept",)))
    print("saved", flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_who_comes_last_to_a_locked_database_is_told_as_soon_as_who_came_first(
    url: str, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.store.database.TIMEOUT_S", 1.0)
    store, other = await opened(), Database(url)
    asked: list[Callable[[int], Awaitable[object]]] = [
        lambda one: store.change_server(one, block("a")),
        store.delete_channel,
        lambda _: store.refresh(),
    ]

    async def ask(one: int) -> None:
        with contextlib.suppress(StoreError):
            await asked[one % 3](one)

    async with other.write(timeout_s=60) as connection:
        await connection.exec_driver_sql("UPDATE revision SET number = number")
        async with asyncio.timeout(5):  # one after the other they would need a quarter of a minute and more
            await asyncio.gather(*map(ask, range(30)))
    await other.close()
    assert store.server(0) == NOTHING_CHOSEN
    await store.change_server(0, block("a"))


async def test_an_acknowledged_change_survives_kill_9(url: str, opened: Opener) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SAVE_AND_WAIT, url, cwd=ROOT, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"saved\n"
    process.send_signal(signal.SIGKILL)
    await process.communicate()
    assert (await opened()).server(7).get(BLOCKED_TAGS) == ("kept",)


async def test_a_damaged_document_is_read_safely_told_once_and_left_as_it_is(
    store: Store, url: str, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    await store.change_server(GUILD, block("a"))
    await run_sql(
        url,
        """UPDATE setting SET revision = 2, document = '{"galleries": "?", "vndb": true, "later": 1}'""",
        "UPDATE revision SET number = 2",
    )
    await store.refresh()
    await store.refresh()
    assert store.server(GUILD) == Chosen({VNDB: True}, frozenset({GALLERIES}))
    assert caplog.messages == [f"Settings of server {GUILD} cannot be read in part: galleries"]
    other = await open_store(url, clock=clock)
    assert other.server(GUILD) == store.server(GUILD)
    await other.close()


async def test_what_a_later_version_chose_survives_a_change_in_this_one(store: Store, opened: Opener, url: str) -> None:
    """Two run side by side while one takes the other's place, and hosts go back to one."""
    other = await opened()
    await store.change_server(GUILD, block("a"))
    await run_sql(
        url,
        """UPDATE setting SET revision = 2, document =
        '{"quiet_hours": [22, 7.5], "previews": true, "image_level": "dimmed", "blocked_tags": ["a"]}'""",
        "UPDATE revision SET number = 2",
    )
    later = {"quiet_hours": [22, 7.5], "previews": True}  # the second is for people alone here

    async def change(setting: Setting[Any], value: object) -> object:
        await store.change_server(GUILD, lambda known: known.put(setting, value))
        return msgspec.json.decode(str(await fetch_value(url, "SELECT document FROM setting")))

    assert await change(VNDB, False) == {**later, "image_level": "dimmed", "blocked_tags": ["a"], "vndb": False}
    assert await change(SETTINGS["image_level"], 1) == {**later, "image_level": 1, "blocked_tags": ["a"], "vndb": False}
    for setting in (VNDB, BLOCKED_TAGS):
        await change(setting, None)
    assert await change(SETTINGS["image_level"], None) == later
    await other.refresh()
    assert store.server(GUILD) == other.server(GUILD) == NOTHING_CHOSEN
    await store.delete_server(GUILD)
    assert await fetch_value(url, "SELECT count(*) FROM setting") == 0


async def test_one_row_that_is_not_even_text_leaves_the_others_readable(sqlite_url: str, clock: FakeClock) -> None:
    store = await open_store(sqlite_url, clock=clock)
    await store.change_server(1, block("a"))
    await store.change_server(2, block("b"))
    await run_sql(sqlite_url, "UPDATE setting SET document = CAST(x'7bff' AS TEXT), revision = 3 WHERE id = 1")
    await run_sql(sqlite_url, "UPDATE revision SET number = 3, reset = 3")
    await store.refresh()
    assert store.server(1).is_closed
    assert store.server(2).get(BLOCKED_TAGS) == ("b",)
    await store.close()


async def test_a_database_without_its_revision_says_so(store: Store, url: str) -> None:
    await run_sql(url, "DELETE FROM revision")
    with pytest.raises(StoreError, match="revisions is empty"):
        await store.change_server(GUILD, block("a"))
