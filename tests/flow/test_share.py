"""What one person asks takes no service from the others."""

from __future__ import annotations

import asyncio

from bot.playground.engine import texts
from tests.flow.conftest import Place

SHARE = "a lot just now; what is left of its limit is kept for everybody else. Please try again in about"
TIME = "took long over your last questions; what is left of the time it grants is for everybody else. Please try again"
SPENT = "took long over the last questions, and grants Shiori little time a minute. Please try again in about"
COSTLY_S = 2.9


async def wish(place: Place) -> None:
    """Have somebody else want something of VNDB."""
    await (await place.moderator.slash(place.general, "vn search", title="ever17")).message()


async def test_a_flood_of_searches_leaves_vndb_to_the_others(place: Place) -> None:
    async def search(number: int) -> str:
        exchange = await place.reader.slash(place.general, "vn search", title=f"nothing of number {number}")
        return texts(await exchange.message())

    said = await asyncio.gather(*map(search, range(130)))
    over = [one for one in said if f"VNDB {SHARE}" in one]
    assert len(said) - len(over) == 100
    other = await place.moderator.slash(place.general, "vn search", title="clannad")
    assert "CLANNAD" in texts(await other.message())
    assert place.services.vndb.violations == 0


async def test_a_flood_of_searches_leaves_anilist_to_the_others(place: Place) -> None:
    async def search(number: int) -> str:
        exchange = await place.reader.slash(place.general, "anime search", title=f"nothing of number {number}")
        return texts(await exchange.message())

    said = await asyncio.gather(*map(search, range(20)))
    over = [one for one in said if f"AniList {SHARE}" in one]
    assert len(said) - len(over) == 14  # half of 29: one of the thirty is left to whoever else asks from here
    other = await place.moderator.slash(place.general, "anime info", title="Cowboy Bebop")
    assert "Cowboy Bebop" in texts(await other.message())
    assert place.services.anilist.violations == 0


async def test_costly_searches_leave_time_to_the_others(place: Place) -> None:
    await wish(place)
    place.services.vndb.fault, place.services.vndb.slow_s = "slow", COSTLY_S
    said = [
        texts(await (await place.reader.slash(place.general, "vn search", title=f"costly {number}")).message())
        for number in range(3)
    ]
    assert [f"VNDB {TIME}" in one for one in said] == [False, True, True]
    place.services.vndb.fault = None
    other = await place.moderator.slash(place.general, "vn search", title="clannad")
    assert "CLANNAD" in texts(await other.message())
    assert place.services.vndb.violations == 0


async def test_what_many_type_leaves_vndb_to_commands(place: Place) -> None:
    async def type_in(number: int) -> None:
        typist = place.person(place.world.create_user(f"typist{number}"))
        await typist.autocomplete(place.general, "vn search", focused="title", title=f"{number} is typed")

    await place.reader.autocomplete(place.general, "vn search", focused="title", title="clannad")
    asked = place.services.vndb.requests
    for first in range(0, 100, 10):
        await asyncio.gather(*map(type_in, range(first, first + 10)))
    assert len(asked) == 200 // 3
    known = await place.moderator.autocomplete(place.general, "vn search", focused="title", title="clannad")
    assert known[0]["name"].startswith("CLANNAD")
    other = await place.moderator.slash(place.general, "vn search", title="ever17")
    assert "Ever17" in texts(await other.message())


async def test_a_slow_vndb_answers_who_is_alone_until_its_time_is_used_up_and_status_says_the_same(
    place: Place,
) -> None:
    place.services.vndb.fault, place.services.vndb.slow_s = "slow", 1.2
    await (await place.reader.slash(place.general, "vn info", title="v17")).message()
    second = texts(await (await place.reader.slash(place.general, "vn top")).message())
    assert second.startswith("## ")
    said = ""
    for number in range(4):
        exchange = await place.reader.slash(place.general, "vn search", title=f"costly {number}")
        said = texts(await exchange.message())
    assert f"VNDB {SPENT}" in said
    status = texts(await (await place.reader.slash(place.general, "status")).message())
    assert "All can be asked, though it takes time: VNDB." in status
    assert "VNDB has no time left for new questions; there is some in about" in status
    assert place.services.vndb.violations == 0


async def test_what_others_asked_for_already_is_there_for_who_is_over_their_share(place: Place) -> None:
    await wish(place)
    place.services.vndb.fault, place.services.vndb.slow_s = "slow", COSTLY_S
    await (await place.reader.slash(place.general, "vn search", title="costly")).message()
    place.services.vndb.fault = None
    await (await place.moderator.slash(place.general, "vn search", title="clannad")).message()
    again = await place.reader.slash(place.general, "vn search", title="clannad")
    assert "CLANNAD" in texts(await again.message())
