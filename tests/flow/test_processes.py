"""Two processes of one bot on one database: nothing is done twice or lost, and each knows what the other chose."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import discord
import msgspec
import pytest
from sqlalchemy import func, select

from bot.app import build_bot
from bot.client import Shiori
from bot.connection import connect
from bot.playground.engine import texts
from bot.playground.service import Sample
from bot.store.table import claim
from tests.flow.conftest import Place
from tests.flow.follow_message import TITLE, air_soon, follow, list_sent, say
from tests.flow.preview_message import find_url, finish_work, list_replies, settle, wait_until
from tests.flow.setting_message import choose_for_server
from tests.support.choose import choose
from tests.support.connected import until

SEEN_WITHIN_S = 2.5  # what is looked for once a second, and a machine with other things to do


@asynccontextmanager
async def join(place: Place, **changed: object) -> AsyncGenerator[Shiori]:
    """One more process of the bot, when it is ready. `changed`: what its configuration has instead."""
    config = msgspec.structs.replace(place.build_config(), **changed)
    async with build_bot(config) as shiori:
        serving = asyncio.create_task(connect(shiori, config))
        await until(shiori.is_ready)
        try:
            yield shiori
        finally:
            await shiori.close()
            await serving


async def ask(place: Place, title: str = "v17") -> str:
    return texts(await (await place.reader.slash(place.general, "vn info", title=title)).message())


def count_answers(place: Place) -> list[int]:
    """How many requests answered each interaction at first."""
    paths = [one.path for one in place.world.requests if one.path.endswith("/callback")]
    return [sum(one.token in path for path in paths) for one in place.world.interactions.values()]


async def count_claims(place: Place) -> int | None:
    """How much the processes have taken on one before the other."""
    async with place.shiori.store.database.read() as connection:
        return await connection.scalar(select(func.count()).select_from(claim))


@pytest.mark.usefixtures("unregistered")
async def test_of_two_processes_with_the_same_shards_one_does_each_thing(unconnected: Place) -> None:
    """As while a new version is started before the old one is stopped."""
    place, guild_id = unconnected, int(unconnected.world.guild_id)
    place.world.grant(place.general, place.world.bot_role, discord.Permissions(mention_everyone=True).value)
    async with place.connected(), join(place) as other:
        assert place.discord.gateway.list_shards() == [0, 0]
        assert sum(one.method == "PUT" for one in place.world.requests) == 1  # the commands
        for _ in range(5):
            assert "Ever17" in await ask(place)
        owner, role = place.person(place.world.owner), place.world.moderators
        assert TITLE in await follow(place, by=owner, channel=place.general, role=role)
        assert "nothing yet" in await say(place.reader, place.general, "follow list")
        await choose_for_server(place, "previews", "set:s:vndb", "off")
        for shiori in (place.shiori, other):
            async with asyncio.timeout(SEEN_WITHIN_S):
                await until(lambda shiori=shiori: shiori.store.server(guild_id) == choose(vndb=False))
        assert set(count_answers(place)) == {1}

        claimed = await count_claims(place)
        choices = await place.reader.autocomplete(place.general, "vn info", focused="title", title="Ever17")
        assert "v17" in [choice["value"] for choice in choices]
        await until(lambda: count_answers(place)[-1] == 2)  # of which Discord refuses one, and nobody minds
        assert await count_claims(place) == claimed

        for sample in (Sample.PLAIN, Sample.PLAIN, Sample.PLAIN):
            await place.reader.post(place.world.after_dark, find_url(place, sample))
        await place.reader.post(place.world.dm, "What can you do?")
        await wait_until(lambda: len(list_replies(place, place.world.after_dark)) == 3)
        await wait_until(lambda: bool(list_replies(place, place.world.dm)))
        air_soon(place)
        await asyncio.gather(place.shiori.follower.work(), other.follower.work())
        await asyncio.sleep(0.5)  # whoever is late
        assert len(list_replies(place, place.world.after_dark)) == 3
        assert len(list_replies(place, place.world.dm)) == 1
        assert len(list_sent(place, place.general)) == 1
        assert sorted(set(count_answers(place))) == [1, 2]


@asynccontextmanager
async def deaf_to_each_other(place: Place, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Shiori]:
    """Two processes that know of each other, and do not look by themselves for what the other one was told."""
    async with place.connected(), join(place) as other:
        await until(lambda: place.shiori.store.peers.others == other.store.peers.others == 1)
        monkeypatch.setattr("bot.store.store.POLL_S", 3600.0)
        await asyncio.sleep(1.5)
        yield other
        heard = other.wait_for("guild_channel_update", timeout=30)
        await settle(place)
        await heard
        await finish_work()


async def test_a_preview_that_one_process_shows_no_more_is_not_left_by_another(
    unconnected: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, after_dark = unconnected, unconnected.world.after_dark
    async with deaf_to_each_other(place, monkeypatch):
        await choose_for_server(place, "previews", "set:s:galleries", "off")
        for _ in range(6):  # which the other process answers
            await place.reader.post(after_dark, find_url(place, Sample.PLAIN))
    assert list_replies(place, after_dark) == []


async def test_an_answer_that_one_process_gives_no_more_is_not_left_by_another(
    unconnected: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, after_dark = unconnected, unconnected.world.after_dark
    async with deaf_to_each_other(place, monkeypatch):
        await choose_for_server(place, "cards", "set:s:adult", "off")
        await asyncio.sleep(1.0)  # whoever was told has taken away what stood there
        url = find_url(place, Sample.PLAIN)
        for _ in range(6):
            await (await place.reader.slash(after_dark, "gallery preview", url=url)).message()
        await wait_until(lambda: "Lake Station" not in json.dumps(list_replies(place, after_dark)))


async def test_processes_with_shards_of_their_own_connect_one_after_the_other_and_share_the_work(
    unconnected: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.gateway.turn.IDENTIFY_EVERY_S", 0.5)
    monkeypatch.setattr("bot.gateway.turn.SLACK_S", 0.5)
    place, gateway = unconnected, unconnected.discord.gateway
    gateway.shards.judges, gateway.shards.every_s = True, 0.5
    number = int(place.world.guild_id) >> 22
    count = next(count for count in range(3, 100) if number % count)
    home = number % count
    others = ",".join(str(one) for one in range(count) if one != home)
    async with (
        place.connected(shard_count=count, shard_ids=others),
        join(place, shard_count=count, shard_ids=str(home)),
    ):
        await place.shiori.wait_until_ready()
        assert gateway.list_shards() == list(range(count))
        gateway.disconnect(4000, forget=True)  # all of both at once
        await until(lambda: gateway.list_shards() == list(range(count)))
        assert (gateway.shards.violations, gateway.identifies) == (0, 2 * count)
        assert "Ever17" in await ask(place)
        assert "nothing yet" in await say(place.reader, place.world.dm, "follow list")
        assert set(count_answers(place)) == {1}
    assert sum(one.method == "PUT" for one in place.world.requests) == 1


async def start(place: Place, **changed: str) -> Process:
    """The program as its host starts it, when it is connected."""
    connected = len(place.discord.gateway.list_shards())
    config = place.build_config()
    settings = {name.upper(): url for name, url in place.services.api_urls.items()} | {
        "DISCORD_TOKEN": config.discord_token,
        "DISCORD_API_URL": config.discord_api_url,
        "DISCORD_GATEWAY_URL": config.discord_gateway_url,
        "DATA_DIR": str(config.data_dir),
        **changed,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot"), env={**os.environ, **settings}, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL
    )
    await until(lambda: len(place.discord.gateway.list_shards()) > connected)
    return process


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """What `DATABASE_URL` is set to."""
    found: str = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else ""
    return found


@pytest.mark.deep
async def test_one_of_two_programs_is_killed_in_the_middle(url: str, unconnected: Place) -> None:
    """What both are told of is done once; what the killed one had begun is done when it is started again."""
    place = unconnected
    first = await start(place, DATABASE_URL=url)
    second = await start(place, DATABASE_URL=url)
    try:
        for number in range(6):
            await place.reader.post(place.world.after_dark, find_url(place, Sample.PLAIN))
            assert "Ever17" in await ask(place)
            if number == 2:
                first.kill()
                await first.wait()
        first = await start(place, DATABASE_URL=url)
        await wait_until(lambda: len(list_replies(place, place.world.after_dark)) >= 6)
        await asyncio.sleep(0.5)  # whoever is late
        replied = [one["message_reference"]["message_id"] for one in list_replies(place, place.world.after_dark)]
        assert len(replied) == len(set(replied)) == 6
        assert set(count_answers(place)) == {1}
    finally:
        for process in (first, second):
            process.kill()
            await process.wait()
