"""Links in direct messages: each gets its card, or a sentence that says why not, and nothing of what may not stand."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.playground.engine import pictures, texts
from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.preview_message import find_url, list_gids, list_replies, post, set_reader, settle

Payload = dict[str, Any]

OFF = "in direct messages only to those who switch that on, with `/me`"
WITHHELD = "This gallery may not be shown anywhere."


async def send(place: Place, text: str) -> Payload:
    """The one reply to that, in the direct messages with the bot."""
    before = len(list_replies(place, place.world.dm))
    await post(place, place.world.dm, text)
    (reply,) = list_replies(place, place.world.dm)[before:]
    return reply


def check_nothing_of(place: Place, sample: Sample, reply: Payload) -> None:
    gallery = place.services.ehentai.library[sample]
    said = json.dumps(reply["components"], ensure_ascii=False)
    assert not any(picture["url"].endswith("_l.svg") for picture in pictures(reply))
    assert not any(part in said for part in (gallery.title, gallery.title_jpn, gallery.token, *gallery.tags) if part)


async def test_each_link_is_told_where_galleries_are_shown(place: Place) -> None:
    gallery = place.services.ehentai.library[Sample.PLAIN]
    for url in (gallery.url, gallery.url, gallery.page_url(2)):
        reply = await send(place, url)
        assert OFF in texts(reply)
        assert "age-restricted channels" in texts(reply)
        check_nothing_of(place, Sample.PLAIN, reply)
    assert place.services.ehentai.requests == []


async def test_it_is_told_beside_the_card_of_another_link(place: Place) -> None:
    reply = await send(place, f"https://vndb.org/v17 {find_url(place, Sample.PLAIN)}")
    assert "Ever17" in texts(reply)
    assert OFF in texts(reply)
    check_nothing_of(place, Sample.PLAIN, reply)


async def test_one_of_several_that_is_withheld_is_told_beside_the_others(place: Place) -> None:
    await set_reader(place, dm_galleries=True)
    reply = await send(place, f"{find_url(place, Sample.PLAIN)} {find_url(place, Sample.WITHHELD_NON_H)}")
    assert list_gids(reply) == [Sample.PLAIN]
    assert WITHHELD in texts(reply)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("https://e-hentai.org/g/9000001/0123456789/", "E-Hentai has no gallery 9000001."),
        ("https://e-hentai.org/s/0123456789/9000001-1", "E-Hentai has no page 1 of gallery 9000001."),
        ("https://vndb.org/v999999", "VNDB has no"),
        ("https://anilist.co/anime/99999999", "AniList has no"),
        ("https://myanimelist.net/character/1", "AniList knows MyAnimeList's numbers of anime and manga alone"),
    ],
)
async def test_a_link_that_leads_to_nothing_is_told(place: Place, url: str, sentence: str) -> None:
    await set_reader(place, dm_galleries=True)
    assert sentence in texts(await send(place, url))


async def test_every_reason_is_told_where_there_is_no_card(place: Place) -> None:
    await set_reader(place, dm_galleries=True)
    nowhere = "https://e-hentai.org/g/9000003/0123456789/"
    said = texts(await send(place, f"{nowhere} {find_url(place, Sample.WITHHELD_NON_H)}"))
    assert "E-Hentai has no gallery 9000003." in said
    assert WITHHELD in said


async def test_a_service_that_fails_is_told(place: Place) -> None:
    await set_reader(place, dm_galleries=True)
    place.services.ehentai.fault = "null"
    reply = await send(place, find_url(place, Sample.PLAIN))
    assert "E-Hentai " in texts(reply)
    check_nothing_of(place, Sample.PLAIN, reply)


async def test_who_wants_no_previews_is_told_so(place: Place) -> None:
    await set_reader(place, previews=False, dm_galleries=True)
    for url in (find_url(place, Sample.PLAIN), "https://vndb.org/v17"):
        reply = await send(place, url)
        assert "You switched off previews of the links that you post" in texts(reply)
        check_nothing_of(place, Sample.PLAIN, reply)


async def test_an_edited_message_has_the_sentence_of_what_it_links_to_now(place: Place) -> None:
    message = await post(place, place.world.dm, find_url(place, Sample.PLAIN))
    await place.reader.edit(message, "https://vndb.org/v17")
    await settle(place)
    (reply,) = list_replies(place, place.world.dm)
    assert "Ever17" in texts(reply)
    assert OFF not in texts(reply)


@pytest.mark.parametrize("host", [{"feature_galleries": False}, {"feature_adult": False}])
async def test_a_host_without_galleries_says_so(unconnected: Place, host: dict[str, bool]) -> None:
    async with unconnected.connected(**host):
        reply = await send(unconnected, find_url(unconnected, Sample.PLAIN))
        assert "Whoever runs this bot has switched" in texts(reply)
        assert unconnected.services.ehentai.requests == []


async def test_a_title_that_is_a_link_to_a_gallery_is_refused_likewise(place: Place) -> None:
    for command in ("vn info", "anime info"):
        exchange = await place.reader.slash(place.world.dm, command, title=find_url(place, Sample.PLAIN))
        reply = await exchange.message()
        assert OFF in texts(reply)
        assert exchange.ephemeral
        check_nothing_of(place, Sample.PLAIN, reply)
    assert place.services.ehentai.requests == []
