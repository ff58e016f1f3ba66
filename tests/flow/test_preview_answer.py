"""Answers to commands that all can read go with what allows them to stand there, as previews do."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from bot.playground.engine import Channel, Permission, RestFault, texts
from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.preview_message import exists, find_url, settle, wait_until, wait_until_gone
from tests.flow.setting_message import open_panel
from tests.flow.vn_message import choose

Payload = dict[str, Any]


async def ask(place: Place, channel: Channel | None = None) -> Payload:
    """The card of a gallery, asked for by the reader, once the bot has it in its store."""
    channel = channel or place.world.after_dark
    exchange = await place.reader.slash(channel, "gallery preview", url=find_url(place, Sample.PLAIN))
    answer = await exchange.message()
    await wait_until_kept(place, answer)
    return answer


async def look_up(place: Place, channel: Channel) -> Payload:
    return await (await place.reader.slash(channel, "vn info", title="v17")).message()


async def is_kept(place: Place, message: Payload) -> bool:
    """Whether the bot remembers the answer."""
    return await place.shiori.preview_records.find_preview(int(message["id"])) is not None


async def wait_until_kept(place: Place, message: Payload) -> None:
    """Return when the bot remembers the answer, which it does once Discord has it."""
    async with asyncio.timeout(30):
        while not await is_kept(place, message):  # noqa: ASYNC110 - a row has no event
            await asyncio.sleep(0.01)


async def rename_table(place: Place, old: str, new: str) -> None:
    """A table that is not there under its name cannot be asked."""

    def rename() -> None:
        with contextlib.closing(sqlite3.connect(place.data_dir / "shiori.db")) as connection:
            connection.execute(f"ALTER TABLE {old} RENAME TO {new}")

    # In a thread: the bot may be amid a transaction, which it can only end if the loop goes on.
    await asyncio.to_thread(rename)


def close(place: Place) -> None:
    """The channel is age-restricted no more."""
    place.world.set_nsfw(place.world.after_dark, nsfw=False)


async def test_answers_go_when_the_channel_is_age_restricted_no_more(place: Place) -> None:
    channels = (place.world.after_dark, place.world.after_dark_thread)
    answers = [answer for one in channels for answer in (await ask(place, one), await look_up(place, one))]
    elsewhere = await look_up(place, place.general)
    close(place)
    for answer in answers:
        await wait_until_gone(place, answer)
    await settle(place)
    assert exists(place, elsewhere)
    assert not [answer for answer in answers if await is_kept(place, answer)]


async def test_an_answer_that_took_its_time_goes_too(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.interaction.reply.DEFER_AFTER_S", 1.0)  # by then it is noted, on a busy machine too
    place.services.vndb.fault, place.services.vndb.slow_s = "slow", 2.0
    exchange = await place.reader.slash(place.world.after_dark, "vn info", title="v17")
    assert (exchange.kind, exchange.ephemeral) == ("deferred", False)
    answer = await exchange.message()
    close(place)
    await wait_until_gone(place, answer)


async def test_an_answer_goes_also_when_the_channel_was_opened_while_the_bot_was_away(unconnected: Place) -> None:
    async with unconnected.connected():
        answer = await ask(unconnected)
    close(unconnected)
    async with unconnected.connected():
        await wait_until_gone(unconnected, answer)


async def test_an_answer_stays_over_a_restart_where_it_may_stand(unconnected: Place) -> None:
    async with unconnected.connected():
        answer = await ask(unconnected)
    async with unconnected.connected():
        await unconnected.shiori.wait_until_ready()
        await settle(unconnected)
        assert exists(unconnected, answer)
        close(unconnected)
        await wait_until_gone(unconnected, answer)


async def test_a_page_that_came_in_place_of_an_older_answer_goes(place: Place) -> None:
    place.world.set_nsfw(place.general, nsfw=False)
    answer = await look_up(place, place.general)
    place.world.set_nsfw(place.general, nsfw=True)
    await settle(place)
    turned = await choose(place.reader, answer, "v17/characters")
    assert (await turned.message())["id"] == answer["id"]
    place.world.set_nsfw(place.general, nsfw=False)
    await wait_until_gone(place, answer)


def enter_hidden(place: Place) -> Channel:
    """An age-restricted channel that the bot does not see."""
    channel = place.world.create_channel("hidden", nsfw=True)
    place.world.revoke(channel, place.world.bot_role, Permission.VIEW_CHANNEL)
    return channel


def enter_private(place: Place) -> Channel:
    """A private thread of an age-restricted channel, to which the bot was not added."""
    world = place.world
    return world.create_thread(world.after_dark, "Whispers", private=True, members=[world.reader, world.moderator])


def enter_left(place: Place) -> Channel:
    """One from which it was removed."""
    world, thread = place.world, enter_private(place)
    world.add_to_thread(thread, world.bot)
    left = {"id": thread.id, "guild_id": world.guild_id, "member_count": 2, "removed_member_ids": [world.bot.id]}
    world.emit("THREAD_MEMBERS_UPDATE", left, thread)
    thread.members.remove(world.bot.id)
    return thread


@pytest.mark.parametrize("enter", [enter_hidden, enter_private, enter_left])
async def test_where_the_bot_may_delete_nothing_an_answer_is_for_whoever_asks_alone(
    place: Place, enter: Callable[[Place], Channel]
) -> None:
    channel = enter(place)
    await settle(place)
    asked = await place.reader.slash(channel, "vn info", title="v17")
    assert asked.ephemeral
    answer = await asked.message()
    turned = await choose(place.reader, answer, "v17/characters")
    assert (await turned.message())["id"] == answer["id"]
    assert place.moderator.messages(channel) == []


async def test_a_message_that_the_bot_may_not_delete_any_more_is_left_as_it_is_and_a_copy_is_shown(
    place: Place,
) -> None:
    answer = await look_up(place, place.world.after_dark)
    place.world.revoke(place.world.after_dark, place.world.bot_role, Permission.VIEW_CHANNEL)
    await settle(place)
    turned = await choose(place.reader, answer, "v17/characters")
    assert turned.ephemeral
    assert place.moderator.messages(place.world.after_dark) == [answer]


async def test_in_a_private_thread_with_the_bot_an_answer_is_for_all_and_goes(place: Place) -> None:
    thread = enter_private(place)
    place.world.add_to_thread(thread, place.world.bot)
    await settle(place)
    answer = await look_up(place, thread)
    assert place.moderator.messages(thread) == [answer]
    close(place)
    await wait_until_gone(place, answer)


async def test_what_one_person_alone_sees_is_not_remembered(place: Place) -> None:
    answer = await look_up(place, place.world.after_dark)
    copy = await (await choose(place.moderator, answer, "v17/characters")).message()
    back = await (await choose(place.moderator, copy, "v17")).message()
    assert back["id"] == copy["id"]
    await wait_until_kept(place, answer)
    assert not await is_kept(place, copy)


async def test_nothing_is_remembered_of_answers_elsewhere(place: Place) -> None:
    answer = await look_up(place, place.general)
    await settle(place)
    assert not await is_kept(place, answer)


async def test_an_answer_that_a_moderator_deletes_is_forgotten_without_asking_discord(place: Place) -> None:
    answer = await ask(place)
    await place.moderator.delete(answer)
    await settle(place)
    assert not await is_kept(place, answer)
    assert not [one for one in place.world.requests if one.method == "DELETE"]


async def test_deleting_what_is_stored_about_oneself_takes_ones_answers_away(place: Place) -> None:
    answer = await ask(place)
    panel = await open_panel(place.reader, place.general, "me")
    await panel.press("me:delete")
    assert "1 record about you was deleted" in await panel.press("me:delete!")
    assert not exists(place, answer)


# 503, and not 502, after which discord.py itself asks again for most of a minute.
@pytest.mark.parametrize("status", [403, 503])
async def test_an_answer_that_discord_does_not_delete_yet_goes_later(place: Place, status: int) -> None:
    answer = await ask(place)
    place.world.rest_faults.append(RestFault(status, method="DELETE", path="/messages/", count=100))
    close(place)
    await settle(place)
    assert exists(place, answer)
    place.world.rest_faults.clear()
    place.shiori.previewer.look_again()
    await wait_until_gone(place, answer)


# Answers that Discord took, though it did not say so


@pytest.mark.parametrize("status", [502, 0])
async def test_an_answer_whose_confirmation_was_lost_goes_too(place: Place, status: int) -> None:
    place.world.rest_faults.append(RestFault(status, path="/callback$", taken=True))
    answer = await look_up(place, place.world.after_dark)
    await wait_until_kept(place, answer)
    close(place)
    await wait_until_gone(place, answer)


async def test_a_page_whose_confirmation_was_lost_goes_too(place: Place) -> None:
    place.world.set_nsfw(place.general, nsfw=False)
    answer = await look_up(place, place.general)
    place.world.set_nsfw(place.general, nsfw=True)
    await settle(place)
    place.world.rest_faults.append(RestFault(502, path="/callback$", taken=True))
    await choose(place.reader, answer, "v17/characters")
    await wait_until_kept(place, answer)
    place.world.set_nsfw(place.general, nsfw=False)
    await wait_until_gone(place, answer)


async def test_nobody_else_is_told_to_wait_for_an_answer_that_cannot_be_noted(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.interaction.reply.DEFER_AFTER_S", 0.1)
    place.services.vndb.fault, place.services.vndb.slow_s = "slow", 1.5
    await rename_table(place, "preview", "away")
    exchange = await place.reader.slash(place.world.after_dark, "vn info", title="v17")
    assert (exchange.kind, exchange.ephemeral) == ("deferred", True)
    assert "Ever17" in texts(await exchange.message())
    # What fails is said in the place of that, and nothing has to be taken away first.
    exchange = await place.reader.slash(place.world.after_dark, "vn info", title="v999999")
    assert (exchange.kind, exchange.ephemeral) == ("deferred", True)
    assert "v999999" in texts(await exchange.message())
    assert not any(one.method == "DELETE" for one in place.world.requests)
    await rename_table(place, "away", "preview")


async def test_an_answer_that_cannot_be_noted_is_shown_to_nobody_else(place: Place) -> None:
    await rename_table(place, "preview", "away")
    exchange = await place.reader.slash(place.world.after_dark, "vn info", title="v17")
    assert "Ever17" in texts(await exchange.message())
    assert exchange.ephemeral
    await rename_table(place, "away", "preview")
    exchange = await place.reader.slash(place.world.after_dark, "vn info", title="v17")
    await wait_until_kept(place, await exchange.message())
    assert not exchange.ephemeral


async def test_a_page_that_cannot_be_noted_is_not_shown_on_a_message_that_was_there_before(place: Place) -> None:
    place.world.set_nsfw(place.general, nsfw=False)
    answer = await look_up(place, place.general)
    place.world.set_nsfw(place.general, nsfw=True)
    await settle(place)
    await rename_table(place, "preview", "away")
    before = texts(place.world.messages[answer["id"]].payload)
    for _ in range(2):  # that one was tried does not mean that it is noted
        exchange = await choose(place.reader, answer, "v17/characters")
        assert "nothing was changed. Please try again in a few minutes." in texts(await exchange.message())
        assert exchange.ephemeral
        assert texts(place.world.messages[answer["id"]].payload) == before
    await rename_table(place, "away", "preview")
    await choose(place.reader, answer, "v17/characters")
    await wait_until(lambda: texts(place.world.messages[answer["id"]].payload) != before)
    assert await is_kept(place, answer)


async def test_an_answer_that_the_database_does_not_take_at_once_is_recorded_later(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("bot.preview.leaver._TRY_AGAIN_AFTER_S", 0.1)
    place.services.vndb.fault, place.services.vndb.slow_s = "slow", 3.0
    exchange = await place.reader.slash(place.world.after_dark, "vn info", title="v17")
    assert exchange.kind == "deferred"
    await rename_table(place, "preview", "away")
    answer = await exchange.message()
    assert not exchange.ephemeral
    await wait_until(lambda: "an answer cannot be recorded" in caplog.text)
    await rename_table(place, "away", "preview")
    await wait_until_kept(place, answer)
    close(place)
    await wait_until_gone(place, answer)


async def test_an_answer_that_waits_to_be_recorded_can_be_turned_and_goes(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    place.world.rest_faults.append(RestFault(None, path="/callback$", delay_s=2.0))
    asking = asyncio.create_task(look_up(place, place.world.after_dark))
    async with asyncio.timeout(30):
        channel_ids = [int(place.world.after_dark.id)]
        while not await place.shiori.preview_records.list_previews(channel_ids=channel_ids):  # noqa: ASYNC110 - a row
            await asyncio.sleep(0.01)
    await rename_table(place, "preview", "away")
    answer = await asking
    await wait_until(lambda: "an answer cannot be recorded" in caplog.text)
    await rename_table(place, "away", "preview")
    before = texts(place.world.messages[answer["id"]].payload)
    await choose(place.reader, answer, "v17/characters")
    await wait_until(lambda: texts(place.world.messages[answer["id"]].payload) != before)
    close(place)
    await wait_until_gone(place, answer)
