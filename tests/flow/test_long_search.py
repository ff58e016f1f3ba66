"""What is too long for a button is searched for whole, over pages and a restart."""

from __future__ import annotations

import copy
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from aiohttp.test_utils import TestServer

from bot.playground.engine import texts
from bot.playground.service import SampleAnilist
from bot.playground.service.anilist.data import Work, load_library
from tests.flow.anime_message import ask
from tests.flow.conftest import Place
from tests.flow.preview_message import forge_button
from tests.flow.setting_message import rename_table
from tests.flow.vn_message import list_values, press

TITLE = "魔法使いの夜と刻の街で出会った長い長い名前の物語の続きの"


@asynccontextmanager
async def serving_long_titles() -> AsyncGenerator[str]:
    """An AniList that has more works of that title than a page holds: its address."""
    library = copy.copy(load_library())
    works = [Work(300_000 + at, (f"{TITLE} {at}", None, None)) for at in range(30)]
    library.works = {**library.works, **{one.id: one for one in works}}
    async with TestServer(SampleAnilist(library=library).build_app()) as server:
        yield str(server.make_url(""))


async def test_a_long_title_reaches_anilist_whole_on_every_page_and_after_a_restart(unconnected: Place) -> None:
    async with serving_long_titles() as url:
        async with unconnected.connected(anilist_api_url=url):
            first = await ask(unconnected, "anime search", title=TITLE)
            assert TITLE in texts(first)
        async with unconnected.connected(anilist_api_url=url):
            second = await (await press(unconnected.reader, first, "Next")).message()
        listed = [{value for value in list_values(page) if value.startswith("anime/")} for page in (first, second)]
        assert (len(listed[0]), len(listed[1])) == (6, 6)
        assert not listed[0] & listed[1]


@pytest.mark.parametrize("command", ["vn tag info", "vn producer info", "anime staff info"])
async def test_nothing_of_a_long_name_is_cut(shared: Place, command: str) -> None:
    message = await ask(shared, command, name=TITLE)
    assert f"called “{TITLE}”" in texts(message)


async def test_a_button_whose_search_is_forgotten_says_so_privately(place: Place) -> None:
    custom_id = f"see:kept/{'A' * 22}"
    pressed = await place.reader.press(forge_button(place, place.general, custom_id), custom_id)
    assert "has not been used for 30 days, and what was asked for is kept no longer" in texts(await pressed.message())
    assert pressed.ephemeral


async def test_while_the_database_is_away_nobody_is_told_of_changes_that_a_long_search_is_none_of(
    unconnected: Place,
) -> None:
    async with serving_long_titles() as url, unconnected.connected(anilist_api_url=url):
        place = unconnected
        await rename_table(place, "kept_place", "gone")
        for exchange in (
            await place.reader.slash(place.general, "anime search", title=TITLE),
            await place.reader.press(
                forge_button(place, place.general, custom_id := f"see:kept/{'A' * 22}"), custom_id
            ),
        ):
            said = texts(await exchange.message())
            assert "where it keeps what is too long for a button" in said
            assert "try again in a few minutes" in said
            assert "changed" not in said
            assert exchange.ephemeral
