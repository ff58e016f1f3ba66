"""A reply follows its message: as it is edited and deleted, while the reply is being made, and after a restart."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
from typing import Any

import discord
import pytest

from bot.playground.engine import LocalDiscord, RestFault
from bot.playground.engine.clock import RealClock
from bot.playground.engine.message import Form, build_message
from bot.playground.engine.model import COMPONENTS_V2, Message
from bot.playground.service import Sample
from bot.preview.previewer import REMEMBERED_S
from tests.flow.conftest import Place
from tests.flow.preview_message import (
    REMOVE,
    Change,
    delete,
    edit_around,
    edit_to_another,
    edit_to_nothing,
    exists,
    find_url,
    list_calls,
    list_gids,
    list_replies,
    post,
    preview,
    settle,
    wait_until,
    wait_until_gone,
)

Payload = dict[str, Any]


def list_shown(place: Place) -> list[list[int]]:
    """The galleries of every reply in the age-restricted channel."""
    return [list_gids(reply) for reply in list_replies(place, place.world.after_dark)]


async def edit(place: Place, message: Payload, text: str) -> None:
    await place.reader.edit(message, text)
    await settle(place)


# Edits


async def test_a_link_that_is_added_to_a_message_without_one_gets_its_card(shared: Place) -> None:
    message = await post(shared, shared.world.after_dark, "look")
    await edit(shared, message, f"look {find_url(shared, Sample.PLAIN)}")
    assert list_shown(shared) == [[Sample.PLAIN]]


@pytest.mark.parametrize(("age_s", "shown"), [(300, [[Sample.PLAIN]]), (3600, [])])
async def test_it_gets_its_card_as_long_as_a_silent_connection_may_keep_its_edit_back(
    shared: Place, age_s: int, shown: list[list[int]]
) -> None:
    message = shared.world.messages[(await post(shared, shared.world.after_dark, "look"))["id"]]
    edited_at = discord.utils.utcnow() - dt.timedelta(seconds=age_s)
    message.payload |= {"content": find_url(shared, Sample.PLAIN), "edited_timestamp": edited_at.isoformat()}
    shared.world.change_message(message)
    await settle(shared)
    assert list_shown(shared) == shown


async def test_who_takes_a_link_out_and_puts_it_in_again_has_a_card_though_discords_answer_to_the_first_was_lost(
    place: Place,
) -> None:
    """A reply that is not there any more was not taken away by somebody, then."""
    url = find_url(place, Sample.PLAIN)
    message = await post(place, place.world.after_dark, url)
    await settle(place)
    (first,) = list_replies(place, place.world.after_dark)
    # More than once: aiohttp repeats a deletion by itself.
    place.world.rest_faults.append(RestFault(0, count=3, method="DELETE", path="/messages/", taken=True))
    await place.reader.edit(message, "nothing")
    await wait_until(lambda: not list_replies(place, place.world.after_dark))
    await edit(place, message, url)
    (second,) = list_replies(place, place.world.after_dark)
    assert second["id"] != first["id"]


class Shifted(RealClock):
    """A clock that differs from the computer's."""

    def __init__(self, by_s: float) -> None:
        self._by_s = by_s

    def time(self) -> float:
        return super().time() + self._by_s


@pytest.mark.parametrize("by_s", [-600.0, 600.0])
async def test_it_gets_its_card_also_where_the_clock_is_not_discords(unconnected: Place, by_s: float) -> None:
    async with LocalDiscord(clock=Shifted(by_s)) as discord:
        place = dataclasses.replace(unconnected, discord=discord)
        async with place.connected():
            message = await post(place, place.world.after_dark, "look")
            await edit(place, message, f"look {find_url(place, Sample.PLAIN)}")
            assert list_shown(place) == [[Sample.PLAIN]]


async def test_a_card_follows_the_old_message_to_which_its_link_was_added(place: Place) -> None:
    long_ago = discord.utils.utcnow() - dt.timedelta(seconds=REMEMBERED_S, days=1)
    posted = {"id": str(discord.utils.time_snowflake(long_ago))}
    rules = build_message(place.world, place.general, place.world.reader, Form({"content": "rules"}), extra=posted)
    place.world.messages[rules["id"]] = Message(rules, place.general)
    await edit(place, rules, "rules, as in https://vndb.org/v17")
    (reply,) = list_replies(place, place.general)
    await place.shiori.previewer.prune()
    await edit(place, rules, "rules")
    assert not exists(place, reply)


@pytest.mark.parametrize("status", [503, 0])
async def test_an_edit_that_discord_was_late_with_is_made_all_the_same(place: Place, status: int) -> None:
    message, reply = await preview(place, find_url(place, Sample.PLAIN))
    # discord.py itself repeats what was answered with a 5xx four times, and what was cut off never.
    place.world.rest_faults.append(RestFault(status, method="PATCH", path=f"/messages/{reply['id']}$"))
    await edit(place, message, find_url(place, Sample.MANGA))
    assert list_shown(place) == [[Sample.MANGA]]


async def test_a_reply_that_discord_does_not_change_goes(place: Place) -> None:
    message, reply = await preview(place, find_url(place, Sample.PLAIN))
    place.world.rest_faults.append(RestFault(400, method="PATCH", path=f"/messages/{reply['id']}$"))
    await edit(place, message, find_url(place, Sample.MANGA))
    assert not exists(place, reply)


async def test_a_link_that_is_added_gets_its_card_in_the_same_reply(shared: Place) -> None:
    message, reply = await preview(shared, find_url(shared, Sample.PLAIN))
    await edit(shared, message, f"{find_url(shared, Sample.PLAIN)} {find_url(shared, Sample.MANGA)}")
    assert list_shown(shared) == [[Sample.PLAIN, Sample.MANGA]]
    assert exists(shared, reply)


async def test_a_link_that_is_replaced_gets_its_card_in_the_place_of_the_other(shared: Place) -> None:
    message, reply = await preview(shared, find_url(shared, Sample.PLAIN))
    await edit(shared, message, find_url(shared, Sample.MANGA))
    assert list_shown(shared) == [[Sample.MANGA]]
    assert exists(shared, reply)


async def test_the_reply_goes_with_the_last_link(shared: Place) -> None:
    message, _ = await preview(shared, find_url(shared, Sample.PLAIN))
    await edit(shared, message, "never mind")
    assert list_shown(shared) == []


async def test_a_link_that_comes_back_gets_a_new_reply(shared: Place) -> None:
    message, _ = await preview(shared, find_url(shared, Sample.PLAIN))
    await edit(shared, message, "never mind")
    await edit(shared, message, find_url(shared, Sample.PLAIN))
    assert list_shown(shared) == [[Sample.PLAIN]]


async def test_an_edit_around_the_link_changes_nothing_of_the_reply(place: Place) -> None:
    message, reply = await preview(place, find_url(place, Sample.PLAIN))
    await edit(place, message, f"I meant this: {find_url(place, Sample.PLAIN)}")
    assert list_shown(place) == [[Sample.PLAIN]]
    assert list_calls(place, "PATCH", reply["id"]) == []
    assert len(place.services.ehentai.requests) == 1


async def test_an_old_message_that_nobody_edits_gets_no_reply_when_discord_adds_its_embed(unconnected: Place) -> None:
    message = await unconnected.reader.post(unconnected.world.after_dark, find_url(unconnected, Sample.PLAIN))
    async with unconnected.connected():
        unconnected.world.unfurl(message)
        await settle(unconnected)
        assert list_shown(unconnected) == []


# While the reply is being made


@pytest.fixture
def slow(place: Place) -> Place:
    """The service takes its time."""
    place.services.ehentai.latency_s = 0.3
    return place


async def begin(place: Place, text: str) -> Payload:
    """Post a message, and return while the service is being asked about it."""
    message = await place.reader.post(place.world.after_dark, text)
    await wait_until(lambda: bool(place.services.ehentai.requests))
    return message


async def test_a_message_that_is_edited_meanwhile_gets_what_it_asks_for_then(slow: Place) -> None:
    message = await begin(slow, find_url(slow, Sample.PLAIN))
    await edit(slow, message, find_url(slow, Sample.MANGA))
    assert list_shown(slow) == [[Sample.MANGA]]
    assert len(list_calls(slow, "POST", "/messages")) == 1


async def test_a_message_whose_link_is_taken_away_meanwhile_gets_no_reply(slow: Place) -> None:
    message = await begin(slow, find_url(slow, Sample.PLAIN))
    await edit(slow, message, "never mind")
    assert list_calls(slow, "POST", "/messages") == []


async def test_a_message_that_is_deleted_meanwhile_gets_no_reply(slow: Place) -> None:
    message = await begin(slow, find_url(slow, Sample.PLAIN))
    await slow.reader.delete(message)
    await settle(slow)
    assert list_calls(slow, "POST", "/messages") == []


async def test_a_message_that_is_deleted_in_bulk_meanwhile_gets_no_reply(slow: Place) -> None:
    messages = [await begin(slow, find_url(slow, sample)) for sample in (Sample.PLAIN, Sample.MANGA)]
    await slow.moderator.bulk_delete(messages)
    await settle(slow)
    assert list_calls(slow, "POST", "/messages") == []


async def test_a_reply_that_is_on_its_way_when_the_link_is_taken_away_goes_again(place: Place) -> None:
    place.world.rest_faults.append(RestFault(None, method="POST", path="/messages$", delay_s=0.3))
    message = await place.reader.post(place.world.after_dark, find_url(place, Sample.PLAIN))
    await wait_until(lambda: place.world.rest_faults[0].count == 0)
    await place.reader.edit(message, "never mind")
    await settle(place)
    assert list_shown(place) == []
    assert len(list_calls(place, "DELETE")) == 1


async def test_a_reply_to_a_message_that_is_gone_is_not_sent_and_nothing_is_logged(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    place.world.rest_faults.append(RestFault(None, method="POST", path="/messages$", delay_s=0.3))
    message = await place.reader.post(place.world.after_dark, find_url(place, Sample.PLAIN))
    await wait_until(lambda: place.world.rest_faults[0].count == 0)
    await place.reader.delete(message)
    await settle(place)
    assert list_shown(place) == []
    assert [record for record in caplog.records if record.levelname not in {"DEBUG", "INFO"}] == []
    assert await place.shiori.preview_records.find_preview(int(message["id"])) is None


async def test_many_edits_at_once_end_with_the_last(slow: Place) -> None:
    message = await begin(slow, find_url(slow, Sample.PLAIN))
    for sample in (Sample.MANGA, Sample.WESTERN, Sample.COSPLAY, Sample.NON_H):
        await slow.reader.edit(message, find_url(slow, sample))
    await settle(slow)
    assert list_shown(slow) == [[Sample.NON_H]]


# Deletions


async def test_the_reply_goes_with_its_message(shared: Place) -> None:
    message, _ = await preview(shared, find_url(shared, Sample.PLAIN))
    await shared.reader.delete(message)
    await settle(shared)
    assert list_shown(shared) == []


async def test_the_replies_go_with_messages_that_are_deleted_in_bulk(shared: Place) -> None:
    channel = shared.world.after_dark
    messages = [await post(shared, channel, find_url(shared, one)) for one in (Sample.PLAIN, Sample.MANGA)]
    kept = await post(shared, channel, find_url(shared, Sample.WESTERN))
    await shared.moderator.bulk_delete(messages)
    await settle(shared)
    assert list_shown(shared) == [[Sample.WESTERN]]
    assert exists(shared, kept)


async def test_a_channel_that_is_deleted_takes_its_records_along(place: Place) -> None:
    message, _ = await preview(place, find_url(place, Sample.PLAIN))
    place.world.remove_channel(place.world.after_dark)
    await settle(place)
    for _ in range(500):
        if await place.shiori.preview_records.find_preview(int(message["id"])) is None:
            return
        await asyncio.sleep(0.01)
    pytest.fail("the record is still there")


# After a restart


async def _delete_in_bulk(place: Place, message: Payload) -> list[list[int]]:
    await place.moderator.bulk_delete([message])
    return []


@pytest.mark.parametrize("change", [edit_to_another, edit_to_nothing, edit_around, delete, _delete_in_bulk])
async def test_a_reply_follows_its_message_after_a_restart(unconnected: Place, change: Change) -> None:
    async with unconnected.connected():
        message, _ = await preview(unconnected, find_url(unconnected, Sample.PLAIN))
    async with unconnected.connected():
        wanted = await change(unconnected, message)
        await settle(unconnected)
        assert list_shown(unconnected) == wanted


@pytest.mark.parametrize("stands", [True, False])
async def test_a_reply_that_comes_a_second_time_goes(place: Place, *, stands: bool) -> None:
    """Discord took minutes for one of two that were sent, and knows the nonce no more; or the other was taken away."""
    channel = place.world.after_dark
    message = await post(place, channel, find_url(place, Sample.PLAIN))
    await settle(place)
    (reply,) = list_replies(place, channel)
    if not stands:
        await edit(place, message, "nothing")
    shown = list_shown(place)
    second = {**place.world.messages.get(reply["id"], Message(reply, channel)).payload, "id": place.world.new_id()}
    place.world.add_message(Message(second, channel))
    await wait_until_gone(place, second)
    assert list_shown(place) == shown == ([[Sample.PLAIN]] if stands else [])


async def leave_unfinished(place: Place, *, sent: bool) -> tuple[Payload, Payload]:
    """A message, another person's reply to it, and the bot's if it was `sent`; the bot ended before it noted that."""
    channel = place.world.after_dark
    message = await place.reader.post(channel, find_url(place, Sample.PLAIN))
    chat = await place.moderator.post(channel, "nice", reply_to=message)
    if sent:
        reference = {"type": 0, "channel_id": channel.id, "message_id": message["id"], "guild_id": channel.guild_id}
        extra = {"type": 19, "message_reference": reference}
        row = {"type": 1, "components": [{"type": 2, "style": 2, "label": "Remove", "custom_id": REMOVE}]}
        form = Form({"flags": COMPONENTS_V2, "components": [{"type": 10, "content": "a card"}, row]})
        payload = build_message(place.world, channel, place.world.bot, form, extra=extra)
        place.world.add_message(Message(payload, channel))
    async with place.connected():
        await place.shiori.preview_records.begin_preview(
            message_id=int(message["id"]),
            channel_id=int(channel.id),
            guild_id=int(place.world.guild_id),
            poster_id=int(place.world.reader.id),
        )
    return message, chat


@pytest.mark.parametrize("sent", [True, False])
async def test_a_reply_that_was_not_noted_goes_with_its_message_and_nobody_elses_does(
    unconnected: Place, sent: bool
) -> None:
    message, chat = await leave_unfinished(unconnected, sent=sent)
    async with unconnected.connected():
        await unconnected.reader.delete(message)
        await settle(unconnected)
        assert list_replies(unconnected, unconnected.world.after_dark) == []
        assert exists(unconnected, chat)


@pytest.mark.parametrize("sent", [True, False])
async def test_a_reply_that_was_not_noted_is_changed_by_an_edit_or_sent_if_there_is_none(
    unconnected: Place, sent: bool
) -> None:
    message, _ = await leave_unfinished(unconnected, sent=sent)
    async with unconnected.connected():
        await edit(unconnected, message, f"again {find_url(unconnected, Sample.PLAIN)}")
        assert list_shown(unconnected) == [[Sample.PLAIN]]
