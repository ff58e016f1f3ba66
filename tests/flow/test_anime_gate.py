"""What is for adults, or may be, stands nowhere but in age-restricted channels, whichever way leads to it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.engine import Channel, pictures, selects, texts
from bot.playground.service.anilist.data import AnilistSample
from tests.flow.anime_message import CLOSED, ask, list_labels, list_variables, name, run
from tests.flow.conftest import Place
from tests.flow.entry_message import open_page
from tests.flow.preview_message import forge_button
from tests.flow.vn_message import choose, list_pages, list_values, press
from tests.support.pair import each_once

Payload = dict[str, Any]

ADULT = ("Yuuyake no Chouchin", "Evening Lanterns", "夕焼けの提灯")
CLOSED_WORKS = (AnilistSample.ADULT, AnilistSample.ADULT_WITHOUT_MARKS, AnilistSample.ADULT_UNKNOWN)
PAGES = ("", "/details", "/cast", "/staff", "/relations", "/recommendations", "/links", "/vn")


def says_nothing_of_adults(place: Place, message: Payload) -> bool:
    """Whether no title and no id of a work that is not for everybody is in it."""
    shown = str(message)
    works = [place.services.anilist.library.works[number] for number in (*CLOSED_WORKS, AnilistSample.ADULT_WEEKLY)]
    return not any(title in shown for one in works for title in (*one.names, f"anime/{one.id}"))


@pytest.mark.parametrize("sample", CLOSED_WORKS)
async def test_an_id_gets_the_sentence_and_no_more(shared: Place, sample: AnilistSample) -> None:
    message = await ask(shared, "anime info", title=name(sample))
    assert texts(message).startswith(CLOSED)
    assert pictures(message) == []
    assert says_nothing_of_adults(shared, message)


@pytest.mark.parametrize("sample", CLOSED_WORKS)
async def test_age_restricted_channels_get_the_card_with_its_cover_covered(
    shared: Place, sample: AnilistSample
) -> None:
    message = await ask(shared, "anime info", shared.world.after_dark, title=name(sample))
    work = shared.services.anilist.library.works[sample]
    assert f"## {work.title[0]}\n" in texts(message)
    assert [picture["spoiler"] for picture in pictures(message)] == [True]


@pytest.mark.parametrize("title", ADULT)
async def test_a_title_finds_nothing(shared: Place, title: str) -> None:
    exchange = await run(shared, "anime info", title=title)
    assert texts(await exchange.message()).splitlines()[0] == f"AniList has no anime called “{title}”."


@pytest.mark.parametrize("command", ["anime search", "anime info"])
async def test_searches_leave_them_out(shared: Place, command: str) -> None:
    shown = await ask(shared, command, title="yo")
    assert says_nothing_of_adults(shared, shown)


@pytest.mark.parametrize("typed", ["yuuyake", "evening", "夕焼け", "yozora", "dare mo"])
async def test_suggestions_leave_them_out(shared: Place, typed: str) -> None:
    assert await shared.reader.autocomplete(shared.general, "anime info", focused="title", title=typed) == []


async def test_suggestions_of_age_restricted_channels_are_not_reused_elsewhere(place: Place) -> None:
    dark = await place.reader.autocomplete(place.world.after_dark, "anime info", focused="title", title="evening")
    assert [choice["value"] for choice in dark] == [name(AnilistSample.ADULT)]
    for typed in ("evening", "evening l"):  # by others: what one person types is asked twice at most
        found = await place.moderator.autocomplete(place.general, "anime info", focused="title", title=typed)
        assert found == []
    assert [asked["isAdult"] for asked in list_variables(place, "Search")[1:]] == [False]


@pytest.mark.parametrize("command", ["anime top", "anime trending", "anime search"])
async def test_no_page_of_a_list_has_one(shared: Place, command: str) -> None:
    for page in await list_pages(shared.reader, await ask(shared, command)):
        assert says_nothing_of_adults(shared, page)


async def test_age_restricted_lists_have_them(shared: Place) -> None:
    listed = await ask(shared, "anime search", shared.world.after_dark, format="OVA")
    assert f"anime/{AnilistSample.ADULT}" in list_values(listed)


async def test_what_airs_leaves_them_out_and_says_how_many(shared: Place) -> None:
    shown = await ask(shared, "anime airing", when="week")
    assert says_nothing_of_adults(shared, shown)
    assert "1 more is for adults, or may be, and shown in age-restricted channels only." in texts(shown)
    dark = await ask(shared, "anime airing", shared.world.after_dark, when="week")
    assert f"anime/{AnilistSample.ADULT_WEEKLY}" in list_values(dark)


@pytest.mark.parametrize(
    ("sample", "page"),
    [(AnilistSample.SEQUEL, "Relations"), (AnilistSample.PLAIN, "Recommendations")],
)
async def test_what_belongs_to_a_work_leaves_them_out_and_says_how_many(
    shared: Place, sample: AnilistSample, page: str
) -> None:
    opened = await open_page(shared, await ask(shared, "anime info", title=name(sample)), page)
    pages = await list_pages(shared.reader, opened)
    assert all(says_nothing_of_adults(shared, shown) for shown in pages)
    assert sum("1 more is for adults, or may be" in texts(shown) for shown in pages) == 1
    dark = await ask(shared, "anime info", shared.world.after_dark, title=name(sample))
    opened = await list_pages(shared.reader, await open_page(shared, dark, page))
    assert f"anime/{AnilistSample.ADULT}" in {value for shown in opened for value in list_values(shown)}


async def test_somebodys_list_leaves_them_out(shared: Place) -> None:
    button = forge_button(shared, shared.general, "see:al-user/shiori_sample/anime")
    shown = await (await shared.reader.press(button, "see:al-user/shiori_sample/anime")).message()
    assert "**Steins;Gate**\n-# 10.0/10" in texts(shown)
    assert says_nothing_of_adults(shared, shown)
    assert "1 more is for adults, or may be" in texts(shown)


async def test_chance_draws_none(shared: Place) -> None:
    for _ in range(6):
        shown = await ask(shared, "anime random", format="OVA")
        assert "OVA" in texts(await open_page(shared, shown, "Details"))
        assert says_nothing_of_adults(shared, shown)


@pytest.mark.parametrize(("sample", "end"), each_once(CLOSED_WORKS, PAGES))
async def test_a_button_made_elsewhere_opens_no_page_of_it(shared: Place, sample: AnilistSample, end: str) -> None:
    custom_id = f"see:anime/{sample}{end}"
    exchange = await shared.reader.press(forge_button(shared, shared.general, custom_id), custom_id)
    message = await exchange.message()
    assert texts(message).startswith(CLOSED)
    assert pictures(message) == []


async def test_a_page_turn_asks_again_where_it_stands(place: Place) -> None:
    channel = place.world.after_dark
    card = await ask(place, "anime info", channel, title=name(AnilistSample.ADULT))
    place.world.set_nsfw(channel, nsfw=False)
    message = await (await choose(place.reader, card, f"anime/{AnilistSample.ADULT}/relations")).message()
    assert texts(message).startswith(CLOSED)
    assert pictures(message) == []


async def test_a_list_asks_again_where_it_stands(place: Place) -> None:
    channel = place.world.after_dark
    listed = await ask(place, "anime search", channel)
    place.world.set_nsfw(channel, nsfw=False)
    # Further pages would be turned while the message leaves, which was shown where more might stand.
    turned = await (await press(place.reader, listed, "Next")).message()
    assert says_nothing_of_adults(place, turned)


async def test_a_tag_for_adults_is_left_out_of_a_work_for_everybody(shared: Place) -> None:
    shown = await ask(shared, "anime info", title=name(AnilistSample.ADULT_TAG_ONLY))
    assert "Invented Adult Tag" not in texts(shown)
    dark = await ask(shared, "anime info", shared.world.after_dark, title=name(AnilistSample.ADULT_TAG_ONLY))
    assert "Invented Adult Tag" in texts(dark)


async def test_the_genre_for_adults_cannot_be_chosen(place: Place) -> None:
    groups = [command for command in place.world.commands if command["name"] in {"anime", "manga"}]
    choices = {
        choice["value"]
        for group in groups
        for command in group["options"]
        for option in command.get("options") or ()
        for choice in option.get("choices") or ()
    }
    assert "Horror" in choices
    assert "Hentai" not in choices


@pytest.mark.parametrize("where", ["dm", "elsewhere"])
async def test_direct_messages_and_other_servers_count_as_ordinary(place: Place, where: str) -> None:
    channel: Channel = place.world.elsewhere if where == "elsewhere" else place.world.open_dm(place.world.reader)
    message = await ask(place, "anime info", channel, title=name(AnilistSample.ADULT))
    assert texts(message).startswith(CLOSED)
    assert selects(message) == []
    assert list_labels(message) == []
