"""“Not here” under a preview: who manages the channel has no more of that kind there, with one press."""

from __future__ import annotations

import pytest

from bot.playground.engine import Channel, Permission, Person, User, find_by_custom_id, texts
from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.preview_message import (
    Payload,
    find_custom_id,
    find_url,
    list_replies,
    post,
    preview,
    set_channel,
    set_server,
)
from tests.flow.setting_message import rename_table

NOVEL, ANIME = "https://vndb.org/v2002", "https://anilist.co/anime/9253"
LINKS = {"vndb": NOVEL, "anime": ANIME}


def is_private(message: Payload) -> bool:
    return bool(message["flags"] & 64)


async def press(person: Person, message: Payload, custom_id: str) -> Payload:
    return await (await person.press(message, custom_id)).message()


async def count_new(place: Place, channel: Channel, text: str) -> int:
    """How many replies a message gets."""
    before = len(list_replies(place, channel))
    await post(place, channel, text)
    return len(list_replies(place, channel)) - before


@pytest.mark.parametrize("kind", ["vndb", "anime", "galleries"])
async def test_one_press_switches_that_kind_off_in_that_channel(place: Place, kind: str) -> None:
    channel = place.world.after_dark
    link = LINKS.get(kind) or find_url(place, Sample.PLAIN)
    _, reply = await preview(place, link)
    said = await press(place.moderator, reply, f"preview:off:{kind}")
    assert is_private(said)
    assert "not previewed" in texts(said)
    assert await count_new(place, channel, link) == 0
    other = NOVEL if kind == "anime" else ANIME
    assert await count_new(place, channel, other) == 1
    assert await count_new(place, place.world.voice_after_dark, link) == 1


async def test_undo_previews_them_again(place: Place) -> None:
    _, reply = await preview(place, NOVEL, channel=place.general)
    said = await press(place.moderator, reply, "preview:off:vndb")
    undone = await press(place.moderator, said, "preview:undo:vndb:inherit")
    assert is_private(undone)
    assert await count_new(place, place.general, NOVEL) == 1
    assert place.shiori.store.channel(int(place.general.id)).values == {}


async def test_undo_brings_back_what_was_chosen_for_the_channel(place: Place) -> None:
    await set_server(place, vndb=False)
    await set_channel(place, place.general, vndb=True)
    _, reply = await preview(place, NOVEL, channel=place.general)
    said = await press(place.moderator, reply, "preview:off:vndb")
    await press(place.moderator, said, "preview:undo:vndb:on")
    assert await count_new(place, place.general, NOVEL) == 1


async def test_undo_of_a_second_press_leaves_it_to_the_server(place: Place) -> None:
    _, reply = await preview(place, NOVEL, channel=place.general)
    _, said = [await press(place.moderator, reply, "preview:off:vndb") for _ in range(2)]
    undo = find_custom_id(said, "preview:undo")
    assert undo is not None
    await press(place.moderator, said, undo)
    assert place.shiori.store.channel(int(place.general.id)).values == {}


async def test_a_thread_goes_by_its_channel(place: Place) -> None:
    _, reply = await preview(place, NOVEL, channel=place.world.general_thread)
    await press(place.moderator, reply, "preview:off:vndb")
    assert await count_new(place, place.general, NOVEL) == 0


async def test_of_several_kinds_it_is_asked_which(place: Place) -> None:
    _, reply = await preview(place, f"{NOVEL} {ANIME}", channel=place.general)
    asked = await press(place.moderator, reply, "preview:off:vndb+anime")
    assert is_private(asked)
    said = await press(place.moderator, asked, "preview:off:anime")
    assert "Anime links" in texts(said)
    assert await count_new(place, place.general, ANIME) == 0
    assert await count_new(place, place.general, NOVEL) == 1


async def test_a_member_may_not(place: Place) -> None:
    _, reply = await preview(place, NOVEL, channel=place.general)
    said = await press(place.reader, reply, "preview:off:vndb")
    assert is_private(said)
    assert "Manage Channels" in texts(said)
    assert await count_new(place, place.general, NOVEL) == 1


async def test_who_manages_this_channel_alone_may(place: Place) -> None:
    role = place.world.create_role("Keepers", int(Permission.MANAGE_CHANNELS))
    keeper = User(place.world.new_id(), "keeper", "Keeper", roles=[role.id])
    place.world.users[keeper.id] = keeper
    _, reply = await preview(place, NOVEL, channel=place.general)
    assert "not previewed" in texts(await press(place.person(keeper), reply, "preview:off:vndb"))


async def test_a_direct_message_has_no_such_button(place: Place) -> None:
    await post(place, place.world.dm, NOVEL)
    (reply,) = list_replies(place, place.world.dm)
    assert find_custom_id(reply, "preview:remove")
    assert find_custom_id(reply, "preview:off") is None


async def test_the_button_outlives_a_restart(unconnected: Place) -> None:
    async with unconnected.connected():
        _, reply = await preview(unconnected, NOVEL, channel=unconnected.general)
    async with unconnected.connected():
        said = await press(unconnected.moderator, reply, "preview:off:vndb")
        assert find_by_custom_id(said, "preview:undo:vndb:inherit") is not None
        message = await post(unconnected, unconnected.general, NOVEL)
        replies = list_replies(unconnected, unconnected.general)
        assert message["id"] not in {one["message_reference"]["message_id"] for one in replies}


async def test_with_the_database_away_it_says_so_and_changes_nothing(place: Place) -> None:
    _, reply = await preview(place, NOVEL, channel=place.general)
    await rename_table(place, "setting", "lost")
    said = await press(place.moderator, reply, "preview:off:vndb")
    assert "settings" in texts(said).casefold() or "database" in texts(said).casefold()
    await rename_table(place, "lost", "setting")
    assert place.shiori.store.channel(int(place.general.id)).values == {}
