"""Where something is told: who may have it told there, in threads that are archived too, and where nothing can come."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import discord
import pytest

from bot.follow.model import Follow
from bot.interaction.reply import OVERTAKEN
from bot.playground.engine import Channel, Exchange, Person, buttons, texts
from bot.playground.engine.model import RestFault
from bot.playground.engine.permission import Permission
from bot.playground.service.anilist.data import AnilistSample
from tests.flow.conftest import Place
from tests.flow.follow_message import AIRING, TITLE, Payload, follow, say
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


# Threads that are archived


async def test_who_is_not_in_a_private_thread_neither_sees_nor_ends_what_is_told_there(place: Place) -> None:
    world = place.world
    own = world.create_channel("own")
    thread = world.create_thread(place.general, "Staff", private=True, members=[world.moderator, world.bot])
    for channel in (own, place.general):
        world.grant(channel, world.reader, Permission.MANAGE_CHANNELS)
    await follow(place, channel=thread)
    made = await find_made(place)
    assert "You follow nothing yet" in await say(place.reader, own, "follow list")
    stop = f"follows-stop:{made.id}:1"
    refused = await place.reader.press(forge_button(place, own, stop), stop)
    assert "Manage Server" in texts(await refused.message())
    thread.members.add(world.reader.id)
    assert str(made.id) in str(await (await place.reader.slash(thread, "follow list")).message())


async def test_what_is_told_in_an_archived_thread_is_changed_stopped_and_followed_again(place: Place) -> None:
    thread = place.world.create_thread(place.general, "Episode talk")
    role = place.world.create_role("Fans")
    place.world.grant(place.general, place.world.moderator, discord.Permissions(mention_everyone=True).value)
    place.world.grant(place.general, place.world.bot_role, discord.Permissions(mention_everyone=True).value)
    await follow(place, channel=thread, delay_minutes=30)
    made = await find_made(place)
    await archive(place, thread)
    opened = await open_listed(place.moderator, place.general, made.id)
    named = await (await place.moderator.select(opened, f"follows-role:{made.id}:1", [role])).message()
    assert f"mentions <@&{role.id}>" in texts(named)
    assert (await find_made(place)).role_id == int(role.id)
    wanted = f"follows-threads:{made.id}:1:1"
    refused = await (await place.moderator.press(named, wanted)).message()
    assert "The threads cannot be opened inside a thread" in texts(refused)
    stopped = await (await place.moderator.press(refused, f"follows-stop:{made.id}:1")).message()
    undo = next(one["custom_id"] for one in buttons(stopped) if one["label"] == "Undo")
    assert "Followed" in texts(await (await place.moderator.press(stopped, undo)).message())
    back = await find_made(place)
    assert (back.channel_id, back.role_id, back.delay_s) == (int(thread.id), int(role.id), 1800)


async def test_an_archived_thread_is_chosen_for_what_is_followed_posted_and_gathered(place: Place) -> None:
    thread = place.world.create_thread(place.general, "Episode talk")
    await archive(place, thread)
    there = f"<#{thread.id}>"
    assert there in await say(place.moderator, place.general, "follow daily", what="quote", channel=thread)
    assert there in await say(place.moderator, place.general, "follow digest", channel=thread)
    await follow(place, channel=place.general, threads=True)
    made = next(one for one in await place.shiori.follow_records.list_follows() if one.subject_id == AIRING)
    opened = await open_listed(place.moderator, place.general, made.id)
    moved = await place.moderator.select(opened, f"follows-channel:{made.id}:1", [thread])
    assert "Episodes have no threads there" in texts(await moved.message())
    found = await place.shiori.follow_records.find_follow(made.id)
    assert found is not None
    assert (found.channel_id, found.threads) == (int(thread.id), False)
    refused = await say(place.reader, place.general, "follow daily", what="novel", channel=thread)
    assert "That needs the permission" in refused


async def test_a_thread_that_discord_shows_shiori_not_is_refused_and_one_it_cannot_be_asked_for_later(
    place: Place,
) -> None:
    thread = place.world.create_thread(place.general, "Episode talk")
    await archive(place, thread)
    place.world.rest_faults.append(RestFault(0, count=2, method="GET", path=rf"/channels/{thread.id}$"))
    said = await follow(place, channel=thread)
    assert said == "Discord cannot be reached at the moment. Please try again in a few minutes."
    place.world.rest_faults.append(RestFault(403, method="GET", path=rf"/channels/{thread.id}$"))
    assert "is not one of this server, or Shiori cannot see it" in await follow(place, channel=thread)
    assert await place.shiori.follow_records.list_follows() == []


async def test_what_is_for_adults_is_refused_by_direct_message_with_the_place_that_can_be_named(place: Place) -> None:
    said = await say(place.reader, place.world.after_dark, "follow anime", title=f"#{AnilistSample.ADULT_WEEKLY.value}")
    assert said == (
        "The anime is for adults, or may be, and does not come by direct message: /follow anime can tell an "
        "age-restricted channel, named as “channel”."
    )


# Where nothing can come


async def test_a_locked_thread_is_refused_where_shiori_may_not_write_in_it(place: Place) -> None:
    thread = place.world.create_thread(place.general, "Locked")
    place.world.change_channel(thread, locked=True)
    locked = "The channel is a locked thread, where Shiori could write only with “Manage Threads”."
    for archived in (False, True):
        place.world.change_channel(thread, archived=archived)
        assert await follow(place, channel=thread) == locked
        assert await say(place.moderator, place.general, "follow daily", what="quote", channel=thread) == locked
    assert await place.shiori.follow_records.list_follows() == []
    place.world.grant(place.general, place.world.bot_role, Permission.MANAGE_THREADS)
    assert "Followed" in await follow(place, channel=thread)


async def test_threads_are_refused_where_shiori_may_not_open_them(place: Place) -> None:
    said = await follow(place, channel=place.world.voice, threads=True)
    assert said == "The threads cannot be opened in a voice channel; choose a text channel."
    place.world.revoke(place.general, place.world.bot_role, Permission.CREATE_PUBLIC_THREADS)
    said = await follow(place, channel=place.general, threads=True)
    assert said == "The channel does not grant Shiori this: Create Public Threads."
    assert "Followed" in await follow(place, channel=place.general)
    made = await find_made(place)
    opened = await open_listed(place.moderator, place.general, made.id)
    refused = await (await place.moderator.press(opened, f"follows-threads:{made.id}:1:1")).message()
    assert "Nothing was changed. The channel does not grant Shiori this: Create Public Threads." in texts(refused)
    moved = await place.moderator.select(refused, f"follows-channel:{made.id}:1", [place.world.voice])
    assert "Saved" in texts(await moved.message())


async def test_what_has_threads_is_moved_into_a_voice_channel_without_them(place: Place) -> None:
    await follow(place, channel=place.general, threads=True)
    made = await find_made(place)
    opened = await open_listed(place.moderator, place.general, made.id)
    other = place.world.create_channel("other")
    place.world.revoke(other, place.world.bot_role, Permission.CREATE_PUBLIC_THREADS)
    refused = await (await place.moderator.select(opened, f"follows-channel:{made.id}:1", [other])).message()
    assert "Nothing was changed. The channel does not grant Shiori this: Create Public Threads." in texts(refused)
    place.world.revoke(place.general, place.world.bot_role, Permission.CREATE_PUBLIC_THREADS)
    mentioned = await (await place.moderator.select(refused, f"follows-role:{made.id}:1", [])).message()
    assert "Saved" in texts(mentioned)  # which asks for no thread
    moved = await place.moderator.select(mentioned, f"follows-channel:{made.id}:1", [place.world.voice])
    assert "Episodes have no threads there: Discord has none in a voice channel." in texts(await moved.message())
    assert not (await find_made(place)).threads


# Where the channel is opened meanwhile


async def test_what_is_for_adults_is_not_named_where_the_channel_is_opened_before_the_answer_leaves(
    place: Place,
) -> None:
    world, dark, person = place.world, place.world.after_dark, place.moderator
    made = {"title": f"#{AnilistSample.ADULT_WEEKLY.value}", "channel": dark}
    assert "Followed" in await say(person, dark, "follow anime", **made)
    follow_id = (await find_made(place)).id
    opened = await open_listed(person, dark, follow_id)
    listed = await (await person.slash(dark, "follow list")).message()
    asked: list[Callable[[], Awaitable[Exchange]]] = [
        lambda: person.slash(dark, "follow list"),
        lambda: person.select(listed, "followed:1", [str(follow_id)]),
        lambda: person.select(opened, f"follows-delay:{follow_id}:1", ["15"]),
    ]
    for ask in asked:
        world.requests.clear()
        world.rest_faults.append(RestFault(429, path="/callback$", retry_after_s=0.3))
        answered = asyncio.ensure_future(ask())
        await wait_until(lambda: any(one.status == 429 for one in world.requests))
        world.set_nsfw(dark, nsfw=False)
        assert texts(await (await answered).message()) == OVERTAKEN
        world.set_nsfw(dark, nsfw=True)
    # What was done is said, with the way back, in the same moment.
    world.set_nsfw(dark, nsfw=False)
    stopped = texts(await (await person.press(opened, f"follows-stop:{follow_id}:1")).message())
    assert "No longer followed: **An entry for adults**" in stopped
