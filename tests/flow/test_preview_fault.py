"""However the service fails: silence or one sentence, and the next link works once it is back."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest

from bot.gallery.api import client as ehentai
from bot.playground.engine import texts
from bot.playground.service import Sample
from bot.playground.service.ehentai.fault import OwnFault
from bot.playground.service.fault import Fault
from tests.flow.conftest import Place
from tests.flow.preview_message import find_url, list_gids, list_replies, post, set_server
from tests.support.pair import each_once

Payload = dict[str, Any]

# Nobody asks for the time that it names.
BAN = "ban"
# What is read all the same, when only one gallery was asked for.
HARMLESS = ("reversed",)
# After one of these it is left alone for five seconds.
LIMITS = ("429",)
# For whoever changes nothing there it is as one of the others.
LIKE_CUT = ("lost",)
APART = (BAN, *HARMLESS, *LIMITS, *LIKE_CUT)
LASTING = [one for one in (*get_args(Fault), *get_args(OwnFault)) if one not in APART]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes too long does so soon, and is left alone for a moment."""
    monkeypatch.setattr("bot.http.circuit.OPEN_S", 0.3)
    policy = msgspec.structs.replace(ehentai.policy(), timeout_s=0.4)
    monkeypatch.setattr("bot.gallery.api.client.policy", lambda: policy)


async def ask(place: Place, sample: Sample) -> Payload:
    exchange = await place.reader.slash(place.world.after_dark, "gallery preview", url=find_url(place, sample))
    return await exchange.message()


@pytest.mark.parametrize("fault", LASTING)
async def test_links_are_passed_over_who_asks_is_told_and_the_next_link_works(
    impatient: None, place: Place, fault: Any
) -> None:
    place.services.ehentai.fault = fault
    await post(place, place.world.after_dark, find_url(place, Sample.PLAIN))
    assert list_replies(place, place.world.after_dark) == []
    said = texts(await ask(place, Sample.PLAIN))
    assert said.startswith("E-Hentai ")
    assert len(said.splitlines()) == 1
    place.services.ehentai.fault = None
    await post(place, place.world.after_dark, find_url(place, Sample.MANGA))
    shown = [list_gids(reply) for reply in list_replies(place, place.world.after_dark)]
    assert shown[-1] == [Sample.MANGA]


async def test_a_link_waits_where_the_service_wants_to_be_left_alone_for_a_while(place: Place) -> None:
    place.services.ehentai.fault = "429"
    await post(place, place.world.after_dark, find_url(place, Sample.PLAIN))
    assert list_replies(place, place.world.after_dark) == []
    place.services.ehentai.fault = None
    await post(place, place.world.after_dark, find_url(place, Sample.MANGA))
    assert [list_gids(reply) for reply in list_replies(place, place.world.after_dark)] == [[Sample.MANGA]]


async def test_a_ban_page_is_not_asked_for_twice(place: Place) -> None:
    place.services.ehentai.fault = BAN
    for sample in (Sample.PLAIN, Sample.MANGA):
        await post(place, place.world.after_dark, find_url(place, sample))
    said = texts(await ask(place, Sample.WESTERN))
    assert said.startswith("E-Hentai has shut Shiori out for asking too much")
    assert "Please try again in about" in said
    assert len(place.services.ehentai.requests) == 1
    assert list_replies(place, place.world.after_dark) == []


async def test_a_ban_is_kept_and_novels_are_shown_meanwhile(place: Place) -> None:
    await set_server(place, vndb=True)
    place.services.ehentai.ban()
    text = f"{find_url(place, Sample.PLAIN)} https://vndb.org/v17"
    for _ in range(2):
        await post(place, place.world.after_dark, text)
    replies = list_replies(place, place.world.after_dark)
    assert ["Ever17" in texts(reply) for reply in replies] == [True, True]
    assert place.services.ehentai.violations == 0


async def test_what_is_known_is_shown_while_the_service_is_down(place: Place) -> None:
    await post(place, place.world.after_dark, find_url(place, Sample.PLAIN))
    place.services.ehentai.fault = "500"
    await post(place, place.world.after_dark, find_url(place, Sample.PLAIN))
    assert len(list_replies(place, place.world.after_dark)) == 2


ALL_LINKS = "{gallery} https://vndb.org/v17 https://anilist.co/anime/9253"


@pytest.mark.parametrize(("odd", "fault"), each_once(["ehentai", "vndb", "anilist"], ["deep", "rubbish", "500"]))
async def test_one_odd_service_costs_the_cards_of_no_other(place: Place, odd: str, fault: Any) -> None:
    await set_server(place, vndb=True, anime=True)
    getattr(place.services, odd).fault = fault
    text = ALL_LINKS.format(gallery=find_url(place, Sample.PLAIN))
    posted = await post(place, place.world.after_dark, text)
    (reply,) = list_replies(place, place.world.after_dark)
    menu = await place.reader.context_menu(place.world.after_dark, "Preview links", posted)
    for shown in (reply, await menu.message()):
        found = {
            "ehentai": list_gids(shown) != [],
            "vndb": "Ever17" in texts(shown),
            "anilist": "Steins;Gate" in texts(shown),
        }
        assert {service for service, there in found.items() if not there} == {odd}
