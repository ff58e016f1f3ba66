"""From a visual novel to its anime with one press, and back."""

from __future__ import annotations

import pytest

from bot.anime.api.model import MediaRow, Title
from bot.anime.novel import is_named_after
from bot.http import SystemClock
from bot.names.id_set import IdSet
from bot.names.record import NameRecords, Turn, WorkRecord
from bot.playground.engine import texts
from bot.playground.service.anilist.data import AnilistSample
from bot.vndb.api import at_hand as vndb_at_hand
from tests.flow.anime_message import CLOSED, ask, list_variables, name
from tests.flow.conftest import Place
from tests.flow.entry_message import open_page, turn
from tests.flow.preview_message import find_message, forge_button
from tests.flow.setting_message import set_own
from tests.flow.vn_message import choose, find_button, find_link, list_values, press

NOVEL, ANIME = "Visual novel", "Anime of it"


async def know_anime(place: Place) -> None:
    """Have it at hand which novels there is an anime of."""
    shelf, vndb = vndb_at_hand.WITH_ANIME, place.shiori.sources.vndb
    novels = [int(one.id[1:]) for one in place.services.vndb.library.vn if one.anime]
    records = NameRecords(place.shiori.store.database)
    works = [WorkRecord(number, adult=False, weight=0, names="", record="") for number in novels]
    now_s = int(SystemClock().time())
    await records.finish_turn(Turn(shelf, 1, now_s), works, last=True, now_s=now_s)
    assert isinstance(vndb.with_anime, IdSet)
    await vndb.with_anime.load()


@pytest.mark.parametrize(
    ("anime", "vn_id"),
    [("#9253", "v2002"), ("#4181", "v4"), ("#4896", "v24"), ("#2791", "v7"), ("#17729", "v5154")],
)
async def test_an_anime_leads_to_the_novel_that_has_its_number(shared: Place, anime: str, vn_id: str) -> None:
    card = await ask(shared, "anime info", title=anime)
    novel = await turn(shared, card, NOVEL)
    assert find_link(novel, "Open on VNDB") == f"https://vndb.org/{vn_id}"


async def test_the_novel_leads_back_to_the_anime_that_it_was_opened_from(shared: Place) -> None:
    card = await ask(shared, "anime info", title="#9253")
    novel = await turn(shared, card, NOVEL)
    assert texts(await turn(shared, await open_page(shared, novel, "Releases"), "Back")) == texts(card)


async def test_without_a_number_its_title_finds_it(shared: Place) -> None:
    card = await ask(shared, "anime info", title="#356")
    assert find_link(await turn(shared, card, NOVEL), "Open on VNDB") == "https://vndb.org/v11"


@pytest.mark.parametrize(
    ("anime", "title"),
    [
        ("#11577", "STEINS;GATE"),  # a film: "Steins;Gate Movie: …"
        ("#10863", "STEINS;GATE"),  # "Steins;Gate: …"
        ("#1889", "Higurashi no Naku Koro ni"),  # nothing to cut, but a prequel
        ("#20792", "Fate/stay night"),  # "Fate/stay night: … 2nd Season"
        ("#1723", "CLANNAD"),  # "Clannad Movie"
    ],
)
async def test_a_sequel_or_a_film_leads_to_the_novel_of_the_first(place: Place, anime: str, title: str) -> None:
    card = await ask(place, "anime info", title=anime)
    asked = len(place.services.vndb.requests)
    assert title in texts(await turn(place, card, NOVEL))
    # Three titles of its own, two of others, and the page or the list itself.
    assert len(place.services.vndb.requests) <= asked + 7


async def test_a_long_title_is_looked_for_whole(place: Place) -> None:
    card = await ask(place, "anime info", title="#11577")
    await turn(place, card, NOVEL)
    asked = [str(request.body) for request in place.services.vndb.requests]
    assert any(str(["search", "=", "Steins;Gate Movie: Fuka Ryouiki no Déjà vu"]) in body for body in asked)


async def test_what_is_not_found_at_all_was_looked_for_within_bounds(place: Place) -> None:
    card = await ask(place, "anime info", title=name(AnilistSample.WEEKLY))
    for _ in range(2):
        await (await press(place.reader, card, NOVEL)).message()
    assert len(place.services.vndb.requests) <= 5


async def test_an_anime_that_came_from_something_else_is_not_looked_for(place: Place) -> None:
    custom_id = "see:anime/1/vn"
    exchange = await place.reader.press(forge_button(place, place.general, custom_id), custom_id)
    assert texts(await exchange.message()) == "VNDB has no visual novel of this anime."
    assert place.services.vndb.requests == []


@pytest.mark.parametrize(
    ("name", "title", "same"),
    [
        ("White Album 2", "WHITE ALBUM2", True),
        ("White Album 2", "WHITE ALBUM", True),
        ("ChäoS;HEAd", "CHAOS;HEAD", True),
        ("Danganronpa: Kibou no Gakuen THE ANIMATION", "Danganronpa Kibou no Gakuen", True),
        ("Air Gear", "Air", False),
        ("AIR: The Motion Picture", "Air", True),
        ("Airwolf", "Air", False),
        ("Kanonical Tales", "Kanon", False),
        ("…", "Air", False),
    ],
)
def test_titles_are_compared_without_case_signs_and_blanks(name: str, title: str, *, same: bool) -> None:
    assert is_named_after(MediaRow(id=1, title=Title(romaji=name)), [title]) is same


async def test_a_novel_leads_to_its_anime_and_back(shared: Place) -> None:
    await know_anime(shared)
    novel = await ask(shared, "vn info", title="v2002")
    listed = await open_page(shared, novel, ANIME)
    assert texts(listed).startswith("## Anime of STEINS;GATE\n")
    assert {"anime/9253", "anime/21127"} <= list_values(listed)
    card = await (await choose(shared.reader, listed, "anime/9253")).message()
    assert texts(card).startswith("## Steins;Gate\n")
    again = await turn(shared, card, NOVEL)
    assert find_link(again, "Open on VNDB") == "https://vndb.org/v2002"


async def test_the_anime_of_a_novel_stand_under_its_title_in_the_chosen_language(shared: Place) -> None:
    await know_anime(shared)
    await set_own(shared, shared.reader, "title_language", "english")
    listed = await open_page(shared, await ask(shared, "vn info", title="v24"), ANIME)
    assert texts(listed).startswith("## Anime of Umineko When They Cry\n")


async def test_every_way_works_after_a_restart(unconnected: Place) -> None:
    async with unconnected.connected():
        await know_anime(unconnected)
        message = await ask(unconnected, "vn info", title="v24")
    async with unconnected.connected():
        message = await open_page(unconnected, message, ANIME)
    async with unconnected.connected():
        message = await (await choose(unconnected.reader, message, "anime/4896")).message()
    async with unconnected.connected():
        message = await turn(unconnected, message, NOVEL)
    async with unconnected.connected():
        message = await open_page(unconnected, message, "Characters")
    assert texts(message).startswith("## Umineko no Naku Koro ni\n")
    assert len(unconnected.reader.messages(unconnected.general)) == 1


async def test_from_the_anime_of_a_novel_return_leads_back_to_them(shared: Place) -> None:
    await know_anime(shared)
    listed = await open_page(shared, await ask(shared, "vn info", title="v2002"), ANIME)
    card = await (await choose(shared.reader, listed, "anime/9253")).message()
    assert texts(await turn(shared, card, "Back")) == texts(listed)


async def test_only_a_novel_that_was_made_into_one_leads_to_its_anime(place: Place) -> None:
    known = await ask(place, "vn info", title="v2002")
    assert "v2002/anime" not in list_values(known)  # nobody has told yet
    await know_anime(place)
    assert "v2002/anime" in list_values(await ask(place, "vn info", title="v2002"))
    novel = await ask(place, "vn info", title="v17")
    for page in (novel, await open_page(place, novel, "Characters")):
        assert "v17/anime" not in list_values(page)


async def test_a_novel_whose_anime_anilist_does_not_have_says_so(shared: Place) -> None:
    custom_id = "see:v17/anime"  # as if VNDB knew of one
    exchange = await shared.reader.press(forge_button(shared, shared.general, custom_id), custom_id)
    assert texts(await exchange.message()) == "AniList has no anime of this visual novel."
    assert exchange.ephemeral


async def test_a_page_behind_the_last_anime_of_a_novel_is_a_sentence(shared: Place) -> None:
    custom_id = "see:v2002/anime~6"
    exchange = await shared.reader.press(forge_button(shared, shared.general, custom_id), custom_id)
    assert texts(await exchange.message()) == "There is no page 6: the list is shorter."


async def test_an_anime_whose_novel_is_not_known_says_so(shared: Place) -> None:
    card = await ask(shared, "anime info", title=name(AnilistSample.WEEKLY))
    exchange = await press(shared.reader, card, NOVEL)
    assert texts(await exchange.message()) == "VNDB has no visual novel of this anime."
    assert exchange.ephemeral


async def test_what_came_from_something_else_has_no_such_button(shared: Place) -> None:
    assert find_button(await ask(shared, "anime info", title="#1"), NOVEL) is None
    assert find_button(await ask(shared, "manga info", title="#45489"), NOVEL) is None


async def test_the_related_works_lead_to_the_novel_too(shared: Place) -> None:
    relations = await open_page(shared, await ask(shared, "anime info", title="#9253"), "Relations")
    assert find_link(await turn(shared, relations, NOVEL), "Open on VNDB") == "https://vndb.org/v2002"


async def test_both_ways_ask_one_question_more(place: Place) -> None:
    card = await ask(place, "anime info", title="#9253")
    asked = len(place.services.vndb.requests)
    await know_anime(place)
    novel = await turn(place, card, NOVEL)
    assert len(place.services.vndb.requests) <= asked + 3
    await open_page(place, novel, ANIME)
    assert len(list_variables(place, "Search")) == 1


async def test_an_anime_for_adults_leads_nowhere_from_an_ordinary_channel(place: Place) -> None:
    custom_id = f"see:anime/{AnilistSample.ADULT}/vn"
    exchange = await place.reader.press(forge_button(place, place.general, custom_id), custom_id)
    assert texts(await exchange.message()).startswith(CLOSED)
    assert place.services.vndb.requests == []


async def test_the_anime_of_a_novel_are_for_everybody_in_an_ordinary_channel(place: Place) -> None:
    await know_anime(place)
    await open_page(place, await ask(place, "vn info", title="v2002"), ANIME)
    assert [asked["isAdult"] for asked in list_variables(place, "Search")] == [False]


@pytest.mark.parametrize("service", ["VNDB", "AniList"])
async def test_a_service_that_is_away_is_named_and_the_message_stays(place: Place, service: str) -> None:
    await know_anime(place)
    if service == "AniList":
        card = await ask(place, "vn info", title="v24")
        place.services.anilist.fault = "500"
        exchange = await choose(place.reader, card, "v24/anime")
    else:
        card = await ask(place, "anime info", title="#4896")
        place.services.vndb.fault = "500"
        exchange = await press(place.reader, card, NOVEL)
    assert texts(await exchange.message()).startswith(f"{service} answered with an error.")
    assert texts(find_message(place, card)) == texts(card)
