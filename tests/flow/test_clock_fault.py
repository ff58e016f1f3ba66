"""The computer's clock is wrong by hours, and is set right, while the bot serves: nobody notices."""

from __future__ import annotations

import datetime as dt
import time

import pytest

from bot.http import SystemClock
from bot.playground.engine import texts
from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.follow_message import air_soon, follow, tell
from tests.flow.preview_message import (
    REMOVE,
    exists,
    find_url,
    list_gids,
    list_replies,
    post,
    preview,
    settle,
    wait_until_gone,
)
from tests.flow.setting_message import SAVED, open_panel

pytestmark = pytest.mark.usefixtures("by_hand")

HOURS_AHEAD = (7.0, -7.0, 40.0, 0.0)


class WrongClock:
    """What the bot and discord.py take for the time. Discord and the services know better."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.hours_ahead = 0.0

        def tell(_: SystemClock) -> float:
            return self.find_time_s()

        patch.setattr(SystemClock, "time", tell)
        patch.setattr("discord.utils.utcnow", lambda: dt.datetime.fromtimestamp(self.find_time_s(), dt.UTC))

    def find_time_s(self) -> float:
        return time.time() + 3600 * self.hours_ahead


@pytest.fixture
def wrong(monkeypatch: pytest.MonkeyPatch) -> WrongClock:
    return WrongClock(monkeypatch)


async def use(place: Place) -> None:
    """Links, edits, a press, a command, a setting."""
    channel = place.world.after_dark
    silent = await post(place, channel, "never mind")
    await place.reader.edit(silent, find_url(place, Sample.MANGA))
    await settle(place)
    (card,) = list_replies(place, channel)
    assert list_gids(card) == [Sample.MANGA]
    await place.reader.press(card, REMOVE)
    await wait_until_gone(place, card)
    await place.reader.delete(silent)
    message, card = await preview(place, find_url(place, Sample.PLAIN))
    await place.reader.delete(message)
    await settle(place)
    assert not exists(place, card)
    exchange = await place.reader.slash(place.general, "vn info", title="v17")
    assert "Ever17" in texts(await exchange.message())
    for value in ("off", "on"):
        panel = await open_panel(place.moderator, place.general)
        assert SAVED in await panel.set("set:s:vndb", value)


async def test_a_clock_that_jumps_while_people_use_the_bot_changes_nothing(place: Place, wrong: WrongClock) -> None:
    edited = await post(place, place.world.after_dark, "never mind")
    for hours_ahead in HOURS_AHEAD:
        wrong.hours_ahead = hours_ahead
        await place.reader.edit(edited, find_url(place, Sample.PLAIN))
        await settle(place)
        (card,) = list_replies(place, place.world.after_dark)
        assert list_gids(card) == [Sample.PLAIN]
        await place.reader.edit(edited, "never mind")
        await settle(place)
        await use(place)


@pytest.mark.parametrize("hours_ahead", [7.0, -7.0])
async def test_whoever_followed_by_a_wrong_clock_is_told_once(
    unconnected: Place, wrong: WrongClock, hours_ahead: float
) -> None:
    place, wrong.hours_ahead = unconnected, hours_ahead
    async with place.connected():
        await follow(place, channel=place.general)
    number = air_soon(place)
    for now_ahead in (hours_ahead, 0.0, hours_ahead, -hours_ahead, 0.0):
        wrong.hours_ahead = now_ahead
        await tell(place)
    (notice,) = list_replies(place, place.general)
    assert f"Episode {number} aired" in texts(notice)
