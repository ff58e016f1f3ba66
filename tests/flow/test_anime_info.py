"""`/anime info`: which work a word names, its card and its pages."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.gate.setting import TitleLanguage
from bot.playground.engine import pictures, texts
from bot.playground.service.anilist.data import AnilistSample
from tests.flow.anime_message import ask, list_labels, list_variables, name, run
from tests.flow.conftest import Place
from tests.flow.entry_message import REVEAL, open_page, turn
from tests.flow.setting_message import set_own
from tests.flow.vn_message import (
    choose,
    find_askers,
    find_button,
    find_link,
    list_pages,
    list_values,
    press,
    read_contents,
)

PLAIN = name(AnilistSample.PLAIN)
SECRET = "The machine was never the dangerous part."
PAGES = {
    "Details": "**Studio:** White Fox",
    "Characters": "**1. Rintarou Okabe**",
    "Staff": "Original Creator",
    "Relations": "### Sequels",
    "Recommendations": "**1. Steins;Gate 0**",
    "Where to watch, titles and links": "[Crunchyroll](<https://www.crunchyroll.com/series/SAMPLE9253>)",
}


# Which work is meant


@pytest.mark.parametrize(
    "title",
    [
        "Steins;Gate",
        "STEINS;GATE",
        "シュタインズ・ゲート",
        "#9253",
        "https://anilist.co/anime/9253",
        "https://anilist.co/anime/9253/SteinsGate/",
        "<https://myanimelist.net/anime/9253/Steins_Gate>",
    ],
)
async def test_a_title_an_id_and_a_link_name_a_work(shared: Place, title: str) -> None:
    message = await ask(shared, "anime info", title=title)
    assert texts(message).startswith("## Steins;Gate\n")
    assert find_link(message, "Open on AniList") == "https://anilist.co/anime/9253"
    assert find_link(message, "Open on MyAnimeList") == "https://myanimelist.net/anime/9253"


async def test_the_id_of_myanimelist_is_another_one(shared: Place) -> None:
    message = await ask(shared, "anime info", title="https://myanimelist.net/anime/30484")
    assert texts(message).startswith("## Steins;Gate 0\n")


async def test_several_works_are_listed_and_one_of_them_is_opened(shared: Place) -> None:
    listed = await ask(shared, "anime info", title="umineko")
    assert "## Anime for “umineko”" in texts(listed)
    assert {"anime/4896", "anime/200002"} <= list_values(listed)
    card = await (await choose(shared.reader, listed, "anime/4896")).message()
    assert texts(card).startswith("## Umineko no Naku Koro ni\n")
    assert texts(await turn(shared, card, "Back")) == texts(listed)


async def test_a_part_of_a_title_is_enough_where_it_is_the_only_one(shared: Place) -> None:
    assert texts(await ask(shared, "anime info", title="魔法使い")).startswith("## Mahoutsukai no Yoru")


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        ("no such thing", "AniList has no anime called “no such thing”."),
        ("#199999", "AniList has no anime 199999."),
        ("#9999999999", "AniList has no anime called “#9999999999”."),
        ("#45489", "AniList has no anime 45489."),
        ("https://myanimelist.net/anime/999999", "AniList has no anime with MyAnimeList's number 999999."),
        ("~~~", "The search needs some letters or digits."),
    ],
)
async def test_what_names_nothing_is_said_to_the_asker_alone(shared: Place, title: str, sentence: str) -> None:
    exchange = await run(shared, "anime info", title=title)
    assert texts(await exchange.message()).splitlines()[0] == sentence
    assert exchange.ephemeral


async def test_a_link_to_a_manga_opens_the_manga(shared: Place) -> None:
    message = await ask(shared, "anime info", title="https://anilist.co/manga/45489")
    assert find_link(message, "Open on AniList") == "https://anilist.co/manga/45489"


async def test_a_mention_in_a_word_that_finds_nothing_stays_text(shared: Place) -> None:
    message = await ask(shared, "anime info", title="@everyone **nobody**")
    assert "@everyone" not in read_contents(message)
    assert "**nobody**" not in read_contents(message)


# Its pages


async def test_the_card_has_cover_colour_facts_and_time_in_discords_way(shared: Place) -> None:
    message = await ask(shared, "anime info", title=name(AnilistSample.WEEKLY))
    container = message["components"][0]
    assert [picture["spoiler"] for picture in pictures(message)] == [False]
    assert container["accent_color"] is not None
    details = texts(await open_page(shared, message, "Details"))
    assert re.search(r"\*\*Episode [0-9]+:\*\* <t:[0-9]+:f> \(<t:[0-9]+:R>\)", details)


async def test_every_page_opens_and_leads_to_every_other_after_a_restart(unconnected: Place) -> None:
    async with unconnected.connected():
        message = await ask(unconnected, "anime info", title=PLAIN)
    for label, line in PAGES.items():
        async with unconnected.connected():
            message = await open_page(unconnected, message, label)
            assert line in read_contents(message)
            assert texts(message).startswith("## Steins;Gate\n")
    async with unconnected.connected():
        message = await open_page(unconnected, message, "Overview")
    assert "8.9/10 · 24 episodes · 2011" in texts(message)
    assert len(unconnected.reader.messages(unconnected.general)) == 1


async def test_characters_are_named_with_their_voices_and_open(shared: Place) -> None:
    cast = await open_page(shared, await ask(shared, "anime info", title=PLAIN), "Characters")
    assert "**1. Rintarou Okabe** · 岡部倫太郎\n-# Main · voiced by Sousuke Kitami (Japanese)" in texts(cast)
    character = await (await choose(shared.reader, cast, "al-character/35252")).message()
    assert texts(character).startswith("## Rintarou Okabe\n-# 岡部倫太郎\n")
    assert texts(await turn(shared, character, "Back")) == texts(cast)


async def test_a_long_cast_goes_on_over_pages_without_saying_anything_twice(shared: Place) -> None:
    first = await open_page(
        shared, await ask(shared, "anime info", title=name(AnilistSample.MANY_CHARACTERS)), "Characters"
    )
    seen = [value for page in await list_pages(shared.reader, first) for value in sorted(list_values(page))]
    characters = [value for value in seen if value.startswith("al-character/")]
    assert len(characters) == len(set(characters)) > 25


async def test_many_relations_go_on_over_pages(shared: Place) -> None:
    card = await ask(shared, "anime info", title=name(AnilistSample.MANY_RELATIONS))
    pages = await list_pages(shared.reader, await open_page(shared, card, "Relations"))
    works = [value for page in pages for value in list_values(page) if value.count("/") == 1]
    assert len(pages) > 1
    assert len(set(works) - {f"anime/{AnilistSample.MANY_RELATIONS}"}) > 25


async def test_relations_lead_to_manga_and_back(shared: Place) -> None:
    relations = await open_page(shared, await ask(shared, "anime info", title=PLAIN), "Relations")
    manga = await (await choose(shared.reader, relations, "manga/45489")).message()
    assert find_link(manga, "Open on AniList") == "https://anilist.co/manga/45489"
    relations = await open_page(shared, manga, "Relations")
    card = await (await choose(shared.reader, relations, "anime/9253")).message()
    assert "8.9/10 · 24 episodes · 2011" in texts(card)


async def test_the_page_of_links_has_the_trailer(shared: Place) -> None:
    links = await open_page(shared, await ask(shared, "anime info", title=PLAIN), "Where to watch, titles and links")
    assert find_link(links, "Trailer") == "https://www.youtube.com/watch?v=sample09253"


async def test_pages_that_come_with_the_card_ask_nothing_more(place: Place) -> None:
    card = await ask(place, "anime info", title=PLAIN)
    asked = len(place.services.anilist.requests)
    for label in ("Relations", "Where to watch, titles and links", "Overview"):
        card = await open_page(place, card, label)
    assert len(place.services.anilist.requests) == asked == 1


async def test_another_person_gets_a_copy_of_the_page(shared: Place) -> None:
    card = await ask(shared, "anime info", title=PLAIN)
    exchange = await choose(shared.moderator, card, "anime/9253/staff")
    assert find_askers(await exchange.message()) == {shared.moderator.user.id}
    assert exchange.ephemeral
    assert [texts(message) for message in shared.reader.messages(shared.general)] == [texts(card)]


# Following


async def test_an_anime_that_goes_on_is_followed_by_its_cards_button(place: Place) -> None:
    card = await ask(place, "anime info", title=name(AnilistSample.WEEKLY))
    exchange = await press(place.reader, card, "Follow")
    assert texts(await exchange.message()).startswith("🔔 Followed: **Mahoutsukai no Yoru: Toki no Machi** · Anime")
    assert exchange.ephemeral
    again = await press(place.reader, card, "Follow")
    assert texts(await again.message()) == "The follow is there already; /follow list shows it."


@pytest.mark.parametrize(
    ("command", "sample"),
    [
        ("anime info", AnilistSample.PLAIN),
        ("anime info", AnilistSample.CANCELLED),
        ("anime info", AnilistSample.ADULT_WEEKLY),
        ("manga info", AnilistSample.UNRELEASED_MANGA),
    ],
)
async def test_what_cannot_be_followed_has_no_such_button(shared: Place, command: str, sample: AnilistSample) -> None:
    card = await ask(shared, command, shared.world.after_dark, title=name(sample))
    assert texts(card).startswith("## ")
    assert find_button(card, "Follow") is None


# What spoils


async def test_spoilers_are_left_out_until_somebody_wants_them(shared: Place) -> None:
    card = await ask(shared, "anime info", title=PLAIN)
    assert SECRET not in texts(card)
    assert "Tragedy" not in texts(card)
    exchange = await press(shared.moderator, card, REVEAL)
    shown = texts(await exchange.message())
    assert SECRET in shown
    assert "Tragedy" in shown
    assert "~!" not in shown
    assert exchange.ephemeral


async def test_a_text_that_is_nothing_but_a_secret_is_left_out(shared: Place) -> None:
    card = await ask(shared, "anime info", title=name(AnilistSample.ONLY_A_SECRET))
    assert "secret" not in read_contents(card)
    assert find_button(card, REVEAL) is not None


async def test_spoilers_stand_there_for_whoever_chose_so(shared: Place) -> None:
    await set_own(shared, shared.reader, "spoiler_level", "2")
    card = await ask(shared, "anime info", title=PLAIN)
    assert SECRET in texts(await open_page(shared, card, "Details"))  # the card has only the beginning


# Titles


@pytest.mark.parametrize(
    ("language", "heading"),
    [
        ("romanised", "## Umineko no Naku Koro ni\n"),
        ("english", "## Umineko: When They Cry\n"),
        ("native", "## うみねこのなく頃に\n"),
    ],
)
async def test_every_page_stands_under_the_title_in_the_chosen_language(
    shared: Place, language: TitleLanguage, heading: str
) -> None:
    await set_own(shared, shared.reader, "title_language", language)
    card = await ask(shared, "anime info", title="#4896")
    assert texts(card).startswith(heading)
    for label in PAGES:
        assert texts(await open_page(shared, card, label)).startswith(heading)


async def test_lists_suggestions_and_characters_have_that_language_too(shared: Place) -> None:
    await set_own(shared, shared.reader, "title_language", "native")
    listed = await ask(shared, "anime info", title="umineko")
    assert "うみねこのなく頃に" in list_labels(listed)
    choices = await shared.reader.autocomplete(shared.general, "anime info", focused="title", title="umineko no")
    assert "うみねこのなく頃に (2009)" in [choice["name"] for choice in choices]
    assert texts(await ask(shared, "anime character info", name="okabe")).startswith("## 岡部倫太郎\n")


async def test_a_work_without_a_title_in_that_language_has_another_one(shared: Place) -> None:
    await set_own(shared, shared.reader, "title_language", "english")
    card = await ask(shared, "anime info", title=name(AnilistSample.WITHOUT_ENGLISH))
    assert texts(card).startswith("## Toiro no Kumo\n")


# Suggestions


async def test_suggestions_are_works_and_lead_to_them(shared: Place) -> None:
    choices = await shared.reader.autocomplete(shared.general, "anime info", focused="title", title="steins")
    assert {"name": "Steins;Gate (2011)", "value": "#9253"} in choices
    assert texts(await ask(shared, "anime info", title=choices[0]["value"])).startswith("## ")


async def test_ten_keystrokes_are_two_questions(place: Place) -> None:
    word = "clannad af"
    for end in range(1, len(word) + 1):
        await place.reader.autocomplete(place.general, "anime info", focused="title", title=word[:end])
    assert len(place.services.anilist.requests) <= 2


@pytest.mark.parametrize("typed", ["", " ", "~", "###"])
async def test_nothing_typed_asks_nothing(place: Place, typed: str) -> None:
    assert await place.reader.autocomplete(place.general, "anime info", focused="title", title=typed) == []
    assert place.services.anilist.requests == []


# Odd works


@pytest.mark.parametrize(
    ("sample", "line"),
    [
        (AnilistSample.NOT_YET_RELEASED, "Not yet released"),
        (AnilistSample.THOUSAND_EPISODES, "1,000 episodes"),
        (AnilistSample.HIATUS, "On hiatus"),
        (AnilistSample.CANCELLED, "Cancelled"),
        (AnilistSample.RIGHT_TO_LEFT, "قصة مدينة الليل"),
        (AnilistSample.EMOJI, "👩‍👩‍👧‍👦 Kazoku 🎉"),
        (AnilistSample.LONG, "Nagai Nagai Dai no Anime"),
    ],
)
async def test_odd_works_have_every_page(shared: Place, sample: AnilistSample, line: str) -> None:
    card = await ask(shared, "anime info", title=name(sample))
    assert line in texts(card)
    heading = texts(card).split("\n", 1)[0][:100]  # a longer one is cut at another place
    for label in PAGES:
        assert texts(await open_page(shared, card, label)).startswith(heading)


async def test_markup_in_all_that_a_work_is_called_stays_text(shared: Place) -> None:
    card = await ask(shared, "anime info", title=name(AnilistSample.MARKUP))
    for message in [card, *[await open_page(shared, card, label) for label in PAGES]]:
        shown = read_contents(message)
        assert "@everyone" not in shown
        assert "@here" not in shown
        assert "<@1>" not in shown
        assert "[link](https" not in shown


async def test_what_two_people_ask_at_once_is_one_question(place: Place) -> None:
    place.services.anilist.latency_s = 0.2
    exchanges = [
        await person.slash(place.general, "anime info", title=PLAIN) for person in (place.reader, place.moderator)
    ]
    shown: list[Any] = [await exchange.message() for exchange in exchanges]
    assert all(texts(message).startswith("## Steins;Gate\n") for message in shown)
    assert list_variables(place, "Media") == [{"id": 9253, "type": "ANIME"}]
