"""Names at hand over the sample services: filled within their limits, and of use while they are away."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator

import pytest

from bot.app import build_user_agent
from bot.http import AiohttpTransport, Client, MemoryCache, SystemClock
from bot.lookup.source import build_keeper, build_policies, build_shelves, build_sources
from bot.names.keeper import FILL_AFTER_S
from bot.names.record import PACE_S, NameRecords
from bot.names.shelf import NameShelf
from bot.playground.engine import buttons, texts
from bot.playground.service.anilist.data import AnilistSample
from bot.store.store import open_store
from tests.flow.anime_message import run
from tests.flow.conftest import Place
from tests.flow.test_near import list_near
from tests.flow.vn_message import press


class LaterClock(SystemClock):
    """The real one, so much later."""

    later_s = 0.0

    def monotonic(self) -> float:
        return super().monotonic() + self.later_s

    def time(self) -> float:
        return super().time() + self.later_s


async def fill(place: Place) -> None:
    """Do what a process does in its first hours, when nobody asks for anything."""
    clock, config = LaterClock(), place.build_config()
    store = await open_store(config.store_url, clock=clock)
    http = Client(
        AiohttpTransport(build_user_agent("")),
        clock=clock,
        cache=MemoryCache(),
        policies=build_policies(config),
        rng=random.Random(1),
    )
    records = NameRecords(store.database)
    shelves = build_shelves(records, clock=clock)
    keeper = build_keeper(shelves, build_sources(http, config, shelves=shelves), records, http, clock=clock)
    clock.later_s = FILL_AFTER_S
    for _ in range(10):
        clock.later_s += PACE_S
        await keeper.work()
    await http.close()
    await store.close()


@pytest.fixture
async def filled(unconnected: Place, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Place]:
    """Everything, with the bot connected and names at hand."""
    await fill(unconnected)
    monkeypatch.setattr("bot.names.keeper.LOAD_AFTER_S", 0.0)
    async with unconnected.connected():
        sources = unconnected.shiori.sources
        for shelf in (sources.vndb.at_hand, *sources.anilist.at_hand.values()):  # they are loaded one after the other
            assert isinstance(shelf, NameShelf)
            async with asyncio.timeout(15):
                while True:
                    if len(shelf.index):
                        break
                    await asyncio.sleep(0.01)
        yield unconnected


async def complete(place: Place, command: str, title: str, *, dark: bool = False) -> list[str]:
    channel = place.world.after_dark if dark else place.general
    choices = await place.reader.autocomplete(channel, command, focused="title", title=title)
    return [str(choice["name"]) for choice in choices]


async def test_the_shelves_are_filled_within_the_limits(unconnected: Place) -> None:
    await fill(unconnected)
    services = unconnected.services
    assert services.vndb.violations == services.anilist.violations == 0
    asked = len(services.vndb.requests), len(services.anilist.requests)
    assert asked[0] >= 1
    assert asked[1] >= 2
    await fill(unconnected)  # another process, or a restart
    assert (len(services.vndb.requests), len(services.anilist.requests)) == asked


async def test_a_known_title_is_suggested_without_asking(filled: Place) -> None:
    services = filled.services
    novels, works = len(services.vndb.requests), len(services.anilist.requests)
    for typed in ("steins", "stiens gate", "steinsgate", "STEINS;GATE", "シュタインズ", "シュタゲ"):
        assert "STEINS;GATE" in (await complete(filled, "vn info", typed))[0], typed
        assert "Steins;Gate" in (await complete(filled, "anime info", typed))[0], typed
    # Of VNDB the names of languages alone may be asked for.
    assert [one for one in services.vndb.requests[novels:] if not one.path.endswith("/schema")] == []
    assert len(services.anilist.requests) == works


async def test_titles_complete_while_the_services_are_away_and_a_kept_card_opens(filled: Place) -> None:
    services = filled.services
    shown = await (await run(filled, "vn info", title="v2002")).message()
    services.vndb.fault = services.anilist.fault = "500"
    assert "STEINS;GATE" in (await complete(filled, "vn info", "stein"))[0]
    assert "Steins;Gate" in (await complete(filled, "anime info", "stein"))[0]
    again = await (await run(filled, "vn info", title="steins gate")).message()
    assert texts(again).splitlines()[0] == texts(shown).splitlines()[0]


@pytest.mark.parametrize(("command", "near"), [("vn info", "STEINS;GATE (2009)"), ("anime info", "Steins;Gate (2011)")])
async def test_what_is_not_kept_is_named_beside_the_sentence_that_the_service_is_away(
    filled: Place, command: str, near: str
) -> None:
    filled.services.vndb.fault = filled.services.anilist.fault = "500"
    exchange = await run(filled, command, title="stiens gate")
    note = await exchange.message()
    assert "answered with an error" in texts(note)
    assert near in list_near(note)
    assert exchange.ephemeral
    filled.services.vndb.fault = filled.services.anilist.fault = None


async def test_a_misspelt_name_is_known_by_name_and_leads_to_the_services_own_search(filled: Place) -> None:
    before = len(filled.services.vndb.requests)
    note = await (await run(filled, "vn info", title="Clanad")).message()
    assert list_near(note)[0] == "CLANNAD (2004)"
    searches = [one for one in filled.services.vndb.requests[before:] if one.path.endswith("/vn")]
    assert len(searches) == 1  # that there is nothing of the name
    (link,) = [button for button in buttons(note) if "url" in button]
    assert (link["label"], link["url"]) == ("Search on VNDB", "https://vndb.org/v?q=Clanad")
    card = await (await press(filled.reader, note, "CLANNAD (2004)")).message()
    assert "CLANNAD" in texts(card)


async def test_what_is_for_adults_is_suggested_in_age_restricted_channels_alone(filled: Place) -> None:
    works = filled.services.anilist.library.works
    filled.services.anilist.fault = "500"  # so that only what is at hand is suggested
    adult = (AnilistSample.ADULT, AnilistSample.ADULT_UNKNOWN)
    for title in (str(works[one].title[0]) for one in adult):
        for typed in (title, title[:6], swap(title)):
            assert not any(title in name for name in await complete(filled, "anime info", typed))
            note = await (await run(filled, "anime info", title=typed)).message()
            assert title not in str(list_near(note))
            assert any(title in name for name in await complete(filled, "anime info", typed, dark=True)), typed


def swap(title: str) -> str:
    """The title with two letters changed over."""
    return title[:2] + title[3] + title[2] + title[4:]
