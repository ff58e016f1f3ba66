"""Where the level of pictures is “None”: no picture stands anywhere, and a few words say why."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.engine import Channel, pictures, texts
from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.preview_message import find_url, list_replies, post, set_channel, set_server
from tests.flow.vn_message import choose

Payload = dict[str, Any]

OFF = "Pictures are switched off here"
OPTIONS: dict[str, dict[str, Any]] = {
    "vn info": {"title": "v2002"},
    "vn search": {"title": "fate"},
    "vn character info": {"name": "c35"},
    "vn release info": {"title": "r4"},
    "anime info": {"title": "#9253"},
    "anime search": {"title": "fate"},
    "anime season": {},
    "anime character info": {"name": "#34470"},
    "manga info": {"title": "#30013"},
}
# Those of which each has a picture where pictures are on; the others may have none in the sample data.
PICTURED = ("vn info", "vn search", "vn character info", "anime info", "anime search")
WHERE = ("general", "after_dark", "after_dark_thread")


async def ask(place: Place, command: str, channel: Channel) -> Payload:
    return await (await place.reader.slash(channel, command, **OPTIONS[command])).message()


async def test_there_are_pictures_to_be_left_out(place: Place) -> None:
    for command in PICTURED:
        message = await ask(place, command, place.general)
        assert pictures(message), command
        assert OFF not in texts(message)


@pytest.mark.parametrize("where", WHERE)
async def test_cards_and_lists_have_none_and_say_why(place: Place, where: str) -> None:
    channel: Channel = getattr(place.world, where)
    await set_server(place, image_level=-1)
    for command in OPTIONS:
        message = await ask(place, command, channel)
        assert pictures(message) == [], command
        assert command not in PICTURED or texts(message).count(OFF) == 1, command


async def test_pages_of_pictures_have_none_and_say_why(place: Place) -> None:
    await set_server(place, image_level=-1)
    novel = await ask(place, "vn info", place.world.after_dark)
    anime = await ask(place, "anime info", place.world.after_dark)
    for message, page in ((novel, "screenshots"), (novel, "characters"), (anime, "cast")):
        place_of = "v2002" if message is novel else "anime/9253"
        shown = await (await choose(place.moderator, message, f"{place_of}/{page}")).message()
        assert pictures(shown) == [], page
        assert OFF in texts(shown), page


@pytest.mark.parametrize("where", WHERE)
async def test_no_picture_is_drawn_where_none_may_stand(place: Place, where: str) -> None:
    channel: Channel = getattr(place.world, where)
    await set_server(place, image_level=-1)
    for command in ("image random", "image search"):
        exchange = await place.reader.slash(channel, command)
        message = await exchange.message()
        assert pictures(message) == []
        assert texts(message) == f"{OFF}, with `/settings`."
        assert exchange.ephemeral
    assert place.services.nekos.requests == []


async def test_a_gallery_has_no_cover_and_says_why(place: Place) -> None:
    await set_channel(place, place.world.after_dark, image_level=-1)
    url = find_url(place, Sample.PLAIN)
    message = await (await place.reader.slash(place.world.after_dark, "gallery preview", url=url)).message()
    assert "Evening at the Lake Station" in texts(message)
    assert pictures(message) == []
    assert texts(message).count(OFF) == 1


@pytest.mark.parametrize("where", WHERE)
async def test_previews_of_links_have_none(place: Place, where: str) -> None:
    channel: Channel = getattr(place.world, where)
    await set_server(place, image_level=-1)
    links = ["https://vndb.org/v2002", "https://vndb.org/c35", "https://anilist.co/anime/9253"]
    links += [find_url(place, Sample.PLAIN)] if where != "general" else []
    for link in links:
        await post(place, channel, link)
    replies = list_replies(place, channel)
    assert len(replies) == len(links)
    assert [pictures(reply) for reply in replies] == [[]] * len(links)
