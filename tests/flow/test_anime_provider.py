"""Who is asked about anime: AniList, a self-hosted amvstrm, or amvstrm first and AniList while that is away."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.anime.cards.page import PARTIAL
from bot.playground.engine import texts
from bot.playground.service.amvstrm.route import Generation
from bot.playground.service.anilist.data import AnilistSample
from tests.flow.anime_message import CLOSED, ask, list_variables, name, run
from tests.flow.conftest import Place
from tests.flow.entry_message import open_page, turn
from tests.flow.preview_message import forge_button, list_replies, post, set_server
from tests.flow.vn_message import choose, find_button, find_link, list_pages, list_values

Payload = dict[str, Any]

MARKS = "AdultMarks"


@asynccontextmanager
async def connect(place: Place, provider: str = "auto", *, ending: str = "") -> AsyncGenerator[None]:
    url = place.services.amvstrm.api_url + ending
    async with place.connected(anime_provider=provider, amvstrm_api_url=url):
        yield


@pytest.mark.parametrize("provider", ["auto", "amvstrm"])
@pytest.mark.parametrize("generation", ["2.7.0", "bun"])
async def test_amvstrm_is_asked_for_what_it_has(unconnected: Place, generation: Generation, provider: str) -> None:
    unconnected.services.amvstrm.generation = generation
    async with connect(unconnected, provider):
        assert texts(await ask(unconnected, "anime info", title="#2167")).startswith("## Clannad\n")
        assert "Steins;Gate" in texts(await ask(unconnected, "anime search", title="steins"))
        assert "Clannad" in texts(await ask(unconnected, "anime top", sort="popularity"))
        assert "Frieren" in texts(await ask(unconnected, "anime trending"))
        assert "Steins;Gate" in texts(await ask(unconnected, "anime season", season="spring", year=2011))
    paths = [request.path for request in unconnected.services.amvstrm.requests]
    assert {path.split("/")[3] for path in paths} == {"info", "search", "popular", "trending", "season"}
    assert list_variables(unconnected, "Media") == list_variables(unconnected, "Search") == []
    assert unconnected.services.amvstrm.violations == 0


async def test_anilist_alone_is_asked_where_there_is_no_amvstrm(unconnected: Place) -> None:
    async with unconnected.connected():
        assert texts(await ask(unconnected, "anime info", title="#2167")).startswith("## Clannad\n")
    assert unconnected.services.amvstrm.requests == []


async def test_anilist_alone_is_asked_where_that_is_said(unconnected: Place) -> None:
    async with connect(unconnected, "anilist"):
        assert texts(await ask(unconnected, "anime info", title="#2167")).startswith("## Clannad\n")
    assert unconnected.services.amvstrm.requests == []


async def test_the_address_of_an_amvstrm_is_enough(unconnected: Place) -> None:
    async with unconnected.connected(amvstrm_api_url=unconnected.services.amvstrm.api_url):
        assert texts(await ask(unconnected, "anime info", title="#2167")).startswith("## Clannad\n")
    assert [request.path for request in unconnected.services.amvstrm.requests] == ["/api/v2/info/2167"]


@pytest.mark.parametrize("ending", ["", "/", "/api/v2", "/api/v2/"])
async def test_the_address_may_end_as_people_write_it(unconnected: Place, ending: str) -> None:
    async with connect(unconnected, "amvstrm", ending=ending):
        assert texts(await ask(unconnected, "anime info", title="#2167")).startswith("## Clannad\n")


async def test_what_amvstrm_cannot_do_goes_to_anilist(unconnected: Place) -> None:
    async with connect(unconnected, "amvstrm"):
        card = await ask(unconnected, "anime info", title="#9253")
        assert "Rintarou Okabe" in texts(await open_page(unconnected, card, "Characters"))
        assert "Berserk" in texts(await ask(unconnected, "manga info", title="berserk"))
        assert "Horror" in texts(await ask(unconnected, "anime random", genre="Horror"))
        assert "Airing schedule" in texts(await ask(unconnected, "anime airing"))
        assert "Frieren" in texts(await ask(unconnected, "anime search", min_rating=9, sort="rating"))


async def test_pages_of_amvstrms_lists_go_on(unconnected: Place) -> None:
    async with connect(unconnected):
        pages = await list_pages(unconnected.reader, await ask(unconnected, "anime top", sort="popularity"))
    works = [value for page in pages for value in list_values(page)]
    assert len(works) == len(set(works)) > 50


async def test_pages_of_what_amvstrm_does_not_send_are_anilists(unconnected: Place) -> None:
    async with connect(unconnected, "amvstrm"):
        card = await ask(unconnected, "anime info", title="#9253")
        links = texts(await open_page(unconnected, card, "Where to watch, titles and links"))
        page = await open_page(unconnected, card, "Relations")
        relations = texts(page)
        assert find_button(card, "Visual novel") is None
        novel = await turn(unconnected, page, "Visual novel")
    assert "### Where to watch\n" in links
    assert "### Titles\n" in links
    assert "### Sequels\n" in relations
    assert find_link(novel, "Open on VNDB") == "https://vndb.org/v2002"
    assert len(unconnected.services.amvstrm.requests) == 1


async def open_novel(place: Place, anime: int) -> Payload:
    """What a button leads to that an older message has."""
    custom_id = f"see:anime/{anime}/vn"
    return await (await place.reader.press(forge_button(place, place.general, custom_id), custom_id)).message()


async def test_while_anilist_is_away_those_pages_say_that_there_is_more(unconnected: Place) -> None:
    async with connect(unconnected, "amvstrm"):
        card = await ask(unconnected, "anime info", title="#9253")
        unconnected.services.anilist.fault = "502"
        links = texts(await open_page(unconnected, card, "Where to watch, titles and links"))
        page = await open_page(unconnected, card, "Relations")
        relations = texts(page)
        assert find_button(page, "Visual novel") is None
        novel = await open_novel(unconnected, AnilistSample.PLAIN)
    assert "knows no pages" not in links
    assert links.startswith("## Steins;Gate\n")
    assert PARTIAL in links
    assert PARTIAL in relations
    assert "STEINS;GATE" in texts(novel)


async def test_a_novel_that_is_not_found_without_anilist_may_be_there_all_the_same(unconnected: Place) -> None:
    async with connect(unconnected, "amvstrm"):
        await ask(unconnected, "anime info", title=name(AnilistSample.WEEKLY))
        unconnected.services.anilist.fault = "502"
        assert texts(await open_novel(unconnected, AnilistSample.WEEKLY)).startswith("AniList answered with an error.")


# One of the two is away


async def test_auto_asks_anilist_while_amvstrm_is_away(unconnected: Place) -> None:
    unconnected.services.amvstrm.fault = "502"
    async with connect(unconnected):
        assert texts(await ask(unconnected, "anime info", title="clannad")).startswith("## Clannad\n")
        assert "Clannad" in texts(await ask(unconnected, "anime top", sort="popularity"))
        choices = await unconnected.reader.autocomplete(
            unconnected.general, "anime info", focused="title", title="kanon"
        )
        assert choices


async def test_auto_asks_anilist_where_nobody_listens(unconnected: Place) -> None:
    async with unconnected.connected(anime_provider="auto", amvstrm_api_url="http://127.0.0.1:9"):
        assert texts(await ask(unconnected, "anime info", title="#2167")).startswith("## Clannad\n")


async def test_amvstrm_alone_is_not_replaced(unconnected: Place) -> None:
    unconnected.services.amvstrm.fault = "502"
    async with connect(unconnected, "amvstrm"):
        exchange = await run(unconnected, "anime info", title="#2167")
        assert texts(await exchange.message()).startswith("amvstrm answered with an error.")
    assert list_variables(unconnected, "Media") == []


async def test_both_away_is_one_sentence(unconnected: Place) -> None:
    unconnected.services.amvstrm.fault = unconnected.services.anilist.fault = "502"
    async with connect(unconnected):
        exchange = await run(unconnected, "anime info", title="#2167")
        said = "AniList answered with an error. amvstrm gave no answer either. Please try again"
        assert texts(await exchange.message()).startswith(said)


@pytest.mark.parametrize("upstream", ["429", "403", "dead"])
@pytest.mark.parametrize("generation", ["2.7.0", "bun"])
async def test_amvstrm_without_its_anilist_is_away_too(
    unconnected: Place, generation: Generation, upstream: str
) -> None:
    unconnected.services.amvstrm.generation = generation
    unconnected.services.amvstrm.upstream = upstream  # pyright: ignore[reportAttributeAccessIssue]
    async with connect(unconnected):
        assert texts(await ask(unconnected, "anime info", title="#2167")).startswith("## Clannad\n")


async def test_a_moment_without_anilist_is_over_when_it_is_over(unconnected: Place) -> None:
    unconnected.services.amvstrm.generation = "2.7.0"
    unconnected.services.amvstrm.upstream = "403"
    async with connect(unconnected, "amvstrm"):
        exchange = await run(unconnected, "anime info", title="#2167")
        assert texts(await exchange.message()).startswith("amvstrm ")
        unconnected.services.amvstrm.upstream = "up"
        assert texts(await ask(unconnected, "anime info", title="#2167")).startswith("## Clannad\n")


@pytest.mark.parametrize("provider", ["auto", "amvstrm"])
async def test_what_neither_has_is_said(unconnected: Place, provider: str) -> None:
    async with connect(unconnected, provider):
        exchange = await run(unconnected, "anime info", title="#199999")
        assert "has no anime 199999." in texts(await exchange.message())
        exchange = await run(unconnected, "anime info", title="no such thing")
        assert texts(await exchange.message()).splitlines()[0].endswith("has no anime called “no such thing”.")


# What amvstrm does not say: for whom a work is


@pytest.mark.parametrize("generation", ["2.7.0", "bun"])
@pytest.mark.parametrize(
    "sample", [AnilistSample.ADULT, AnilistSample.ADULT_WITHOUT_MARKS, AnilistSample.ADULT_UNKNOWN]
)
async def test_anilist_confirms_before_anything_is_shown(
    unconnected: Place, sample: AnilistSample, generation: Generation
) -> None:
    unconnected.services.amvstrm.generation = generation
    async with connect(unconnected):
        assert texts(await ask(unconnected, "anime info", title=name(sample))).startswith(CLOSED)
        dark = await ask(unconnected, "anime info", unconnected.world.after_dark, title=name(sample))
        assert not texts(dark).startswith(CLOSED)
    assert list_variables(unconnected, MARKS)


@pytest.mark.parametrize("command", ["anime top", "anime search", "anime trending"])
async def test_lists_have_only_what_anilist_confirms(unconnected: Place, command: str) -> None:
    async with connect(unconnected):
        for page in await list_pages(unconnected.reader, await ask(unconnected, command)):
            assert not {
                f"anime/{sample}"
                for sample in (AnilistSample.ADULT, AnilistSample.ADULT_WITHOUT_MARKS, AnilistSample.ADULT_UNKNOWN)
            } & list_values(page)


async def test_relations_and_recommendations_too(unconnected: Place) -> None:
    async with connect(unconnected, "amvstrm"):
        for sample, page in ((AnilistSample.SEQUEL, "Relations"), (AnilistSample.PLAIN, "Recommendations")):
            shown = await open_page(unconnected, await ask(unconnected, "anime info", title=name(sample)), page)
            assert "Yuuyake no Chouchin" not in str(shown)
            assert any(value.startswith("anime/") for value in list_values(shown))


async def test_marks_of_a_page_are_one_question(unconnected: Place) -> None:
    async with connect(unconnected):
        await ask(unconnected, "anime top", sort="popularity")
        await ask(unconnected, "anime top", sort="popularity")
    (asked,) = list_variables(unconnected, MARKS)
    assert len(asked["ids"]) >= 25


async def test_while_anilist_is_away_what_nobody_called_safe_is_withheld_and_waiting_helps(unconnected: Place) -> None:
    unconnected.services.anilist.fault = "502"
    async with connect(unconnected):
        for sample in (AnilistSample.PLAIN, AnilistSample.ADULT_WITHOUT_MARKS, AnilistSample.ADULT_UNKNOWN):
            said = texts(await ask(unconnected, "anime info", title=f"#{int(sample)}"))
            assert said.startswith("AniList, which knows what is for everybody, is away. Trying again later helps")
        dark = await ask(unconnected, "anime info", unconnected.world.after_dark, title=name(AnilistSample.PLAIN))
        assert texts(dark).startswith("## Steins;Gate")
        exchange = await run(unconnected, "anime trending")
        assert texts(await exchange.message()).startswith("AniList ")


async def test_while_anilist_is_away_a_search_finds_what_was_asked_for_without_adult_works(unconnected: Place) -> None:
    unconnected.services.anilist.fault = "502"
    async with connect(unconnected):
        listed = await ask(unconnected, "anime search", title="no")
        works = [unconnected.services.anilist.library.works[int(value.split("/")[1])] for value in list_values(listed)]
        assert works
        assert all(one.adult is False for one in works)


@pytest.mark.parametrize("typed", ["evening", "the door", "dare mo"])
async def test_suggestions_of_amvstrm_hold_no_adult_work(unconnected: Place, typed: str) -> None:
    async with connect(unconnected, "amvstrm"):
        reader, general = unconnected.reader, unconnected.general
        assert await reader.autocomplete(general, "anime info", focused="title", title=typed) == []
        assert len(unconnected.services.amvstrm.requests) == 1


async def test_suggestions_of_amvstrm_are_works(unconnected: Place) -> None:
    async with connect(unconnected, "amvstrm"):
        reader, general = unconnected.reader, unconnected.general
        found = await reader.autocomplete(general, "anime info", focused="title", title="clannad")
        assert {"name": "Clannad (2007)", "value": "#2167"} in found


async def test_previews_ask_for_marks_as_well(unconnected: Place) -> None:
    async with connect(unconnected):
        await set_server(unconnected, anime=True)
        await post(unconnected, unconnected.general, f"https://anilist.co/anime/{AnilistSample.ADULT_WITHOUT_MARKS}")
        (reply,) = list_replies(unconnected, unconnected.general)
        assert "Yoake" not in str(reply)


async def test_a_card_leads_on_after_a_restart_with_another_provider(unconnected: Place) -> None:
    async with connect(unconnected, "amvstrm"):
        card = await ask(unconnected, "anime info", title="#9253")
    async with unconnected.connected():
        page = await (await choose(unconnected.reader, card, "anime/9253/relations")).message()
        assert "### Sequels" in texts(page)
    async with connect(unconnected, "auto"):
        page = await (await choose(unconnected.reader, page, "anime/9253/links")).message()
        assert texts(page).startswith("## Steins;Gate\n")
