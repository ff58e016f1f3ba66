"""The first page of a work: what it says, and what may stand where."""

from __future__ import annotations

from collections.abc import Callable

import discord
import msgspec
import pytest

from bot.anime.api.model import (
    Airing,
    Cover,
    FuzzyDate,
    Media,
    MediaTag,
    Ranking,
    Studio,
    Title,
)
from bot.anime.cards.media import render_details, render_media
from bot.anime.cards.page import CLOSED, may_show_work, pick_colour
from bot.gate.rules import Rules
from bot.navigation.address import Address
from bot.navigation.frame import ACCENT, Shown
from bot.navigation.viewer import Viewer
from bot.service.record import Card
from tests.support.choose import choose
from tests.support.discord_limits import check_view, read_addresses, read_pictures, read_texts
from tests.support.each import each

COVER = Cover(extra_large="https://i.example/xl.jpg", large="https://i.example/l.jpg", color="#e4a15d")
GATE = Media(
    id=9253,
    id_mal=9253,
    type="ANIME",
    title=Title(romaji="Gate", english="The Gate", native="ゲート"),
    is_adult=False,
    format="TV",
    status="FINISHED",
    season="SPRING",
    season_year=2011,
    start_date=FuzzyDate(year=2011, month=4, day=6),
    end_date=FuzzyDate(year=2011, month=9),
    episodes=24,
    duration=24,
    average_score=89,
    popularity=500_000,
    favourites=1,
    genres=["Drama", "Sci-Fi"],
    synonyms=["G;", "gate"],
    source="VISUAL_NOVEL",
    studios=[Studio(id=314, name="Black Fox", is_animation_studio=True), Studio(id=2, name="Money")],
    rankings=[
        Ranking(rank=9, context="most popular", season="SPRING", year=2011),
        Ranking(rank=2, context="highest rated all time", all_time=True),
    ],
    tags=[
        MediaTag(name="Weak", rank=3, is_media_spoiler=False, is_general_spoiler=False, is_adult=False),
        MediaTag(name="Strong", rank=97, is_media_spoiler=False, is_general_spoiler=False, is_adult=False),
        MediaTag(name="Twist", rank=98, is_media_spoiler=True, is_general_spoiler=False, is_adult=False),
        MediaTag(name="Private", rank=99, is_media_spoiler=False, is_general_spoiler=False, is_adult=True),
        MediaTag(name="Unsaid", rank=99, is_media_spoiler=False, is_general_spoiler=False),
    ],
    description="Somebody builds a <i>machine</i>.<br><br>~!It works.!~",
    cover_image=COVER,
)
ADULT = Media(id=5, is_adult=True, title=Title(romaji="Evening"), cover_image=COVER)
PLACE = Address("anime/9253")


def viewer(*, age_restricted: bool = False, image_level: int = 2) -> Viewer:
    level = 2 if image_level == 2 else 1 if image_level == 1 else 0
    rules = Rules(server=choose(image_level=level))
    return Viewer(asker_id=7, age_restricted=age_restricted, rules=rules)


def show(media: Media = GATE, address: Address = PLACE, *, age_restricted: bool = False) -> Shown:
    return render_media(Card(media), viewer=viewer(age_restricted=age_restricted), address=address)


def show_details(media: Media = GATE, address: Address = PLACE, *, age_restricted: bool = False) -> Shown:
    return render_details(Card(media), viewer=viewer(age_restricted=age_restricted), address=address)


@pytest.mark.parametrize(
    "line",
    [
        "## Gate\n-# The Gate\n8.9/10 · 24 episodes · 2011\nSomebody builds a *machine*.",
        "-# Drama, Sci-Fi, Strong, Weak",
        "Open on AniList",
        "Open on MyAnimeList",
    ],
)
def test_the_card_says_what_it_is_at_a_glance(line: str) -> None:
    assert line in read_texts(show())


@each(
    "line",
    [
        "## Gate\n-# Details",
        "**Also known as:** ゲート, G;\n",
        "**Format:** TV series · Spring 2011",
        "**Status:** Finished",
        "**Aired:** 6 April 2011 to September 2011",
        "**Length:** 24 episodes · 24 minutes each",
        "**Rating:** 8.9/10",
        "**Popularity:** on 500,000 lists · 1 favourite",
        "**Rank:** #2 highest rated all time · #9 most popular, Spring 2011",
        "**Studio:** Black Fox",
        "**Source:** Visual novel",
        "**Genres:** Drama, Sci-Fi",
        "**Tags:** Strong, Weak",
        "Somebody builds a *machine*.",
        "Open on AniList",
        "Open on MyAnimeList",
    ],
)
def test_the_details_say_all_that_is_known(line: str) -> None:
    assert line in read_texts(show_details())


def test_a_banner_stands_above_the_cover_and_a_work_without_pictures_leaves_no_hole() -> None:
    banner = msgspec.structs.replace(GATE, banner_image="https://i.example/wide.jpg")
    assert read_pictures(show(banner)) == [("https://i.example/wide.jpg", False), ("https://i.example/xl.jpg", False)]
    bare = show(Media(id=1, is_adult=False, title=Title(romaji="Gate")))
    assert read_pictures(bare) == []
    assert "## Gate\nNot rated yet" in read_texts(bare)
    assert "not shown here" not in read_texts(bare)


@pytest.mark.parametrize("is_adult", [True, None])
def test_the_banner_of_a_work_for_adults_stands_where_its_cover_may(*, is_adult: bool | None) -> None:
    media = Media(id=5, is_adult=is_adult, banner_image="https://i.example/wide.jpg", cover_image=COVER)
    assert read_pictures(show(media)) == []
    assert [spoiler for _, spoiler in read_pictures(show(media, age_restricted=True))] == [True, True]
    strict = render_media(Card(media), viewer=viewer(age_restricted=True, image_level=1), address=PLACE)
    assert read_pictures(strict) == []


def test_the_card_leads_to_the_studio() -> None:
    page = show()
    assert "al-studio/314" in read_addresses(page)
    assert "al-studio/2" not in read_addresses(page)


@pytest.mark.parametrize("render", [render_media, render_details])
def test_the_longest_data_fits(render: Callable[..., Shown]) -> None:
    long = msgspec.structs.replace(
        GATE,
        title=Title(romaji="w" * 3000, english="x" * 3000, native="y" * 3000),
        description="z " * 9000,
        genres=["g" * 900] * 50,
        synonyms=["s" * 900] * 200,
        tags=[msgspec.structs.replace(GATE.tags[0], name=f"{n}" + "t" * 900) for n in range(90)],
        studios=[Studio(id=n, name="n" * 900, is_animation_studio=True) for n in range(1, 90)],
        banner_image="https://i.example/wide.jpg",
    )
    check_view(render(Card(long), viewer=viewer(), address=PLACE.reveal()))


def test_what_is_still_to_come_airs_and_has_not_aired() -> None:
    texts = read_texts(
        show_details(Media(id=1, type="ANIME", is_adult=False, status="RELEASING", start_date=FuzzyDate(2026)))
    )
    assert "**Airs:** since 2026" in texts


def test_the_minutes_are_those_of_an_episode_while_nobody_knows_how_many_there_are() -> None:
    assert "**Length:** 5 minutes an episode" in read_texts(
        show_details(Media(id=1, type="ANIME", is_adult=False, duration=5))
    )


def test_its_pages_are_in_the_menu() -> None:
    ends = ("", "/details", "/cast", "/staff", "/relations", "/recommendations", "/links")
    assert {f"anime/9253{end}" for end in ends} <= read_addresses(show())


def test_a_manga_has_pages_of_its_own() -> None:
    manga = Media(id=30_002, type="MANGA", format="MANGA", is_adult=False, chapters=50, volumes=1)
    page = show(manga, Address("manga/30002"))
    assert "manga/30002/relations" in read_addresses(page)
    assert "50 chapters · 1 volume" in read_texts(page)


def test_what_has_not_been_released_says_what_little_is_known() -> None:
    texts = read_texts(show(Media(id=1, is_adult=False, status="NOT_YET_RELEASED")))
    assert "## Untitled\nNot rated yet · Not yet released" in texts
    assert "None" not in texts


def test_a_thousand_episodes_and_a_hiatus() -> None:
    texts = read_texts(show_details(Media(id=1, is_adult=False, status="HIATUS", episodes=1000, duration=24)))
    assert "**Status:** On hiatus" in texts
    assert "1,000 episodes" in texts


def test_an_episode_has_the_readers_time_and_is_not_called_the_next_one() -> None:
    airing = Airing(episode=5, airing_at=1_800_000_000)
    texts = read_texts(show_details(Media(id=1, is_adult=False, status="RELEASING", next_airing_episode=airing)))
    assert "**Episode 5:** <t:1800000000:f> (<t:1800000000:R>)" in texts
    assert "Next" not in texts


def test_an_unknown_constant_is_read_as_words() -> None:
    assert "**Format:** Stage play" in read_texts(show_details(Media(id=1, is_adult=False, format="STAGE_PLAY")))


def test_spoilers_are_left_out_until_they_are_asked_for() -> None:
    texts = read_texts(show())
    assert "It works" not in texts
    assert "Twist" not in texts
    assert "Show spoilers to me" in texts
    texts = read_texts(show(address=PLACE.reveal()))
    assert "||It works.||" in texts
    assert "Twist" in texts
    assert "Show spoilers to me" not in texts


def test_tags_for_adults_and_unmarked_ones_stand_in_age_restricted_channels_only() -> None:
    for page in (show(), show_details()):
        assert not {"Private", "Unsaid"} & set(read_texts(page).replace(",", " ").split())
    assert "**Tags:** Private, Unsaid, Strong, Weak" in read_texts(show_details(age_restricted=True))
    assert "Drama, Sci-Fi, Private, Unsaid, Strong, Weak" in read_texts(show(age_restricted=True))


@pytest.mark.parametrize(("is_adult", "stands"), [(True, False), (None, False), (False, True)])
def test_the_details_of_a_work_not_said_to_be_for_everybody_are_refused(*, is_adult: bool | None, stands: bool) -> None:
    texts = read_texts(show_details(Media(id=5, is_adult=is_adult, title=Title(romaji="Evening"))))
    assert ("Evening" in texts, CLOSED in texts) == (stands, not stands)


@pytest.mark.parametrize(("is_adult", "stands"), [(True, False), (None, False), (False, True)])
def test_a_work_not_said_to_be_for_everybody_is_refused(*, is_adult: bool | None, stands: bool) -> None:
    page = show(Media(id=5, is_adult=is_adult, title=Title(romaji="Evening"), cover_image=COVER))
    texts = read_texts(page)
    assert ("Evening" in texts, CLOSED in texts, bool(read_pictures(page))) == (stands, not stands, stands)
    assert may_show_work(Media(id=5, is_adult=is_adult), viewer(age_restricted=True))


def test_the_cover_is_open_where_the_work_is_for_everybody() -> None:
    assert read_pictures(show(age_restricted=True)) == [("https://i.example/xl.jpg", False)]


@pytest.mark.parametrize("is_adult", [True, None])
def test_the_cover_of_a_work_for_adults_is_a_spoiler(*, is_adult: bool | None) -> None:
    page = show(Media(id=5, is_adult=is_adult, cover_image=COVER), age_restricted=True)
    assert read_pictures(page) == [("https://i.example/xl.jpg", True)]


@pytest.mark.parametrize("level", [0, 1])
def test_the_cover_of_a_work_for_adults_is_left_out_where_the_server_wants_no_such_pictures(level: int) -> None:
    page = render_media(Card(ADULT), viewer=viewer(age_restricted=True, image_level=level), address=Address("anime/5"))
    assert read_pictures(page) == []
    assert "The cover is not shown here: not rated yet." in read_texts(page)


def test_the_page_has_the_colour_of_the_cover() -> None:
    assert check_view(show())[0]["accent_color"] == 0xE4A15D
    assert pick_colour(Media(id=1, cover_image=Cover(color="red"))) == ACCENT == discord.Colour(0x4F7CAC)


def test_names_of_others_stand_as_they_are() -> None:
    page = show(Media(id=1, is_adult=False, title=Title(romaji="**x** @everyone"), genres=["<@1>"]))
    assert r"\*\*x\*\* @" in read_texts(page)
