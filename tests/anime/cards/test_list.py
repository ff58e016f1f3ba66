"""Lists of works: what a line says, what is left out, and where lines lead."""

from __future__ import annotations

import pytest

from bot.anime.api.model import AiringEpisode, Cover, Media, MediaRow, Related, Title
from bot.anime.cards.airing import render_airing
from bot.anime.cards.list import render_media_list
from bot.anime.cards.page import CLOSED, PARTIAL
from bot.anime.cards.relation import render_recommendations, render_relations
from bot.errors import NoPage
from bot.gate.rules import Rules
from bot.navigation.address import MAX_NUMBER, Address
from bot.navigation.frame import Shown
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found
from tests.support.choose import choose
from tests.support.discord_limits import read_addresses, read_pictures, read_texts

LIST = Address("anime-list/trending")
SCHEDULE = Address("airing/week/900")
GATE = MediaRow(
    id=9253, type="ANIME", title=Title(romaji="Gate"), is_adult=False, format="TV", season_year=2011, episodes=24,
    average_score=89,
)  # fmt: skip
ADULT = MediaRow(id=5, title=Title(romaji="Evening"), is_adult=True)
UNMARKED = MediaRow(id=6, title=Title(romaji="Morning"))


def viewer(*, age_restricted: bool = False) -> Viewer:
    return Viewer(asker_id=7, age_restricted=age_restricted)


def show(*rows: MediaRow, more: bool = False, address: Address = LIST, age_restricted: bool = False) -> Shown:
    return render_media_list(
        Found([*rows], more=more),
        heading="Trending anime",
        viewer=viewer(age_restricted=age_restricted),
        address=address,
    )


def test_a_work_is_a_line_that_leads_to_its_card() -> None:
    page = show(GATE)
    assert "## Trending anime\n**1. Gate**\n-# TV series · 2011 · 24 episodes · 8.9/10" in read_texts(page)
    assert read_addresses(page) == {"anime/9253", "anime-list/trending~1c"}


def test_what_may_not_stand_here_is_left_out_and_counted() -> None:
    page = show(GATE, ADULT, UNMARKED)
    texts = read_texts(page)
    assert "Evening" not in texts
    assert "Morning" not in texts
    assert "2 more are for adults, or may be" in texts
    assert not {"anime/5", "anime/6"} & read_addresses(page)


def test_age_restricted_channels_have_them_all() -> None:
    assert {"anime/5", "anime/6"} <= read_addresses(show(GATE, ADULT, UNMARKED, age_restricted=True))


@pytest.mark.parametrize(
    ("rows", "number", "sentence"),
    [
        ([], 1, "Nothing matches"),
        ([ADULT], 1, "Nothing on this page may be shown here"),
    ],
)
def test_an_empty_page_says_why(rows: list[MediaRow], number: int, sentence: str) -> None:
    assert sentence in read_texts(show(*rows, address=LIST.turn(number)))


def test_a_page_behind_the_last_is_no_page() -> None:
    with pytest.raises(NoPage):
        show(address=LIST.turn(3))


def test_a_page_of_which_all_was_left_out_before_leads_on_to_those_behind_it() -> None:
    airing = render_airing(
        Found([], more=True), span="week", start_s=900, viewer=viewer(), address=Address("airing/week/900", 2)
    )
    for page in (show(more=True, address=LIST.turn(2)), airing):
        assert "Nothing on this page may be shown here." in read_texts(page)
        assert page.frame.extent.has_next(2)


def test_pages_are_turned_while_there_are_more() -> None:
    assert "anime-list/trending~2" in read_addresses(show(GATE, more=True))
    assert "anime-list/trending~2" not in read_addresses(show(GATE))


def test_where_it_comes_from_is_named() -> None:
    assert "-# AniList" in read_texts(show(GATE))


@pytest.mark.parametrize(("covers", "count"), [(False, 6), (True, 10)])
def test_a_page_of_long_titles_with_covers_fits_and_the_rest_stands_on_further_pages(
    *, covers: bool, count: int
) -> None:
    cover = Cover(large="https://i.example/l.jpg")
    title = "*" * 300
    rows = [
        MediaRow(id=at, is_adult=False, title=Title(romaji=title, native=title), cover_image=cover)
        for at in range(1, 31)
    ]
    pages = [show(*rows, address=Address("list", at, covers=covers)) for at in range(1, 30 // count + 1)]
    assert [len(read_pictures(page)) for page in pages] == [count] * len(pages)
    assert {f"anime/{at}" for at in range(1, 31)} <= set().union(*map(read_addresses, pages))


def test_the_cover_of_a_work_for_adults_leaves_no_hole_where_the_server_wants_none() -> None:
    adult = MediaRow(id=5, is_adult=True, title=Title(romaji="Evening"), cover_image=Cover(large="https://i.example/l"))
    strict = Viewer(asker_id=7, age_restricted=True, rules=Rules(server=choose(image_level=1)))
    for covers in (False, True):
        page = render_media_list(
            Found([adult], more=False), heading="x", viewer=strict, address=Address("list", covers=covers)
        )
        assert read_pictures(page) == []
        assert "The picture is not shown here: not rated yet." in read_texts(page)


def test_relations_stand_below_what_they_are() -> None:
    sequel = MediaRow(id=2, title=Title(romaji="Gate 0"), is_adult=False, season_year=2018)
    source = MediaRow(id=3, type="MANGA", title=Title(romaji="Gate book"), is_adult=False)
    media = Media(
        id=1, title=Title(romaji="Gate"), is_adult=False,
        related=[Related(sequel, "SEQUEL"), Related(ADULT, "SEQUEL"), Related(source, "SOURCE"), Related(GATE)],
    )  # fmt: skip
    page = render_relations(Card(media), viewer=viewer(), address=Address("anime/1/relations"))
    texts = read_texts(page)
    assert "### Source\n**Gate book**\n### Sequels\n**Gate 0**\n-# 2018\n### Related\n**Gate**" in texts
    assert "1 more is for adults, or may be" in texts
    assert {"anime/2", "manga/3"} <= read_addresses(page)


def test_all_of_thirty_relations_can_be_reached() -> None:
    related = [Related(MediaRow(id=at, title=Title(romaji=f"R{at}"), is_adult=False), "OTHER") for at in range(1, 31)]
    card = Card(Media(id=99, is_adult=False, related=related))
    pages = [render_relations(card, viewer=viewer(), address=Address("anime/99/relations", at)) for at in (1, 2)]
    assert {f"anime/{at}" for at in range(1, 31)} <= set().union(*map(read_addresses, pages))


def test_recommendations_leave_out_what_may_not_stand_here() -> None:
    media = Media(id=1, title=Title(romaji="Gate"), is_adult=False)
    page = render_recommendations(
        Card(media), Found([GATE, ADULT], more=False), viewer=viewer(), address=Address("anime/1/recommendations")
    )
    assert "anime/9253" in read_addresses(page)
    assert "anime/5" not in read_addresses(page)


@pytest.mark.parametrize("covers", [False, True])
def test_recommendations_do_not_begin_anew_behind_their_end(*, covers: bool) -> None:
    media = Media(id=1, title=Title(romaji="Gate"), is_adult=False)
    rows = [MediaRow(id=at, title=Title(romaji=f"R{at}"), is_adult=False) for at in range(1, 31)]

    def turn(number: int) -> Shown:
        address = Address("anime/1/recommendations", number, covers=covers)
        return render_recommendations(Card(media), Found(rows, more=False), viewer=viewer(), address=address)

    last = 3 if covers else 5
    assert "**30. R30**" in read_texts(turn(last))
    assert not turn(last).frame.extent.has_next(last)
    for number in [*range(last + 1, 20), MAX_NUMBER]:
        with pytest.raises(NoPage):
            turn(number)


@pytest.mark.parametrize("is_adult", [True, None])
def test_pages_of_a_work_that_may_not_stand_here_are_refused(*, is_adult: bool | None) -> None:
    card = Card(Media(id=1, title=Title(romaji="Evening"), is_adult=is_adult, related=[Related(GATE)]))
    address = Address("anime/1/relations")
    for page in (
        render_relations(card, viewer=viewer(), address=address),
        render_recommendations(card, Found([GATE], more=False), viewer=viewer(), address=address),
    ):
        texts = read_texts(page)
        assert CLOSED in texts
        assert "Evening" not in texts


def test_relations_of_which_anilist_would_know_more_say_so() -> None:
    page = render_relations(
        Card(Media(id=1, is_adult=False)), viewer=viewer(), address=Address("anime/1/relations"), partial=True
    )
    assert PARTIAL in read_texts(page)
    assert "There is nothing to show while AniList is away." in read_texts(page)


def test_a_schedule_is_in_order_and_in_the_readers_time() -> None:
    found = Found(
        [AiringEpisode(GATE, 3, 2000), AiringEpisode(GATE, 2, 1000), AiringEpisode(ADULT, 1, 1500)], more=False
    )
    today = read_texts(render_airing(found, span="today", start_s=900, viewer=viewer(), address=SCHEDULE))
    assert "## Airing schedule\n-# 24 hours from <t:900:f>, in your own time" in today
    assert "- <t:1000:t> (<t:1000:R>) **Gate** · episode 2\n- <t:2000:t> (<t:2000:R>) **Gate** · episode 3" in today
    assert "1 more is for adults, or may be" in today
    week = read_texts(render_airing(found, span="week", start_s=900, viewer=viewer(), address=SCHEDULE))
    assert "-# Seven days from <t:900:f>" in week
    assert "- <t:1000:f> **Gate** · episode 2" in week


def test_an_empty_schedule_says_so() -> None:
    page = render_airing(Found([], more=False), span="week", start_s=900, viewer=viewer(), address=SCHEDULE)
    assert "Nothing airs in this time." in read_texts(page)
