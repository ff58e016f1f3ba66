"""A bot that shares what it knows with others: over a restart, beside another, and while the server fails."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import subprocess
import sys
import zlib
from collections.abc import AsyncGenerator
from pathlib import Path

import msgspec
import pytest

from bot.app import build_bot
from bot.client import Shiori
from bot.http import Priority, SystemClock, asking
from bot.http.digest import Digests
from bot.playground.engine import texts
from bot.redis.connection import Redis, build_key
from bot.verb.check import run_check
from bot.vndb.api.kind import VN
from tests.flow.conftest import Place
from tests.flow.test_token_secrecy import find
from tests.flow.token_message import KEY, connected, link
from tests.store.database import eventually
from tests.support.valkey import PASSWORD, Valkey, run_valkey

ROOT = Path(__file__).parent.parent.parent
TITLES = ("v17", "v4", "428")


@pytest.fixture(autouse=True)
def patient(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that a busy machine lets stand still for a moment is there all the same."""
    if "trouble" not in request.fixturenames:
        monkeypatch.setattr("bot.redis.connection.ANSWER_WITHIN_S", 5.0)


async def look_up(place: Place) -> list[str]:
    """The first line of each card."""
    cards = [await place.reader.slash(place.general, "vn info", title=title) for title in TITLES]
    return [texts(await card.message()).splitlines()[0] for card in cards]


async def test_a_restart_costs_no_request_for_what_was_asked_before(unconnected: Place, valkey: Valkey) -> None:
    vndb = unconnected.services.vndb
    costs: dict[str, int] = {}
    for url in ("", valkey.url):
        async with unconnected.connected(cache_url=url):
            first = await look_up(unconnected)
        before = len(vndb.requests)
        async with unconnected.connected(cache_url=url):
            assert await look_up(unconnected) == first
        costs[url] = len(vndb.requests) - before
    assert costs[""] >= len(TITLES)
    assert costs[valkey.url] == 0


@contextlib.asynccontextmanager
async def beside(place: Place, folder: Path, valkey: Valkey) -> AsyncGenerator[Shiori]:
    """Another process's bot, as far as what it asks goes."""
    config = msgspec.structs.replace(place.build_config(), data_dir=folder, cache_url=valkey.url)
    async with build_bot(config) as shiori:
        yield shiori


async def test_what_two_ask_at_once_is_asked_once(unconnected: Place, valkey: Valkey, tmp_path: Path) -> None:
    vndb = unconnected.services.vndb
    vndb.latency_s = 0.2
    for name in "ab":
        (tmp_path / name).mkdir()
    async with beside(unconnected, tmp_path / "a", valkey) as one, beside(unconnected, tmp_path / "b", valkey) as two:
        with asking(SystemClock(), within_s=20, priority=Priority.COMMAND):
            asked = [shiori.sources.vndb.fetch(VN, "v17") for shiori in (one, two, one, two)]
            cards = await asyncio.gather(*asked)
    assert {card.entry.id for card in cards} == {"v17"}
    assert sum(request.path.endswith("/vn") for request in vndb.requests) == 1


@pytest.mark.parametrize("trouble", ["killed", "frozen"])
async def test_people_are_answered_whatever_becomes_of_the_server(
    unconnected: Place, valkey: Valkey, trouble: str
) -> None:
    async with unconnected.connected(cache_url=valkey.url):
        first = await look_up(unconnected)
        (valkey.kill if trouble == "killed" else valkey.freeze)()
        assert await look_up(unconnected) == first
        valkey.restore()
        assert await look_up(unconnected) == first


async def test_a_start_without_the_server_is_a_start(
    unconnected: Place, valkey: Valkey, caplog: pytest.LogCaptureFixture
) -> None:
    valkey.kill()
    async with unconnected.connected(cache_url=valkey.url):
        first = await look_up(unconnected)
        valkey.start()
        await eventually(lambda: "can be used again" in caplog.text)
        assert await look_up(unconnected) == first
    said = [record for record in caplog.records if record.name == "bot.redis.connection"]
    assert len(said) == 2


def read_all(valkey: Valkey) -> list[bytes]:
    """All keys, and all that stands there, with what is compressed in it as it was."""
    found: list[bytes] = []
    for key in valkey.list("KEYS", "*"):
        value = valkey.list("GET", key.decode())[0] if valkey.run("TYPE", key.decode()) == b"+string" else b""
        found += [key, value]
        for start in range(len(value)):
            with contextlib.suppress(zlib.error):
                found.append(zlib.decompress(value[start:]))
                break
    return found


async def test_nothing_that_was_asked_with_a_token_lies_there(unconnected: Place, valkey: Valkey) -> None:
    place = unconnected
    async with connected(place, KEY, cache_url=valkey.url):
        await look_up(place)
        await link(place, place.reader)
        user_id = int(place.reader.user.id)
        held = await place.shiori.tokens.require(user_id)
        with asking(SystemClock(), within_s=10, priority=Priority.COMMAND, person=user_id):
            await place.shiori.sources.vndb.my_list.fetch_entry("v17", held.credential)
            await place.shiori.sources.vndb.my_list.fetch_labels(held.credential)
        asked = [request for request in place.services.vndb.requests if "ulist" in request.path]
        assert asked
        kept = read_all(valkey)
    assert any(b"Ever17" in one for one in kept)
    assert not [one for one in kept if b"Playing" in one]  # a label of a list
    assert find(*kept) == []


async def test_who_asks_is_told_by_names_that_nobody_can_try(unconnected: Place, valkey: Valkey) -> None:
    async with unconnected.connected(cache_url=valkey.url):
        await look_up(unconnected)
    redis = Redis(valkey.url, clock=SystemClock())
    await redis.open()
    told = str(await redis.run("XRANGE", build_key("lane", "news"), "-", "+"))
    await redis.close()
    asker = repr(int(unconnected.reader.user.id))
    assert hashlib.blake2b(asker.encode(), digest_size=8).hexdigest() not in told
    assert Digests(unconnected.discord.token).find(asker, size=8) in told


async def test_check_says_whether_it_can_be_used(
    unconnected: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def check(url: str) -> tuple[int, str]:
        config = msgspec.structs.replace(unconnected.build_config(), cache_url=url)
        return await run_check(config), capsys.readouterr().out

    assert "Cache" not in (await check(""))[1]
    with run_valkey(tmp_path, "--requirepass", PASSWORD) as valkey:
        code, shown = await check(valkey.url.replace("//", f"//:{PASSWORD}@"))
        assert (code, "ok      Cache: can be used." in shown) == (0, True)
        code, shown = await check(valkey.url.replace("//", "//:another-one@"))
        assert (code, "FAILED  Cache: it does not take the user and password of CACHE_URL" in shown) == (1, True)
    code, shown = await check(valkey.url)
    assert code == 1
    assert "FAILED  Cache: it cannot be reached (Connection refused). Each process goes on alone until" in shown


def test_nothing_of_it_is_there_without_a_server(tmp_path: Path) -> None:
    script = (
        "import asyncio, sys; from bot.app import build_bot; from bot.config import parse_config\n"
        "async def main():\n"
        "    async with build_bot(parse_config({'DATA_DIR': sys.argv[1]})):\n"
        "        print(sorted(name for name in sys.modules if name.startswith(('redis', 'bot.redis'))))\n"
        "asyncio.run(main())"
    )
    environ = {name: value for name, value in os.environ.items() if name != "CACHE_URL"}
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path], cwd=ROOT, env=environ, capture_output=True, check=True, text=True
    )
    assert done.stdout.strip() == "[]"
