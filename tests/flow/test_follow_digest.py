"""The weekly digest of a channel over the local Discord: what it looks like, whom it mentions, and who may have it."""

from __future__ import annotations

import time

import discord
import pytest

from bot.follow.follower import Undecided
from bot.follow.model import DIGEST, Follow, Notice, Wanted
from bot.follow.record import AGAIN_S
from bot.playground.engine import Channel, texts
from bot.playground.engine.components import walk
from bot.playground.engine.model import RestFault
from bot.playground.engine.permission import Permission
from bot.playground.service.anilist.data import AnilistSample
from tests.flow.conftest import Place
from tests.flow.follow_message import AIRING, TITLE, air_soon, find_end, list_sent, make_messenger, say
from tests.flow.preview_message import exists, list_replies, wait_until, wait_until_gone
from tests.flow.test_follow_change import open_listed

pytestmark = pytest.mark.usefixtures("by_hand")

HOUR_S, DAY_S = 3600, 86_400


def build_follow(place: Place, channel: Channel, **changed: object) -> Follow:
    """A follow of the sample series from long ago, or what is changed of that."""
    values: dict[str, object] = {
        "id": 5,
        "kind": "anime",
        "subject_id": AIRING,
        "title": TITLE,
        "adult": False,
        "user_id": int(place.world.moderator.id),
        "guild_id": int(place.world.guild_id),
        "channel_id": int(channel.id),
        "role_id": None,
        "delay_s": 0,
        "language": None,
        "platform": None,
        "created_s": 0,
    }
    return Follow(**(values | changed))  # pyright: ignore[reportArgumentType]


def build_digest(place: Place, channel: Channel, **changed: object) -> Follow:
    """A digest that is due now: an hour of this weekday that has passed, or just did."""
    now_s = int(time.time())
    into_week_s = (now_s // DAY_S + 3) % 7 * DAY_S + now_s % DAY_S
    values = {"id": 9, "kind": DIGEST, "subject_id": 0, "title": "Weekly digest", "delay_s": into_week_s // 60 * 60}
    return build_follow(place, channel, **(values | changed))


async def tell_week(place: Place, channel: Channel, **changed: object) -> int:
    """An episode airs in a channel that has a digest, which is due then. Its number."""
    records = place.shiori.follow_records
    await place.shiori.wait_until_ready()
    # Followed just now: else this week's episode may have aired already, and be in it too.
    await records.add_follow(build_follow(place, channel, **({"created_s": int(time.time())} | changed)))
    await records.add_follow(build_digest(place, channel, delay_s=0, created_s=int(time.time())))
    number = air_soon(place, int(str(changed.get("subject_id", AIRING))))
    await place.shiori.follower.work()
    assert list_replies(place, channel) == []
    digest = build_digest(place, channel)
    await records.delete_follow(digest.id)
    await records.add_follow(digest)
    return number


async def test_a_week_is_one_message_with_pictures_and_what_comes_next(unconnected: Place) -> None:
    place, role = unconnected, unconnected.world.moderators
    async with place.connected():
        number = await tell_week(place, place.general, role_id=int(role.id))
        for _ in range(2):
            await place.shiori.follower.work()
        (digest,) = list_replies(place, place.general)
        said = texts(digest)
        assert "Weekly digest" in said
        assert f"**{TITLE}**\nEpisode {number} aired\n-# Next: episode {number + 1}, <t:" in said
        (cover,) = [one for one in walk(digest["components"]) if one.get("media")]
        assert str(AIRING) in cover["media"]["url"]
        (sent,) = list_sent(place, place.general)
        assert sent["allowed_mentions"] == {"parse": [], "roles": [int(role.id)]}
        (select,) = [one for one in walk(digest["components"]) if one.get("options")]
        opened = await place.reader.select(digest, select["custom_id"], [select["options"][0]["value"]])
        assert f"## {TITLE}" in texts(await opened.message())
        refused = await place.reader.press(digest, find_end(digest))
        assert "Manage Server" in texts(await refused.message())
        ended = await place.moderator.press(digest, find_end(digest))
        assert "No longer followed" in texts(await ended.message())


async def test_what_is_for_adults_is_named_where_the_channel_is_age_restricted_when_it_is_sent(
    unconnected: Place,
) -> None:
    place, adult = unconnected, AnilistSample.ADULT_WEEKLY.value
    async with place.connected():
        await place.shiori.wait_until_ready()
        messenger = make_messenger(place)
        told = [
            Notice(build_follow(place, place.general), "e5", int(time.time()), False, "", "held", 9, 0),
            # Not known to be for adults when it was held.
            Notice(
                build_follow(place, place.general, id=6, subject_id=adult, title="A secret"),
                "e5", int(time.time()), False, "", "held", 9, 0,
            ),
        ]  # fmt: skip
        air_soon(place, adult)
        for channel in (place.general, place.world.after_dark):
            digest = Notice(build_digest(place, channel), "w1", int(time.time()), False, "", "sending", 0, 0)
            assert (await messenger.send_digest(digest, told)).message_id
        (opened,), (restricted,) = list_replies(place, place.general), list_replies(place, place.world.after_dark)
        assert "secret" not in str(opened)
        assert "1 more is for adults" in texts(opened)
        assert "A secret" in texts(restricted)
        assert (await messenger.send_digest(digest_of(place), told[1:])).message_id == 0


async def test_a_digest_that_was_made_for_an_age_restricted_channel_goes_when_it_is_found_in_an_open_one(
    unconnected: Place,
) -> None:
    place, adult, after_dark = unconnected, AnilistSample.ADULT_WEEKLY.value, unconnected.world.after_dark
    async with place.connected():
        await place.shiori.wait_until_ready()
        now_s = int(time.time())
        follow = build_follow(place, after_dark, subject_id=adult)
        told = [Notice(follow, "e5", now_s, False, "", "held", 9, 0)]
        air_soon(place, adult)
        digest = Notice(build_digest(place, after_dark), "w1", now_s, False, "", "sending", now_s, 0)
        place.world.rest_faults.append(RestFault(0, method="POST", path="/messages$", taken=True))
        with pytest.raises(Undecided):
            await make_messenger(place).send_digest(digest, told)
        (notice,) = list_replies(place, after_dark)
        place.world.set_nsfw(after_dark, False)
        channel = place.shiori.get_channel(int(after_dark.id))
        assert isinstance(channel, discord.TextChannel)
        await wait_until(lambda: not channel.nsfw)
        assert exists(place, notice)
        assert await make_messenger(place).find(digest)
        await wait_until_gone(place, notice)


def digest_of(place: Place) -> Notice:
    return Notice(build_digest(place, place.general), "w2", int(time.time()), False, "", "sending", 0, 0)


async def test_a_digest_is_made_listed_and_changed_by_those_who_manage_the_channel(place: Place) -> None:
    owner = place.person(place.world.owner)
    place.world.grant(place.general, place.world.bot_role, discord.Permissions(mention_everyone=True).value)
    options = {"channel": place.general, "utc_offset": 2, "weekday": "Friday", "hour": 18}
    assert "Manage Server" in await say(place.reader, place.general, "follow digest", **options)
    made = await say(owner, place.general, "follow digest", **options, role=place.world.moderators)
    assert "on Fridays at 18:00 UTC+2" in made
    assert "Next: <t:" in made
    assert "in place of single notices" in made
    followed = await say(owner, place.general, "follow anime", title=f"#{AIRING}", channel=place.general)
    assert "in the weekly digest" in followed
    listed = await (await owner.slash(place.general, "follow list")).message()
    (follow,) = await place.shiori.follow_records.list_follows(kinds=[DIGEST])
    opened = await (await owner.select(listed, "followed:1", [str(follow.id)])).message()
    changed = await (await owner.select(opened, f"follows-weekday:{follow.id}:1", ["6"])).message()
    changed = await (await owner.select(changed, f"follows-hour:{follow.id}:1", ["7"])).message()
    assert "on Sundays at 7:00 UTC+2" in texts(changed)
    assert f"mentions <@&{place.world.moderators.id}>" in texts(changed)
    (follow,) = await place.shiori.follow_records.list_follows(kinds=[DIGEST])
    assert follow.delay_s == 6 * DAY_S + 7 * HOUR_S


async def test_where_shiori_may_not_write_any_more_the_digest_waits_with_all_that_it_has(unconnected: Place) -> None:
    place = unconnected
    async with place.connected():
        await tell_week(place, place.general)
        place.world.revoke(place.general, place.world.bot_role, Permission.SEND_MESSAGES)
        await place.shiori.follower.work()
        assert list_replies(place, place.general) == []
        (waits,) = await place.shiori.follow_records.find_due(int(time.time()) + AGAIN_S)
        assert (waits.follow.kind, waits.sending) == (DIGEST, False)


async def test_who_moves_or_ends_a_digest_is_told_how_much_of_it_is_not_told_any_more(unconnected: Place) -> None:
    place, owner = unconnected, unconnected.person(unconnected.world.owner)
    aired_s = int(time.time()) - 3 * DAY_S
    async with place.connected():
        records = place.shiori.follow_records
        await records.add_follow(build_follow(place, place.general))
        await records.add_follow(build_digest(place, place.general))
        await records.keep_notices(
            ["anime"], [Wanted(5, f"e{number}", aired_s, False) for number in (1, 2)], exact=False
        )
        await records.hold_due(aired_s)
        series = await open_listed(owner, place.general, 5)
        moved = await owner.select(series, "follows-channel:5:1", [place.world.general_thread])
        assert "2 things that the digest would have told are older than a day" in texts(await moved.message())
        await records.change_follow(build_follow(place, place.general), aired_s)
        digest = await open_listed(owner, place.general, 9)
        ended = await owner.press(digest, "follows-stop:9:1")
        assert "2 things that the digest would have told are older than a day" in texts(await ended.message())


@pytest.mark.parametrize("put_off", [True, False])
async def test_what_was_put_off_for_longer_than_the_schedule_is_read_back_is_not_in_the_digest(
    unconnected: Place, put_off: bool
) -> None:
    place = unconnected
    schedule, aired_s = place.services.anilist.schedule, int(time.time()) - 3 * DAY_S
    airing = (one for one in schedule.list_all() if one.work.id == AIRING and one.airs_s > time.time())
    coming = min(airing, key=lambda one: one.airs_s)
    key = f"e{coming.number if put_off else coming.number - 1}"
    async with place.connected():
        await place.shiori.wait_until_ready()
        records = place.shiori.follow_records
        await records.add_follow(build_follow(place, place.general, created_s=int(time.time()) - 60))
        await records.add_follow(build_digest(place, place.general))
        await records.keep_notices(["anime"], [Wanted(5, key, aired_s, False)], exact=False)
        await records.hold_due(aired_s)
        await place.shiori.follower.work()
        assert len(list_replies(place, place.general)) == (0 if put_off else 1)
        later_s = int(time.time()) + 60
        (digest,) = await records.list_follows(kinds=["digest"])
        assert await records.count_late(digest, later_s) == (1 if put_off else 0)  # the next digest has it


async def test_what_goes_on_waiting_in_another_digest_is_not_said_to_be_told_no_more(unconnected: Place) -> None:
    place, owner = unconnected, unconnected.person(unconnected.world.owner)
    aired_s = int(time.time()) - 3 * DAY_S
    async with place.connected():
        await place.shiori.wait_until_ready()
        records = place.shiori.follow_records
        await records.add_follow(build_follow(place, place.general, created_s=int(time.time())))
        await records.add_follow(build_digest(place, place.general))
        await records.add_follow(build_digest(place, place.world.general_thread, id=10))
        await records.keep_notices(["anime"], [Wanted(5, "e1", aired_s, False)], exact=False)
        await records.hold_due(aired_s)
        series = await open_listed(owner, place.general, 5)
        moved = await owner.select(series, "follows-channel:5:1", [place.world.general_thread])
        said = texts(await moved.message())
        await place.shiori.follower.work()
        there = "".join(texts(one) for one in list_replies(place, place.world.general_thread))
        assert "Episode 1 aired" in there
        assert "not told any more" not in said
