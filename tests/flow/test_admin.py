"""`python -m bot admin`, called while a bot runs, or none."""

from __future__ import annotations

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest

from bot.config import Config
from bot.connection import open_rest
from bot.playground.engine import texts
from bot.playground.engine.model import RestFault
from bot.playground.service import Sample
from bot.verb.admin import run
from bot.verb.call import Call
from tests.flow.conftest import Place


async def call(config: Config, act: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, str], str]:
    """The exit code, what was told line by line, and what went to standard error."""
    asked = Call()
    asked.verb, asked.act = "admin", act
    code = await asyncio.to_thread(run, asked, config)
    told = capsys.readouterr()
    return (
        code,
        {name: value.strip() for name, _, value in (line.partition(":") for line in told.out.splitlines())},
        told.err,
    )


async def test_stats_tell_how_much_there_is(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    config = place.build_config()
    await (await place.reader.slash(place.general, "follow vn", title="v17")).message()
    panel = await (await place.moderator.slash(place.general, "settings server")).message()
    assert "Settings" in texts(panel)
    code, told, _ = await call(config, "stats", capsys)
    assert code == 0
    assert told["tables"].endswith("as this code needs them")
    assert told["servers"] == told["installed by persons"] == "about 1"
    assert (told["follows"], told["persons with settings"], told["linked tokens"]) == ("1", "0", "0")
    assert told["size of the database"].endswith(" MiB")
    assert place.world.bot_connected


async def test_lanes_tell_what_is_left_alone_until_when(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    place.services.ehentai.ban()
    gallery = place.services.ehentai.library[Sample.PLAIN]
    await (await place.reader.slash(place.world.after_dark, "gallery preview", url=gallery.url)).message()
    await place.shiori.store.refresh()
    code, told, _ = await call(place.build_config(), "lanes", capsys)
    assert code == 0
    assert told["VNDB"] == told["AniList"] == "nothing is written down against it"
    assert told["E-Hentai"].startswith("left alone until ")
    assert told["E-Hentai"].endswith(" UTC (ban)")
    assert told["the running bot"] == "set PORT to hear of it"
    _, told, _ = await call(msgspec.structs.replace(place.build_config(), port=9), "lanes", capsys)
    assert told["the running bot"] == "tells nothing at port 9"
    port = urlsplit(place.build_config().vndb_api_url).port
    _, told, _ = await call(msgspec.structs.replace(place.build_config(), port=port), "lanes", capsys)
    assert told["the running bot"] == f"is starting or ending, or something else answers at port {port}"
    assert told["VNDB"] == "nothing is written down against it"


@pytest.mark.parametrize("act", ["stats", "lanes"])
async def test_a_database_without_tables_is_one_that_no_bot_was_started_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], act: str
) -> None:
    (tmp_path / "shiori.db").touch()
    code, told, said = await call(Config(data_dir=tmp_path), act, capsys)
    assert (code, told["tables"], said) == (0, "none yet; the first start makes them", "")


async def test_resync_registers_the_commands_although_they_are_there_and_opens_no_database(
    place: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = place.world.commands
    place.world.requests.clear()
    config = msgspec.structs.replace(place.build_config(), database_url=f"sqlite:///{tmp_path}/none/shiori.db")
    code, told, _ = await call(config, "resync", capsys)
    assert not (tmp_path / "none").exists()
    assert code == 0
    assert told["registered anew"].startswith(f"{len(before)} commands: ")
    assert [one.path for one in place.world.requests if one.method == "PUT"] == [
        f"/applications/{place.world.application_id}/commands"
    ]
    assert {one["name"] for one in place.world.commands} == {one["name"] for one in before}
    assert place.world.bot_connected
    answered = await place.reader.slash(place.general, "help")
    assert "Visual novels" in texts(await answered.message())


@pytest.mark.parametrize("act", ["stats", "lanes", "resync"])
async def test_what_cannot_be_done_is_one_sentence(
    unconnected: Place, tmp_path: Path, capsys: pytest.CaptureFixture[str], act: str
) -> None:
    changed = {"discord_token": ""} if act == "resync" else {"database_url": f"sqlite:///{tmp_path}/none/shiori.db"}
    code, told, said = await call(msgspec.structs.replace(unconnected.build_config(), **changed), act, capsys)
    assert (code, told) == (1, {})
    assert said.startswith(("The database tells nothing: there is none yet", "DISCORD_TOKEN is not set"))
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("act", ["stats", "resync"])
async def test_a_discord_that_wants_to_be_left_alone_is_not_waited_for(
    place: Place, capsys: pytest.CaptureFixture[str], act: str
) -> None:
    place.world.rest_faults.append(RestFault(429, retry_after_s=600.0))
    code, _, said = await asyncio.wait_for(call(place.build_config(), act, capsys), timeout=20)
    assert code == 1
    assert said.endswith("Discord wants to be left alone for 600 s. Try again after that.\n")


async def test_a_discord_that_says_nothing_is_given_up(unconnected: Place) -> None:
    unconnected.world.rest_faults.append(RestFault(None, delay_s=9.0))
    config = unconnected.build_config()
    with pytest.raises(TimeoutError):
        async with open_rest(config, within_s=0.2) as client:
            await client.login(config.discord_token)
