"""Nothing stays where it may not stand any more: not in threads that were archived, not after a stop in the middle, not
what waited for Discord while the rules changed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import pytest

from bot.playground.engine import Channel, Permission, RestFault
from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.preview_message import (
    find_message,
    find_url,
    let_half_a_year_pass,
    list_calls,
    list_gids,
    list_replies,
    post,
    preview,
    set_channel,
    set_reader,
    set_server,
    settle,
    wait_until,
)
from tests.flow.setting_message import set_own

MESSAGES = "/messages$"


def close(place: Place, channel: Channel | None = None) -> None:
    """The channel is age-restricted no more."""
    place.world.set_nsfw(channel or place.world.after_dark, nsfw=False)


# Archived threads


async def test_a_card_in_an_archived_thread_goes_when_the_thread_is_reopened(place: Place) -> None:
    thread = place.world.after_dark_thread
    await preview(place, find_url(place, Sample.PLAIN), channel=thread)
    place.world.change_channel(thread, archived=True)
    close(place)
    await settle(place)
    assert len(list_replies(place, thread)) == 1  # Discord lets nobody change anything in there
    place.world.change_channel(thread, archived=False)
    await settle(place)
    assert list_replies(place, thread) == []


@pytest.mark.parametrize("archived", [False, True])
async def test_a_channel_that_changed_while_the_bot_was_away_keeps_nothing_in_its_threads(
    unconnected: Place, archived: bool
) -> None:
    thread = unconnected.world.after_dark_thread
    async with unconnected.connected():
        await preview(unconnected, find_url(unconnected, Sample.PLAIN), channel=thread)
    if archived:
        unconnected.world.change_channel(thread, archived=True)
    close(unconnected)
    async with unconnected.connected():
        await unconnected.shiori.wait_until_ready()
        await settle(unconnected)
        unconnected.world.change_channel(thread, archived=False)
        await settle(unconnected)
        assert list_replies(unconnected, thread) == []


async def test_a_channel_that_was_closed_and_opened_again_meanwhile_keeps_its_cards(unconnected: Place) -> None:
    async with unconnected.connected():
        await preview(unconnected, find_url(unconnected, Sample.PLAIN))
    close(unconnected)
    unconnected.world.set_nsfw(unconnected.world.after_dark, nsfw=True)
    async with unconnected.connected():
        await unconnected.shiori.wait_until_ready()
        await settle(unconnected)
        assert len(list_replies(unconnected, unconnected.world.after_dark)) == 1


async def test_what_may_stand_anywhere_stays(place: Place) -> None:
    await set_server(place, non_h=True)
    await preview(place, find_url(place, Sample.NON_H), channel=place.general)
    place.world.change_channel(place.general)
    await settle(place)
    assert len(list_replies(place, place.general)) == 1


async def _post_link(place: Place) -> None:
    await preview(place, find_url(place, Sample.PLAIN))


async def _ask_for_card(place: Place) -> None:
    await place.reader.slash(place.world.after_dark, "gallery preview", url=find_url(place, Sample.PLAIN))
    await settle(place)


@pytest.mark.parametrize("show", [_post_link, _ask_for_card])
async def test_what_stands_there_for_half_a_year_goes_when_its_channel_is_age_restricted_no_more(
    place: Place, show: Callable[[Place], Awaitable[None]]
) -> None:
    await show(place)
    await let_half_a_year_pass(place)
    assert len(list_replies(place, place.world.after_dark)) == 1
    close(place)
    await settle(place)
    assert list_replies(place, place.world.after_dark) == []


# Stops and outages in the middle


async def fill(place: Place, number: int) -> None:
    for _ in range(number):
        await place.reader.post(place.world.after_dark, find_url(place, Sample.PLAIN))
    await settle(place)
    assert len(list_replies(place, place.world.after_dark)) == number


async def test_what_a_stop_left_behind_goes_at_the_next_start(unconnected: Place) -> None:
    world = unconnected.world
    async with unconnected.connected():
        await fill(unconnected, 5)
        world.rest_faults.append(RestFault(403, method="DELETE", path="/messages/", count=100))
        close(unconnected)
        await settle(unconnected)
        assert len(list_replies(unconnected, world.after_dark)) == 5
    world.rest_faults.clear()
    world.set_nsfw(world.after_dark, nsfw=True)  # what was to go, goes: it was seen by whom it was not for
    async with unconnected.connected():
        await unconnected.shiori.wait_until_ready()
        await settle(unconnected)
        assert list_replies(unconnected, world.after_dark) == []


async def test_many_go_together_where_the_bot_may_manage_messages(place: Place) -> None:
    place.world.grant(place.world.after_dark, place.world.bot, Permission.MANAGE_MESSAGES)
    await fill(place, 6)
    close(place)
    await settle(place)
    assert list_replies(place, place.world.after_dark) == []
    assert len(list_calls(place, "POST", "bulk-delete")) == 1
    assert list_calls(place, "DELETE") == []


async def test_a_card_that_discord_did_not_let_go_goes_later(place: Place) -> None:
    message, _ = await preview(place, find_url(place, Sample.PLAIN))
    place.world.rest_faults.append(RestFault(403, method="DELETE", path="/messages/"))
    await place.reader.delete(message)
    await settle(place)
    assert list_replies(place, place.world.after_dark) == []


# Direct messages


async def test_switching_galleries_off_in_direct_messages_takes_those_there_away(place: Place) -> None:
    await set_own(place, place.reader, "dm_galleries", "on")
    await set_server(place, vndb=True)
    await post(place, place.world.dm, find_url(place, Sample.PLAIN))
    await post(place, place.world.dm, "https://vndb.org/v17")
    await preview(place, find_url(place, Sample.PLAIN))
    assert len(list_replies(place, place.world.dm)) == 2
    await set_own(place, place.reader, "dm_galleries", "off")
    await settle(place)
    (left,) = [reply for reply in list_replies(place, place.world.dm) if reply["components"]]
    assert list_gids(left) == []
    assert len(list_replies(place, place.world.after_dark)) == 1


# The moment of sending


async def _close_channel(place: Place) -> None:
    close(place)


async def _switch_server_off(place: Place) -> None:
    await set_server(place, galleries=False)


async def _switch_channel_off(place: Place) -> None:
    await set_channel(place, place.world.after_dark, galleries=False)


async def _opt_out(place: Place) -> None:
    await set_reader(place, previews=False)


async def _delete_message(place: Place) -> None:
    (message,) = [one for one in place.reader.messages(place.world.after_dark) if one["author"]["id"] != "0"]
    await place.reader.delete(message)


async def hold_back(place: Place, change: Callable[[Place], Awaitable[None]], *, path: str = MESSAGES) -> None:
    """Discord has the first try wait; meanwhile something changes."""
    place.world.rest_faults.append(RestFault(429, method="POST", path=path, retry_after_s=1.0))
    await place.reader.post(place.world.after_dark, find_url(place, Sample.PLAIN))
    await wait_until(lambda: any(one.status == 429 for one in place.world.requests))
    await change(place)
    await settle(place)


@pytest.mark.parametrize("change", [_close_channel, _switch_server_off, _switch_channel_off, _opt_out, _delete_message])
async def test_a_card_that_waited_for_discord_is_not_sent_where_it_may_not_stand_any_more(
    place: Place, change: Callable[[Place], Awaitable[None]]
) -> None:
    await hold_back(place, change)
    taken = [one for one in place.world.requests if one.method == "POST" and one.path.endswith("/messages")]
    assert [one.status for one in taken] == [429]
    assert list_replies(place, place.world.after_dark) == []


async def _nothing(_place: Place) -> None:
    await asyncio.sleep(0)


async def test_a_card_that_waited_for_discord_is_sent_where_nothing_changed(place: Place) -> None:
    await hold_back(place, _nothing)
    assert len(list_replies(place, place.world.after_dark)) == 1


@pytest.mark.parametrize("change", [_close_channel, _delete_message])
async def test_nothing_is_remembered_of_a_card_that_was_not_sent(
    place: Place, change: Callable[[Place], Awaitable[None]]
) -> None:
    await hold_back(place, change)
    assert await place.shiori.preview_records.list_previews(channel_ids=[int(place.world.after_dark.id)]) == []


async def _edit_to_another(place: Place) -> None:
    (message,) = place.reader.messages(place.world.after_dark)
    await place.reader.edit(message, find_url(place, Sample.MANGA))


async def _choose_plain_pictures(place: Place) -> None:
    await set_server(place, image_level=0)


@pytest.mark.parametrize(
    ("change", "shown"), [(_edit_to_another, Sample.MANGA), (_choose_plain_pictures, Sample.PLAIN)]
)
async def test_a_card_that_was_overtaken_comes_as_it_is_to_be_now(
    place: Place, change: Callable[[Place], Awaitable[None]], shown: Sample
) -> None:
    await hold_back(place, change)
    (reply,) = list_replies(place, place.world.after_dark)
    assert list_gids(reply) == [shown]
    (record,) = await place.shiori.preview_records.list_previews(channel_ids=[int(place.world.after_dark.id)])
    assert record.reply_id == int(reply["id"])


async def test_a_reply_that_becomes_a_gallery_is_noted_as_such_before_it_shows_one(place: Place) -> None:
    await set_reader(place, dm_galleries=True)
    message, reply = await preview(place, "https://vndb.org/v17", channel=place.world.dm)
    place.world.rest_faults.append(RestFault(None, method="PATCH", path=f"/messages/{reply['id']}$", delay_s=0.5))
    await place.reader.edit(message, find_url(place, Sample.PLAIN))
    await wait_until(lambda: place.world.rest_faults[0].count == 0)
    record = await place.shiori.preview_records.find_preview(int(message["id"]))
    assert record is not None
    assert record.restricted
    assert list_gids(find_message(place, reply)) == []
    await settle(place)
    assert list_gids(find_message(place, reply)) == [Sample.PLAIN]


async def test_a_card_in_direct_messages_is_not_sent_after_they_were_switched_off(place: Place) -> None:
    await set_reader(place, dm_galleries=True)
    place.world.rest_faults.append(RestFault(429, method="POST", path=MESSAGES, retry_after_s=1.0))
    await place.reader.post(place.world.dm, find_url(place, Sample.PLAIN))
    await wait_until(lambda: any(one.status == 429 for one in place.world.requests))
    await set_reader(place, dm_galleries=False)
    await settle(place)
    assert [gid for reply in list_replies(place, place.world.dm) for gid in list_gids(reply)] == []


# What Discord took, though it did not say so


@pytest.mark.parametrize("readable", [True, False])
async def test_a_reply_whose_answer_was_lost_is_not_sent_twice(place: Place, readable: bool) -> None:
    if not readable:
        place.world.revoke(place.world.after_dark, place.world.bot, Permission.READ_MESSAGE_HISTORY)
    place.world.rest_faults.append(RestFault(502, method="POST", path=MESSAGES, taken=True))
    await post(place, place.world.after_dark, find_url(place, Sample.PLAIN))
    assert len(list_replies(place, place.world.after_dark)) == 1


async def test_what_helps_is_not_taken_for_a_reply_whose_answer_was_lost(place: Place) -> None:
    message = await post(place, place.world.dm, "hello?")
    await wait_until(lambda: len(list_replies(place, place.world.dm)) == 1)
    (helping,) = list_replies(place, place.world.dm)
    place.world.rest_faults.append(RestFault(0, method="POST", path=MESSAGES, taken=True))
    await place.reader.edit(message, "https://vndb.org/v17")
    await settle(place)
    assert list_replies(place, place.world.dm)[0] == helping
    assert len(list_replies(place, place.world.dm)) == 2


async def test_the_next_card_of_the_same_message_is_a_new_one(place: Place) -> None:
    message, _ = await preview(place, find_url(place, Sample.PLAIN))
    await place.reader.edit(message, "never mind")
    await settle(place)
    await place.reader.edit(message, find_url(place, Sample.PLAIN))
    await settle(place)
    assert len(list_replies(place, place.world.after_dark)) == 1


# What is asked of the database


def count_questions(caplog: pytest.LogCaptureFixture) -> int:
    return sum("FROM preview" in record.getMessage() for record in caplog.records)


async def test_edits_and_deletions_of_messages_without_a_preview_ask_the_database_nothing(
    unconnected: Place, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="sqlalchemy.engine.Engine")
    old = await unconnected.reader.post(unconnected.general, "from before")
    async with unconnected.connected():
        await unconnected.shiori.wait_until_ready()
        await settle(unconnected)
        assert count_questions(caplog) > 0  # what is loaded at the start
        caplog.clear()
        messages = [old, *[await unconnected.reader.post(unconnected.general, f"talk {n}") for n in range(5)]]
        messages.append(await unconnected.reader.post(unconnected.general, find_url(unconnected, Sample.PLAIN)))
        for message in messages:
            await unconnected.reader.edit(message, "other talk")
        for message in messages[:3]:
            await unconnected.reader.delete(message)
        await unconnected.moderator.bulk_delete(messages[3:])
        await settle(unconnected)
        assert count_questions(caplog) == 0


async def test_a_preview_of_another_process_follows_its_message_all_the_same(unconnected: Place) -> None:
    async with unconnected.connected():
        message, _ = await preview(unconnected, find_url(unconnected, Sample.PLAIN))
    async with unconnected.connected():
        await unconnected.shiori.wait_until_ready()
        await settle(unconnected)
        await unconnected.reader.delete(message)
        await settle(unconnected)
        assert list_replies(unconnected, unconnected.world.after_dark) == []
