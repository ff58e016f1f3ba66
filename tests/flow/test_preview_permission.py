"""What the bot lacks, and what Discord or the database refuses: silence, and nothing that looks like an error."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3

import pytest

from bot.playground.engine import Permission, RestFault, texts
from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.preview_message import (
    REMOVE,
    exists,
    find_url,
    finish_work,
    list_calls,
    list_gids,
    list_replies,
    post,
    preview,
    set_reader,
    settle,
    wait_until,
)

NEEDED = [Permission.VIEW_CHANNEL, Permission.SEND_MESSAGES, Permission.EMBED_LINKS]


@pytest.mark.parametrize("lacking", NEEDED)
async def test_without_a_permission_nothing_is_asked_nor_sent(place: Place, lacking: Permission) -> None:
    place.world.revoke(place.world.after_dark, place.world.bot, lacking)
    await post(place, place.world.after_dark, find_url(place, Sample.PLAIN))
    assert list_calls(place, "POST", "/messages") == []
    assert place.services.ehentai.requests == []


async def test_in_a_thread_it_is_the_permission_for_threads_that_counts(place: Place) -> None:
    world = place.world
    world.revoke(world.after_dark, world.bot, Permission.SEND_MESSAGES)
    await post(place, world.after_dark_thread, find_url(place, Sample.PLAIN))
    assert len(list_replies(place, world.after_dark_thread)) == 1
    world.revoke(world.after_dark, world.bot, Permission.SEND_MESSAGES_IN_THREADS)
    await post(place, world.after_dark_thread, find_url(place, Sample.MANGA))
    assert len(list_replies(place, world.after_dark_thread)) == 1


async def test_without_the_history_a_card_is_sent_that_is_no_reply(place: Place) -> None:
    place.world.revoke(place.world.after_dark, place.world.bot, Permission.READ_MESSAGE_HISTORY)
    message, card = await preview(place, find_url(place, Sample.PLAIN))
    assert list_gids(card) == [Sample.PLAIN]
    assert "message_reference" not in card
    await place.reader.delete(message)
    await settle(place)
    assert list_replies(place, place.world.after_dark) == []


async def test_a_permission_that_is_given_later_counts_with_the_next_edit(place: Place) -> None:
    place.world.revoke(place.world.after_dark, place.world.bot, Permission.EMBED_LINKS)
    message = await post(place, place.world.after_dark, find_url(place, Sample.PLAIN))
    place.world.grant(place.world.after_dark, place.world.bot, Permission.EMBED_LINKS)
    await place.reader.edit(message, f"now {find_url(place, Sample.PLAIN)}")
    await settle(place)
    assert len(list_replies(place, place.world.after_dark)) == 1


async def test_a_locked_thread_stays_as_it_is(place: Place) -> None:
    thread = place.world.after_dark_thread
    place.world.change_channel(thread, locked=True)
    await post(place, thread, find_url(place, Sample.PLAIN), by=place.moderator)
    assert list_replies(place, thread) == []


async def test_a_person_who_takes_no_direct_messages_gets_none(place: Place) -> None:
    await set_reader(place, dm_galleries=True)
    place.world.reader.closed_dms = True
    await post(place, place.world.dm, find_url(place, Sample.PLAIN))
    assert list_replies(place, place.world.dm) == []


async def test_a_channel_that_is_deleted_meanwhile_gets_nothing(place: Place) -> None:
    place.services.ehentai.latency_s = 0.2
    await place.reader.post(place.world.after_dark, find_url(place, Sample.PLAIN))
    place.world.remove_channel(place.world.after_dark)
    await settle(place)
    assert [one for one in place.world.requests if one.method == "POST" and one.status == 200] == []


@pytest.mark.parametrize("noted", ["begin_preview", "finish_preview"])
async def test_a_channel_that_is_deleted_while_the_card_in_its_thread_is_noted_is_no_error(
    place: Place, monkeypatch: pytest.MonkeyPatch, noted: str
) -> None:
    records = place.shiori.preview_records
    note = getattr(records, noted)

    async def note_and_delete(*args: object, **values: object) -> bool:
        done = bool(await note(*args, **values))
        heard = place.shiori.wait_for("guild_channel_delete", timeout=30)
        place.world.remove_channel(place.world.after_dark)
        await heard
        return done

    monkeypatch.setattr(records, noted, note_and_delete)
    await post(place, place.world.after_dark_thread, find_url(place, Sample.PLAIN))
    await wait_until(lambda: place.shiori.previewer.busy_with == 0)  # an error in the log fails the test


async def test_a_server_that_the_bot_leaves_meanwhile_gets_nothing(place: Place) -> None:
    place.services.ehentai.latency_s = 0.2
    await place.reader.post(place.world.after_dark, find_url(place, Sample.PLAIN))
    await wait_until(lambda: bool(place.services.ehentai.requests))
    place.world.leave_guild()
    await finish_work()
    assert list_replies(place, place.world.after_dark) == []


# What Discord refuses


@pytest.mark.parametrize("status", [500, 429])
async def test_what_discord_is_late_with_is_sent_once(place: Place, status: int) -> None:
    place.world.rest_faults.append(RestFault(status, method="POST", path="/messages$"))
    _, reply = await preview(place, find_url(place, Sample.PLAIN))
    assert list_gids(reply) == [Sample.PLAIN]


@pytest.mark.parametrize("status", [403, 404, 400])
async def test_a_reply_that_discord_refuses_is_given_up(place: Place, status: int) -> None:
    place.world.rest_faults.append(RestFault(status, method="POST", path="/messages$"))
    message = await post(place, place.world.after_dark, find_url(place, Sample.PLAIN))
    assert list_replies(place, place.world.after_dark) == []
    assert await place.shiori.preview_records.find_preview(int(message["id"])) is None


async def test_a_reply_whose_connection_was_cut_comes_all_the_same(place: Place) -> None:
    place.world.rest_faults.append(RestFault(0, method="POST", path="/messages$"))
    await post(place, place.world.after_dark, find_url(place, Sample.PLAIN))
    assert [list_gids(reply) for reply in list_replies(place, place.world.after_dark)] == [[Sample.PLAIN]]


async def test_a_reply_that_discord_throttles_until_discord_py_gives_up_comes_all_the_same(place: Place) -> None:
    place.world.rest_faults.append(RestFault(429, method="POST", path="/messages$", count=5, retry_after_s=0.01))
    await post(place, place.world.after_dark, find_url(place, Sample.PLAIN))
    await wait_until(lambda: len(list_replies(place, place.world.after_dark)) == 1)


@pytest.mark.parametrize("status", [403, 429, 0])
async def test_a_change_that_discord_refuses_is_tried_again_with_the_next(place: Place, status: int) -> None:
    message, _ = await preview(place, find_url(place, Sample.PLAIN))
    place.world.rest_faults.append(RestFault(status, method="PATCH"))
    for text in ("this", "that"):
        await place.reader.edit(message, f"{text} {find_url(place, Sample.MANGA)}")
        await settle(place)
    (reply,) = list_replies(place, place.world.after_dark)
    assert list_gids(reply) == [Sample.MANGA]


@pytest.mark.parametrize("status", [403, 404])
async def test_a_reply_that_cannot_be_deleted_is_let_be(place: Place, status: int) -> None:
    message, _ = await preview(place, find_url(place, Sample.PLAIN))
    place.world.rest_faults.append(RestFault(status, method="DELETE"))
    await place.reader.delete(message)
    await settle(place)
    # What Discord does not let go is noted as what has to go, and tried once more at once.
    assert len(list_calls(place, "DELETE")) == (2 if status == 403 else 1)


async def test_a_link_that_is_posted_while_the_gateway_is_away_gets_its_card(shared: Place) -> None:
    shared.discord.gateway.disconnect()
    _, reply = await preview(shared, find_url(shared, Sample.PLAIN))
    assert list_gids(reply) == [Sample.PLAIN]


# What the database refuses


async def break_database(place: Place) -> None:
    """Nothing can be recorded or looked up about previews any more."""

    def drop() -> None:
        with contextlib.closing(sqlite3.connect(place.data_dir / "shiori.db")) as connection:
            connection.execute("DROP TABLE preview")

    # In a thread: the bot may be amid a transaction, which it can only end if the loop goes on.
    await asyncio.to_thread(drop)


@pytest.mark.parametrize("before", ["post", "edit"])
async def test_a_database_that_is_away_is_a_line_in_the_log(
    place: Place, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    monkeypatch.setattr("bot.preview.worker._TRY_AGAIN_AFTER_S", (0.01, 0.01))
    message = await post(place, place.world.after_dark, find_url(place, Sample.PLAIN) if before == "edit" else "look")
    await break_database(place)
    await place.reader.edit(message, find_url(place, Sample.MANGA))
    await wait_until(lambda: "a preview is not as it should be: store:" in caplog.text)


async def test_who_removes_a_preview_while_the_database_is_away_is_told(place: Place) -> None:
    _, reply = await preview(place, find_url(place, Sample.PLAIN))
    await break_database(place)
    exchange = await place.reader.press(reply, REMOVE)
    assert "cannot reach its own database" in texts(await exchange.message())
    assert exists(place, reply)
