"""What is read of all that Discord tells, and what is asked of it: no more than somebody needs."""

from __future__ import annotations

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


async def test_only_what_may_have_links_is_read(place: Place) -> None:
    # Which messages have previews is read from the store after the start; until then any may.
    await wait_until(lambda: not place.shiori.previewer.is_worth_reading({"id": "1", "content": ""}, is_new=False))
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


async def test_an_edit_is_read_wherever_there_is_a_preview(place: Place) -> None:
    message, _ = await preview(place, find_url(place, Sample.PLAIN))
    read = listen(place)
    await edit_to_nothing(place, message)
    await settle(place)
    assert read == [message["id"]]
    assert list_replies(place, place.world.after_dark) == []


async def test_the_bots_own_messages_are_not_read(place: Place) -> None:
    read = listen(place)
    url = find_url(place, Sample.PLAIN)
    await preview(place, url)
    card = await (await place.reader.slash(place.general, "vn info", title="v17")).message()
    await open_page(place, card, "Characters")
    await settle(place)
    assert read == [url]


async def test_links_that_are_previewed_nowhere_here_are_not_read(place: Place) -> None:
    await set_server(place, vndb=False, anime=False)
    read = listen(place)
    gallery = find_url(place, Sample.PLAIN)
    for text in ("https://vndb.org/v17", "https://anilist.co/anime/9253", gallery, f"{gallery} https://vndb.org/v17"):
        await place.reader.post(place.general, text)
        await place.reader.post(place.world.general_thread, text)
    await place.reader.post(place.world.after_dark, "https://vndb.org/v17")
    await settle(place)
    assert read == []


async def test_links_are_read_wherever_anybody_may_get_a_card_or_a_reason(place: Place) -> None:
    read = listen(place)
    novel, gallery = "https://vndb.org/v17", find_url(place, Sample.PLAIN)
    await place.reader.post(place.world.after_dark, gallery)
    await place.reader.post(place.world.dm, f"{novel}/dm")
    await set_server(place, notes=True, vndb=False)
    await place.reader.post(place.general, f"{gallery} why")
    await set_channel(place, place.general, vndb=True)
    await place.reader.post(place.general, f"{novel} channel")
    await place.reader.post(place.world.general_thread, f"{novel} thread")
    await set_server(place, vndb=True, roles=(int(place.world.moderators.id),))
    await place.moderator.post(place.world.elsewhere, novel)
    await place.moderator.post(place.world.after_dark, f"{novel} role")
    await settle(place)
    expected = [gallery, f"{novel}/dm", f"{gallery} why", f"{novel} channel", f"{novel} thread", f"{novel} role"]
    assert read == expected


def list_callbacks(place: Place) -> list[bool]:
    """For each answer to an interaction whether Discord was asked to tell what became of it."""
    return ["with_response" in one.query for one in place.world.requests if one.path.endswith("/callback")]


async def test_discord_is_not_asked_what_became_of_an_answer(place: Place) -> None:
    card = await (await place.reader.slash(place.general, "vn info", title="v17")).message()
    page = await open_page(place, card, "Characters")
    assert page["id"] == card["id"]
    assert await place.reader.autocomplete(place.general, "vn info", focused="title", title="ever")
    panel = await open_panel(place.reader, place.general, "me")
    await place.reader.press(panel.message, "tags:me:blocked_tags")
    assert list_callbacks(place) == [False] * 5


async def test_it_is_asked_where_the_answer_may_have_to_go_again(place: Place) -> None:
    card = await (await place.reader.slash(place.world.after_dark, "vn info", title="v17")).message()
    await open_page(place, card, "Characters")
    assert list_callbacks(place) == [True, False]
    await settle(place)
    assert await place.shiori.preview_records.find_preview(int(card["id"])) is not None


async def test_a_picture_that_is_sent_along_arrives_unasked(place: Place) -> None:
    card = await (await place.reader.slash(place.general, "vn producer info", name="p24")).message()
    assert list_files(card) == ["chart.png"]
    assert list_callbacks(place) == [False]
