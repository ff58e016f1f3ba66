"""What is read of all that Discord tells, and what is asked of it: no more than somebody needs."""

from __future__ import annotations

import itertools
from typing import Any

import discord

from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.entry_message import list_files, open_page
from tests.flow.preview_message import (
    edit_to_nothing,
    find_url,
    list_replies,
    post,
    preview,
    set_channel,
    set_server,
    settle,
    wait_until,
)
from tests.flow.setting_message import open_panel

Payload = dict[str, Any]


def listen(place: Place) -> list[str]:
    """What discord.py makes objects of from now on: the texts of new messages, and ids of edited ones."""
    read: list[str] = []

    class Hearer:
        async def on_message(self, message: discord.Message) -> None:
            read.append(message.content)

        async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
            read.append(str(payload.message_id))

    place.shiori.hear(Hearer())
    return read


async def wait_until_learned(place: Place) -> None:
    """Which messages have previews is read from the store after the start; until then any may."""
    ids = itertools.count(1)  # one that is worth it is waited for
    previewer = place.shiori.previewer
    await wait_until(lambda: not previewer.is_worth_reading({"id": str(next(ids)), "content": ""}, is_new=False))


async def test_only_what_may_have_links_is_read(place: Place) -> None:
    await wait_until_learned(place)
    read = listen(place)
    for text in ("look", "https://example.org/v17"):
        message = await post(place, place.general, text)
        await place.reader.edit(message, f"{text}!")
    await settle(place)
    assert read == []
    await set_server(place, vndb=True)
    linked = await post(place, place.general, "https://vndb.org/v17")
    await place.reader.edit(linked, "https://vndb.org/v18")
    await settle(place)
    assert read == ["https://vndb.org/v17", linked["id"]]


async def test_without_the_intent_only_what_is_said_to_the_bot_is_read(unconnected: Place) -> None:
    place = unconnected
    mention, novel = f"<@{place.world.bot.id}>", "https://vndb.org/v17"
    place.world.privileged_intents = 0
    async with place.connected(message_content=False):
        # Until it is known which messages have previews any may, and of none is the text told.
        read = listen(place)
        linked = await place.reader.post(place.general, novel)
        await place.reader.edit(linked, f"{novel}!")
        await place.reader.forward(linked, place.general)
        for channel, text in ((place.general, f"{mention} {novel}"), (place.world.dm, novel)):
            await place.reader.post(channel, text)
        await settle(place)
        assert read == [f"{mention} {novel}", novel]


async def test_an_edit_is_read_that_comes_with_its_message(place: Place) -> None:
    await wait_until_learned(place)
    read = listen(place)
    linked = await place.reader.post(place.general, "https://vndb.org/v17")
    await place.reader.edit(linked, find_url(place, Sample.PLAIN))  # which starts nothing there
    await settle(place)
    assert read == ["https://vndb.org/v17", linked["id"]]
    assert list_replies(place, place.general) == []


async def test_an_edit_is_read_that_comes_with_another_one(place: Place) -> None:
    await wait_until_learned(place)
    posted = await place.reader.post(place.general, "No link yet")
    await settle(place)
    read = listen(place)
    await place.reader.edit(posted, "https://vndb.org/v17")
    await place.reader.edit(posted, find_url(place, Sample.PLAIN))  # which starts nothing there
    await settle(place)
    assert read == [posted["id"]] * 2
    assert list_replies(place, place.general) == []


async def test_an_edit_is_read_wherever_there_is_a_preview(shared: Place) -> None:
    message, _ = await preview(shared, find_url(shared, Sample.PLAIN))
    read = listen(shared)
    await edit_to_nothing(shared, message)
    await settle(shared)
    assert read == [message["id"]]
    assert list_replies(shared, shared.world.after_dark) == []


async def test_the_bots_own_messages_are_not_read(shared: Place) -> None:
    read = listen(shared)
    url = find_url(shared, Sample.PLAIN)
    await preview(shared, url)
    card = await (await shared.reader.slash(shared.general, "vn info", title="v17")).message()
    await open_page(shared, card, "Characters")
    await settle(shared)
    assert read == [url]


async def test_links_that_are_previewed_nowhere_here_are_not_read(shared: Place) -> None:
    await set_server(shared, vndb=False, anime=False)
    read = listen(shared)
    gallery = find_url(shared, Sample.PLAIN)
    for text in ("https://vndb.org/v17", "https://anilist.co/anime/9253", gallery, f"{gallery} https://vndb.org/v17"):
        await shared.reader.post(shared.general, text)
        await shared.reader.post(shared.world.general_thread, text)
    await shared.reader.post(shared.world.after_dark, "https://vndb.org/v17")
    await settle(shared)
    assert read == []


async def test_links_are_read_wherever_anybody_may_get_a_card_or_a_reason(shared: Place) -> None:
    read = listen(shared)
    novel, gallery = "https://vndb.org/v17", find_url(shared, Sample.PLAIN)
    await shared.reader.post(shared.world.after_dark, gallery)
    await shared.reader.post(shared.world.dm, f"{novel}/dm")
    await set_server(shared, notes=True, vndb=False)
    await shared.reader.post(shared.general, f"{gallery} why")
    await set_channel(shared, shared.general, vndb=True)
    await shared.reader.post(shared.general, f"{novel} channel")
    await shared.reader.post(shared.world.general_thread, f"{novel} thread")
    await set_server(shared, vndb=True, roles=(int(shared.world.moderators.id),))
    await shared.moderator.post(shared.world.elsewhere, novel)
    await shared.moderator.post(shared.world.after_dark, f"{novel} role")
    await settle(shared)
    expected = [gallery, f"{novel}/dm", f"{gallery} why", f"{novel} channel", f"{novel} thread", f"{novel} role"]
    assert read == expected


def list_callbacks(place: Place) -> list[bool]:
    """For each answer to an interaction whether Discord was asked to tell what became of it."""
    return ["with_response" in one.query for one in place.world.requests if one.path.endswith("/callback")]


async def test_discord_is_not_asked_what_became_of_an_answer(shared: Place) -> None:
    card = await (await shared.reader.slash(shared.general, "vn info", title="v17")).message()
    page = await open_page(shared, card, "Characters")
    assert page["id"] == card["id"]
    assert await shared.reader.autocomplete(shared.general, "vn info", focused="title", title="ever")
    panel = await open_panel(shared.reader, shared.general, "me")
    await shared.reader.press(panel.message, "tags:me:blocked_tags")
    assert list_callbacks(shared) == [False] * 5


async def test_it_is_asked_where_the_answer_may_have_to_go_again(shared: Place) -> None:
    card = await (await shared.reader.slash(shared.world.after_dark, "vn info", title="v17")).message()
    await open_page(shared, card, "Characters")
    assert list_callbacks(shared) == [True, False]
    await settle(shared)
    assert await shared.shiori.preview_records.find_preview(int(card["id"])) is not None


async def test_a_picture_that_is_sent_along_arrives_unasked(shared: Place) -> None:
    card = await (await shared.reader.slash(shared.general, "vn producer info", name="p24")).message()
    assert list_files(card) == ["chart.png"]
    assert list_callbacks(shared) == [False]
