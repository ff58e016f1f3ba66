"""`/me`: what people choose for themselves, and what is stored about them."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import Any

import pytest

from bot.gate.rules import HOSTED_DEFAULT
from bot.playground.engine import Channel, RestFault, texts
from bot.playground.service import Sample
from bot.settings.form import list_options, list_pages
from tests.flow.conftest import Place
from tests.flow.preview_message import list_replies, post, settle, wait_until, wait_until_gone
from tests.flow.setting_message import (
    SAVED,
    Panel,
    ask_preview,
    choose_for_server,
    open_panel,
    read_reply,
    read_rows,
    rename_table,
    set_own,
)

HUGE, SPOILER = "v90001", "And on."
NOVEL = "https://vndb.org/v2002"


def link(place: Place, gid: int = Sample.PLAIN) -> str:
    return place.services.ehentai.library[gid].url


async def open_own(place: Place, channel: Channel | None = None) -> Panel:
    return await open_panel(place.reader, channel or place.general, "me")


def read_export(place: Place, panel: Panel) -> dict[str, Any]:
    url = str(panel.message["attachments"][0]["url"])
    name = next(name for name in place.world.attachments if url.endswith(name))
    document = place.world.attachments[name]
    return json.loads(gzip.decompress(document) if name.endswith(".json.gz") else document)


async def test_everything_is_saved_and_kept_after_a_restart(unconnected: Place) -> None:
    [page] = list_pages("person", HOSTED_DEFAULT)
    options = {one.name: list_options(one, "person") for one in page.settings}
    wanted = {f"set:me:{name}": some[-1].value for name, some in options.items() if some}
    async with unconnected.connected():
        panel = await open_own(unconnected)
        for name, value in wanted.items():
            assert SAVED in await panel.set(name, value)
        assert SAVED in await panel.type_tags("me", "kimono")
    async with unconnected.connected():
        panel = await open_own(unconnected)
        assert {name: panel.read(name) for name in wanted} == {name: [value] for name, value in wanted.items()}
        assert "kimono" in panel.text


@pytest.mark.parametrize("where", ["dm", "elsewhere", "after_dark"])
async def test_the_panel_is_private_wherever_the_command_is_used(shared: Place, where: str) -> None:
    panel = await open_own(shared, getattr(shared.world, where))
    assert SAVED in await panel.set("set:me:previews", "off")


async def test_who_opted_out_gets_no_preview_and_others_do(shared: Place) -> None:
    await set_own(shared, shared.reader, "previews", "off")
    after_dark = shared.world.after_dark
    assert await read_reply(shared, after_dark, link(shared)) == ""
    assert "Evening at" in await read_reply(shared, after_dark, link(shared), by=shared.moderator)


async def test_galleries_stand_in_direct_messages_once_that_is_switched_on(shared: Place) -> None:
    assert "direct messages only to those who switch that on" in await ask_preview(
        shared.reader, shared.world.dm, link(shared)
    )
    await set_own(shared, shared.reader, "dm_galleries", "on")
    assert "Evening at" in await read_reply(shared, shared.world.dm, link(shared))


async def test_own_blocked_tags_hold_for_what_one_posts_and_asks_for_only(place: Place) -> None:
    await (await open_own(place)).type_tags("me", "f:glasses")
    after_dark = place.world.after_dark
    assert "a tag that you blocked" in await ask_preview(place.reader, after_dark, link(place))
    assert "Evening at" in await ask_preview(place.moderator, after_dark, link(place))


@pytest.mark.parametrize(("option", "spoils"), [(None, True), (0, False)])
async def test_cards_give_away_what_one_chose_unless_asked_otherwise(
    shared: Place, option: int | None, spoils: bool
) -> None:
    await set_own(shared, shared.reader, "spoiler_level", "2")
    options: dict[str, Any] = {} if option is None else {"spoilers": option}
    shown = await (await shared.reader.slash(shared.general, "vn info", title=HUGE, **options)).message()
    assert (SPOILER in texts(shown)) is spoils


async def test_titles_stand_in_ones_own_language(shared: Place) -> None:
    await choose_for_server(shared, "cards", "set:s:title_language", "english")
    await set_own(shared, shared.reader, "title_language", "native")
    said = await ask_preview(shared.reader, shared.world.after_dark, link(shared))
    assert said.index("湖畔駅の夕べ") < said.index("Evening at")


# What is stored


async def test_the_file_holds_all_that_is_stored_and_nothing_of_others(place: Place) -> None:
    after_dark = place.world.after_dark
    await choose_for_server(place, "previews", "set:s:notes", "on")
    for person in (place.reader, place.moderator):
        await set_own(place, person, "dm_galleries", "on")
        await read_reply(place, after_dark, link(place), by=person)
        await read_reply(place, place.general, link(place), by=person)
    panel = await open_own(place)
    await panel.press("me:export")
    assert "**Galleries in direct messages**: on" in panel.text
    assert "**Previews below your messages, and answers to you**: 2 records" in panel.text
    stored = read_export(place, panel)
    assert stored["user_id"] == int(place.reader.user.id)
    assert stored["settings"] == {"dm_galleries": True}
    assert {one["channel_id"] for one in stored["previews"]} == {int(after_dark.id), int(place.general.id)}
    assert len(stored["notes"]) == 1
    assert place.moderator.user.id not in json.dumps(stored)


async def test_a_file_that_is_larger_than_discord_takes_is_packed(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_most = 2_000
    monkeypatch.setattr("bot.playground.engine.interactions.FILE_AT_MOST", at_most)
    records, reader_id = place.shiori.preview_records, int(place.reader.user.id)
    for message_id in range(1, 41):
        await records.begin_preview(message_id=message_id, channel_id=1, guild_id=None, poster_id=reader_id)
    panel = await open_own(place)
    await panel.press("me:export")
    assert "packed (gzip) since it is larger than Discord takes" in panel.text
    assert panel.message["attachments"][0]["size"] <= at_most
    assert {one["message_id"] for one in read_export(place, panel)["previews"]} == {*range(1, 41)}


async def test_the_file_of_somebody_unknown_says_that_nothing_is_stored(shared: Place) -> None:
    panel = await open_own(shared)
    await panel.press("me:export")
    stored = read_export(shared, panel)
    assert (stored["settings"], stored["previews"], stored["notes"]) == ({}, [], [])


async def test_the_panel_comes_back_from_the_file_without_it(shared: Place) -> None:
    panel = await open_own(shared)
    await panel.press("me:export")
    assert "## Your settings" in await panel.press("panelb:me")
    assert panel.message["attachments"] == []


async def test_nothing_about_a_person_is_left_after_deleting(place: Place) -> None:
    after_dark = place.world.after_dark
    await choose_for_server(place, "previews", "set:s:notes", "on")
    await set_own(place, place.reader, "dm_galleries", "on")
    await read_reply(place, after_dark, link(place))
    await read_reply(place, place.general, link(place))
    panel = await open_own(place)
    await panel.press("me:delete")
    assert "Nothing is stored about you now." in await panel.press("me:delete!")
    assert not [row for row in read_rows(place) if place.reader.user.id in row]
    assert (await open_own(place)).read("set:me:dm_galleries") == ["off"]
    assert "only to those who switch that on" in await ask_preview(place.reader, place.world.dm, link(place))


async def test_deleting_takes_ones_previews_away_and_nobody_elses(shared: Place) -> None:
    channels = (shared.world.after_dark, shared.world.after_dark_thread)
    for channel in channels:
        for person in (shared.reader, shared.moderator):
            await post(shared, channel, link(shared), by=person)
    kept = [list_replies(shared, channel)[1] for channel in channels]
    panel = await open_own(shared)
    await panel.press("me:delete")
    assert "2 records about you were deleted" in await panel.press("me:delete!")
    assert [list_replies(shared, channel) for channel in channels] == [[one] for one in kept]


async def test_a_preview_that_is_being_made_leaves_nothing_either(place: Place) -> None:
    place.services.ehentai.latency_s = 0.5
    await place.reader.post(place.world.after_dark, link(place))
    await wait_until(lambda: bool(place.services.ehentai.requests))
    panel = await open_own(place)
    await panel.press("me:delete")
    await panel.press("me:delete!")
    await settle(place)
    assert not [row for row in read_rows(place) if place.reader.user.id in row]
    assert list_replies(place, place.world.after_dark) == []


async def test_deleting_waits_for_no_preview_that_discord_does_not_let_go(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.preview.previewer._TAKE_BACK_WITHIN_S", 0.1)
    await set_own(place, place.reader, "dm_galleries", "on")
    message = await post(place, place.world.after_dark, link(place))
    # 503, and not 502, after which discord.py itself asks again for most of a minute.
    place.world.rest_faults.append(RestFault(503, method="DELETE", path="/messages/", count=1000))
    await place.reader.edit(message, "never mind")
    await wait_until(lambda: any(one.method == "DELETE" for one in place.world.requests))
    panel = await open_own(place)
    await panel.press("me:delete")
    said = await panel.press("me:delete!")
    assert "record about you was deleted. 1 card could not be taken away yet" in said
    assert (await open_own(place)).read("set:me:dm_galleries") == ["off"]


async def test_who_deletes_reads_that_a_card_in_an_archived_thread_is_left_and_that_it_goes_with_its_record(
    place: Place,
) -> None:
    thread = place.world.general_thread
    await post(place, thread, NOVEL)
    (card,) = list_replies(place, thread)
    place.world.change_channel(thread, archived=True)
    panel = await open_own(place)
    assert "as in an archived thread, goes with its record once it does" in await panel.press("me:delete")
    said = await panel.press("me:delete!")
    assert "1 card could not be taken away yet, so its record is kept until then" in said
    assert "Nothing is stored" not in said
    assert [row for row in read_rows(place) if place.reader.user.id in row]
    place.world.change_channel(thread, archived=False)
    await wait_until_gone(place, card)
    await wait_until(lambda: not [row for row in read_rows(place) if place.reader.user.id in row])


async def test_a_deletion_that_failed_half_way_says_that_not_all_is_gone(place: Place) -> None:
    await post(place, place.general, NOVEL)
    panel = await open_own(place)
    await panel.press("me:delete")
    await rename_table(place, "note", "hidden")
    said = texts(await (await place.reader.press(panel.message, "me:delete!")).message())
    await rename_table(place, "hidden", "note")
    assert list_replies(place, place.general) == []
    assert "not all of it could be deleted" in said
    assert "Nothing is stored about you now." in await panel.press("me:delete!")


async def test_who_presses_twice_at_once_reads_nothing_false(place: Place) -> None:
    await set_own(place, place.reader, "dm_galleries", "on")
    panel = await open_own(place)
    await panel.press("me:delete")
    presses = await asyncio.gather(*(place.reader.press(panel.message, "me:delete!") for _ in range(2)))
    said = [texts(await one.message()) for one in presses]
    assert all("Nothing is stored about you now." in one for one in said)


async def test_nothing_is_deleted_when_one_thinks_better_of_it(shared: Place) -> None:
    await set_own(shared, shared.reader, "dm_galleries", "on")
    panel = await open_own(shared)
    await panel.press("me:delete")
    await panel.press("panelb:me")
    assert panel.read("set:me:dm_galleries") == ["on"]


async def test_deleting_leaves_what_is_stored_about_others(shared: Place) -> None:
    await set_own(shared, shared.moderator, "dm_galleries", "on")
    panel = await open_own(shared)
    await panel.press("me:delete")
    await panel.press("me:delete!")
    assert (await open_panel(shared.moderator, shared.general, "me")).read("set:me:dm_galleries") == ["on"]
