"""Notices by direct message that Discord does not take just now, and what is said where it never does."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.follow.follower import ForAdults, NotMade
from bot.follow.model import Follow, Notice
from bot.playground.engine import texts
from bot.playground.service.anilist.data import AnilistSample
from tests.flow.conftest import Place
from tests.flow.follow_message import AIRING, air_soon, follow, make_messenger
from tests.flow.preview_message import list_replies

pytestmark = pytest.mark.usefixtures("by_hand")

TOO_FAST = {"code": 40003, "message": "You are opening direct messages too fast."}


async def open_too_fast(_person: object) -> Any:
    """Discord, to a bot that has many to tell at one minute: it passes by itself."""
    raise discord.Forbidden(SimpleNamespace(status=403, reason="Forbidden"), TOO_FAST)  # pyright: ignore[reportArgumentType]


async def test_direct_messages_that_are_opened_too_fast_wait_and_count_as_no_refusal(
    unconnected: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = unconnected
    async with place.connected():
        await follow(place, by=place.reader)
        (made,) = await place.shiori.follow_records.list_follows()
    number = air_soon(place, AIRING)
    async with place.connected():
        await place.shiori.wait_until_ready()
        monkeypatch.setattr(place.shiori, "create_dm", open_too_fast)
        notice = Notice(made, f"e{number}", int(time.time()), False, "", "waiting", 0, 0)
        with pytest.raises(NotMade):
            await make_messenger(place).send(notice)


@pytest.mark.parametrize("kind", ["anime", "vn", "developer"])
async def test_who_is_told_no_more_for_another_reason_is_not_told_that_it_is_for_adults(
    unconnected: Place, kind: Any
) -> None:
    """Discord has refused it three times, for whatever reason: nothing here is known to be for adults."""
    place = unconnected
    made = Follow(5, kind, 17, "Ever17", False, int(place.world.reader.id), None, None, None, 0, None, None, 0)
    async with place.connected():
        await place.shiori.wait_until_ready()
        await make_messenger(place).explain(made, for_adults=False)
        (said,) = list_replies(place, place.world.dm)
        assert texts(said) == (
            "🔕 Discord did not take what there was to tell of **Ever17**, so you are not told of it here any more."
        )


async def test_a_notice_by_direct_message_of_what_is_for_adults_is_refused_for_that(unconnected: Place) -> None:
    place = unconnected
    reader = int(place.world.reader.id)
    made = Follow(5, "anime", int(AnilistSample.ADULT_WEEKLY), "T", False, reader, None, None, None, 0, None, None, 0)
    async with place.connected():
        await place.shiori.wait_until_ready()
        with pytest.raises(ForAdults):
            await make_messenger(place).send(Notice(made, "e1", int(time.time()), False, "", "waiting", 0, 0))


async def test_who_made_a_follow_that_ends_since_it_is_for_adults_is_not_told_its_title(unconnected: Place) -> None:
    place = unconnected
    reader, guild, general = (int(one) for one in (place.world.reader.id, place.world.guild_id, place.general.id))
    made = Follow(5, "anime", 9, "Its title", False, reader, guild, general, None, 0, None, None, 0)
    async with place.connected():
        await place.shiori.wait_until_ready()
        await make_messenger(place).explain(made, for_adults=True)
        (said,) = list_replies(place, place.world.dm)
        assert "Its title" not in texts(said)
