"""Where something is told: who may have it told there, in threads that are archived too, and where nothing can come."""

from __future__ import annotations

import pytest

from bot.follow.model import Follow
from bot.playground.engine import Channel, Person, texts
from bot.playground.engine.permission import Permission
from tests.flow.conftest import Place
from tests.flow.follow_message import TITLE, Payload, follow, say
from tests.flow.preview_message import forge_button, wait_until

pytestmark = pytest.mark.usefixtures("by_hand")


async def open_listed(person: Person, where: Channel, follow_id: int) -> Payload:
    """A follow with what can be changed of it."""
    listed = await (await person.slash(where, "follow list")).message()
    return await (await person.select(listed, "followed:1", [str(follow_id)])).message()


async def archive(place: Place, thread: Channel) -> None:
    """Have Discord archive the thread, which discord.py forgets then."""
    place.world.change_channel(thread, archived=True)
    await wait_until(lambda: place.shiori.get_channel(int(thread.id)) is None)


async def find_made(place: Place) -> Follow:
    """What is followed, which is one thing."""
    (made,) = await place.shiori.follow_records.list_follows()
    return made


async def test_who_manages_one_channel_neither_sees_nor_ends_what_is_told_in_an_archived_thread_of_another(
    place: Place,
) -> None:
    world = place.world
    own, thread = world.create_channel("own"), world.create_thread(place.general, "Episode talk")
    world.grant(own, world.reader, Permission.MANAGE_CHANNELS)
    await follow(place, channel=thread)
    made = await find_made(place)
    await archive(place, thread)
    assert "You follow nothing yet" in await say(place.reader, own, "follow list")
    assert await place.reader.autocomplete(own, "follow stop", focused="follow", follow="") == []
    assert "is not there any more" in await say(place.reader, own, "follow stop", follow=str(made.id))
    stop, later = f"follows-stop:{made.id}:1", f"follows-delay:{made.id}:1"
    for custom_id in (stop, f"follows-threads:{made.id}:1:1"):
        refused = await place.reader.press(forge_button(place, own, custom_id), custom_id)
        assert "Manage Server" in texts(await refused.message())
    assert await find_made(place) == made
    assert later in str(await open_listed(place.moderator, own, made.id))


async def test_who_manages_the_channel_of_an_archived_thread_ends_what_is_told_there(place: Place) -> None:
    world = place.world
    thread = world.create_thread(place.general, "Episode talk")
    world.grant(place.general, world.reader, Permission.MANAGE_CHANNELS)
    await follow(place, channel=thread)
    made = await find_made(place)
    await archive(place, thread)
    stop = f"follows-stop:{made.id}:1"
    ended = await place.reader.press(forge_button(place, place.world.after_dark, stop), stop)
    assert f"No longer followed: **{TITLE}**" in texts(await ended.message())
