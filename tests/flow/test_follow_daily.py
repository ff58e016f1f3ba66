"""Daily posts over the local Discord: what they look like, and who may have them."""

from __future__ import annotations

import time

import pytest
from msgspec.structs import replace

from bot.follow.model import Follow, PostKind
from bot.playground.engine import Permission, invocation, texts
from tests.flow.conftest import Place
from tests.flow.follow_message import find_end, say
from tests.flow.preview_message import list_replies

pytestmark = pytest.mark.usefixtures("by_hand")

HOUR_S, DAY_S = 3600, 86_400


async def post_now(place: Place, kind: PostKind, **changed: int) -> None:
    """Make a post of today due, or what is changed of that."""
    now_s = int(time.time())
    post = Follow(
        5, kind, 0, "A post", False, int(place.world.moderator.id), int(place.world.guild_id), int(place.general.id),
        None, now_s % DAY_S // HOUR_S * HOUR_S, None, None, 0,
    )  # fmt: skip
    assert await place.shiori.follow_records.add_follow(replace(post, **changed)) == "added"


@pytest.mark.parametrize(
    ("kind", "said"),
    [("birthday", "Whose birthday it is"), ("novel", "Novel of the day"), ("quote", "Quote of the day")],
)
async def test_a_channel_has_its_post_once_and_whoever_manages_it_ends_it(
    unconnected: Place, kind: PostKind, said: str
) -> None:
    place = unconnected
    async with place.connected():
        await post_now(place, kind)
        await place.shiori.wait_until_ready()
        for _ in range(2):
            await place.shiori.follower.work()
        (post,) = list_replies(place, place.general)
        assert said in texts(post)
        refused = await place.reader.press(post, find_end(post))
        assert "Manage Server" in texts(await refused.message())
        ended = await place.moderator.press(post, find_end(post))
        assert "No longer followed" in texts(await ended.message())


async def test_a_post_is_made_changed_and_listed_by_those_who_manage_the_channel(place: Place) -> None:
    options = {"what": "birthday", "channel": place.general}
    refused = await say(place.reader, place.general, "follow daily", **options)
    assert refused == "That needs the permission “Manage Channels” or “Manage Server” in this server."
    made = await say(place.moderator, place.general, "follow daily", **options, utc_offset=5.5)
    assert "at 9:00 UTC+5:30" in made
    assert "Next: <t:" in made
    assert "is there already" in await say(place.moderator, place.general, "follow daily", **options)
    assert "at 20:00 UTC+5:30" in await say(place.moderator, place.general, "follow daily", **options, hour=20)
    assert "Whose birthday it is" in await say(place.moderator, place.general, "follow list")
    assert len(await place.shiori.follow_records.list_follows()) == 1


async def test_who_manages_one_channel_moves_nothing_that_others_have_told_elsewhere(place: Place) -> None:
    world = place.world
    own = world.create_channel("own")
    world.grant(own, world.reader, Permission.MANAGE_CHANNELS)
    mine, theirs = {"what": "quote", "channel": own}, {"what": "quote", "channel": world.general}
    assert "at 9:00 UTC+2" in await say(place.reader, own, "follow daily", **mine, utc_offset=2)
    assert "at 9:00 UTC+2" in await say(place.moderator, world.general, "follow daily", **theirs)
    for command, options in (("follow daily", mine), ("follow digest", {"channel": own})):
        refused = await say(place.reader, own, command, **options, utc_offset=-5)
        assert refused.startswith("That needs the permission “Manage Server” in this server. It would move")
    assert {one.offset_s for one in await place.shiori.follow_records.list_follows()} == {7200}
    assert "at 20:00 UTC+2" in await say(place.reader, own, "follow daily", **mine, hour=20)
    assert "too now" in await say(place.moderator, world.general, "follow daily", **theirs, utc_offset=-5)


async def test_what_is_rounded_of_a_clock_and_what_moves_with_it_is_said(place: Place) -> None:
    birthday = {"what": "birthday", "channel": place.general}
    assert "clock" not in await say(place.moderator, place.general, "follow daily", **birthday, utc_offset=-5)
    options = {"what": "quote", "channel": place.general}
    assert "⚠️" not in await say(place.moderator, place.general, "follow daily", **options)
    said = await say(place.moderator, place.general, "follow daily", **options, utc_offset=5.37)
    assert "5.37 was rounded to UTC+5:15" in said
    assert "this goes by UTC+5:15 too now: 🎂 Whose birthday it is." in said
    said = await say(place.moderator, place.general, "follow daily", **options, utc_offset=5.25, hour=10)
    assert "⚠️" not in said


@pytest.mark.parametrize(
    ("command", "options", "said"),
    [
        ("follow daily", {"what": "birthday", "hour": -3}, "The hour must be 0 to 23."),
        ("follow digest", {"utc_offset": 14.5}, "The utc\\_offset must be -12 to 14."),
        ("follow anime", {"title": "#9253", "delay_minutes": -1000}, "The delay\\_minutes must be 0 to 1,440."),
        ("follow anime", {"title": "x" * 201}, "The title must be 1 to 200 characters."),
    ],
)
async def test_what_discords_own_client_would_not_send_is_refused(
    place: Place, monkeypatch: pytest.MonkeyPatch, command: str, options: dict[str, object], said: str
) -> None:
    def take_all(_definition: object, _value: object) -> None: ...

    monkeypatch.setattr(invocation, "_check_value", take_all)
    assert await say(place.moderator, place.general, command, channel=place.general, **options) == said
    assert not await place.shiori.follow_records.list_follows()


async def test_what_was_posted_today_comes_next_tomorrow(unconnected: Place) -> None:
    place = unconnected
    async with place.connected():
        await post_now(place, "birthday")
        await place.shiori.wait_until_ready()
        await place.shiori.follower.work()
        assert len(list_replies(place, place.general)) == 1
        day, hour = divmod(int(time.time()) // HOUR_S, 24)
        later = 23 if hour < 23 else 22
        said = await say(
            place.moderator, place.general, "follow daily", what="birthday", channel=place.general, hour=later
        )
        assert f"Next: <t:{(day + 1) * DAY_S + later * HOUR_S}:f>" in said


async def test_changed_to_an_hour_that_has_passed_it_says_tomorrow_and_posts_nothing_now(unconnected: Place) -> None:
    place, noon = unconnected, 12
    offset_s = noon * HOUR_S - int(time.time()) // HOUR_S * HOUR_S % DAY_S  # by the server's clock it is noon
    async with place.connected():
        await place.shiori.wait_until_ready()
        await post_now(place, "birthday", delay_s=20 * HOUR_S, offset_s=offset_s)
        await place.shiori.follower.work()
        day = (int(time.time()) + offset_s) // DAY_S
        options = {"what": "birthday", "channel": place.general, "hour": noon}
        said = await say(place.moderator, place.general, "follow daily", **options)
        assert f"Next: <t:{(day + 1) * DAY_S + noon * HOUR_S - offset_s}:f>" in said
        for _ in range(2):
            await place.shiori.follower.work()
        assert list_replies(place, place.general) == []
