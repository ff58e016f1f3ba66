"""`python -m bot keys`: what it says, and that sealing anew loses nothing, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
import base64
import random
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import closing
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.account.seal import Sealer, find_key_id, read_key_id
from bot.account.token import Tokens
from bot.config import Config, parse_config
from bot.http import Secret
from bot.store.store import Store, open_store
from bot.verb.keys import run_keys
from tests.support.clock import FakeClock

OLD, NEW, LOST = b"o" * 32, b"n" * 32, b"l" * 32
PEOPLE = range(1, 241)


def write(*keys: bytes) -> str:
    return ",".join(base64.b64encode(key).decode() for key in keys)


def spell(user_id: int) -> str:
    """A token of their own."""
    return f"{user_id:032}"


class Bot:
    """What a process of the bot has of tokens."""

    def __init__(self, store: Store, *keys: bytes) -> None:
        self.tokens = Tokens(store.database, Sealer(keys), clock=FakeClock())

    async def keep(self, user_id: int) -> None:
        await self.tokens.keep(user_id, Secret(spell(user_id)), uid="u3", name="testreader", permissions=["listread"])

    async def list_opened(self) -> set[int]:
        """Whose can be used, each of which is their own."""
        found = {user_id: await self.tokens.open(user_id) for user_id in PEOPLE}
        opened = {user_id: held for user_id, held in found.items() if held is not None}
        assert {user_id: held.credential.token.reveal() for user_id, held in opened.items()} == {
            user_id: spell(user_id) for user_id in opened
        }
        return set(opened)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(data_dir=tmp_path, secret_keys=write(NEW, OLD))


@pytest.fixture
async def store(config: Config) -> AsyncGenerator[Store]:
    store = await open_store(config.store_url, clock=FakeClock())
    yield store
    await store.close()


def test_a_new_key_is_one_that_the_configuration_takes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEYS", "not one")
    found: list[bytes] = []
    for _ in range(2):
        assert main(["keys", "new"]) == 0
        found += parse_config({"SECRET_KEYS": capsys.readouterr().out}).keys
    assert len(set(found)) == 2


async def test_check_tells_which_keys_are_needed(
    config: Config, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    for user_id in (1, 2, 3):
        await Bot(store, OLD).keep(user_id)
    assert await run_keys(config, rotate=False) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"Key 1 ({find_key_id(NEW)}): 0 sealed with it; it seals.",
        f"Key 2 ({find_key_id(OLD)}): 3 sealed with it; it is still needed.",
    ]
    assert await run_keys(config, rotate=True) == 0
    assert capsys.readouterr().out.splitlines() == [
        "Sealed anew: 3.",
        f"Key 1 ({find_key_id(NEW)}): 3 sealed with it; it seals.",
        f"Key 2 ({find_key_id(OLD)}): 0 sealed with it; it can go.",
    ]
    assert await Bot(store, NEW).list_opened() == {1, 2, 3}


@pytest.mark.parametrize("rotate", [False, True])
async def test_what_cannot_be_opened_is_told_and_stays(
    config: Config, store: Store, capsys: pytest.CaptureFixture[str], rotate: bool
) -> None:
    await Bot(store, LOST).keep(1)
    await Bot(store, NEW).keep(2)
    assert await run_keys(config, rotate=rotate) == 1
    said = capsys.readouterr().out
    assert f"Key {find_key_id(LOST)}: 1 sealed with it cannot be opened, which is not there." in said
    assert spell(1) not in said
    assert await Bot(store, LOST).list_opened() == {1}  # if that key is found again
    assert await Bot(store, NEW).list_opened() == {2}


@pytest.mark.parametrize("rotate", [False, True])
async def test_without_a_key_it_says_so(
    tmp_path: Path, store: Store, capsys: pytest.CaptureFixture[str], rotate: bool
) -> None:
    assert await run_keys(Config(data_dir=tmp_path), rotate=rotate) == 0
    assert "SECRET_KEYS is not set, so nobody can link a VNDB token" in capsys.readouterr().out
    await Bot(store, OLD).keep(1)
    assert await run_keys(Config(data_dir=tmp_path), rotate=rotate) == 1


async def test_a_database_that_cannot_be_used_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = Config(database_url=f"sqlite:///{tmp_path}", secret_keys=write(NEW))
    assert await run_keys(config, rotate=True) == 1
    assert capsys.readouterr().err.startswith("The database cannot be opened: ")


def count_sealed_anew(folder: Path) -> int:
    with closing(sqlite3.connect(folder / "shiori.db")) as connection:
        rows = connection.execute("SELECT sealed FROM vndb_token").fetchall()
    return sum(read_key_id(sealed) == find_key_id(NEW) for (sealed,) in rows)


async def test_a_rotation_that_is_stopped_anywhere_is_finished_by_the_next(
    config: Config, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    for user_id in PEOPLE:
        await Bot(store, OLD).keep(user_id)
    for step in (1, 40, 80):
        wanted = count_sealed_anew(config.data_dir) + step
        if wanted > len(PEOPLE):
            break  # a slow machine saw it come to its end
        task = asyncio.create_task(run_keys(config, rotate=True))
        while not task.done() and await asyncio.to_thread(count_sealed_anew, config.data_dir) < wanted:
            pass
        task.cancel()
        await asyncio.wait({task})
        assert await Bot(store, NEW, OLD).list_opened() == set(PEOPLE)
    assert await run_keys(config, rotate=True) == 0
    assert await Bot(store, NEW).list_opened() == set(PEOPLE)
    assert capsys.readouterr().out.endswith("; it can go.\n")


async def test_people_link_use_and_unlink_while_everything_is_sealed_anew(
    config: Config, store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    for user_id in PEOPLE:
        await Bot(store, OLD).keep(user_id)
    bot = Bot(store, NEW, OLD)
    task = asyncio.create_task(run_keys(config, rotate=True))
    gone = {user_id for user_id in PEOPLE if user_id % 3 == 0}
    for user_id in random.Random(7).sample(PEOPLE, len(PEOPLE)):
        if user_id in gone:
            assert await bot.tokens.remove(user_id)
        elif user_id % 3 == 1:
            await bot.keep(user_id)
        else:
            assert await bot.tokens.open(user_id) is not None
    assert await task == 0
    assert await Bot(store, NEW).list_opened() == set(PEOPLE) - gone
    assert capsys.readouterr().out.endswith("; it can go.\n")
