"""People on AniList: their card, their lists, and what two of them think."""

from __future__ import annotations

import math

import pytest
from msgspec.structs import replace

from bot.anime.api.model import AnimeUser, FuzzyDate, ListEntry, MediaRow, Picture, Title, UserStats
from bot.anime.cards.comparison import compare_scores, render_comparison
from bot.anime.cards.user import render_user, render_user_list
from bot.navigation.address import Address
from bot.navigation.viewer import Viewer
from bot.service.record import Card, Found
from tests.support.discord_limits import read_addresses, read_pictures, read_texts

READER = AnimeUser(
    id=1,
    name="reader",
    avatar=Picture(large="https://i.example/r.jpg"),
    anime=UserStats(count=120, mean_score=71.25, episodes_watched=1500, minutes_watched=36_000),
    manga=UserStats(count=2, chapters_read=1),
)
OTHER = AnimeUser(id=2, name="other")
PLACE = Address("al-user/reader")


def viewer(*, age_restricted: bool = False) -> Viewer:
    return Viewer(asker_id=7, age_restricted=age_restricted)


def entry(number: int, score: float = 0.0, *, adult: bool = False, status: str = "COMPLETED") -> ListEntry:
    title = Title(romaji=f"{'Evening' if adult else 'Work'} {number}")
    media = MediaRow(id=number, type="ANIME", title=title, is_adult=adult, episodes=12)
    return ListEntry(media, status=status, score=score, progress=3)


def test_a_card_says_how_much_somebody_watched_and_read() -> None:
    texts = read_texts(render_user(Card(READER), viewer=viewer(), address=PLACE))
    assert "**Anime:** 120 works · 7.1/10 on average · 1,500 episodes · 600 hours" in texts
    assert "**Manga:** 2 works · 1 chapter" in texts
    assert "Open on AniList" in texts


def test_the_picture_of_a_person_that_nobody_rated_is_no_open_one() -> None:
    shown = render_user(Card(READER), viewer=viewer(), address=PLACE)
    assert read_pictures(shown) == []
    assert "The picture is not shown here: not rated yet." in read_texts(shown)
    page = render_user(Card(READER), viewer=viewer(age_restricted=True), address=PLACE)
    assert read_pictures(page) == [("https://i.example/r.jpg", True)]


def test_a_private_profile_says_so() -> None:
    assert "private or empty" in read_texts(render_user(Card(OTHER), viewer=viewer(), address=Address("al-user/other")))


def test_a_name_that_is_none_has_no_pages_of_its_own() -> None:
    page = render_user(Card(AnimeUser(id=3, name="~/x")), viewer=viewer(), address=Address("al-user/~/x"))
    assert read_addresses(page) == set()


def test_a_name_with_an_underscore_has_its_pages() -> None:
    page = render_user(
        Card(AnimeUser(id=3, name="moon_reader")), viewer=viewer(), address=Address("al-user/moon_reader")
    )
    assert {"al-user/moon_reader/anime", "al-user/moon_reader/manga"} <= read_addresses(page)


def test_a_list_stands_by_status_the_best_liked_first() -> None:
    entries = [entry(1, 50), entry(2, 90), entry(3, status="CURRENT"), entry(4, 99, adult=True)]
    page = render_user_list(
        Card(READER), Found(entries, more=False), kind="ANIME", viewer=viewer(), address=Address("al-user/reader/anime")
    )
    texts = read_texts(page)
    assert (
        "## Anime of reader\n### Current\n**Work 3**\n-# 3 of 12 episodes\n### Completed\n"
        "**Work 2**\n-# 9.0/10 · 3 of 12 episodes" in texts
    )
    assert "Evening" not in texts
    assert "1 more is for adults, or may be" in texts
    assert {"anime/1", "anime/2", "anime/3", "al-user/reader/manga"} <= read_addresses(page)
    assert "anime/4" not in read_addresses(page)


def test_a_list_names_its_status_and_its_order() -> None:
    page = render_user_list(
        Card(READER),
        Found([entry(1)], more=False),
        kind="ANIME",
        viewer=viewer(),
        address=PLACE,
        status="DROPPED",
        sort="title",
    )
    shown = "## Anime of reader\n-# Status: Dropped · Sorted by: Title\nThere is nothing to show here."
    assert shown in read_texts(page)


def test_how_far_somebody_read_has_its_unit() -> None:
    manga = replace(entry(1).media, type="MANGA", format="MANGA", episodes=None)
    whole, open_end = replace(manga, chapters=400), replace(manga, id=2)
    entries = [ListEntry(one, status="CURRENT", score=0, progress=370) for one in (whole, open_end)]
    page = render_user_list(
        Card(READER), Found(entries, more=False), kind="MANGA", viewer=viewer(), address=Address("al-user/reader/manga")
    )
    texts = read_texts(page)
    assert "-# 370 of 400 chapters · Manga" in texts
    assert "-# 370 chapters · Manga" in texts


def test_the_newest_of_a_list_are_those_that_began_last_to_the_day() -> None:
    dates = {1: FuzzyDate(2004, 4), 2: FuzzyDate(2005), 3: FuzzyDate(2004, 4, 9), 4: FuzzyDate()}
    entries = [ListEntry(replace(entry(one).media, start_date=date), status="COMPLETED") for one, date in dates.items()]
    page = render_user_list(
        Card(READER), Found(entries, more=False), kind="MANGA", viewer=viewer(), address=PLACE, sort="newest"
    )
    shown = read_texts(page)
    assert sorted(dates, key=lambda one: shown.index(f"Work {one}")) == [2, 3, 1, 4]


def test_scores_are_compared_where_both_gave_one() -> None:
    first = [entry(1, 90), entry(2, 50), entry(3, 70), entry(4), entry(5, 10)]
    second = [entry(1, 60), entry(2, 50), entry(3, 60), entry(4, 80)]
    comparison = compare_scores(first, second)
    assert [(pair.media.id, pair.first, pair.second) for pair in comparison.pairs] == [
        (1, 90, 60),
        (3, 70, 60),
        (2, 50, 50),
    ]
    assert comparison.mean_difference == pytest.approx(40 / 3)
    assert comparison.correlation == pytest.approx(math.sqrt(3) / 2)


def test_too_few_scores_tell_nothing() -> None:
    assert compare_scores([entry(1, 90)], [entry(1, 60)]).correlation is None
    assert compare_scores([], []).mean_difference is None
    same = [entry(1, 90), entry(2, 90), entry(3, 90)]
    assert compare_scores(same, same).correlation is None


def test_a_comparison_shows_what_both_know_and_may_stand_here() -> None:
    lists = (
        [entry(1, 90), entry(2, 50), entry(3, 70, adult=True)],
        [entry(1, 60), entry(2, 50), entry(3, 9, adult=True)],
    )
    page = render_comparison(
        (READER, OTHER),
        (Found(lists[0], more=False), Found(lists[1], more=False)),
        kind="ANIME",
        viewer=viewer(),
        address=Address("al-compare/reader/other"),
    )
    texts = read_texts(page)
    assert "## reader and other" in texts
    assert "**Both scored:** 3 anime" in texts
    assert "**Work 1**\n-# reader 9.0/10 · other 6.0/10\n**Work 2**\n-# reader 5.0/10 · other 5.0/10" in texts
    assert "Evening" not in texts
    assert "anime/1" in read_addresses(page)


def test_a_comparison_is_of_what_both_scored_and_said_in_words() -> None:
    first = [entry(1, 90), entry(2, 50), entry(3, 70), entry(4, 10)]
    second = [entry(1, 80), entry(2, 50), entry(3, 60), entry(5, 100), entry(6, 100)]
    page = render_comparison(
        (READER, OTHER),
        (Found(first, more=False), Found(second, more=False)),
        kind="ANIME",
        viewer=viewer(),
        address=Address("al-compare/reader/other"),
    )
    texts = read_texts(page)
    assert "**reader:** 4 scores, 7.0/10 on average where both scored" in texts
    assert "**other:** 5 scores, 6.3/10 on average where both scored" in texts
    assert "**Strictness:** reader scores 0.67 higher on average, where both scored" in texts
    assert "on a scale of -1 to 1: they like very much the same" in texts


def test_a_list_of_which_only_the_beginning_was_read_says_so() -> None:
    said = "Only the first 2,000 entries of reader were read."
    address = Address("al-user/reader/anime")
    for more in (True, False):
        found = Found([entry(1, 90)], more=more)
        page = render_user_list(Card(READER), found, kind="ANIME", viewer=viewer(), address=address)
        assert (said in read_texts(page)) is more


def test_a_comparison_of_such_a_list_claims_no_whole_numbers() -> None:
    entries = [entry(1, 90), entry(2, 50)]
    page = render_comparison(
        (READER, OTHER),
        (Found(entries, more=False), Found(entries, more=True)),
        kind="ANIME",
        viewer=viewer(),
        address=Address("al-compare/reader/other"),
    )
    texts = read_texts(page)
    assert "**reader:** 2 scores, " in texts
    assert "**other:** 2+ scores, " in texts
    assert "**Both scored:** 2+ anime" in texts
    assert "Only the first 2,000 entries of other were read." in texts
    assert "entries of reader" not in texts


def test_two_people_without_a_common_work() -> None:
    page = render_comparison(
        (READER, OTHER),
        (Found([], more=False), Found([], more=False, age_s=7200, stale=True)),
        kind="MANGA",
        viewer=viewer(),
        address=Address("al-compare/reader/other"),
    )
    assert "There are no works here that both have scored." in read_texts(page)
    assert "**Agreement:** Cannot be told from fewer than 3 manga" in read_texts(page)
    assert "from 2 h ago (AniList is away)" in read_texts(page)
