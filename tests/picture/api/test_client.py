"""Questions to the Nekos API through the real client, in both versions."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from bot.errors import BadAnswer, Blocked, InvalidInput, NotFound, Rejected, Throttled
from bot.picture.api.client import DEFAULT_URL, DRAWS, find_version, policy
from bot.picture.api.model import Artist, AskedRating, Category, PictureWish
from bot.playground.service.nekos.limit import StrictSecond
from tests.picture.fake import V1_URL, V4_URL, FakeNekos, make_v1, make_v4, reply
from tests.support.transport import Reply

ARTIST_ID = "a0000000-0000-4000-8000-000000000002"


def build_v4(*rows: object) -> FakeNekos:
    """A v4 that gives these pictures in turn, and the last one from then on."""
    left = iter(rows)
    last = rows[-1]
    return FakeNekos(V4_URL, lambda _path, _query: reply([next(left, last)]))


def build_v1(*rows: object) -> FakeNekos:
    """A v1 that gives these pictures in turn, and the last one from then on."""
    left = iter(rows)
    last = rows[-1]
    return FakeNekos(V1_URL, lambda _path, _query: reply({"data": [next(left, last)], "success": True}))


@pytest.mark.parametrize(
    ("url", "version"),
    [
        (DEFAULT_URL, 4),
        ("https://proxy.example/nekos/v4/", 4),
        ("https://v1.nekosapi.com/api", 1),
        ("http://localhost:3000/api/", 1),
        ("https://v4.example", 1),
        ("https://a.example/v4/api", 1),
    ],
)
def test_the_address_tells_the_version(url: str, version: int) -> None:
    assert find_version(url) == version


@pytest.mark.parametrize("url", [V4_URL, V1_URL])
def test_an_answer_of_more_than_a_quarter_of_a_megabyte_is_not_read(url: str) -> None:
    assert policy(url).max_body_bytes == 262_144


# v4


async def test_v4_is_asked_for_one_picture_of_that_rating_with_and_without_tags() -> None:
    fake = build_v4(make_v4(rating="suggestive"))
    wish = PictureWish("suggestive", ("paper_boat", "c++"), ("night", "a&b"))
    card = await fake.run(fake.nekos.fetch_random(wish))
    assert card.entry.id == "1"
    assert fake.asked == [
        (
            "/images/random",
            {"limit": "1", "rating": "suggestive", "tags": "paper_boat,c++", "without_tags": "night,a&b"},
        )
    ]
    assert "c%2B%2B" in fake.urls[0]


@pytest.mark.parametrize("body", [[], {"items": [], "count": 0}])
async def test_v4_has_none_after_one_question(body: object) -> None:
    fake = FakeNekos(V4_URL, lambda _path, _query: reply(body))
    with pytest.raises(NotFound):
        await fake.run(fake.nekos.fetch_random(PictureWish(tags=("nothing",))))
    assert fake.sent == 1


@pytest.mark.parametrize("rating", ["suggestive", "borderline", "explicit", None, "unheard of"])
async def test_a_picture_of_another_rating_is_never_given_however_often_it_comes(rating: str | None) -> None:
    fake = build_v4(make_v4(rating=rating))
    with pytest.raises(NotFound):
        await fake.run(fake.nekos.fetch_random(PictureWish("safe")))
    assert fake.sent == DRAWS


async def test_another_one_is_drawn_for_one_of_another_rating() -> None:
    fake = build_v4(make_v4(1, rating="explicit"), make_v4(2, rating=None), make_v4(3, rating="safe"))
    card = await fake.run(fake.nekos.fetch_random(PictureWish("safe")))
    assert card.entry.id == "3"


async def test_a_picture_with_an_unwanted_tag_is_not_given() -> None:
    fake = build_v4(make_v4(1, tags=["Night"]), make_v4(2, tags=["lake"]))
    card = await fake.run(fake.nekos.fetch_random(PictureWish(without=("night",))))
    assert card.entry.id == "2"


async def test_every_draw_is_a_new_question_and_nothing_is_kept() -> None:
    fake = build_v4(make_v4(1), make_v4(2))
    wish = PictureWish()
    cards = [await fake.run(fake.nekos.fetch_random(wish)) for _ in range(2)]
    assert [card.entry.id for card in cards] == ["1", "2"]
    assert fake.cache.kept == {}


async def test_v4_is_asked_once_a_second_at_most() -> None:
    fake = build_v4(make_v4())
    start = fake.clock.monotonic()
    await fake.run(asyncio.gather(*(fake.nekos.fetch_random(PictureWish()) for _ in range(20))))
    assert fake.sent == 20
    assert fake.violations == []
    assert fake.clock.monotonic() - start == pytest.approx(19, abs=0.1)


@pytest.mark.parametrize("url", [V1_URL, V4_URL])
async def test_pictures_of_which_none_can_be_read_are_not_none(url: str) -> None:
    odd = "https://cdn.nekos.example/1.webp"
    for row in (make_v4(url=odd), make_v1(url=odd), None):
        rows = [row, 7]
        answer = reply({"items": rows, "data": rows})
        fake = FakeNekos(url, lambda _path, _query, answer=answer: answer)
        with pytest.raises(BadAnswer):
            await fake.run(fake.nekos.fetch_random(PictureWish()))


@pytest.mark.parametrize("url", [V1_URL, V4_URL])
async def test_a_picture_that_is_withheld_is_none_whatever_cannot_be_read_beside_it(url: str) -> None:
    withheld = make_v4(rating=None) if url == V4_URL else make_v1(categories=[{"name": "Toddlers"}])
    left = iter([[make_v4(url="")], [withheld]])
    fake = FakeNekos(url, lambda _path, _query: reply(dict.fromkeys(("items", "data"), next(left, [withheld]))))
    with pytest.raises(NotFound):
        await fake.run(fake.nekos.fetch_random(PictureWish()))


async def test_artists_and_categories_of_which_none_can_be_read_are_not_none() -> None:
    fake = FakeNekos(V1_URL, lambda _path, _query: reply({"data": [{"id": 7}]}))
    for search in (fake.nekos.search_artists, fake.nekos.search_categories):
        with pytest.raises(BadAnswer):
            await fake.run(search("%"))


# v1


async def test_v1_is_asked_for_one_picture_of_all_categories_by_their_names() -> None:
    fake = build_v1(make_v1())
    await fake.run(fake.nekos.fetch_random(PictureWish(tags=("school_uniform", "lake"))))
    assert fake.asked == [("/image/random", {"limit": "1", "categories": "school uniform,lake"})]


async def test_v1_draws_until_the_rating_is_the_one_that_was_asked_for() -> None:
    fake = build_v1(make_v1(1, nsfw="nsfw"), make_v1(2, nsfw=None), make_v1(3, nsfw="questionable"), make_v1(4))
    card = await fake.run(fake.nekos.fetch_random(PictureWish("safe")))
    assert card.entry.id == "i4"
    assert fake.sent == 4
    assert fake.violations == []


def build_mixed_v1(rows: list[dict[str, object]]) -> FakeNekos:
    """A v1 whose lists give each picture the address of another, as the real one does."""

    def answer(path: str, query: dict[str, str]) -> Reply:
        found = next((row for row in rows if path == f"/image/{row['id']}"), None)
        if found is not None:
            return reply({"data": found})
        listed = rows[: int(query["limit"])]
        wrong = [row | {"url": "https://cdn.nekosapi.com/another.png"} for row in listed]
        return reply({"data": wrong if len(listed) > 1 else listed})

    return FakeNekos(V1_URL, answer)


@pytest.mark.parametrize(("rating", "word"), [("suggestive", "questionable"), ("borderline", "nsfw")])
async def test_a_rare_rating_of_v1_is_found_in_two_questions_with_its_own_address(
    rating: AskedRating, word: str
) -> None:
    fake = build_mixed_v1([*(make_v1(number) for number in range(24)), make_v1(24, nsfw=word)])
    card = await fake.run(fake.nekos.fetch_random(PictureWish(rating)))
    assert (card.entry.id, card.entry.url) == ("i24", "https://cdn.nekosapi.com/24.png")
    assert fake.asked == [("/image/random", {"limit": "25"}), ("/image/i24", {})]


async def test_a_rare_picture_of_an_artist_is_found_in_two_questions_with_its_own_address() -> None:
    fake = build_mixed_v1([*(make_v1(number) for number in range(24)), make_v1(24, nsfw="nsfw")])
    card = await fake.run(fake.nekos.fetch_of_artist(Artist(id=ARTIST_ID, name="", images=25), rating="borderline"))
    assert (card.entry.id, card.entry.url) == ("i24", "https://cdn.nekosapi.com/24.png")
    assert fake.sent == 2


async def test_a_picture_that_is_another_one_by_its_id_is_not_shown() -> None:
    def answer(path: str, _query: dict[str, str]) -> Reply:
        if path == "/image/random":
            return reply({"data": [make_v1(1, nsfw="nsfw"), make_v1(2, nsfw="nsfw")]})
        return reply({"data": make_v1(1, nsfw="nsfw", categories=[{"name": "Toddlers"}])})

    fake = FakeNekos(V1_URL, answer)
    with pytest.raises(NotFound):
        await fake.run(fake.nekos.fetch_random(PictureWish("borderline")))


async def test_v1_draws_again_when_its_sample_had_none() -> None:
    answers: Iterator[Reply] = iter([reply({"code": 404, "message": "no"}, status=404), reply({"data": [make_v1()]})])
    fake = FakeNekos(V1_URL, lambda _path, _query: next(answers))
    card = await fake.run(fake.nekos.fetch_random(PictureWish(tags=("rare",))))
    assert card.entry.id == "i1"


async def test_v1_gives_up_after_some_draws() -> None:
    fake = FakeNekos(V1_URL, lambda _path, _query: reply({"code": 404}, status=404))
    with pytest.raises(NotFound):
        await fake.run(fake.nekos.fetch_random(PictureWish(tags=("rare",))))
    assert [query["limit"] for _, query in fake.asked] == ["1", "25", "25", "25"]


async def test_a_category_that_v1_does_not_know_is_named() -> None:
    message = "Invalid value for `categories` parameter. The following categories do not exist: nope, no"
    fake = FakeNekos(V1_URL, lambda _path, _query: reply({"code": 400, "message": message}, status=400))
    with pytest.raises(InvalidInput, match=r"nope, no$"):
        await fake.run(fake.nekos.fetch_random(PictureWish(tags=("nope", "no"))))


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_another_refusal_stays_one_and_says_what_the_service_said(status: int) -> None:
    body = {"code": status, "message": "The token has expired.", "success": False}
    fake = FakeNekos(V1_URL, lambda _path, _query: reply(body, status=status))
    with pytest.raises(Rejected, match=r"The token has expired\.") as refused:
        await fake.run(fake.nekos.fetch_random(PictureWish()))
    assert "success" not in str(refused.value)
    assert fake.sent == 1


@pytest.mark.parametrize("url", [V1_URL, V4_URL])
async def test_a_token_is_sent_as_a_bearer_and_none_without(url: str) -> None:
    row = make_v4() if url == V4_URL else make_v1()
    for token, sent in (("abc123", "Bearer abc123"), ("", None)):
        fake = FakeNekos(url, lambda _path, _query: reply({"data": [row], "items": [row]}), token=token)
        await fake.run(fake.nekos.fetch_random(PictureWish()))
        credential = fake.transport.sent[0].request.credential
        assert (credential and credential.render()) == sent


# Artists and categories of v1


async def test_the_operators_arrive_as_they_were_typed() -> None:
    rows = [{"id": ARTIST_ID, "name": "Aoba Moon", "url": "https://artist.example"}]
    fake = FakeNekos(V1_URL, lambda _path, _query: reply({"data": rows}))
    found = await fake.run(fake.nekos.search_artists("%a+b|[c-d]{2}_&#"))
    assert found.items == [Artist(id=ARTIST_ID, name="Aoba Moon", url="https://artist.example")]
    assert fake.asked == [("/artist", {"limit": "25", "offset": "0", "search": "%a+b|[c-d]{2}_&#"})]


async def test_categories_are_found_by_pattern() -> None:
    rows = [{"name": "Catgirl", "description": "A girl.", "nsfw": False}]
    fake = FakeNekos(V1_URL, lambda _path, _query: reply({"data": rows}))
    found = await fake.run(fake.nekos.search_categories("cat+girl|%"))
    assert found.items == [Category(name="Catgirl", description="A girl.", nsfw=False)]
    assert fake.asked == [("/category", {"limit": "25", "offset": "0", "search": "cat+girl|%"})]
    assert fake.urls[0].endswith("search=cat%2Bgirl%7C%25")


@pytest.mark.parametrize(("page", "offset"), [(1, "0"), (2, "25"), (999_999, "24999950")])
async def test_each_page_of_a_search_is_one_question(page: int, offset: str) -> None:
    fake = FakeNekos(V1_URL, lambda _path, _query: reply({"data": []}))
    await fake.run(fake.nekos.search_artists("%moon", page=page))
    await fake.run(fake.nekos.search_categories("cat%", page=page))
    assert fake.asked == [
        ("/artist", {"limit": "25", "offset": offset, "search": "%moon"}),
        ("/category", {"limit": "25", "offset": offset, "search": "cat%"}),
    ]


@pytest.mark.parametrize(("rows", "more"), [(25, True), (24, False), (0, False)])
async def test_only_a_full_page_may_have_another_after_it(rows: int, more: bool) -> None:
    # The total counts the whole table. A row that cannot be read has its place on the page.
    data: list[object] = [{"id": f"a{at}", "name": f"Artist {at}"} for at in range(rows)]
    data[:1] = [None] if rows else []
    body = {"data": data, "meta": {"pagination": {"limit": 25, "offset": 0, "count": rows, "total": 900}}}
    fake = FakeNekos(V1_URL, lambda _path, _query: reply(body))
    for search in (fake.nekos.search_artists, fake.nekos.search_categories):
        found = await fake.run(search("%"))
        assert (len(found.items), found.more) == (max(rows - 1, 0), more)


async def test_a_bad_pattern_is_never_sent() -> None:
    fake = FakeNekos(V1_URL, lambda _path, _query: Reply(500))
    with pytest.raises(InvalidInput):
        await fake.run(fake.nekos.search_artists("("))
    with pytest.raises(InvalidInput):
        await fake.run(fake.nekos.search_categories("a" * 51))
    assert fake.sent == 0


async def test_an_artist_s_pictures_are_asked_for_in_lists_and_none_twice() -> None:
    fake = build_v1(make_v1(nsfw="nsfw", categories=[]))
    artist = Artist(id=ARTIST_ID, name="", images=60)
    with pytest.raises(NotFound):
        await fake.run(fake.nekos.fetch_of_artist(artist, rating="safe"))
    assert {path for path, _ in fake.asked} == {f"/artist/{ARTIST_ID}/images"}
    assert {query["limit"] for _, query in fake.asked} == {"25"}
    assert sorted(query["offset"] for _, query in fake.asked) == ["0", "25", "50"]


async def test_an_artist_without_pictures_costs_no_question() -> None:
    fake = build_v1(make_v1())
    with pytest.raises(NotFound):
        await fake.run(fake.nekos.fetch_of_artist(Artist(id=ARTIST_ID, name="", images=0), rating="safe"))
    assert fake.sent == 0


async def test_an_unknown_artist_is_not_found() -> None:
    fake = FakeNekos(V1_URL, lambda _path, _query: reply({"code": 404}, status=404))
    with pytest.raises(NotFound):
        await fake.run(fake.nekos.fetch_artist(ARTIST_ID))


# The limit of v1


async def test_v1_waits_more_than_a_second_from_each_answer() -> None:
    fake = FakeNekos(V1_URL, lambda _path, _query: Reply(body=reply({"data": [make_v1()]}).body, after_s=0.3))
    start = fake.clock.monotonic()
    await fake.run(asyncio.gather(*(fake.nekos.fetch_random(PictureWish()) for _ in range(15))))
    assert fake.sent == 15
    assert fake.violations == []
    assert fake.clock.monotonic() - start == pytest.approx(14 * 1.4 + 0.3, abs=0.1)


async def test_nothing_is_sent_in_a_block_and_all_is_well_after_it() -> None:
    second = StrictSecond()

    def answer(_path: str, _query: dict[str, str]) -> Reply:
        refused_s = second.judge(fake.clock.monotonic())
        if refused_s is None:
            return reply({"data": [make_v1()]})
        return Reply(status=429, headers={"Retry-After": str(refused_s)})

    fake = FakeNekos(V1_URL, answer)
    second.block(fake.clock.monotonic())
    with pytest.raises(Throttled):
        await fake.run(fake.nekos.fetch_random(PictureWish()), within_s=20)
    assert fake.sent == 1  # the one that learned of the block
    for _ in range(100):
        await fake.clock.advance(35)
        with pytest.raises(Throttled):
            await fake.run(fake.nekos.fetch_random(PictureWish()), within_s=20)
    assert fake.sent == 1
    await fake.clock.advance(101)
    card = await fake.run(fake.nekos.fetch_random(PictureWish()), within_s=20)
    assert card.entry.id == "i1"
    assert fake.sent == 2


async def test_after_three_short_refusals_it_is_left_alone_for_an_hour() -> None:
    fake = FakeNekos(V1_URL, lambda _path, _query: Reply(status=429, headers={"Retry-After": "1"}))
    for _ in range(3):
        with pytest.raises(Throttled):
            await fake.run(fake.nekos.fetch_random(PictureWish()), within_s=20)
        await fake.clock.advance(60)
    with pytest.raises(Blocked):
        await fake.run(fake.nekos.fetch_random(PictureWish()), within_s=20)
    assert fake.sent == 3


@pytest.mark.parametrize("rating", ["safe", "suggestive", "borderline"])
async def test_both_versions_give_each_rating_that_can_be_asked_for(rating: AskedRating) -> None:
    words = {"safe": "sfw", "suggestive": "questionable", "borderline": "nsfw"}
    for fake in (build_v4(make_v4(rating=rating)), build_v1(make_v1(nsfw=words[rating]))):
        card = await fake.run(fake.nekos.fetch_random(PictureWish(rating)))
        assert card.entry.rating == rating
