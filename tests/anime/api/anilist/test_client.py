"""Questions to AniList through the real client."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import TypeVar, cast

import pytest

from bot.anime.api.anilist import query
from bot.anime.api.anilist.client import AniList
from bot.anime.api.wish import MediaWish, NameWish
from bot.errors import BadAnswer, InvalidInput, NotFound, Rejected, ServiceError, Throttled, Unavailable
from bot.http import Priority, asking
from tests.anime.fake_anilist import MEDIA, FakeAniList, Record, fail, make_edges, make_page, make_row
from tests.support.transport import Reply

T = TypeVar("T")


async def run(fake: FakeAniList, asked: Awaitable[T]) -> T:
    task = asyncio.ensure_future(asked)
    await fake.clock.run(task)
    return task.result()


def episode(media_id: int, number: int, airing_at: int) -> Record:
    return {"episode": number, "airingAt": airing_at, "media": make_row(media_id)}


# Works


async def test_a_work_is_asked_for_by_id_and_kind() -> None:
    fake = FakeAniList(Media=MEDIA)
    card = await fake.anilist.fetch("ANIME", 4007)
    assert card.entry.title.english == "Letters Through Time"
    assert fake.questions == [("Media", {"id": 4007, "type": "ANIME"})]


async def test_a_work_is_asked_for_by_its_id_on_myanimelist() -> None:
    fake = FakeAniList(MediaByMal=MEDIA)
    assert (await fake.anilist.fetch_by_mal("ANIME", 5007)).entry.id == 4007
    assert fake.variables == {"idMal": 5007, "type": "ANIME"}


async def test_equal_questions_at_once_are_one_request() -> None:
    fake = FakeAniList(Media=MEDIA, after_s=0.3)
    cards = await run(fake, asyncio.gather(*(fake.anilist.fetch("ANIME", 4007) for _ in range(50))))
    assert {card.entry.id for card in cards} == {4007}
    assert fake.sent == 1


async def test_a_card_is_kept_for_an_hour_and_then_renewed_behind_its_readers() -> None:
    fake = FakeAniList(Media=MEDIA)
    await fake.anilist.fetch("ANIME", 4007)
    await fake.clock.advance(3600)
    assert (await fake.anilist.fetch("ANIME", 4007)).age_s == 3600
    assert fake.sent == 1
    await fake.clock.advance(1)
    assert (await fake.anilist.fetch("ANIME", 4007)).stale is False
    await fake.clock.settle()
    assert fake.sent == 2


async def test_a_card_of_the_last_day_does_while_anilist_is_away() -> None:
    fake = FakeAniList(Media=MEDIA)
    await fake.anilist.fetch("ANIME", 4007)
    fake.reply = fail("The AniList API has been temporarily disabled.", status=403)
    await fake.clock.advance(7200)
    await fake.anilist.fetch("ANIME", 4007)
    await fake.clock.advance(5)
    assert (await fake.anilist.fetch("ANIME", 4007)).stale


@pytest.mark.parametrize(
    "reply",
    [
        fail("Not Found.", status=404),
        fail("Not Found.", status=404, http_status=200),
        Reply(body=b'{"data":{"Media":null}}'),
    ],
    ids=["404", "404 inside 200", "null"],
)
async def test_what_is_not_there_is_not_found_and_not_asked_for_again_at_once(reply: Reply) -> None:
    fake = FakeAniList()
    fake.reply = reply
    for _ in range(2):
        with pytest.raises(NotFound, match="no manga 7"):
            await fake.anilist.fetch("MANGA", 7)
    assert fake.sent == 1


@pytest.mark.parametrize("media_id", [0, -3, 2**31])
async def test_what_cannot_be_an_id_is_not_asked_for(media_id: int) -> None:
    fake = FakeAniList()
    with pytest.raises(NotFound):
        await fake.anilist.fetch("ANIME", media_id)
    assert fake.sent == 0


async def test_recommendations_are_those_of_the_work() -> None:
    nodes = [{"mediaRecommendation": make_row(8)}]
    fake = FakeAniList(Recommendations={"Media": {"recommendations": {"nodes": nodes}}})
    assert [row.id for row in (await fake.anilist.fetch_recommendations("ANIME", 7)).items] == [8]


async def test_a_cast_is_asked_for_page_by_page() -> None:
    fake = FakeAniList(Cast=make_edges("Media", "characters", [{"role": "MAIN", "node": {"id": 5}}], more=True))
    found = await fake.anilist.fetch_cast("ANIME", 7, page=2)
    assert ([one.role for one in found.items], found.more) == (["MAIN"], True)
    assert fake.variables == {"id": 7, "type": "ANIME", "page": 2}


async def test_credits_have_their_role() -> None:
    fake = FakeAniList(Credits=make_edges("Media", "staff", [{"role": "Director", "node": {"id": 5}}]))
    found = await fake.anilist.fetch_credits("ANIME", 7)
    assert [(one.person.id, one.role) for one in found.items] == [(5, "Director")]


# Searches


async def test_a_search_outside_age_restricted_places_asks_for_no_adult_works_and_takes_none() -> None:
    rows = [make_row(1), make_row(2, isAdult=True), make_row(3, isAdult=None), make_row(4)]
    fake = FakeAniList(Search=make_page("media", rows))
    found = await fake.anilist.search(MediaWish(kind="ANIME", text="letters", adult=False))
    assert fake.variables["isAdult"] is False
    assert [row.id for row in found.items] == [1, 4]


async def test_a_search_for_anything_takes_everything() -> None:
    rows = [make_row(1), make_row(2, isAdult=True), make_row(3, isAdult=None)]
    fake = FakeAniList(Search=make_page("media", rows))
    found = await fake.anilist.search(MediaWish(kind="ANIME", text="letters"))
    assert "isAdult" not in fake.variables
    assert [row.id for row in found.items] == [1, 2, 3]


async def test_a_search_without_a_result_is_empty_and_kept_shortly() -> None:
    fake = FakeAniList(Search=make_page("media", []))
    assert (await fake.anilist.search(MediaWish(kind="ANIME", text="nothing"))).items == []
    await fake.clock.advance(601)
    await fake.anilist.search(MediaWish(kind="ANIME", text="nothing"))
    assert fake.sent == 2


async def test_a_text_of_any_script_arrives_as_it_was_typed() -> None:
    fake = FakeAniList(Characters=make_page("characters", [{"id": 5, "name": {"native": "澪"}}]))
    found = await fake.anilist.search_characters(NameWish("澪 «Ω» 🌸"))
    assert fake.variables["search"] == "澪 «Ω» 🌸"
    assert [one.name.native for one in found.items] == ["澪"]


@pytest.mark.parametrize(
    "search",
    [AniList.search_characters, AniList.search_people, AniList.search_studios],
    ids=["characters", "people", "studios"],
)
async def test_a_text_that_says_nothing_is_not_asked_for(
    search: Callable[[AniList, NameWish], Awaitable[object]],
) -> None:
    fake = FakeAniList()
    with pytest.raises(InvalidInput):
        await search(fake.anilist, NameWish(" … "))
    assert fake.sent == 0


@pytest.mark.parametrize(
    ("wish", "sent"),
    [
        (NameWish("minase"), {"search": "minase", "sort": ["SEARCH_MATCH"]}),
        (NameWish("minase", "favourites"), {"search": "minase", "sort": ["FAVOURITES_DESC", "ID"]}),
        (NameWish(None, "match"), {"sort": ["FAVOURITES_DESC", "ID"]}),
        (NameWish(None, "name"), {"sort": ["NAME", "ID"]}),
    ],
)
async def test_names_come_in_the_order_that_is_wished(wish: NameWish, sent: Record) -> None:
    fake = FakeAniList(Studios=make_page("studios", []))
    await fake.anilist.search_studios(wish)
    assert fake.variables == {**sent, "page": 1}


async def test_a_random_work_is_one_that_is_as_wished() -> None:
    def answer(variables: Record) -> Record:
        first = 25 * (cast("int", variables["page"]) - 1) + 1
        return make_page("media", [make_row(one) for one in range(first, min(first + 25, 41))], more=first == 1)

    fake = FakeAniList(Search=answer)
    card = await fake.anilist.fetch_random(MediaWish(kind="ANIME", genres=("Drama",), adult=False), rng=Random(1))
    assert card.entry.id in range(1, 41)
    assert {str(variables["genres"]) for _, variables in fake.questions} == {"['Drama']"}


# Suggestions


async def test_a_suggestion_and_the_search_after_it_are_one_request() -> None:
    fake = FakeAniList(Search=make_page("media", [make_row(1)]))
    assert [row.id for row in await fake.anilist.suggest("ANIME", "sakuhin", adult=False)] == [1]
    await fake.anilist.search(MediaWish(kind="ANIME", text="sakuhin", adult=False))
    assert fake.sent == 1


async def test_what_is_suggested_is_what_was_found() -> None:
    full = make_row(1, popularity=10**30, tags=[{"name": "School", "isMediaSpoiler": True}], startDate={"year": 2009})
    fake = FakeAniList(Search=make_page("media", [full, make_row(2, averageScore=None)]))
    found = await fake.anilist.search(MediaWish(kind="ANIME", text="sakuhin", adult=False))
    assert await fake.anilist.suggest("ANIME", "sakuhin", adult=False) == found.items
    assert fake.anilist.list_known("ANIME", adult=False) == found.items


async def test_suggestions_for_everybody_hold_nothing_of_those_for_adults() -> None:
    def answer(variables: Record) -> Record:
        every = [make_row(1), make_row(2, isAdult=True)]
        return make_page("media", [row for row in every if variables.get("isAdult") in {None, row["isAdult"]}])

    fake = FakeAniList(Search=answer)
    assert [row.id for row in await fake.anilist.suggest("ANIME", "sakuhin", adult=True)] == [1, 2]
    assert [row.id for row in await fake.anilist.suggest("ANIME", "sakuhin", adult=False)] == [1]


async def test_ten_keystrokes_of_one_person_are_at_most_two_requests() -> None:
    fake = FakeAniList(Search=make_page("media", [make_row(one) for one in range(1, 26)], more=True))
    for end in range(1, 11):
        with asking(fake.clock, within_s=2.0, priority=Priority.AUTOCOMPLETE):
            await fake.anilist.suggest("ANIME", "qwertzuiop"[:end], adult=False, asker=1)
    assert fake.sent == 2


@pytest.mark.parametrize("text", ["", "a", "!?", "   "])
async def test_what_cannot_be_searched_for_has_no_suggestions(text: str) -> None:
    fake = FakeAniList()
    assert await fake.anilist.suggest("ANIME", text, adult=True) == []
    assert fake.sent == 0


async def test_suggestions_never_raise_what_the_service_did() -> None:
    fake = FakeAniList()
    fake.reply = Reply(body=b"<html>")
    assert await fake.anilist.suggest("ANIME", "letters", adult=True) == []


# Characters, people and studios


async def test_a_person_a_studio_and_their_works_are_read() -> None:
    fake = FakeAniList(
        Staff={"Staff": {"id": 5, "name": {"full": "A. Koe"}, "primaryOccupations": ["Voice Actor", None]}},
        Studio={"Studio": {"id": 6, "name": "Studio Lantern", "isAnimationStudio": True}},
        Works=make_edges("Staff", "staffMedia", [{"staffRole": "Director", "node": make_row(1)}]),
        StudioWorks=make_edges("Studio", "media", [{"isMainStudio": True, "node": make_row(2)}]),
    )
    assert (await fake.anilist.fetch_person(5)).entry.primary_occupations == ["Voice Actor"]
    assert (await fake.anilist.fetch_studio(6)).entry.name == "Studio Lantern"
    assert [one.media.id for one in (await fake.anilist.fetch_works(5)).items] == [1]
    assert [one.media.id for one in (await fake.anilist.fetch_studio_works(6)).items] == [2]


async def test_people_and_studios_are_found_by_name() -> None:
    fake = FakeAniList(
        People=make_page("staff", [{"id": 5, "name": {"full": "A. Koe"}}, None]),
        Studios=make_page("studios", [{"id": 6, "name": "Studio Lantern"}, {"name": "nameless"}]),
    )
    assert [one.id for one in (await fake.anilist.search_people(NameWish("koe"))).items] == [5]
    assert [one.id for one in (await fake.anilist.search_studios(NameWish("lantern"))).items] == [6]


async def test_a_character_and_where_it_appears_are_read() -> None:
    fake = FakeAniList(
        Character={"Character": {"id": 5, "name": {"full": "Mio"}, "media": {"nodes": [{"isAdult": False}]}}},
        Appearances=make_edges("Character", "media", [{"characterRole": "MAIN", "node": make_row(1)}]),
    )
    assert (await fake.anilist.fetch_character(5)).entry.is_adult is False
    assert [(one.media.id, one.role) for one in (await fake.anilist.fetch_appearances(5)).items] == [(1, "MAIN")]


# What airs


async def test_what_airs_is_asked_for_from_the_first_second_to_before_the_last() -> None:
    fake = FakeAniList(Airing=make_page("airingSchedules", [episode(7, 3, 1000)], more=True))
    found = await fake.anilist.fetch_airing(1000, 2000)
    assert fake.variables == {"after": 999, "before": 2000, "page": 1}
    assert ([(one.media.id, one.episode) for one in found.items], found.more) == ([(7, 3)], True)


@pytest.mark.parametrize("document", [query.AIRING, query.SCHEDULE])
def test_episodes_of_the_same_minute_have_an_order_too(document: str) -> None:
    assert "sort: [TIME, ID]" in document


async def test_a_schedule_for_many_is_one_question_whatever_their_order() -> None:
    fake = FakeAniList(Schedule=make_page("airingSchedules", [episode(2, 1, 1500), episode(1, 4, 1200)]))
    found = await fake.anilist.fetch_schedule([3, 1, 2, 2, -1], 1000, 2000)
    assert [(one.airing_at, one.media.id, one.episode) for one in found] == [(1200, 1, 4), (1500, 2, 1)]
    await fake.anilist.fetch_schedule([1, 2, 3], 1000, 2000)
    assert fake.questions == [("Schedule", {"ids": [1, 2, 3], "after": 999, "before": 2000, "page": 1})]


async def test_a_schedule_is_read_to_its_last_page() -> None:
    def answer(variables: Record) -> Record:
        page = cast("int", variables["page"])
        return make_page("airingSchedules", [episode(page, 1, 1000 + page)], more=page < 4)

    fake = FakeAniList(Schedule=answer)
    assert [one.media.id for one in await fake.anilist.fetch_schedule([1, 2, 3, 4], 1000, 2000)] == [1, 2, 3, 4]


async def test_an_episode_that_is_on_two_pages_is_told_once() -> None:
    def answer(variables: Record) -> Record:
        return make_page("airingSchedules", [episode(1, 1, 1000)], more=variables["page"] == 1)

    fake = FakeAniList(Schedule=answer)
    assert len(await fake.anilist.fetch_schedule([1], 1000, 2000)) == 1
    assert fake.sent == 2


async def test_no_works_have_no_schedule_and_ask_for_none() -> None:
    fake = FakeAniList()
    assert await fake.anilist.fetch_schedule([], 1000, 2000) == []
    assert fake.sent == 0


async def test_a_schedule_is_never_older_than_a_minute() -> None:
    fake = FakeAniList(Schedule=make_page("airingSchedules", [episode(1, 1, 1000)]))
    await fake.anilist.fetch_schedule([1], 1000, 2000)
    await fake.clock.advance(61)
    fake.data["Schedule"] = make_page("airingSchedules", [episode(1, 1, 1900)])
    assert [one.airing_at for one in await fake.anilist.fetch_schedule([1], 1000, 2000)] == [1900]


# Adult marks


def mark_odd(variables: Record) -> Record:
    ids = cast("list[int]", variables["ids"])
    return make_page("media", [{"id": one, "isAdult": bool(one % 2)} for one in ids if one < 1000])


async def test_120_marks_are_three_questions_and_kept_for_a_day() -> None:
    fake = FakeAniList(AdultMarks=mark_odd)
    marks = await run(fake, fake.anilist.fetch_adult_marks(range(1, 121)))
    assert marks == {one: bool(one % 2) for one in range(1, 121)}
    assert [len(cast("list[int]", variables["ids"])) for _, variables in fake.questions] == [50, 50, 20]
    await fake.clock.advance(86_000)
    await run(fake, fake.anilist.fetch_adult_marks([5, 6]))
    assert fake.sent == 3


async def test_no_mark_is_older_than_a_day() -> None:
    fake = FakeAniList(AdultMarks=mark_odd)
    await run(fake, fake.anilist.fetch_adult_marks([5]))
    await fake.clock.advance(86_401)
    fake.reply = fail("The AniList API has been temporarily disabled.", status=403)
    with pytest.raises(Unavailable):
        await run(fake, fake.anilist.fetch_adult_marks([5]))


async def test_a_work_that_anilist_does_not_know_has_no_mark() -> None:
    fake = FakeAniList(AdultMarks=mark_odd)
    assert await run(fake, fake.anilist.fetch_adult_marks([4, 5000, 0, -1])) == {4: False}


# Users


async def test_a_profile_is_asked_for_by_name() -> None:
    fake = FakeAniList(User={"User": {"id": 9, "name": "Reader"}})
    assert (await fake.anilist.fetch_user("reader")).entry.id == 9
    assert fake.variables == {"name": "reader"}


async def test_a_private_profile_is_not_found() -> None:
    fake = FakeAniList()
    fake.reply = fail("Private User", status=404)
    with pytest.raises(NotFound):
        await fake.anilist.fetch_user("reader")


@pytest.mark.parametrize("name", ["", "a", "two words", "a" * 21, "名前", "x\n"])
async def test_what_is_no_name_is_not_asked_for(name: str) -> None:
    fake = FakeAniList()
    with pytest.raises(InvalidInput):
        await fake.anilist.fetch_user(name)
    assert fake.sent == 0


def chunk_of(variables: Record) -> Record:
    chunk = cast("int", variables["chunk"])
    entries = [{"status": "COMPLETED", "score": 80, "media": make_row(one)} for one in (chunk, chunk + 1)]
    return {"MediaListCollection": {"hasNextChunk": chunk < 9, "lists": [{"entries": entries}]}}


async def test_a_long_list_is_read_in_four_chunks_and_says_that_there_is_more() -> None:
    fake = FakeAniList(UserList=chunk_of)
    found = await fake.anilist.fetch_user_list(9, "ANIME")
    assert ([one.media.id for one in found.items], found.more) == ([1, 2, 3, 4, 5], True)
    assert fake.sent == 4


async def test_a_private_list_is_not_found() -> None:
    fake = FakeAniList()
    fake.reply = fail("Private User", status=404)
    with pytest.raises(NotFound):
        await fake.anilist.fetch_user_list(9, "ANIME")


# The service as it is


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (fail("validation", status=400), Rejected),
        (fail("Cannot query field.", status=400, http_status=200), Rejected),
        (fail("The AniList API has been temporarily disabled.", status=403), Unavailable),
        (fail("Internal Server Error", status=500), Unavailable),
        (Reply(502, b"<html>"), Unavailable),
        (Reply(404, b"<html>"), Rejected),
        (Reply(body=b"<html>"), BadAnswer),
        (Reply(body=b'{"data":{"Media":[]}}'), BadAnswer),
        (Reply(429, headers={"Retry-After": "60"}), Throttled),
        (fail("Too Many Requests.", status=429, http_status=200), Throttled),
    ],
)
async def test_an_error_is_of_its_kind_and_not_kept(reply: Reply, error: type[ServiceError]) -> None:
    fake = FakeAniList(Media=MEDIA)
    fake.reply = reply
    with pytest.raises(error):
        await run(fake, fake.anilist.fetch("ANIME", 4007))
    fake.reply = None
    await fake.clock.advance(120)
    assert (await run(fake, fake.anilist.fetch("ANIME", 4007))).entry.id == 4007


async def ask(fake: FakeAniList, count: int) -> None:
    """Ask for so many works at once, with all the patience that it takes."""
    with asking(fake.clock, within_s=10_000.0, priority=Priority.COMMAND):
        await asyncio.gather(*(fake.anilist.fetch("ANIME", one) for one in range(1, count + 1)))


@pytest.mark.parametrize("after_s", [0.0, 0.4, 3.0])
async def test_the_published_limit_holds_under_load(after_s: float) -> None:
    fake = FakeAniList(Media=MEDIA, after_s=after_s)
    fake.headers = {"X-RateLimit-Limit": "30"}
    await run(fake, ask(fake, 75))
    assert (fake.sent, fake.violations) == (75, 0)


async def test_a_larger_limit_is_followed_when_anilist_grants_it() -> None:
    fake = FakeAniList(Media=MEDIA, limit=90, after_s=0.2)
    fake.headers = {"X-RateLimit-Limit": "90"}
    start = fake.clock.monotonic()
    await run(fake, ask(fake, 100))
    assert fake.violations == 0
    assert fake.clock.monotonic() - start < 90  # 100 requests at 30 a minute take 180 s


async def test_a_smaller_limit_is_followed_when_anilist_says_so() -> None:
    fake = FakeAniList(Media=MEDIA, limit=10)
    fake.headers = {"X-RateLimit-Limit": "10"}
    await run(fake, ask(fake, 40))
    assert fake.violations == 0


async def test_nothing_is_sent_in_the_minute_after_a_429_that_has_only_retry_after() -> None:
    fake = FakeAniList(Media=MEDIA)
    fake.reply = fail("Too Many Requests.", status=429, headers={"Retry-After": "60"})
    with pytest.raises(Throttled):
        await fake.anilist.fetch("ANIME", 4007)
    fake.reply = None
    task = asyncio.ensure_future(ask(fake, 1))
    await fake.clock.advance(59.9)
    assert fake.sent == 1
    await fake.clock.run(task)
    assert fake.sent == 2
