"""Names that are suggested, from what the service says there is, with few questions."""

from __future__ import annotations

import pytest

from bot.picture.api.names import LISTED_AT_MOST
from bot.playground.service.nekos.pattern import compile_similar
from tests.picture.fake import V1_URL, V4_URL, FakeNekos, make_v4, reply
from tests.support.transport import Reply

HOUR_S = 3600.0


def build_v4(*tagged: list[str]) -> FakeNekos:
    """A v4 that has safe pictures with these tags."""
    rows = [make_v4(number, tags=tags) for number, tags in enumerate(tagged, 1)]
    return FakeNekos(V4_URL, lambda _path, _query: reply(rows))


def build_v1(*names: str, kind: str = "artist") -> FakeNekos:
    """A v1 that has artists, or categories, of these names."""

    def answer(path: str, query: dict[str, str]) -> Reply:
        assert path == f"/{kind}"
        wanted = compile_similar(query.get("search", "%"))
        found = [name for name in names if wanted.fullmatch(name.lower())]
        rows = [{"id": f"a-{at}", "name": name, "nsfw": name.startswith("Bold")} for at, name in enumerate(found)]
        return reply({"data": rows[: int(query["limit"])], "success": True})

    return FakeNekos(V1_URL, answer)


async def test_tags_are_those_of_a_sample_of_safe_pictures_the_commonest_first() -> None:
    fake = build_v4(["night", "lake"], ["lake", "School_Uniform"], ["lake", "night"], ["twilight"])
    names = fake.nekos.names
    assert await fake.run(names.suggest_tags("")) == ["lake", "night", "school_uniform", "twilight"]
    assert await fake.run(names.suggest_tags("School u")) == ["school_uniform"]
    assert await fake.run(names.suggest_tags("ight")) == ["night", "twilight"]
    assert await fake.run(names.suggest_tags("t")) == ["twilight", "night"]  # what begins so comes first
    assert fake.asked == [("/images/random", {"limit": "100", "rating": "safe"})]


async def test_nothing_is_kept_for_more_than_an_hour() -> None:
    fake = build_v4(["lake"])
    await fake.run(fake.nekos.names.suggest_tags("lake"))
    await fake.clock.advance(HOUR_S - 10)
    await fake.run(fake.nekos.names.suggest_tags("la"))
    assert fake.sent == 1
    await fake.clock.advance(20)
    await fake.run(fake.nekos.names.suggest_tags("lak"))
    assert fake.sent == 2


async def test_a_picture_that_is_withheld_gives_no_tags() -> None:
    fake = FakeNekos(
        V4_URL, lambda _path, _query: reply([make_v4(1, tags=["lake", "lolicon"]), make_v4(2, rating="explicit")])
    )
    assert await fake.run(fake.nekos.names.suggest_tags("")) == []


@pytest.mark.parametrize("answer", [Reply(status=500, body=b""), reply({"detail": []}), Reply(body=b"<html>")])
async def test_a_service_that_fails_is_no_error_but_no_names(answer: Reply) -> None:
    v4 = FakeNekos(V4_URL, lambda _path, _query: answer)
    assert await v4.run(v4.nekos.names.suggest_tags("a")) == []
    v1 = FakeNekos(V1_URL, lambda _path, _query: answer)
    assert await v1.run(v1.nekos.names.suggest_artists("a")) == []
    assert await v1.run(v1.nekos.names.suggest_categories("a")) == []


async def test_a_short_list_is_asked_for_once_whatever_is_typed() -> None:
    fake = build_v1("Aoba Moon", "Shiosai Paperworks", "Moonlit")
    for text, found in (("mo", ["Moonlit", "Aoba Moon"]), ("moon", ["Moonlit", "Aoba Moon"]), ("x", []), ("paper", 1)):
        names = await fake.run(fake.nekos.names.suggest_artists(text))
        assert names == found or len(names) == found
    assert fake.asked == [("/artist", {"limit": "25", "offset": "0"})]


async def test_a_long_list_is_narrowed_by_what_the_name_begins_with_and_then_by_all_of_it() -> None:
    many = [f"Brush {number}" for number in range(2 * LISTED_AT_MOST)]
    fake = build_v1(*many, "Bru", "Moonlit")
    assert await fake.run(fake.nekos.names.suggest_artists("moonlit")) == ["Moonlit"]
    assert await fake.run(fake.nekos.names.suggest_artists("Brush 49")) == ["Brush 49"]
    assert [query.get("search") for _, query in fake.asked] == [None, "%moo%", "%Bru%", "%Brush 49%"]
    assert fake.violations == []


async def test_operators_are_not_asked_for() -> None:
    fake = build_v1("Aoba Moon")
    for text in ("%moon%", "a|b", "(", "moon*"):
        assert await fake.run(fake.nekos.names.suggest_artists(text)) == []
    assert fake.asked == []


async def test_the_tags_of_v1_are_its_categories_but_those_that_are_marked() -> None:
    fake = build_v1("Lake", "Night Sky", "Bold Lake", kind="category")
    assert await fake.run(fake.nekos.names.suggest_tags("lake")) == ["lake"]
    assert [one.name for one in await fake.run(fake.nekos.names.suggest_categories("lake"))] == ["Lake", "Bold Lake"]
    assert await fake.run(fake.nekos.names.suggest_tags("night_s")) == ["night_sky"]
