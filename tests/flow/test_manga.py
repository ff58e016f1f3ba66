"""`/manga info` and `/manga search`."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.engine import texts
from bot.playground.service.anilist.data import AnilistSample
from tests.flow.anime_message import ask, name, run
from tests.flow.conftest import Place
from tests.flow.entry_message import open_page, turn
from tests.flow.vn_message import choose, find_link, list_values

PAGES = ("Characters", "Staff", "Relations", "Recommendations", "Titles and links")


@pytest.mark.parametrize(
    "title",
    ["Steins;Gate", "#45489", "https://anilist.co/manga/45489", "https://myanimelist.net/manga/15489/", "シュタインズ"],
)
async def test_a_title_an_id_and_a_link_name_a_manga(shared: Place, title: str) -> None:
    message = await ask(shared, "manga info", title=title)
    assert find_link(message, "Open on AniList") == "https://anilist.co/manga/45489"
    assert "19 chapters" in texts(message)


async def test_a_manga_that_is_not_there_is_said_in_plain_words(shared: Place) -> None:
    exchange = await run(shared, "manga info", title="fate")
    assert texts(await exchange.message()).splitlines()[0] == "AniList has no manga called “fate”."
    assert exchange.ephemeral


async def test_the_id_of_an_anime_is_no_manga(shared: Place) -> None:
    exchange = await run(shared, "manga info", title=name(AnilistSample.PLAIN))
    assert texts(await exchange.message()) == "AniList has no manga 9253."


async def test_several_manga_are_listed_with_light_novels_among_them(shared: Place) -> None:
    listed = await ask(shared, "manga info", title="toradora")
    assert "Light novel" in texts(listed)
    card = await (await choose(shared.reader, listed, "manga/33009")).message()
    assert "## Toradora! (Novel)" in texts(card)
    assert texts(await turn(shared, card, "Back")) == texts(listed)


async def test_every_page_opens_after_a_restart(unconnected: Place) -> None:
    async with unconnected.connected():
        message = await ask(unconnected, "manga info", title=name(AnilistSample.MANGA))
    for label in PAGES:
        async with unconnected.connected():
            message = await open_page(unconnected, message, label)
            assert texts(message).startswith("## Steins;Gate\n-# ")


async def test_one_that_is_not_out_yet_has_a_card(shared: Place) -> None:
    message = await ask(shared, "manga info", title=name(AnilistSample.UNRELEASED_MANGA))
    assert "Not rated yet · Not yet released" in texts(message)


@pytest.mark.parametrize(
    ("options", "heading"),
    [
        ({"genre": "Horror"}, "## Manga (Horror)\n"),
        ({"title": "ベルセルク"}, "## Manga for “ベルセルク”\n"),
        ({"min_rating": 8}, "## Manga (rated 8 or more)\n"),
    ],
)
async def test_a_search_lists_manga_alone(shared: Place, options: dict[str, Any], heading: str) -> None:
    message = await ask(shared, "manga search", **options)
    assert texts(message).startswith(heading)
    assert {value.split("/")[0] for value in list_values(message)} == {"manga"}


async def test_suggestions_are_manga(shared: Place) -> None:
    choices = await shared.reader.autocomplete(shared.general, "manga info", focused="title", title="steins")
    assert choices == [{"name": "Steins;Gate (2009)", "value": "#45489"}]
