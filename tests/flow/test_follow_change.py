"""Follows are changed from the list, and have threads for their episodes."""

from __future__ import annotations

import time

import discord
import pytest

from bot.follow.model import Follow, Notice
from bot.interaction.permission import ASKED_FOR
from bot.playground.engine import Channel, Person, buttons, texts
from bot.playground.engine.permission import EVERYONE, Permission
from bot.playground.service.anilist.data import AnilistSample
from tests.flow.conftest import Place
from tests.flow.follow_message import TITLE, Payload, air_soon, follow, make_messenger, say, tell
from tests.flow.preview_message import forge_button, list_replies

pytestmark = pytest.mark.usefixtures("by_hand")


async def open_listed(person: Person, where: Channel, follow_id: int) -> Payload:
    """A follow with what can be changed of it."""
    listed = await (await person.slash(where, "follow list")).message()
    return await (await person.select(listed, "followed:1", [str(follow_id)])).message()


async def test_channel_role_and_delay_are_changed_from_the_list(place: Place) -> None:
    owner, role = place.person(place.world.owner), place.world.moderators
    place.world.grant(place.general, place.world.bot_role, discord.Permissions(mention_everyone=True).value)
    await follow(place, by=owner)
    (made,) = await place.shiori.follow_records.list_follows()
    opened = await open_listed(owner, place.general, made.id)
    moved = await (await owner.select(opened, f"follows-channel:{made.id}:1", [place.general])).message()
    assert f"<#{place.general.id}>" in texts(moved)
    named = await (await owner.select(moved, f"follows-role:{made.id}:1", [role])).message()
    assert f"mentions <@&{role.id}>" in texts(named)
    later = await (await owner.select(named, f"follows-delay:{made.id}:1", ["60"])).message()
    assert "60 minutes later" in texts(later)
    nobody = await (await owner.select(later, f"follows-role:{made.id}:1", [])).message()
    assert "mentions" not in texts(nobody).split("\n")[1]
    (left,) = await place.shiori.follow_records.list_follows()
    wanted = (int(place.general.id), int(place.world.guild_id), None, 3600)
    assert (left.channel_id, left.guild_id, left.role_id, left.delay_s) == wanted
    assert "follows:1" in str(nobody)


async def test_what_is_told_in_a_channel_is_changed_by_those_who_manage_it(place: Place) -> None:
    await follow(place, channel=place.general)
    await follow(place, by=place.reader)
    listed = await place.shiori.follow_records.list_follows()
    told, own = sorted(listed, key=lambda one: one.channel_id is None)
    stop = f"follows-stop:{told.id}:1"
    refused = await place.reader.press(forge_button(place, place.general, stop), stop)
    assert "Manage Server" in texts(await refused.message())
    opened = await open_listed(place.reader, place.general, own.id)
    refused = await place.reader.select(opened, f"follows-channel:{own.id}:1", [place.general])
    assert "Manage Server" in texts(await refused.message())
    assert await place.shiori.follow_records.list_follows() == listed


async def test_by_direct_message_the_own_delay_is_changed(place: Place) -> None:
    await follow(place, by=place.reader)
    (made,) = await place.shiori.follow_records.list_follows()
    opened = await open_listed(place.reader, place.world.dm, made.id)
    assert "follows-channel" not in str(opened)
    changed = await place.reader.select(opened, f"follows-delay:{made.id}:1", ["15"])
    assert "15 minutes later" in texts(await changed.message())


async def test_a_refused_change_is_said_in_the_panel_which_shows_what_stands(place: Place) -> None:
    owner = place.person(place.world.owner)
    await follow(place, by=owner, channel=place.general)
    (made,) = await place.shiori.follow_records.list_follows()
    opened = await open_listed(owner, place.general, made.id)
    assert "episode" in texts(opened)  # what comes next
    place.world.revoke(place.world.after_dark, place.world.bot, Permission.SEND_MESSAGES)
    refused = await owner.select(opened, f"follows-channel:{made.id}:1", [place.world.after_dark])
    panel = await refused.message()
    assert panel["id"] == opened["id"]
    assert "Nothing was changed. The channel does not grant Shiori this: " in texts(panel)
    assert f"'id': '{place.general.id}'" in str(panel)
    assert "Saved." in texts(await (await owner.select(panel, f"follows-delay:{made.id}:1", ["15"])).message())


async def test_what_one_follows_in_a_channel_comes_by_direct_message_from_then_on(place: Place) -> None:
    owner = place.person(place.world.owner)
    await follow(place, by=owner, channel=place.general, threads=True)
    (made,) = await place.shiori.follow_records.list_follows()
    opened = await open_listed(owner, place.general, made.id)
    moved = await (await owner.press(opened, f"follows-direct:{made.id}:1")).message()
    assert "by direct message" in texts(moved)
    (left,) = await place.shiori.follow_records.list_follows()
    assert (left.channel_id, left.guild_id, left.role_id, left.threads) == (None, None, None, False)
    assert f"follows-direct:{made.id}:1" not in str(moved)


async def test_another_persons_follow_does_not_come_by_direct_message(place: Place) -> None:
    owner = place.person(place.world.owner)
    await follow(place, channel=place.general)
    (made,) = await place.shiori.follow_records.list_follows()
    opened = await open_listed(owner, place.general, made.id)
    direct = f"follows-direct:{made.id}:1"
    assert direct not in str(opened)
    refused = await owner.press(forge_button(place, place.general, direct), direct)
    assert "is told in a channel only" in texts(await refused.message())
    assert await place.shiori.follow_records.list_follows() == [made]


async def test_what_was_stopped_is_named_and_can_be_followed_again(place: Place) -> None:
    owner, role = place.person(place.world.owner), place.world.moderators
    place.world.grant(place.general, place.world.bot_role, discord.Permissions(mention_everyone=True).value)
    await follow(place, by=owner, channel=place.general, role=role, delay_minutes=30, threads=True)
    (made,) = await place.shiori.follow_records.list_follows()
    opened = await open_listed(owner, place.general, made.id)
    stopped = await (await owner.press(opened, f"follows-stop:{made.id}:1")).message()
    assert f"No longer followed: **{TITLE}**" in texts(stopped)
    undo = next(one["custom_id"] for one in buttons(stopped) if one["label"] == "Undo")
    assert await place.shiori.follow_records.list_follows() == []
    again = await owner.press(stopped, undo)
    assert "Followed" in texts(await again.message())
    (back,) = await place.shiori.follow_records.list_follows()
    for name in ("kind", "subject_id", "channel_id", "role_id", "delay_s", "threads", "guild_id"):
        assert getattr(back, name) == getattr(made, name)


async def test_what_is_not_followed_is_not_stopped_and_what_is_nearly_called_so_is_named(shared: Place) -> None:
    await follow(shared, by=shared.reader)
    said = await say(shared.reader, shared.general, "follow stop", follow=TITLE[:-2])
    assert "is none of those" in said
    assert f"Did you mean “{TITLE}”?" in said


async def test_of_several_that_are_called_so_none_is_stopped_before_one_is_chosen(place: Place) -> None:
    person, general = place.moderator, place.general
    await say(person, general, "follow vn", title="v17", channel=general, language="ja")
    await say(person, general, "follow vn", title="v17", channel=general, language="en", platform="win")
    first, second = await place.shiori.follow_records.list_follows()
    choices = await person.autocomplete(general, "follow stop", focused="follow", follow="Ever")
    assert [one["name"].split(" · ")[1:-1] for one in choices] == [["Japanese"], ["English", "Windows"]]
    asked = await (await person.slash(general, "follow stop", follow=first.title)).message()
    assert f"2 follows are called “{first.title}”. Open the one that you want to stop." in texts(asked)
    assert await place.shiori.follow_records.list_follows() == [first, second]
    opened = await (await person.select(asked, "followed:1", [str(second.id)])).message()
    stopped = await (await person.press(opened, f"follows-stop:{second.id}:1")).message()
    said = f"No longer followed: **{first.title}** · Visual novel · English · Windows · <#{general.id}>."
    assert said in texts(stopped)
    assert await place.shiori.follow_records.list_follows() == [first]


async def test_blanks_stop_nothing_that_may_not_be_named(place: Place) -> None:
    after_dark, adult = place.world.after_dark, AnilistSample.ADULT_WEEKLY
    await say(place.moderator, after_dark, "follow anime", title=f"#{adult.value}", channel=after_dark)
    assert "The follow is blank; pick one from the suggestions." in await say(
        place.moderator, place.general, "follow stop", follow="  "
    )
    assert len(await place.shiori.follow_records.list_follows()) == 1


async def test_works_that_have_ended_are_named(shared: Place) -> None:
    said = await say(shared.reader, shared.general, "follow anime", title="steins;gate")
    assert "Steins;Gate" in said
    assert "ended: there will be no episode to tell of" in said


async def test_a_whole_title_of_what_has_ended_follows_nothing_else_and_names_what_goes_on(place: Place) -> None:
    for title in ("Umineko no Naku Koro ni", "umineko: when they cry"):
        said = await say(place.reader, place.general, "follow anime", title=title)
        assert "The anime Umineko no Naku Koro ni has ended: there will be no episode to tell of." in said
        assert "Did you mean “Umineko no Naku Koro ni Sou”?" in said
    assert await place.shiori.follow_records.list_follows() == []


# Threads


async def test_a_thread_has_no_threads_in_it(place: Place) -> None:
    owner = place.person(place.world.owner)
    said = await follow(place, by=owner, channel=place.world.general_thread, threads=True)
    assert "The threads cannot be opened inside a thread; choose its channel." in said
    await follow(place, by=owner, channel=place.general, threads=True)
    (made,) = await place.shiori.follow_records.list_follows()
    opened = await open_listed(owner, place.general, made.id)
    moved = await (await owner.select(opened, f"follows-channel:{made.id}:1", [place.world.general_thread])).message()
    assert "Episodes have no threads there" in texts(moved)
    (left,) = await place.shiori.follow_records.list_follows()
    assert (left.channel_id, left.threads) == (int(place.world.general_thread.id), False)
    wanted = f"follows-threads:{made.id}:1:1"
    refused = await (await owner.press(moved, wanted)).message()
    assert "cannot be opened inside a thread" in texts(refused)


async def follow_with_threads(place: Place) -> int:
    """An episode airs of what is followed with threads. Its number."""
    async with place.connected():
        said = await follow(place, channel=place.general, threads=True)
        assert "with threads" in said
    return air_soon(place)


async def test_an_episode_has_a_thread_below_its_notice(unconnected: Place) -> None:
    place = unconnected
    number = await follow_with_threads(place)
    for _ in range(2):
        await tell(place)
    (notice,) = list_replies(place, place.general)
    thread = place.world.channels[notice["id"]]
    assert (thread.parent, thread.name) == (place.general, f"{TITLE} · Episode {number}")
    async with place.connected():
        await place.shiori.wait_until_ready()
        messenger = make_messenger(place)
        (made,) = await place.shiori.follow_records.list_follows()
        told = Notice(made, f"e{number}", 0, False, "", "sending", int(time.time()), 0)
        assert await messenger.open_thread(told, int(notice["id"])) == 0


async def test_what_the_invitation_asks_for_is_enough_for_a_thread(unconnected: Place) -> None:
    place = unconnected
    place.world.everyone.permissions = 0
    place.world.bot_role.permissions = ASKED_FOR.value
    place.world.moderators.permissions |= EVERYONE
    await follow_with_threads(place)
    await tell(place)
    (notice,) = list_replies(place, place.general)
    assert notice["id"] in place.world.channels


async def test_without_the_permission_the_notice_is_told_and_the_list_says_why_it_has_no_thread(
    unconnected: Place,
) -> None:
    place = unconnected
    await follow_with_threads(place)
    place.world.revoke(place.general, place.world.bot_role, Permission.CREATE_PUBLIC_THREADS)
    async with place.connected():
        await place.shiori.wait_until_ready()
        await place.shiori.follower.work()
        (notice,) = list_replies(place, place.general)
        assert notice["id"] not in place.world.channels
        listed = await say(place.moderator, place.general, "follow list")
        assert "no thread: Shiori lacks “Create Public Threads” there" in listed
        (made,) = await place.shiori.follow_records.list_follows()
        opened = await open_listed(place.moderator, place.general, made.id)
        changed = await place.moderator.press(opened, f"follows-threads:{made.id}:1:0")
        assert "thread:" not in texts(await changed.message())


async def test_a_thread_does_not_name_what_is_for_adults_by_now(unconnected: Place) -> None:
    place, channel = unconnected, unconnected.world.after_dark
    anime = AnilistSample.ADULT_WEEKLY.value
    made = Follow(
        5, "anime", anime, "A title", False, 1, int(place.world.guild_id), int(channel.id), None, 0, None, None, 0,
        threads=True,
    )  # fmt: skip
    now_s = int(time.time())
    told = Notice(made, "e5", now_s, False, "", "sending", now_s, 0)
    async with place.connected():
        await place.shiori.wait_until_ready()
        messenger = make_messenger(place)
        message_id = await messenger.send(told)
        assert await messenger.open_thread(told, message_id) == 0
    assert place.world.channels[str(message_id)].name == "Episode 5"


async def test_threads_are_for_channels(shared: Place) -> None:
    assert "in a channel only" in await follow(shared, threads=True)
