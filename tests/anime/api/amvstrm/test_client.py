"""Questions to amvstrm of both generations through the real client."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from bot.anime.api.amvstrm.client import can_search
from bot.anime.api.model import Airing, FuzzyDate, Media
from bot.anime.api.wish import MediaWish
from bot.errors import BadAnswer, InvalidInput, NotFound
from tests.anime.fake_amvstrm import (
    DATA,
    HTML_500,
    SUCCESS_WITHOUT_RESULTS,
    TEXT_500,
    FakeAmvstrm,
    Generation,
    in_band,
    make_row,
)
from tests.support.transport import Reply

BOTH: tuple[Generation, ...] = ("2.7.0", "bun")
both = pytest.mark.parametrize("generation", BOTH)


def wish(text: str = "e", **fields: object) -> MediaWish:
    return msgspec.convert({"kind": "ANIME", "text": text, **fields}, type=MediaWish)


async def fetch(media_id: int) -> Media:
    fake = FakeAmvstrm()
    return (await fake.run(fake.amvstrm.fetch(media_id))).entry


# One anime


async def test_the_fields_of_info_become_those_of_anilist() -> None:
    media = await fetch(900010)
    assert (media.season_year, media.start_date, media.end_date) == (
        2026,
        FuzzyDate(year=2026, month=10, day=3),
        FuzzyDate(year=2026, month=12),
    )
    assert media.next_airing_episode == Airing(episode=8, airing_at=1_800_003_600)
    assert (media.average_score, media.episodes, media.duration, media.id_mal) == (81, 13, 24, 7010)
    assert [studio.name for studio in media.studios] == ["Studio Crane"]
    assert (media.title.english, media.title.native, media.type) == ("The Paper Bridge", "紙の橋", "ANIME")
    assert media.trailer is not None
    assert media.trailer.site == "youtube"


async def test_a_description_stays_as_anilist_wrote_it() -> None:
    assert (await fetch(900010)).description == "A bridge of paper.<br><br><i>Nobody crosses it.</i> ~!It holds.!~"


async def test_related_works_have_no_relation_and_nulls_are_left_out() -> None:
    related = (await fetch(900010)).related
    assert [(part.media.id, part.media.type, part.relation) for part in related] == [
        (900020, "MANGA", None),
        (900011, "ANIME", None),
    ]


async def test_what_is_not_yet_released_has_no_score_instead_of_0() -> None:
    media = await fetch(900002)
    assert (media.average_score, media.episodes, media.season, media.next_airing_episode) == (None, None, None, None)


async def test_a_thousand_episodes_and_a_hiatus_are_told() -> None:
    assert (await fetch(900004)).episodes == 1000
    assert (await fetch(900003)).status == "HIATUS"


async def test_nothing_is_taken_for_harmless_and_the_adult_genre_for_adult() -> None:
    assert (await fetch(900010)).is_adult is None
    assert (await fetch(900001)).is_adult is True


async def test_an_odd_field_costs_only_itself() -> None:
    fake = FakeAmvstrm()
    odd = DATA["info"][0] | {
        "duration": "long",
        "tags": [None],
        "title": None,
        "studios": None,
        "genres": [None, "Drama"],
    }
    fake.reply = Reply(body=msgspec.json.encode(odd))
    media = (await fake.run(fake.amvstrm.fetch(900010))).entry
    assert (media.duration, media.tags, media.studios, media.genres, media.episodes) == (None, [], [], ["Drama"], 13)


@both
async def test_an_unknown_id_is_not_found_and_that_is_remembered(generation: Generation) -> None:
    fake = FakeAmvstrm(generation)
    for _ in range(2):
        assert isinstance(await fake.outcome(fake.amvstrm.fetch(5)), NotFound)
    assert len(fake.sent) == 1


async def test_an_anime_is_asked_for_once_an_hour() -> None:
    fake = FakeAmvstrm()
    await fake.run(fake.amvstrm.fetch(900010))
    await fake.clock.advance(3500)
    card = await fake.run(fake.amvstrm.fetch(900010))
    assert len(fake.sent) == 1
    assert card.age_s == pytest.approx(3500)


@pytest.mark.parametrize("base_url", ["https://amv.test", "https://amv.test/", "https://amv.test/api/v2/"])
async def test_the_address_may_name_the_version_or_not(base_url: str) -> None:
    fake = FakeAmvstrm(base_url=base_url)
    await fake.run(fake.amvstrm.fetch(900010))
    assert fake.sent[0].url == "https://amv.test/api/v2/info/900010"


# Searching


@both
async def test_a_bare_text_is_a_get_of_25(generation: Generation) -> None:
    fake = FakeAmvstrm(generation)
    found = await fake.run(fake.amvstrm.search(wish("紙の 橋".replace(" ", ""))))
    assert [row.id for row in found.items] == [900010]
    assert (fake.sent[0].method, urlsplit(fake.sent[0].url).query) == ("GET", "q=%E7%B4%99%E3%81%AE%E6%A9%8B&limit=30")


@both
async def test_no_hits_are_an_empty_page(generation: Generation) -> None:
    fake = FakeAmvstrm(generation)
    found = await fake.run(fake.amvstrm.search(wish("zzzz")))
    assert (found.items, found.more) == ([], False)


@both
async def test_further_pages_are_asked_for_by_post_since_p_does_nothing(generation: Generation) -> None:
    fake = FakeAmvstrm(generation)
    fake.rows = [make_row(number) for number in range(1, 71)]
    pages = [await fake.run(fake.amvstrm.search(wish("kami"), page=page)) for page in (1, 2, 3)]
    assert [row.id for found in pages for row in found.items] == list(range(1, 71))
    assert [found.more for found in pages] == [True, True, False]
    assert [request.method for request in fake.sent] == ["GET", "POST", "POST"]


async def test_adult_works_are_left_out_by_asking_for_that() -> None:
    fake = FakeAmvstrm()
    await fake.run(fake.amvstrm.search(wish(adult=False)))
    assert fake.bodies == [
        {"search": "e", "type": "ANIME", "page": 1, "size": 30, "sort": ["SEARCH_MATCH", "ID"], "nsfw": False}
    ]


@both
async def test_a_text_of_any_length_is_asked_for_whole(generation: Generation) -> None:
    fake = FakeAmvstrm(generation)
    text = "kami " * 59 + "hashi"
    await fake.run(fake.amvstrm.search(wish(text)))
    await fake.run(fake.amvstrm.search(wish(text, adult=False)))
    assert parse_qs(urlsplit(fake.sent[0].url).query)["q"] == [text]
    assert fake.bodies[0]["search"] == text


async def test_filters_are_posted_in_anilists_words() -> None:
    fake = FakeAmvstrm()
    await fake.run(
        fake.amvstrm.search(
            wish(
                genres=["Drama"],
                format="TV",
                status="FINISHED",
                season="FALL",
                season_year=2026,
                sort="newest",
            )
        )
    )
    (body,) = fake.bodies
    assert (body["genres"], body["format"], body["sort"]) == (["Drama"], ["TV"], ["START_DATE_DESC", "ID"])
    assert (body["status"], body["season"], body["seasonYear"]) == ("FINISHED", "FALL", 2026)
    assert "nsfw" not in body


async def test_2_7_0_does_not_answer_one_search_with_anothers_rows() -> None:
    fake = FakeAmvstrm("2.7.0")
    first = await fake.run(fake.amvstrm.search(wish("Hiatus", adult=False)))
    second = await fake.run(fake.amvstrm.search(wish("Sauna", adult=False)))
    assert ([row.id for row in first.items], [row.id for row in second.items]) == ([900003], [900005])


@pytest.mark.parametrize(
    "unsearchable",
    [
        wish(""),
        wish("  "),
        wish("!?"),
        wish(kind="MANGA"),
        wish(min_score=70),
        wish(adult=True),
        wish(sort="oldest"),
        wish(sort="upcoming"),
        MediaWish(kind="ANIME"),
    ],
)
async def test_what_it_cannot_search_for_is_not_asked(unsearchable: MediaWish) -> None:
    fake = FakeAmvstrm()
    assert not can_search(unsearchable)
    assert isinstance(await fake.outcome(fake.amvstrm.search(unsearchable)), InvalidInput)
    assert fake.sent == []


async def test_a_search_is_peeked_at_without_asking() -> None:
    fake = FakeAmvstrm()
    assert await fake.amvstrm.peek(wish("Hiatus")) is None
    assert fake.sent == []
    found = await fake.run(fake.amvstrm.search(wish("Hiatus")))
    assert await fake.amvstrm.peek(wish("Hiatus")) == found


# Lists


async def test_a_full_page_of_which_nothing_is_said_goes_on() -> None:
    fake = FakeAmvstrm("2.7.0")
    fake.rows = [make_row(number) for number in range(1, 36)]
    first = await fake.run(fake.amvstrm.fetch_season("FALL", 2026))
    second = await fake.run(fake.amvstrm.fetch_season("FALL", 2026, 2))
    assert [(len(found.items), found.more) for found in (first, second)] == [(30, True), (5, False)]


@both
async def test_trending_and_popular_are_paged(generation: Generation) -> None:
    fake = FakeAmvstrm(generation)
    fake.rows = [make_row(number) for number in range(1, 36)]
    for fetch_list in (fake.amvstrm.fetch_trending, fake.amvstrm.fetch_popular):
        found = await fake.run(fetch_list(2))
        assert [row.id for row in found.items] == list(range(31, 36))
        assert not found.more


async def test_a_page_that_was_not_asked_for_is_no_answer() -> None:
    fake = FakeAmvstrm()
    body = {
        "code": 200,
        "message": "success",
        "page": {"currentPage": 1, "hasNextPage": True},
        "results": [make_row(1)],
    }
    fake.reply = Reply(body=msgspec.json.encode(body))
    assert isinstance(await fake.outcome(fake.amvstrm.fetch_trending(2)), BadAnswer)


@both
async def test_recommendations_are_one_page_without_the_deleted_ones(generation: Generation) -> None:
    fake = FakeAmvstrm(generation)
    found = await fake.run(fake.amvstrm.fetch_recommendations(900010))
    assert [row.id for row in found.items] == [row["id"] for row in DATA["rows"]]
    assert not found.more
    assert isinstance(await fake.outcome(fake.amvstrm.fetch_recommendations(5)), NotFound)


async def test_tags_without_names_are_not_taken_for_all_of_them() -> None:
    fake = FakeAmvstrm("2.7.0")
    fake.rows = [make_row(1, tags=[{"id": 9000}, {"id": 9001, "name": "School"}])]
    (row,) = (await fake.run(fake.amvstrm.fetch_season("FALL", 2026))).items
    assert row.tags == []


async def test_rows_without_an_id_are_left_out() -> None:
    fake = FakeAmvstrm()
    fake.rows = [None, {"title": {"romaji": "Nobody"}}, "odd", make_row(7)]
    assert [row.id for row in (await fake.run(fake.amvstrm.fetch_trending())).items] == [7]


async def test_rows_of_which_none_can_be_read_are_not_nothing_and_not_kept() -> None:
    fake = FakeAmvstrm()
    fake.rows = [None, make_row(7) | {"id": "7"}]
    wish = MediaWish(kind="ANIME", text="id")
    for ask in (fake.amvstrm.fetch_trending, lambda: fake.amvstrm.search(wish)):
        assert isinstance(await fake.outcome(ask()), BadAnswer)
    fake.rows = [make_row(7)]
    for ask in (fake.amvstrm.fetch_trending, lambda: fake.amvstrm.search(wish)):
        assert [row.id for row in (await fake.run(ask())).items] == [7]


# The case of a season


@both
async def test_each_generation_gets_the_case_it_wants_and_is_remembered_by_it(generation: Generation) -> None:
    fake = FakeAmvstrm(generation)
    for year in (2024, 2025):
        assert (await fake.run(fake.amvstrm.fetch_season("Fall", year))).items
    tried = ["season/fall/2024", "season/FALL/2024", "season/FALL/2025"]
    expected = tried if generation == "2.7.0" else ["season/fall/2024", "season/fall/2025"]
    assert [path.removeprefix("/api/v2/") for path in fake.paths] == expected


async def test_a_server_that_was_renewed_is_noticed() -> None:
    fake = FakeAmvstrm("2.7.0")
    await fake.run(fake.amvstrm.fetch_season("FALL", 2024))
    fake.generation = "bun"
    for year in (2025, 2026):
        assert (await fake.run(fake.amvstrm.fetch_season("FALL", year))).items
    assert fake.paths[2:] == [f"/api/v2/season/{season}" for season in ("FALL/2025", "fall/2025", "fall/2026")]


async def test_a_season_that_fails_in_both_cases_teaches_nothing() -> None:
    fake = FakeAmvstrm()
    fake.reply = HTML_500
    await fake.outcome(fake.amvstrm.fetch_season("FALL", 2024))
    fake.reply = None
    await fake.run(fake.amvstrm.fetch_season("FALL", 2024))
    assert fake.paths[-1] == "/api/v2/season/fall/2024"


@pytest.mark.parametrize("reply", [in_band(400), in_band(403), TEXT_500, SUCCESS_WITHOUT_RESULTS])
async def test_another_failure_is_not_blamed_on_the_case(reply: Reply) -> None:
    fake = FakeAmvstrm()
    fake.reply = reply
    await fake.outcome(fake.amvstrm.fetch_season("FALL", 2024))
    assert len(fake.sent) == 1


async def test_2_7_0_is_asked_once_when_it_is_out_of_order() -> None:
    fake = FakeAmvstrm("2.7.0")
    await fake.run(fake.amvstrm.fetch_season("FALL", 2024))
    fake.reply = HTML_500
    await fake.outcome(fake.amvstrm.fetch_season("FALL", 2025))
    assert fake.paths[2:] == ["/api/v2/season/FALL/2025"]


async def test_a_word_that_is_no_season_is_not_asked() -> None:
    fake = FakeAmvstrm()
    assert isinstance(await fake.outcome(fake.amvstrm.fetch_season("autumn/../stream", 2024)), InvalidInput)
    assert fake.sent == []


# Limits


async def test_bursts_keep_60_a_minute() -> None:
    fake = FakeAmvstrm()
    fake.after_s = 0.05
    for first in (1, 101, 201):
        wave = (fake.amvstrm.fetch(number) for number in range(first, first + 100))
        await fake.run(asyncio.gather(*wave, return_exceptions=True))
        await fake.clock.advance(45)
    assert len(fake.sent) > 120
    assert fake.judge.violations == []


async def test_no_route_that_streams_is_ever_asked_and_no_answer_wanted_from_its_cache() -> None:
    fake = FakeAmvstrm()
    amvstrm = fake.amvstrm
    await fake.run(amvstrm.fetch(900010))
    await fake.run(amvstrm.fetch_recommendations(900010))
    for found in (
        amvstrm.search(wish()),
        amvstrm.search(wish(), page=2),
        amvstrm.fetch_trending(),
        amvstrm.fetch_popular(),
        amvstrm.fetch_season("FALL", 2026),
    ):
        await fake.run(found)
    assert {request.headers["x-apicache-bypass"] for request in fake.sent} == {"true"}
    routes = {path.split("/")[3] for path in fake.paths}
    assert routes == {"info", "recommendations", "search", "trending", "popular", "season"}
