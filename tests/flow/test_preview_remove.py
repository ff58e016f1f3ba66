"""A preview is taken away by who posted the link, or by who may manage messages, and does not come back."""

from __future__ import annotations

import pytest

from bot.playground.engine import Person, RestFault, Webhook, texts
from bot.playground.engine.model import EPHEMERAL
from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.preview_message import (
    REMOVE,
    exists,
    find_url,
    forge_button,
    let_half_a_year_pass,
    list_calls,
    list_replies,
    preview,
    set_reader,
    set_server,
    settle,
    wait_until_gone,
)


def find_person(place: Place, name: str) -> Person:
    return place.reader if name == "poster" else place.moderator


@pytest.mark.parametrize("name", ["poster", "moderator"])
async def test_a_preview_is_removed_and_does_not_come_back_with_an_edit(place: Place, name: str) -> None:
    message, reply = await preview(place, find_url(place, Sample.PLAIN))
    await find_person(place, name).press(reply, REMOVE)
    await wait_until_gone(place, reply)
    await place.reader.edit(message, f"{find_url(place, Sample.PLAIN)} {find_url(place, Sample.MANGA)}")
    await settle(place)
    assert len(list_calls(place, "POST", "/messages")) == 1


@pytest.mark.parametrize("name", ["poster", "moderator"])
async def test_a_preview_is_removed_after_a_restart(unconnected: Place, name: str) -> None:
    async with unconnected.connected():
        message, reply = await preview(unconnected, find_url(unconnected, Sample.PLAIN))
    async with unconnected.connected():
        await find_person(unconnected, name).press(reply, REMOVE)
        await wait_until_gone(unconnected, reply)
        await unconnected.reader.edit(message, find_url(unconnected, Sample.MANGA))
        await settle(unconnected)
        assert len(list_calls(unconnected, "POST", "/messages")) == 1


async def test_nobody_else_can_remove_it(place: Place) -> None:
    _, reply = await preview(place, find_url(place, Sample.PLAIN))
    exchange = await Person(place.world, place.world.create_user("stranger")).press(reply, REMOVE)
    refusal = await exchange.message()
    assert "Only whoever posted the link" in texts(refusal)
    assert refusal["flags"] & EPHEMERAL
    await settle(place)
    assert exists(place, reply)


async def test_a_button_under_something_else_removes_nothing_for_a_reader(place: Place) -> None:
    forged = forge_button(place, place.world.after_dark, REMOVE)
    exchange = await place.reader.press(forged, REMOVE)
    assert "Shiori has forgotten who posted this link" in texts(await exchange.message())
    assert exists(place, forged)


async def test_a_preview_in_direct_messages_is_removed_by_who_posted_the_link(place: Place) -> None:
    await set_reader(place, dm_galleries=True)
    _, reply = await preview(place, find_url(place, Sample.PLAIN), channel=place.world.dm)
    await place.reader.press(reply, REMOVE)
    await wait_until_gone(place, reply)


async def test_so_it_is_when_nobody_remembers_who_that_was(place: Place) -> None:
    _, reply = await preview(place, "https://vndb.org/v17", channel=place.world.dm)
    await let_half_a_year_pass(place)
    await place.reader.press(reply, REMOVE)
    await wait_until_gone(place, reply)


@pytest.mark.parametrize("restarted", [False, True])
async def test_a_reply_that_a_moderator_deleted_does_not_come_back(unconnected: Place, restarted: bool) -> None:
    async with unconnected.connected():
        message, reply = await preview(unconnected, find_url(unconnected, Sample.PLAIN))
        if not restarted:
            await unconnected.moderator.delete(reply)
            await settle(unconnected)
    async with unconnected.connected():
        if restarted:
            await unconnected.moderator.delete(reply)
            await settle(unconnected)
        await unconnected.reader.edit(message, find_url(unconnected, Sample.MANGA))
        await settle(unconnected)
        assert len(list_calls(unconnected, "POST", "/messages")) == 1


async def test_a_reply_that_was_deleted_while_the_bot_was_away_does_not_come_back(unconnected: Place) -> None:
    async with unconnected.connected():
        message, reply = await preview(unconnected, find_url(unconnected, Sample.PLAIN))
    await unconnected.moderator.delete(reply)
    async with unconnected.connected():
        for sample in (Sample.MANGA, Sample.WESTERN):
            await unconnected.reader.edit(message, find_url(unconnected, sample))
            await settle(unconnected)
        assert len(list_calls(unconnected, "POST", "/messages")) == 1
        assert len(list_calls(unconnected, "PATCH", reply["id"])) == 1


async def test_it_stays_away_when_the_channel_was_open_meanwhile(place: Place) -> None:
    message, reply = await preview(place, find_url(place, Sample.PLAIN))
    await place.reader.press(reply, REMOVE)
    await wait_until_gone(place, reply)
    for nsfw in (False, True):
        place.world.set_nsfw(place.world.after_dark, nsfw=nsfw)
        await settle(place)
    await place.reader.edit(message, f"this: {find_url(place, Sample.PLAIN)}")
    await settle(place)
    assert list_replies(place, place.world.after_dark) == []


async def test_who_speaks_through_a_webhook_can_remove_the_card(place: Place) -> None:
    await set_server(place, bots=True)
    url, channel = find_url(place, Sample.PLAIN), place.world.after_dark
    own = await place.reader.post(channel, url)
    await Webhook(place.world, channel, "Somebody else").post(url)
    await place.reader.delete(own)
    await settle(place)
    (reply,) = list_replies(place, channel)
    stranger = place.person(place.world.create_user("stranger"))
    await stranger.press(reply, REMOVE)
    assert list_replies(place, channel) == [reply]
    await place.reader.press(reply, REMOVE)
    await wait_until_gone(place, reply)


async def test_what_could_not_be_taken_away_at_once_is_taken_away_all_the_same(place: Place) -> None:
    message, reply = await preview(place, find_url(place, Sample.PLAIN))
    place.world.rest_faults.append(RestFault(400, method="DELETE", path="^/webhooks/"))
    exchange = await place.reader.press(reply, REMOVE)
    assert "Discord did not take the preview away" in texts(await exchange.follow_up())
    await wait_until_gone(place, reply)
    await place.reader.edit(message, find_url(place, Sample.MANGA))
    await settle(place)
    assert list_replies(place, place.world.after_dark) == []


@pytest.mark.parametrize(("status", "taken"), [(0, True), (0, False), (502, True)])
async def test_it_goes_though_nothing_was_heard_of_the_acknowledgement(place: Place, status: int, taken: bool) -> None:
    _, reply = await preview(place, find_url(place, Sample.PLAIN))
    place.world.rest_faults.append(RestFault(status, path="/callback$", taken=taken))
    await place.reader.press(reply, REMOVE)
    await wait_until_gone(place, reply)


@pytest.mark.parametrize("status", [0, 502])
async def test_who_may_not_remove_it_is_told_so_then_too(place: Place, status: int) -> None:
    _, reply = await preview(place, find_url(place, Sample.PLAIN))
    place.world.rest_faults.append(RestFault(status, path="/callback$", taken=True))
    exchange = await Person(place.world, place.world.create_user("stranger")).press(reply, REMOVE)
    assert "Only whoever posted the link" in texts(await exchange.follow_up())
    assert exists(place, reply)
