"""`/follow mine` over the local Discord: what it answers, what a notice of it says, and what ends it."""

from __future__ import annotations

import json

import pytest

from bot.account.model import ListedWork
from bot.playground.engine import buttons, texts
from tests.flow.account_message import link, open_accounts
from tests.flow.conftest import Place
from tests.flow.follow_message import AIRING, TITLE, air_soon, find_end, say, tell
from tests.flow.preview_message import list_replies

pytestmark = pytest.mark.usefixtures("by_hand")


async def put(place: Place, *works: int) -> None:
    """Have the background have read the list of whoever follows theirs."""
    lists, now_s = place.shiori.people.lists, int(place.shiori.clock.time())
    for account_id in await lists.take("AniList", at_most=9, now_s=now_s):
        listed = [ListedWork(work, "anime", "current", 0) for work in works]
        await lists.keep("AniList", account_id, listed, now_s=now_s)


def rest(_keeper: object) -> None:
    """Read nobody's list in the background."""


async def test_without_an_account_it_is_said_how_to_link_one(shared: Place) -> None:
    message = await (await shared.reader.slash(shared.general, "follow mine", service="AniList")).message()
    assert "You have not linked an account on AniList yet" in texts(message)
    assert [button["label"] for button in buttons(message)] == ["Link AniList"]


async def test_it_is_one_entry_of_the_list_and_ends_with_the_account(shared: Place) -> None:
    place = shared
    await link(place, "AniList", "shiori_sample")
    said = await say(place.reader, place.general, "follow mine", service="AniList")
    assert "🔔 Followed: **AniList list of shiori\\_sample** · Own list · not read yet · by direct message" in said
    await put(place, AIRING, 21)
    listed = await say(place.reader, place.general, "follow list")
    assert "**AniList list of shiori\\_sample** · Own list · 2 works · by direct message" in listed
    again = await say(place.reader, place.general, "follow mine", service="AniList")
    assert "is there already" in again
    panel = await open_accounts(place)
    await panel.press("acc:unlink:AniList")
    assert "You follow nothing yet" in await say(place.reader, place.general, "follow list")


async def test_who_ends_a_single_follow_is_told_that_the_list_goes_on(shared: Place) -> None:
    place = shared
    await link(place, "AniList", "shiori_sample")
    for command, options in (("follow anime", {"title": f"#{AIRING}"}), ("follow mine", {"service": "AniList"})):
        await say(place.reader, place.general, command, **options)
    said = await say(place.reader, place.general, "follow stop", follow=TITLE)
    still = "Your list on AniList still tells you of it while you watch it or plan to."
    assert f"No longer followed: **{TITLE}** · Anime · by direct message. {still}" in said
    await put(place, AIRING, 21)
    said = await say(place.reader, place.general, "follow stop", follow="AniList list of shiori_sample")
    assert "No longer followed: **AniList list of shiori\\_sample** · Own list · 2 works · by direct message." in said
    assert "still tells" not in said


async def test_a_notice_says_that_it_is_of_the_list_and_ends_it_all(
    unconnected: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.account.keeper.ListKeeper.start", rest)  # or its first round takes the list before `put`
    place = unconnected
    async with place.connected():
        await link(place, "AniList", "shiori_sample")
        await say(place.reader, place.general, "follow mine", service="AniList")
        await put(place, AIRING)
    number = air_soon(place)
    for _ in range(2):
        await tell(place)
    (notice,) = list_replies(place, place.world.dm)
    assert f"### {TITLE}\nEpisode {number} aired" in texts(notice)
    assert "It is on your list on AniList." in texts(notice)
    assert "Stop my whole list" in json.dumps(notice)
    async with place.connected():
        exchange = await place.reader.press(notice, find_end(notice))
        assert "No longer followed: **AniList list of shiori\\_sample**" in texts(await exchange.message())
        assert "You follow nothing yet" in await say(place.reader, place.general, "follow list")
