"""`/image`, as people use it: on Nekos API v4, and on a server of the shape of v1."""

from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from sqlalchemy import select

from bot.navigation.frame import PageView
from bot.navigation.memory import Key, Laid, Memory
from bot.playground.engine import selects, texts, walk
from bot.playground.service.nekos.data import (
    SampleArtist,
    SampleCategory,
    load_artists,
)
from bot.playground.service.nekos.limit import StrictSecond
from bot.store.table import kept_place
from tests.flow.conftest import Place
from tests.flow.image_message import SAFE, Nekos, start
from tests.flow.preview_message import set_server
from tests.flow.vn_message import choose, find_askers, find_link, list_pages, list_values, press

Payload = dict[str, Any]
NIGHT = "夜の街の灯と本と猫と"
LONG_NAME = "窓辺の静かな夕暮れの街"


@pytest.fixture
async def nekos() -> AsyncGenerator[Nekos]:
    """The sample service with everything that it has."""
    async for started in start():
        yield started


@pytest.fixture
async def safe_nekos() -> AsyncGenerator[Nekos]:
    """The sample service with safe pictures alone: v1 has no filter, and each draw takes a second."""
    async for started in start(SAFE):
        yield started


def make_artists(number: int) -> list[SampleArtist]:
    return [SampleArtist(str(uuid.UUID(int=at)), f"Brush {at}", None) for at in range(1, number + 1)]


@pytest.fixture
async def many_nekos() -> AsyncGenerator[Nekos]:
    """The sample service with sixty artists."""
    async for started in start(artists=make_artists(60)):
        yield started


@pytest.fixture
async def marked_nekos() -> AsyncGenerator[Nekos]:
    """The sample service with thirty categories, of which the first twenty-five are marked for adults."""
    names = [f"Theme {at}" for at in range(1, 31)]
    made = [SampleCategory(str(uuid.UUID(int=at)), name, "", nsfw=at < 25) for at, name in enumerate(names)]
    async for started in start(categories=made):
        yield started


@pytest.fixture
async def cat_nekos() -> AsyncGenerator[Nekos]:
    """The sample service with two safe categories, one of a name that is long once it is encoded."""
    made = [
        SampleCategory(str(uuid.UUID(int=at)), name, "", nsfw=False) for at, name in enumerate((LONG_NAME, "Lake"), 1)
    ]
    async for started in start(SAFE, categories=made):
        yield started


def list_artists(message: Payload) -> list[str]:
    """The addresses of the artists that can be picked, from above."""
    values = [option["value"] for select in selects(message) for option in select["options"]]
    return [value for value in values if "/a/" in value]


def list_spoilers(message: Payload) -> list[bool]:
    return [bool(item.get("spoiler")) for one in walk(message["components"]) for item in one.get("items") or ()]


# v4


async def test_a_random_picture_is_safe_and_credited(unconnected: Place, nekos: Nekos) -> None:
    async with unconnected.connected(**nekos.v4):
        message = await (await unconnected.reader.slash(unconnected.general, "image random", tags="Lake")).message()
    picture = nekos.find(message)
    assert picture.rating == "safe"
    assert (picture.artist.name if picture.artist else "not known") in texts(message)
    assert find_link(message, "Source") == picture.source_url
    assert list_spoilers(message) == [False]
    assert nekos.asked == [{"limit": "1", "rating": "safe", "tags": "lake"}]


async def test_next_draws_another_one_of_that_kind_also_after_a_restart(unconnected: Place, nekos: Nekos) -> None:
    options: dict[str, Any] = {"tags": "lake", "without": "night, tea"}
    async with unconnected.connected(**nekos.v4):
        exchange = await unconnected.reader.slash(unconnected.general, "image search", **options)
        message = await exchange.message()
    async with unconnected.connected(**nekos.v4):
        message = await (await press(unconnected.reader, message, "Next")).message()
    tags = {one.tag for one in nekos.find(message).categories}
    assert "lake" in tags
    assert not tags & {"night", "tea"}
    assert nekos.asked == [{"limit": "1", "rating": "safe", "tags": "lake", "without_tags": "night,tea"}] * 2
    assert len(unconnected.reader.messages(unconnected.general)) == 1


async def test_another_person_gets_a_picture_of_their_own(unconnected: Place, nekos: Nekos) -> None:
    async with unconnected.connected(**nekos.v4):
        message = await (await unconnected.reader.slash(unconnected.general, "image random")).message()
        pressed = await press(unconnected.moderator, message, "Next")
        assert find_askers(await pressed.message()) == {unconnected.moderator.user.id}
        assert pressed.ephemeral
    assert nekos.service.violations == 0


@pytest.mark.parametrize("rating", ["suggestive", "borderline"])
async def test_other_ratings_are_spoilers_in_age_restricted_channels(
    unconnected: Place, nekos: Nekos, rating: str
) -> None:
    async with unconnected.connected(**nekos.v4):
        exchange = await unconnected.reader.slash(unconnected.world.after_dark, "image random", rating=rating)
        message = await exchange.message()
    assert nekos.find(message).rating == rating
    assert list_spoilers(message) == [True]


async def test_other_ratings_are_not_asked_for_elsewhere(unconnected: Place, nekos: Nekos) -> None:
    async with unconnected.connected(**nekos.v4):
        exchange = await unconnected.reader.slash(unconnected.general, "image random", rating="suggestive")
        assert "age-restricted channels only" in texts(await exchange.message())
        assert exchange.ephemeral
    assert nekos.service.requests == []


async def test_nor_above_the_level_of_the_server(unconnected: Place, nekos: Nekos) -> None:
    async with unconnected.connected(**nekos.v4):
        await set_server(unconnected, image_level=1)
        exchange = await unconnected.reader.slash(unconnected.world.after_dark, "image random", rating="borderline")
        assert "level of pictures" in texts(await exchange.message())
    assert nekos.service.requests == []


async def test_explicit_cannot_be_chosen(unconnected: Place, nekos: Nekos) -> None:
    async with unconnected.connected(**nekos.v4):
        (group,) = [command for command in unconnected.world.commands if command["name"] == "image"]
    choices = {
        choice["value"]
        for command in group["options"]
        for option in command["options"]
        for choice in option.get("choices") or ()
    }
    assert choices == {"safe", "suggestive", "borderline"}


async def test_next_asks_the_gate_again(unconnected: Place, nekos: Nekos) -> None:
    channel = unconnected.world.after_dark
    async with unconnected.connected(**nekos.v4):
        message = await (await unconnected.reader.slash(channel, "image random", rating="suggestive")).message()
        unconnected.world.set_nsfw(channel, nsfw=False)
        pressed = await press(unconnected.reader, message, "Next")
        assert "age-restricted channels only" in texts(await pressed.message())
    assert len(nekos.service.requests) == 1


async def test_what_nobody_drew_is_said(unconnected: Place, nekos: Nekos) -> None:
    async with unconnected.connected(**nekos.v4):
        exchange = await unconnected.reader.slash(
            unconnected.general, "image search", tags="submarine, Paper Boat", without="night"
        )
        said = texts(await exchange.message())
        assert "The Nekos API has no safe picture with “submarine”, “paper boat”, without “night”." in said


async def test_the_message_stays_when_the_service_is_down(unconnected: Place, nekos: Nekos) -> None:
    async with unconnected.connected(**nekos.v4):
        message = await (await unconnected.reader.slash(unconnected.general, "image random")).message()
        nekos.service.fault = "502"
        pressed = await press(unconnected.reader, message, "Next")
        assert "answered with an error" in texts(await pressed.message())
        kept = unconnected.reader.messages(unconnected.general)[0]
    assert nekos.find(kept) == nekos.find(message)


async def test_next_of_tags_that_no_button_can_carry_asks_for_all_of_them_also_after_a_restart(
    unconnected: Place, nekos: Nekos
) -> None:
    without = ",".join(f"something number {number}" for number in range(5))
    async with unconnected.connected(**nekos.v4):
        exchange = await unconnected.reader.slash(unconnected.general, "image search", without=without)
        message = await exchange.message()
    async with unconnected.connected(**nekos.v4):
        again = await (await press(unconnected.reader, message, "Next")).message()
    assert nekos.find(again).rating == "safe"
    first, second = nekos.asked
    assert first == second
    assert first["without_tags"] == without.replace(" ", "_")


async def test_a_tag_is_not_asked_for_and_left_out_at_once(unconnected: Place, nekos: Nekos) -> None:
    options: dict[str, Any] = {"tags": "lake, Paper Boat", "without": "night, paper_boat"}
    async with unconnected.connected(**nekos.v4):
        exchange = await unconnected.reader.slash(unconnected.general, "image search", **options)
        assert "cannot be asked for and left out at once: paper" in texts(await exchange.message())
        assert exchange.ephemeral
    assert nekos.service.requests == []


# v1


async def test_v1_draws_from_categories(unconnected: Place, safe_nekos: Nekos) -> None:
    async with unconnected.connected(**safe_nekos.v1):
        exchange = await unconnected.reader.slash(unconnected.general, "image random", tags="no such thing")
        assert "no such thing" in texts(await exchange.message())
        exchange = await unconnected.reader.slash(unconnected.general, "image random")
        message = await exchange.message()
    assert safe_nekos.find(message).rating == "safe"
    assert safe_nekos.service.violations == 0


async def test_v1_finds_the_pictures_of_an_artist(unconnected: Place, safe_nekos: Nekos) -> None:
    artist = load_artists()[0]
    async with unconnected.connected(**safe_nekos.v1):
        exchange = await unconnected.reader.slash(unconnected.general, "image search", artist="AOBA (At%|x+)")
        message = await exchange.message()
        assert safe_nekos.find(message).artist == artist
        assert find_link(message, "Artist") == artist.url
        before = len(safe_nekos.service.requests)
        message = await (await press(unconnected.reader, message, "Next")).message()
        assert safe_nekos.find(message).artist == artist
        assert len(safe_nekos.service.requests) == before + 2  # a list, and the picture by its id
    assert safe_nekos.service.violations == 0


async def test_v1_lists_the_categories_that_match(unconnected: Place, safe_nekos: Nekos) -> None:
    async with unconnected.connected(**safe_nekos.v1):
        exchange = await unconnected.reader.slash(unconnected.general, "image search", category="%ea%|evening%|lake")
        message = await exchange.message()
        # “Evening wear” is marked, and this channel is not age-restricted.
        assert "picture/s/t/lake" in list_values(message)
        assert "picture/s/t/evening_wear" not in list_values(message)
    assert safe_nekos.service.violations == 0


async def test_v1_offers_no_marked_category_for_safe_pictures_anywhere(unconnected: Place, safe_nekos: Nekos) -> None:
    channel = unconnected.world.after_dark
    async with unconnected.connected(**safe_nekos.v1):
        exchange = await unconnected.reader.slash(channel, "image search", category="%ea%|evening%|lake")
        assert "evening_wear" not in str(list_values(await exchange.message()))
        exchange = await unconnected.reader.slash(channel, "image search", category="evening%")
        assert "for safe pictures" in texts(await exchange.message())
        exchange = await unconnected.reader.slash(
            channel, "image search", category="%ea%|evening%|lake", rating="borderline"
        )
        assert "picture/b/t/evening_wear" in list_values(await exchange.message())
    assert len(safe_nekos.service.requests) == 3


async def test_v1_shows_a_picture_of_the_artist_that_is_picked(unconnected: Place, safe_nekos: Nekos) -> None:
    async with unconnected.connected(**safe_nekos.v1):
        exchange = await unconnected.reader.slash(unconnected.general, "image search", artist="aoba%")
        message = await exchange.message()
        assert "Artists for “aoba%”" in texts(message)
        artist = load_artists()[1]
        exchange = await choose(unconnected.reader, message, f"picture/s/a/{artist.id}")
        message = await exchange.message()
        assert safe_nekos.find(message).artist == artist
    assert safe_nekos.service.violations == 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"artist": "(moon"}, "closing"),
        ({"category": "*moon"}, "nothing before it"),
        ({"artist": "a" * 21}, "20 characters"),
        ({}, "artist or a category"),
        ({"artist": "a", "category": "b"}, "artist or a category"),
        ({"artist": "a", "rating": "borderline"}, "age-restricted channels only"),
    ],
)
async def test_v1_is_not_asked_what_it_would_break_on(
    unconnected: Place, safe_nekos: Nekos, options: dict[str, Any], sentence: str
) -> None:
    async with unconnected.connected(**safe_nekos.v1):
        exchange = await unconnected.reader.slash(unconnected.general, "image search", **options)
        assert sentence in texts(await exchange.message())
    assert safe_nekos.service.requests == []


async def test_v1_is_left_alone_in_a_block(unconnected: Place, safe_nekos: Nekos) -> None:
    safe_nekos.service.block()
    async with unconnected.connected(**safe_nekos.v1):
        for _ in range(4):
            exchange = await unconnected.reader.slash(unconnected.general, "image random")
            assert "in about one hour" in texts(await exchange.message())
    assert len(safe_nekos.service.requests) == 1


# v1: lists of several pages


async def test_v1_lists_sixty_artists_on_three_pages_forwards_and_back(unconnected: Place, many_nekos: Nekos) -> None:
    reader = unconnected.reader
    async with unconnected.connected(**many_nekos.v1):
        exchange = await reader.slash(unconnected.general, "image search", artist="brush%")
        pages = await list_pages(reader, await exchange.message())
        back = await (await press(reader, pages[2], "Previous")).message()
        first = await (await press(reader, back, "Previous")).message()
    listed = [list_artists(page) for page in pages]
    assert [len(names) for names in listed] == [25, 25, 10]
    assert [value for names in listed for value in names] == [f"picture/s/a/{one.id}" for one in make_artists(60)]
    assert [list_artists(back), list_artists(first)] == [listed[1], listed[0]]
    assert "Page 3" in texts(pages[2])
    assert "Brush 60" in texts(pages[2])
    assert [asked["offset"] for asked in many_nekos.asked] == ["0", "25", "50", "25", "0"]
    assert {(asked["limit"], asked["search"]) for asked in many_nekos.asked} == {("25", "brush%")}
    assert many_nekos.service.violations == 0


async def test_v1_says_of_the_page_after_a_full_last_one_that_the_list_is_shorter_and_it_stays(
    unconnected: Place, many_nekos: Nekos
) -> None:
    reader = unconnected.reader
    async with unconnected.connected(**many_nekos.v1):
        # 10 to 34: just as many as stand on a page.
        exchange = await reader.slash(unconnected.general, "image search", artist="brush (1_|2_|3[0-4])")
        listed = await exchange.message()
        said = await press(reader, listed, "Next")
    assert len(list_artists(listed)) == 25
    assert said.ephemeral and texts(await said.message()) == "There is no page 2: the list is shorter."
    assert [texts(one) for one in unconnected.moderator.messages(unconnected.general)] == [texts(listed)]


async def test_v1_goes_on_after_a_page_that_nothing_of_may_be_shown(unconnected: Place, marked_nekos: Nekos) -> None:
    reader = unconnected.reader
    async with unconnected.connected(**marked_nekos.v1):
        exchange = await reader.slash(unconnected.general, "image search", category="theme%")
        first, second = await list_pages(reader, await exchange.message())
    assert "Nothing on this page may be shown here." in texts(first)
    assert list_values(first) == set()
    assert list_values(second) == {f"picture/s/t/theme_{at}" for at in range(26, 31)}


async def test_v1_leads_from_an_artist_of_the_second_page_back_to_it(unconnected: Place, safe_nekos: Nekos) -> None:
    reader = unconnected.reader
    async with unconnected.connected(**safe_nekos.v1):
        exchange = await reader.slash(unconnected.general, "image search", artist="%")
        first, second = await list_pages(reader, await exchange.message())
        artist = load_artists()[26]
        assert f"picture/s/a/{artist.id}" in list_artists(second)
        picture = await (await choose(reader, second, f"picture/s/a/{artist.id}")).message()
        assert safe_nekos.find(picture).artist == artist
        picture = await (await press(reader, picture, "Next")).message()
        returned = await (await press(reader, picture, "Back")).message()
    assert list_artists(returned) == list_artists(second)
    assert not set(list_artists(first)) & set(list_artists(second))


async def test_v1_turns_the_pages_of_a_pattern_that_no_button_can_carry_also_after_a_restart(
    unconnected: Place, many_nekos: Nekos
) -> None:
    pattern = f"brush%|{NIGHT}"
    async with unconnected.connected(**many_nekos.v1):
        exchange = await unconnected.reader.slash(unconnected.general, "image search", artist=pattern)
        message = await exchange.message()
    many_nekos.service.second = StrictSecond()  # here a restart takes less than the second of the limit
    async with unconnected.connected(**many_nekos.v1):
        pages = await list_pages(unconnected.reader, message)
    assert [len(list_artists(page)) for page in pages] == [25, 25, 10]
    assert {asked["search"] for asked in many_nekos.asked} == {pattern}
    assert all(NIGHT in texts(page) for page in pages)


async def test_v1_asks_the_gate_again_at_every_page(unconnected: Place, many_nekos: Nekos) -> None:
    channel = unconnected.world.after_dark
    options: dict[str, Any] = {"artist": "brush%", "rating": "borderline"}
    async with unconnected.connected(**many_nekos.v1):
        message = await (await unconnected.reader.slash(channel, "image search", **options)).message()
        unconnected.world.set_nsfw(channel, nsfw=False)
        pressed = await press(unconnected.reader, message, "Next")
        assert "age-restricted channels only" in texts(await pressed.message())
    assert len(many_nekos.asked) == 1


async def test_v1_s_page_stays_when_the_service_is_down(unconnected: Place, many_nekos: Nekos) -> None:
    async with unconnected.connected(**many_nekos.v1):
        exchange = await unconnected.reader.slash(unconnected.general, "image search", artist="brush%")
        message = await exchange.message()
        many_nekos.service.fault = "502"
        pressed = await press(unconnected.reader, message, "Next")
        assert "answered with an error" in texts(await pressed.message())
        kept = unconnected.reader.messages(unconnected.general)[0]
    assert list_artists(kept) == list_artists(message)


async def test_what_the_service_tells_is_kept_by_nobody(
    unconnected: Place, nekos: Nekos, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its terms allow an hour, and what is remembered of pages knows no time."""
    kept: list[str] = []
    keep = Memory.keep

    def keep_and_tell(memory: Memory, key: Key | None, view: PageView) -> Laid:
        laid = keep(memory, key, view)
        if key is not None:
            kept.append(laid.components.decode())
        return laid

    monkeypatch.setattr(Memory, "keep", keep_and_tell)
    async with unconnected.connected(**nekos.v4):
        shown = await unconnected.reader.slash(unconnected.general, "image random", tags="Lake")
        message = await shown.message()
        number = nekos.find(message).number
        await (await unconnected.reader.slash(unconnected.general, "vn info", title="v17")).message()
    assert any("Ever17" in one for one in kept)
    assert not any(f"/{number}." in one for one in kept)


async def test_a_category_that_no_button_has_room_for_has_none_and_is_not_stored(
    unconnected: Place, cat_nekos: Nekos
) -> None:
    async with unconnected.connected(**cat_nekos.v1):
        listed = await unconnected.reader.slash(unconnected.general, "image search", category="%")
        assert LONG_NAME in texts(await listed.message())
        alone = await unconnected.reader.slash(unconnected.general, "image search", category=LONG_NAME[:4] + "%")
        assert LONG_NAME in texts(await alone.message())
        async with unconnected.shiori.store.database.read() as connection:
            assert (await connection.execute(select(kept_place))).all() == []
