"""What a server, a channel and a person chose holds for every way to a gallery."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.engine import Person, Webhook, pictures, texts
from bot.playground.engine.message import Form, build_message
from bot.playground.engine.model import Message
from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.preview_message import (
    find_url,
    list_gids,
    list_replies,
    post,
    preview,
    set_channel,
    set_reader,
    set_server,
    settle,
)
from tests.flow.vn_message import press

Payload = dict[str, Any]

TAG = "female:kimono"  # Sample.PLAIN has it, Sample.MANGA does not


def list_shown(place: Place) -> list[list[int]]:
    return [list_gids(reply) for reply in list_replies(place, place.world.after_dark)]


async def block(place: Place, whose: str, *tags: str) -> None:
    if whose == "server":
        await set_server(place, blocked_tags=tags)
    elif whose == "channel":
        await set_channel(place, place.world.after_dark, blocked_tags=tags)
    else:
        await set_reader(place, blocked_tags=tags)


# Blocked tags


@pytest.mark.parametrize(
    ("whose", "tag"), [("server", TAG), ("channel", "kimono"), ("person", "FEMALE: Kimono "), ("person", "kimono")]
)
async def test_a_gallery_with_a_blocked_tag_gets_no_card(shared: Place, whose: str, tag: str) -> None:
    await block(shared, whose, tag)
    await post(shared, shared.world.after_dark, f"{find_url(shared, Sample.PLAIN)} {find_url(shared, Sample.MANGA)}")
    assert list_shown(shared) == [[Sample.MANGA]]


@pytest.mark.parametrize(
    ("whose", "sentence"),
    [("server", "blocked in this server"), ("channel", "blocked in this channel"), ("person", "that you blocked")],
)
async def test_who_asks_for_one_is_told(shared: Place, whose: str, sentence: str) -> None:
    await block(shared, whose, TAG)
    for command in ("gallery preview", "gallery torrents"):
        exchange = await shared.reader.slash(shared.world.after_dark, command, url=find_url(shared, Sample.PLAIN))
        assert sentence in texts(await exchange.message())
        assert exchange.ephemeral


async def test_a_tag_that_is_blocked_later_counts_when_something_is_pressed(place: Place) -> None:
    _, reply = await preview(place, find_url(place, Sample.PLAIN))
    await block(place, "person", TAG)
    assert "that you blocked" in texts(await (await press(place.reader, reply, "Show more")).message())
    assert "that you blocked" not in texts(await (await press(place.moderator, reply, "Show more")).message())


@pytest.mark.parametrize("whose", ["server", "channel", "person"])
async def test_a_tag_that_is_blocked_later_counts_when_the_message_is_edited(place: Place, whose: str) -> None:
    message, _ = await preview(place, find_url(place, Sample.PLAIN))
    await block(place, whose, TAG)
    await place.reader.edit(message, f"this: {find_url(place, Sample.PLAIN)}")
    await settle(place)
    assert list_shown(place) == []


async def test_the_channels_blocked_tags_hold_in_its_threads(place: Place) -> None:
    await block(place, "channel", TAG)
    await post(place, place.world.after_dark_thread, find_url(place, Sample.PLAIN))
    assert list_replies(place, place.world.after_dark_thread) == []


# Channels and roles


@pytest.mark.parametrize(("rule", "shown"), [("only", True), ("except", False)])
async def test_a_list_of_channels_decides_for_them_and_their_threads(shared: Place, rule: str, shown: bool) -> None:
    listed = int(shared.world.after_dark.id)
    await set_server(shared, channel_rule=rule, channels=(listed,))
    for channel in (shared.world.after_dark, shared.world.after_dark_thread, shared.world.voice_after_dark):
        await post(shared, channel, find_url(shared, Sample.PLAIN))
    assert bool(list_replies(shared, shared.world.after_dark)) is shown
    assert bool(list_replies(shared, shared.world.after_dark_thread)) is shown
    assert bool(list_replies(shared, shared.world.voice_after_dark)) is not shown


@pytest.mark.parametrize(("server", "channel", "shown"), [(True, False, False), (False, True, True)])
async def test_a_channel_switches_galleries_for_itself(shared: Place, server: bool, channel: bool, shown: bool) -> None:
    await set_server(shared, galleries=server)
    await set_channel(shared, shared.world.after_dark, galleries=channel)
    await post(shared, shared.world.after_dark, find_url(shared, Sample.PLAIN))
    assert bool(list_shown(shared)) is shown


async def test_a_server_that_switched_galleries_off_gets_none_by_any_way(shared: Place) -> None:
    _, reply = await preview(shared, find_url(shared, Sample.PLAIN))
    await set_server(shared, galleries=False)
    exchange = await shared.reader.slash(shared.world.after_dark, "gallery preview", url=find_url(shared, Sample.PLAIN))
    for answer in (exchange, await press(shared.reader, reply, "Show more")):
        assert "switched off in this server" in texts(await answer.message())


async def test_only_people_with_a_role_get_cards_where_the_server_wants_it(place: Place) -> None:
    role = place.world.create_role("Collectors")
    await set_server(place, roles=(int(role.id),))
    collector = Person(place.world, place.world.create_user("collector", roles=[role]))
    for person, sample in ((place.reader, Sample.PLAIN), (collector, Sample.MANGA)):
        await post(place, place.world.after_dark, find_url(place, sample), by=person)
    assert list_shown(place) == [[Sample.MANGA]]


async def test_who_lacks_the_role_is_refused_a_command_too(place: Place) -> None:
    role = place.world.create_role("Collectors")
    await set_server(place, roles=(int(role.id),))
    exchange = await place.reader.slash(place.world.after_dark, "gallery preview", url=find_url(place, Sample.PLAIN))
    assert "certain roles" in texts(await exchange.message())


# Who posts


async def test_links_of_those_who_want_no_previews_get_none(shared: Place) -> None:
    await set_reader(shared, previews=False)
    for person, sample in ((shared.reader, Sample.PLAIN), (shared.moderator, Sample.MANGA)):
        await post(shared, shared.world.after_dark, find_url(shared, sample), by=person)
    assert list_shown(shared) == [[Sample.MANGA]]


async def test_who_wants_no_previews_can_still_ask(shared: Place) -> None:
    await set_reader(shared, previews=False)
    exchange = await shared.reader.slash(shared.world.after_dark, "gallery preview", url=find_url(shared, Sample.PLAIN))
    assert list_gids(await exchange.message()) == [Sample.PLAIN]


@pytest.mark.parametrize("on", [False, True])
async def test_messages_of_bots_and_webhooks_get_cards_only_where_that_is_switched_on(place: Place, on: bool) -> None:
    await set_server(place, bots=on)
    other = Person(place.world, place.world.create_user("other", bot=True))
    await post(place, place.world.after_dark, find_url(place, Sample.PLAIN), by=other)
    hook = Webhook(place.world, place.world.after_dark)
    message = await hook.post(find_url(place, Sample.MANGA))
    await settle(place)
    assert list_shown(place) == ([[Sample.PLAIN], [Sample.MANGA]] if on else [])
    await hook.edit(message, find_url(place, Sample.WESTERN))
    await settle(place)
    assert list_shown(place) == ([[Sample.PLAIN], [Sample.WESTERN]] if on else [])


async def test_the_bots_own_messages_never_get_cards(place: Place) -> None:
    await set_server(place, bots=True)
    channel = place.world.after_dark
    own = build_message(place.world, channel, place.world.bot, Form({"content": find_url(place, Sample.PLAIN)}))
    place.world.add_message(Message(own, channel))
    await settle(place)
    assert place.services.ehentai.requests == []
    assert len(list_replies(place, channel)) == 1


# How it is shown


async def test_a_card_has_no_cover_where_the_server_wants_no_unsafe_pictures(shared: Place) -> None:
    await set_server(shared, image_level=1)
    _, reply = await preview(shared, find_url(shared, Sample.PLAIN))
    assert list_gids(reply) == [Sample.PLAIN]
    assert pictures(reply) == []


@pytest.mark.parametrize(("language", "first"), [("romanised", "Three Cups of Tea"), ("native", "お茶を")])
async def test_titles_stand_in_the_language_that_was_chosen(shared: Place, language: str, first: str) -> None:
    await set_server(shared, title_language=language)
    _, reply = await preview(shared, find_url(shared, Sample.MANGA))
    assert first in texts(reply).splitlines()[0]
