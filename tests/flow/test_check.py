"""What `check` says of each thing that a start needs, and what it leaves alone."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sqlite3

import msgspec
import pytest

from bot.app import run_bot
from bot.playground.engine.model import RestFault
from bot.verb.check import run_check
from tests.flow.conftest import Place
from tests.flow.token_message import KEY, OTHER_KEY, connected, link


def list_check(shown: str, name: str) -> list[str]:
    """What it says of something."""
    return [line for line in shown.splitlines() if f" {name}: " in line]


async def test_check_looks_at_a_database_and_leaves_it_as_it_is(
    unconnected: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    path = unconnected.data_dir / "theirs.db"
    config = msgspec.structs.replace(unconnected.build_config(), database_url=f"sqlite:///{path}")
    assert await run_check(config) == 0
    assert list_check(capsys.readouterr().out, "Database") == [
        "ok      Database: there is none yet; the first start makes it."
    ]
    assert not path.exists()
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (id INTEGER)")
    before = path.read_bytes()
    assert await run_check(config) == 0
    assert list_check(capsys.readouterr().out, "Database") == [
        "note    Database: it has tables, none of them Shiori's; the first start makes its own beside them."
    ]
    assert path.read_bytes() == before
    below = msgspec.structs.replace(config, database_url=f"sqlite:///{path}/shiori.db")
    assert await run_check(below) == 1
    assert list_check(capsys.readouterr().out, "Database") == [
        f"FAILED  Database: its file {path}/shiori.db cannot be made in {path}."
    ]


async def test_check_says_whether_its_port_can_be_opened(
    unconnected: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    async def check(port: int, listen: str = "127.0.0.1") -> list[str]:
        await run_check(msgspec.structs.replace(unconnected.build_config(), port=port, listen=listen))
        return list_check(capsys.readouterr().out, "Health")

    assert await check(0) == ["ok      Health: port 0 of 127.0.0.1 can be used."]
    (line,) = await check(0, "192.0.2.77")
    assert line.startswith("FAILED  Health: Port 0 of 192.0.2.77 cannot be used (Cannot assign requested address).")
    async with await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0) as other:
        (line,) = await check(port := other.sockets[0].getsockname()[1])
    assert line.startswith(f"FAILED  Health: Port {port} of 127.0.0.1 cannot be used (Address already in use).")
    serving = asyncio.create_task(run_bot(msgspec.structs.replace(unconnected.build_config(), port=port)))
    while (line,) != (f"ok      Health: a bot that is running tells it at port {port} of 127.0.0.1.",):
        (line,) = await check(port)
    serving.cancel()
    await asyncio.wait({serving})


async def test_check_waits_for_no_discord_that_wants_to_be_left_alone(
    unconnected: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    unconnected.world.rest_faults.append(RestFault(429, retry_after_s=600.0))
    assert await asyncio.wait_for(run_check(unconnected.build_config()), timeout=20) == 1
    assert list_check(capsys.readouterr().out, "Discord") == [
        "FAILED  Discord: Discord wants to be left alone for 600 s. Try again after that."
    ]


async def test_check_knocks_at_the_gateway_and_begins_no_session(
    unconnected: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    config = unconnected.build_config()
    nowhere = config.discord_api_url.replace("http:", "ws:")
    for url, said in {
        "ws://127.0.0.1:1/": "Discord's gateway ws://127.0.0.1:1/ cannot be reached (Connection refused). Check the",
        nowhere: f"What answers at {nowhere} is no gateway of Discord's (HTTP 404).",
        config.discord_gateway_url: "logged in as",
    }.items():
        code = await run_check(msgspec.structs.replace(config, discord_gateway_url=url))
        (line,) = list_check(capsys.readouterr().out, "Discord")
        assert said in line
        assert code == (url != config.discord_gateway_url)
    assert unconnected.discord.gateway.identifies == 0


async def test_check_says_that_shards_of_several_processes_need_one_database(
    unconnected: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    for ids, noted in {"0": 1, "0-1": 0, "": 0}.items():
        config = msgspec.structs.replace(unconnected.build_config(), shard_count=2, shard_ids=ids)
        assert await run_check(config) == 0
        lines = list_check(capsys.readouterr().out, "Shards")
        assert len(lines) == noted
        assert all(line.startswith("note    Shards: this process has 1 of 2, and its database is a") for line in lines)


async def test_check_says_that_nothing_for_adults_is_shown_and_asks_for_no_gallery(
    unconnected: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await run_check(msgspec.structs.replace(unconnected.build_config(), feature_adult=False)) == 0
    shown = capsys.readouterr().out
    assert "nothing for adults is shown" in shown
    assert "E-Hentai" not in shown
    assert unconnected.services.ehentai.requests == []


async def test_check_says_whether_tokens_can_be_linked_and_opened(
    unconnected: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    async def check(*keys: str) -> tuple[int, str]:
        config = msgspec.structs.replace(unconnected.build_config(), secret_keys=",".join(keys))
        return await run_check(config), capsys.readouterr().out

    code, shown = await check()
    assert code == 0
    assert "note    Keys: SECRET_KEYS is not set, so nobody can link a VNDB token" in shown
    async with connected(unconnected, KEY):
        await link(unconnected, unconnected.reader)
    code, shown = await check(OTHER_KEY, KEY)
    assert code == 0
    assert "ok      Keys: people can link VNDB tokens; all that is sealed (1) can be opened." in shown
    for keys in ([], [OTHER_KEY]):
        code, shown = await check(*keys)
        assert code == 1
        assert "FAILED  Keys: 1 of 1 that are sealed cannot be opened" in shown


async def test_check_says_what_is_missing(unconnected: Place, capsys: pytest.CaptureFixture[str]) -> None:
    unconnected.services.vndb.fault = "500"
    config = msgspec.structs.replace(unconnected.build_config(), discord_token="", contact="")
    assert await run_check(config) == 1
    shown = capsys.readouterr().out
    assert "DISCORD_TOKEN is not set" in shown
    assert "FAILED  VNDB" in shown
    assert "note    Contact: CONTACT is not set" in shown


async def test_check_says_of_every_service_that_it_sends_what_nobody_can_read(
    unconnected: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    config = msgspec.structs.replace(unconnected.build_config(), amvstrm_api_url=unconnected.services.amvstrm.api_url)
    services = unconnected.services
    for service in (services.vndb, services.ehentai, services.anilist, services.amvstrm, services.nekos):
        service.fault = "deep"
    assert await run_check(config) == 1
    failed = [line for line in capsys.readouterr().out.splitlines() if line.startswith("FAILED")]
    assert [line.count("does not understand") for line in failed] == [1] * 5


async def test_check_names_each_service_that_is_away_and_no_other(
    unconnected: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    config = msgspec.structs.replace(unconnected.build_config(), amvstrm_api_url=unconnected.services.amvstrm.api_url)
    services = unconnected.services
    for name, service in {
        "AniList": services.anilist,
        "amvstrm": services.amvstrm,
        "Nekos API": services.nekos,
    }.items():
        service.fault = "502"
        assert await run_check(config) == 1
        service.fault = None
        lines = capsys.readouterr().out.splitlines()
        (failed,) = [line for line in lines if line.startswith("FAILED")]
        pattern = rf"FAILED  {name} at http://[^ ]+: (?:The )?{name} answered with an error\. .*"
        assert re.fullmatch(pattern, failed)
