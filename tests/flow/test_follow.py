"""Following over a local Discord: commands, notices, and what ends a follow."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import discord
import msgspec
import pytest

from bot.follow.model import Follow, Notice
from bot.follow.record import AGAIN_S, LEASE_S
from bot.playground.engine import Channel, Person, texts
from bot.playground.engine.components import walk
from bot.playground.engine.model import RestFault
from bot.playground.engine.permission import Permission
from bot.playground.service.anilist.data import AnilistSample
from tests.flow.conftest import Place
from tests.flow.follow_message import (
    AIRING,
    TITLE,
    Payload,
    air_soon,
    find_end,
    follow,
    list_sent,
    make_messenger,
    say,
    tell,
)
from tests.flow.preview_message import forge_button, list_replies, wait_until, wait_until_gone

pytestmark = pytest.mark.usefixtures("by_hand")


async def test_a_channel_and_its_role_are_told_of_an_episode_once(unconnected: Place) -> None:
    place = unconnected
    owner, role = place.person(place.world.owner), place.world.moderators
    place.world.grant(place.general, place.world.bot_role, discord.Permissions(mention_everyone=True).value)
    async with place.connected():
        assert TITLE in await follow(place, by=owner, channel=place.general, role=role)
    number = air_soon(place)
    for _ in range(2):
        await tell(place)
    (notice,) = list_replies(place, place.general)
    assert f"### {TITLE}\nEpisode {number} aired" in texts(notice)
    assert f"Next: episode {number + 1}, <t:" in texts(notice)
    (cover,) = [one for one in walk(notice["components"]) if one.get("media")]
    assert str(AIRING) in cover["media"]["url"]
    assert f"<@&{role.id}>" in texts(notice)
    (sent,) = list_sent(place, place.general)
    assert sent["allowed_mentions"] == {"parse": [], "roles": [int(role.id)]}
    assert sent["enforce_nonce"] is True


async def test_a_person_is_told_by_direct_message(unconnected: Place) -> None:
    place = unconnected
    async with place.connected():
        await say(place.reader, place.general, "follow anime", title=f"#{AIRING}")
    number = air_soon(place)
    await tell(place)
    (notice,) = list_replies(place, place.world.dm)
    assert f"Episode {number} aired" in texts(notice)


async def test_the_notice_leads_to_the_card_and_ends_the_follow(unconnected: Place) -> None:
    place = unconnected
    async with place.connected():
        await say(place.reader, place.general, "follow anime", title=f"#{AIRING}")
    air_soon(place)
    async with place.connected():
        await place.shiori.wait_until_ready()
        await place.shiori.follower.work()
        (notice,) = list_replies(place, place.world.dm)
        shown = await place.reader.press(notice, f"see:anime/{AIRING}")
        assert f"## {TITLE}" in texts(await shown.message())
        listed = await place.reader.press(notice, "follows")
        assert TITLE in texts(await listed.message())
        ended = await place.reader.press(notice, find_end(notice))
        assert "No longer followed" in texts(await ended.message())
        assert "You follow nothing yet" in await say(place.reader, place.general, "follow list")


async def pick_one(person: Person, where: Channel, command: str, /, **options: Any) -> tuple[Payload, Payload]:
    """What is asked when several are meant: the message and its select."""
    exchange = await person.slash(where, command, **options)
    assert exchange.ephemeral
    asked = await exchange.message()
    (select,) = [one for one in walk(asked["components"]) if one.get("options")]
    return asked, select


async def test_several_that_are_meant_are_a_pick_which_keeps_what_was_wished(place: Place) -> None:
    asked, select = await pick_one(
        place.moderator, place.general, "follow vn", title="steins", channel=place.general, language="ja"
    )
    assert await place.shiori.follow_records.list_follows() == []
    assert "Several may be meant by “steins”" in texts(asked)
    assert len(select["options"]) > 1
    followed = await place.moderator.select(asked, select["custom_id"], [select["options"][1]["value"]])
    said = texts(await followed.message())
    assert select["options"][1]["label"] in said
    assert "Japanese" in said
    assert f"<#{place.general.id}>" in said
    (made,) = await place.shiori.follow_records.list_follows()
    assert str(made.subject_id) == select["options"][1]["value"]
    assert made.channel_id == int(place.general.id)


async def test_what_has_ended_is_not_offered_and_a_whole_title_is_no_guess(shared: Place) -> None:
    _, select = await pick_one(shared.reader, shared.general, "follow anime", title="no")
    assert all("Finished" not in option["description"] for option in select["options"])
    assert TITLE in await say(shared.reader, shared.general, "follow anime", title=TITLE.upper())


async def test_what_is_followed_says_what_comes_next_or_that_nothing_is_known(place: Place) -> None:
    schedule = place.services.anilist.schedule
    coming = min(
        (one for one in schedule.list_all() if one.work.id == AIRING and one.airs_s > time.time()),
        key=lambda one: one.airs_s,
    )
    assert f"Next: episode {coming.number}, <t:{coming.airs_s}:f>" in await follow(place)
    assert "No further release is announced yet." in await say(place.reader, place.general, "follow vn", title="v17")


async def test_a_novel_and_a_developer_are_followed_with_language_and_platform(place: Place) -> None:
    said = await say(place.reader, place.general, "follow vn", title="v17", language="Japanese", platform="win")
    assert "Ever17" in said
    assert "Japanese · Windows" in said
    assert "Developer" in await say(place.reader, place.general, "follow developer", name="p30")
    listed = await say(place.reader, place.general, "follow list")
    assert "Ever17" in listed
    assert "KID" in listed


async def test_the_same_is_not_followed_twice(shared: Place) -> None:
    await follow(shared, channel=shared.general)
    assert "is there already" in await follow(shared, channel=shared.general)


async def test_the_same_with_another_delay_changes_it(unconnected: Place) -> None:
    place = unconnected
    async with place.connected():
        await follow(place, delay_minutes=60)
        air_soon(place)
        await place.shiori.wait_until_ready()
        await place.shiori.follower.work()
        assert list_replies(place, place.world.dm) == []
        said = await follow(place)
        assert "Changed" in said
        assert "later" not in said
        (left,) = await place.shiori.follow_records.list_follows()
        assert left.delay_s == 0
    await tell(place)
    (notice,) = list_replies(place, place.world.open_dm(place.world.moderator))
    assert "aired" in texts(notice)


@pytest.mark.parametrize(
    ("command", "link", "said"),
    [
        ("anime", "https://anilist.co/manga/45489", "leads to a manga on AniList, and an anime is needed"),
        ("anime", "<https://vndb.org/v17>", "leads to a visual novel, and an anime is needed"),
        ("vn", "https://anilist.co/anime/9253", "leads to an anime on AniList, and a visual novel is needed"),
        ("vn", "vndb.org/c17", "leads to a character, and a visual novel is needed"),
        ("developer", "https://vndb.org/v17", "leads to a visual novel, and a producer is needed"),
        ("developer", "https://other.example/p17", "is a link, but to no developer of VNDB"),
    ],
)
async def test_a_link_to_something_else_is_not_taken_for_a_title(
    shared: Place, command: str, link: str, said: str
) -> None:
    options = {"name" if command == "developer" else "title": link}
    assert said in await say(shared.reader, shared.general, f"follow {command}", **options)


async def test_ids_that_are_too_large_are_not_there(place: Place) -> None:
    largest = "9" * 20
    notice = forge_button(place, place.general, f"unfollow:{largest}:r1")
    pressed = await place.reader.press(notice, f"unfollow:{largest}:r1")
    assert "not there any more" in texts(await pressed.message())
    assert "not there any more" in await say(place.reader, place.general, "follow stop", follow=largest)


async def test_a_follow_is_ended_by_suggestion_and_from_the_list(place: Place) -> None:
    await say(place.reader, place.general, "follow vn", title="v17")
    await say(place.reader, place.general, "follow developer", name="p30")
    choices = await place.reader.autocomplete(place.general, "follow stop", focused="follow", follow="Ever")
    (choice,) = choices
    assert "No longer followed" in await say(place.reader, place.general, "follow stop", follow=choice["value"])
    shown = await (await place.reader.slash(place.general, "follow list")).message()
    (left,) = await place.shiori.follow_records.list_follows()
    opened = await (await place.reader.select(shown, "followed:1", [str(left.id)])).message()
    ended = await place.reader.press(opened, f"follows-stop:{left.id}:1")
    assert "You follow nothing yet" in texts(await ended.message())


# Who may


async def test_a_channel_is_chosen_by_those_who_manage_it(place: Place) -> None:
    said = await say(place.reader, place.general, "follow anime", title=f"#{AIRING}", channel=place.general)
    assert said == (
        "That needs the permission “Manage Channels” or “Manage Server” in this server. `/follow` without “channel” "
        "tells you by direct message."
    )
    assert await place.shiori.follow_records.list_follows() == []


async def test_a_role_is_mentioned_if_the_person_may_do_that(place: Place) -> None:
    owner = place.person(place.world.owner)
    assert "here, and All Roles" in await follow(place, channel=place.general, role=place.world.moderators)
    assert "everyone, which Shiori never mentions" in await follow(
        place, by=owner, channel=place.general, role=place.world.everyone
    )
    assert "in a channel only" in await follow(place, by=owner, role=place.world.moderators)
    assert await place.shiori.follow_records.list_follows() == []


async def test_a_role_that_shiori_may_not_mention_is_refused(place: Place) -> None:
    owner, role = place.person(place.world.owner), place.world.moderators
    assert "cannot be mentioned by Shiori" in await follow(place, by=owner, channel=place.general, role=role)
    assert await place.shiori.follow_records.list_follows() == []


@pytest.mark.parametrize("how", ["silent", "deleted"])
async def test_a_role_that_nobody_is_notified_with_any_more_is_said_to_be_one(unconnected: Place, how: str) -> None:
    place = unconnected
    owner, role = place.person(place.world.owner), place.world.create_role("readers")
    mention = discord.Permissions(mention_everyone=True).value
    place.world.grant(place.general, place.world.bot_role, mention)
    async with place.connected():
        await follow(place, by=owner, channel=place.general, role=role)
        assert f"mentions <@&{role.id}>" in await say(owner, place.general, "follow list")
    if how == "silent":
        place.world.revoke(place.general, place.world.bot_role, mention)
        said = f"notifies nobody of <@&{role.id}>: Shiori may not mention it there"
    else:
        del place.world.roles[role.id]
        said = "mentions nobody: its role is deleted"
    async with place.connected():
        await place.shiori.wait_until_ready()
        assert said in await say(owner, place.general, "follow list")


async def test_where_shiori_may_not_write_nothing_is_followed(place: Place) -> None:
    place.world.revoke(place.general, place.world.bot_role, Permission.SEND_MESSAGES)
    assert "Send Messages" in await follow(place, channel=place.general)


async def test_a_notice_in_a_channel_ends_the_follow_for_those_who_manage_it(unconnected: Place) -> None:
    place = unconnected
    async with place.connected():
        await follow(place, channel=place.general)
    air_soon(place)
    async with place.connected():
        await place.shiori.wait_until_ready()
        await place.shiori.follower.work()
        (notice,) = list_replies(place, place.general)
        refused = await place.reader.press(notice, find_end(notice))
        assert "Manage Server" in texts(await refused.message())
        ended = await place.moderator.press(notice, find_end(notice))
        assert "No longer followed" in texts(await ended.message())
        assert await place.shiori.follow_records.list_follows() == []


async def test_others_learn_nothing_of_a_follow(place: Place) -> None:
    await say(place.moderator, place.general, "follow vn", title="v17")
    (made,) = await place.shiori.follow_records.list_follows()
    assert "not there any more" in await say(place.reader, place.general, "follow stop", follow=str(made.id))
    assert "You follow nothing yet" in await say(place.reader, place.general, "follow list")


# Where


@pytest.mark.parametrize("asked_in", ["general", "after_dark"])
async def test_an_adult_anime_is_followed_in_and_for_age_restricted_channels_only(place: Place, asked_in: str) -> None:
    where: Channel = getattr(place.world, asked_in)
    title = f"#{AnilistSample.ADULT_WEEKLY.value}"
    answers = [
        await say(place.moderator, where, "follow anime", title=title, **options)
        for options in ({}, {"channel": place.general}, {"channel": place.world.after_dark})
    ]
    assert ["is for adults" in answer for answer in answers] == [True, True, asked_in == "general"]


async def test_an_adult_anime_is_told_and_named_in_age_restricted_channels_only(unconnected: Place) -> None:
    place = unconnected
    after_dark, adult = place.world.after_dark, AnilistSample.ADULT_WEEKLY
    async with place.connected():
        said = await say(place.moderator, after_dark, "follow anime", title=f"#{adult.value}", channel=after_dark)
        (made,) = await place.shiori.follow_records.list_follows()
        assert made.title in said
        assert made.title not in await say(place.moderator, place.general, "follow list")
    air_soon(place, adult)
    place.world.set_nsfw(after_dark, False)
    await tell(place)
    assert list_replies(place, after_dark) == []
    place.world.set_nsfw(after_dark, True)
    await tell(place)
    assert len(list_replies(place, after_dark)) == 1


async def follow_adult(place: Place) -> int:
    """Follow an adult series in the age-restricted channel; an episode airs. Its number."""
    after_dark, adult = place.world.after_dark, AnilistSample.ADULT_WEEKLY
    async with place.connected():
        await say(place.moderator, after_dark, "follow anime", title=f"#{adult.value}", channel=after_dark)
    return air_soon(place, adult)


async def test_what_is_for_adults_is_not_told_when_the_channel_was_opened_while_it_waited(unconnected: Place) -> None:
    place = unconnected
    await follow_adult(place)
    place.world.rest_faults.append(RestFault(429, method="POST", path="/messages$", retry_after_s=1.0))
    async with place.connected():
        await place.shiori.wait_until_ready()
        telling = asyncio.create_task(place.shiori.follower.work())
        await wait_until(lambda: any(one.status == 429 for one in place.world.requests))
        place.world.set_nsfw(place.world.after_dark, False)
        await telling
        assert list_replies(place, place.world.after_dark) == []
        (waits,) = await place.shiori.follow_records.find_due(int(time.time()) + AGAIN_S)
        assert not waits.sending


async def test_a_notice_for_adults_goes_when_the_channel_is_opened(unconnected: Place) -> None:
    place = unconnected
    await follow_adult(place)
    async with place.connected():
        await place.shiori.wait_until_ready()
        await place.shiori.follower.work()
        (notice,) = list_replies(place, place.world.after_dark)
        place.world.set_nsfw(place.world.after_dark, False)
        await wait_until_gone(place, notice)


async def open_while_it_arrives(place: Place, answer: RestFault) -> Payload:
    """Tell of an episode for adults, and open the channel while Discord's `answer` to it is on its way. The notice."""
    place.world.rest_faults.append(answer)
    await place.shiori.wait_until_ready()
    telling = asyncio.create_task(place.shiori.follower.work())
    await wait_until(lambda: bool(list_replies(place, place.world.after_dark)))
    (notice,) = list_replies(place, place.world.after_dark)
    place.world.set_nsfw(place.world.after_dark, False)
    await telling
    return notice


async def test_so_does_one_that_was_on_its_way_when_the_channel_was_opened(unconnected: Place) -> None:
    place = unconnected
    await follow_adult(place)
    late = RestFault(None, method="POST", path="/messages$", delay_s=0.3, taken=True)
    async with place.connected():
        await wait_until_gone(place, await open_while_it_arrives(place, late))


async def test_so_does_one_that_arrived_and_was_to_be_repeated_when_the_channel_was_opened(unconnected: Place) -> None:
    place = unconnected
    await follow_adult(place)
    async with place.connected():
        notice = await open_while_it_arrives(place, RestFault(502, method="POST", path="/messages$", taken=True))
        (waits,) = await place.shiori.follow_records.find_due(int(time.time()) + AGAIN_S)
        assert waits.sending
        assert await make_messenger(place).find(waits)
        await wait_until_gone(place, notice)


@pytest.mark.parametrize("is_open", [False, True])
async def test_so_does_one_of_which_it_was_not_known_whether_it_arrived(unconnected: Place, *, is_open: bool) -> None:
    place = unconnected
    number = await follow_adult(place)
    place.world.rest_faults.append(RestFault(0, method="POST", path="/messages$", taken=True))
    async with place.connected():
        await place.shiori.wait_until_ready()
        await place.shiori.follower.work()
        (notice,) = list_replies(place, place.world.after_dark)
        (made,) = await place.shiori.follow_records.list_follows()
        sent = Notice(made, f"e{number}", 0, True, "", "sending", int(time.time()), 0)
        if is_open:
            channel = place.shiori.get_channel(int(place.world.after_dark.id))
            assert isinstance(channel, discord.TextChannel)
            place.world.set_nsfw(place.world.after_dark, False)
            await wait_until(lambda: not channel.nsfw)
        assert await make_messenger(place).find(sent)
        place.world.set_nsfw(place.world.after_dark, False)
        await wait_until_gone(place, notice)


async def follow_in_archived_thread(place: Place) -> Channel:
    """Follow an adult series in a thread, which is then archived; an episode airs."""
    thread, adult = place.world.after_dark_thread, AnilistSample.ADULT_WEEKLY
    async with place.connected():
        await say(place.moderator, place.world.after_dark, "follow anime", title=f"#{adult.value}", channel=thread)
    air_soon(place, adult)
    place.world.change_channel(thread, archived=True)
    return thread


async def test_an_adult_anime_is_told_in_an_archived_thread_of_an_age_restricted_channel(unconnected: Place) -> None:
    thread = await follow_in_archived_thread(unconnected)
    for _ in range(2):
        await tell(unconnected)
    assert len(list_replies(unconnected, thread)) == 1


async def test_in_an_archived_thread_of_another_channel_it_counts_as_refused(unconnected: Place) -> None:
    place = unconnected
    thread = await follow_in_archived_thread(place)
    place.world.set_nsfw(place.world.after_dark, False)
    async with place.connected():
        await place.shiori.wait_until_ready()
        await place.shiori.follower.work()
        assert list_replies(place, thread) == []
        now_s = int(time.time())
        assert await place.shiori.follow_records.find_due(now_s) == []
        (waits,) = await place.shiori.follow_records.find_due(now_s + AGAIN_S)
        assert not waits.sending


async def test_what_became_one_for_adults_is_told_no_more_by_direct_message_and_that_is_said(
    unconnected: Place,
) -> None:
    place, adult = unconnected, AnilistSample.ADULT_WEEKLY.value
    made = Follow(5, "anime", adult, "A secret", False, int(place.world.reader.id), None, None, None, 0, None, None, 0)
    opened = msgspec.structs.replace(made, id=6, guild_id=int(place.world.guild_id), channel_id=int(place.general.id))
    air_soon(place, adult)
    async with place.connected():
        await place.shiori.wait_until_ready()
        for one in (made, opened):
            await place.shiori.follow_records.add_follow(one)
        await place.shiori.follower.work()
        (said,) = list_replies(place, place.world.dm)
        assert f"AniList's #{adult}, is for adults by now" in texts(said)
        assert "Secret" not in texts(said)
        listed = await say(place.moderator, place.general, "follow list")
        assert "An entry for adults" in listed
        assert "not told: that channel is not age-restricted" in listed
        assert "Secret" not in listed
        assert list_replies(place, place.general) == []


# What ends a follow


async def test_who_takes_no_messages_just_now_goes_on_following_and_sees_what_was_refused(unconnected: Place) -> None:
    place = unconnected
    async with place.connected():
        await follow(place, by=place.reader)
    air_soon(place)
    place.world.reader.closed_dms = True
    async with place.connected():
        await place.shiori.wait_until_ready()
        await place.shiori.follower.work()
        listed = await say(place.reader, place.general, "follow list")
        assert f"**{TITLE}** · Anime · by direct message · Discord refused the last notice: are your" in listed


async def test_a_refusal_that_is_not_discords_own_ends_nothing(unconnected: Place) -> None:
    place = unconnected
    async with place.connected():
        await follow(place, by=place.reader)
    air_soon(place)
    place.world.rest_faults.append(RestFault(403, method="POST", path="/messages$"))
    async with place.connected():
        await place.shiori.wait_until_ready()
        await place.shiori.follower.work()
        assert len(await place.shiori.follow_records.list_follows()) == 1
        (lost,) = await place.shiori.follow_records.find_due(int(time.time()) + LEASE_S)
        assert lost.sending


async def test_what_reached_discord_before_it_failed_is_there_once(unconnected: Place) -> None:
    place = unconnected
    async with place.connected():
        await follow(place, channel=place.general)
        (made,) = await place.shiori.follow_records.list_follows()
    number = air_soon(place)
    async with place.connected():
        await place.shiori.wait_until_ready()
        await place.shiori.follower.work()
        messenger = make_messenger(place)
        sent = Notice(made, f"e{number}", 0, False, "", "sending", int(time.time()), 0)
        assert await messenger.find(sent)
        assert not await messenger.find(msgspec.structs.replace(sent, key="e99"))


async def test_an_anime_that_has_ended_is_not_followed(shared: Place) -> None:
    exchange = await shared.reader.slash(shared.general, "follow anime", title="#9253")
    assert texts(await exchange.message()) == "The anime Steins;Gate has ended: there will be no episode to tell of."
    assert exchange.ephemeral


async def test_who_follows_before_discord_has_told_of_the_server_is_asked_to_wait(unconnected: Place) -> None:
    unconnected.world.guild_after_s = 30.0
    async with unconnected.connected():
        owner, general = unconnected.person(unconnected.world.owner), unconnected.general
        said = await say(owner, general, "follow anime", title=f"#{AIRING}", channel=general)
    assert "Discord has not told Shiori of this server yet" in said
