"""No card is lost while its service gives no answer: one that may stand stays until it can be made anew, and one that
may be forbidden goes at once and comes again.
"""

from __future__ import annotations

import pytest

from bot.playground.engine import texts
from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.preview_message import (
    exists,
    find_url,
    list_gids,
    list_replies,
    post,
    set_server,
    settle,
    wait_until,
    wait_until_gone,
)

NOVEL, STORY = "https://vndb.org/v24", "https://vndb.org/v17"
ROMANISED, ENGLISH = "Umineko no Naku Koro ni", "Umineko When They Cry"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service that is away is asked again soon."""
    monkeypatch.setattr("bot.http.circuit.OPEN_S", 0.3)
    monkeypatch.setattr("bot.preview.worker._TRY_AGAIN_AFTER_S", (0.2,) * 50)


def change_server(place: Place) -> None:
    """What was chosen for the server counts for the cards that stand."""
    place.shiori.previewer.server_changed(int(place.world.guild_id))


async def wait_until_asked(place: Place) -> None:
    """Return when the previews that stand were asked for in vain."""
    services = (place.services.vndb, place.services.ehentai)
    before = [len(one.requests) for one in services]
    await wait_until(lambda: before != [len(one.requests) for one in services])
    await wait_until(lambda: place.shiori.previewer.busy_with == 1)


def read_all(place: Place) -> str:
    return "\n".join(texts(reply) for reply in list_replies(place, place.general))


async def test_a_card_stays_as_it_was_and_is_made_anew_when_its_service_is_back(unconnected: Place) -> None:
    async with unconnected.connected():
        await post(unconnected, unconnected.general, NOVEL)
        (reply,) = list_replies(unconnected, unconnected.general)
    unconnected.services.vndb.fault = "500"
    async with unconnected.connected():
        await settle(unconnected)
        await set_server(unconnected, title_language="english")
        change_server(unconnected)
        await wait_until_asked(unconnected)
        assert f"### {ROMANISED}" in read_all(unconnected)
        unconnected.services.vndb.fault = None
        await wait_until(lambda: f"### {ENGLISH}" in read_all(unconnected))
        await settle(unconnected)
        assert [one["id"] for one in list_replies(unconnected, unconnected.general)] == [reply["id"]]


async def test_a_card_stays_when_another_link_is_added_and_that_has_its_card_when_the_service_is_back(
    unconnected: Place,
) -> None:
    async with unconnected.connected():
        message = await post(unconnected, unconnected.general, NOVEL)
    unconnected.services.vndb.fault = "500"
    async with unconnected.connected():
        await settle(unconnected)
        await unconnected.reader.edit(message, f"{STORY} {NOVEL}")
        await wait_until_asked(unconnected)
        assert ROMANISED in read_all(unconnected)
        unconnected.services.vndb.fault = None
        await wait_until(lambda: "Ever17" in read_all(unconnected))
        await settle(unconnected)
        assert ROMANISED in read_all(unconnected)


async def test_a_card_that_may_not_stand_any_more_goes_at_once_and_the_other_comes_again(unconnected: Place) -> None:
    async with unconnected.connected():
        message = await post(unconnected, unconnected.general, f"{STORY} {NOVEL}")
        (reply,) = list_replies(unconnected, unconnected.general)
    unconnected.services.vndb.fault = "500"
    async with unconnected.connected():
        await settle(unconnected)
        await unconnected.reader.edit(message, NOVEL)
        await wait_until_gone(unconnected, reply)
        unconnected.services.vndb.fault = None
        await wait_until(lambda: ROMANISED in read_all(unconnected))
        await settle(unconnected)
        assert "Ever17" not in read_all(unconnected)


async def test_a_card_that_may_be_forbidden_goes_and_comes_again_if_it_is_not(unconnected: Place) -> None:
    dark = unconnected.world.after_dark
    async with unconnected.connected():
        await post(unconnected, dark, find_url(unconnected, Sample.PLAIN))
        await post(unconnected, dark, find_url(unconnected, Sample.MANGA))
        first, _ = list_replies(unconnected, dark)
    unconnected.services.ehentai.fault = "500"
    async with unconnected.connected():
        await settle(unconnected)
        await set_server(unconnected, blocked_tags=("female:kimono",))
        change_server(unconnected)
        await wait_until_gone(unconnected, first)
        await wait_until(lambda: not list_replies(unconnected, dark))
        unconnected.services.ehentai.fault = None
        await settle(unconnected)
        assert [list_gids(reply) for reply in list_replies(unconnected, dark)] == [[Sample.MANGA]]


async def test_what_its_message_did_not_show_yet_is_not_waited_for(place: Place) -> None:
    place.services.vndb.fault = "500"
    message = await post(place, place.general, NOVEL)
    await place.reader.edit(message, f"{NOVEL} {STORY}")
    await settle(place)
    assert list_replies(place, place.general) == []
    assert exists(place, message)


async def test_a_card_that_is_gone_from_its_service_goes(unconnected: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    async with unconnected.connected():
        await post(unconnected, unconnected.general, "https://anilist.co/anime/9253")
        (reply,) = list_replies(unconnected, unconnected.general)
    monkeypatch.delitem(unconnected.services.anilist.library.works, 9253)
    async with unconnected.connected():
        await set_server(unconnected, title_language="english")
        change_server(unconnected)
        await wait_until_gone(unconnected, reply)
        await settle(unconnected)
        assert list_replies(unconnected, unconnected.general) == []
