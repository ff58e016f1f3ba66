"""An interaction that Discord delivers again, as it does after some lost connections, takes effect once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.client import ALL_ITEMS
from bot.interaction.reply import finish_answers
from bot.navigation.item import Once
from bot.playground.engine import buttons, texts
from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.flow.preview_message import find_url, forge_button, preview, wait_until_gone
from tests.flow.setting_message import open_panel

Payload = dict[str, Any]


async def draw(place: Place) -> Payload:
    return await (await place.reader.slash(place.general, "vn random")).message()


async def draw_another(place: Place) -> None:
    message = await draw(place)
    (custom_id,) = [one["custom_id"] for one in buttons(message) if one.get("label") == "Another one"]
    await (await place.reader.press(message, custom_id)).message()


async def set_something(place: Place) -> None:
    await (await open_panel(place.moderator, place.general)).set("set:s:vndb", "on")


async def open_modal(place: Place) -> None:
    panel = await open_panel(place.reader, place.general, "me")
    await place.reader.press(panel.message, "tags:me:blocked_tags")


async def submit_modal(place: Place) -> None:
    await (await open_panel(place.reader, place.general, "me")).type_tags("me", "glasses")


async def follow(place: Place) -> None:
    said = texts(await (await place.reader.slash(place.general, "follow vn", title="v17")).message())
    assert "Ever17" in said


async def suggest(place: Place) -> None:
    assert await place.reader.autocomplete(place.general, "vn info", focused="title", title="ever")


async def remove_preview(place: Place) -> None:
    _, reply = await preview(place, find_url(place, Sample.PLAIN))
    await place.reader.press(reply, "preview:remove")
    await wait_until_gone(place, reply)


async def press_what_is_gone(place: Place) -> None:
    message = forge_button(place, place.general, "of another version")
    await (await place.reader.press(message, "of another version")).message()


@pytest.mark.parametrize(
    "act",
    [
        draw,
        draw_another,
        set_something,
        open_modal,
        submit_modal,
        follow,
        suggest,
        remove_preview,
        press_what_is_gone,
    ],
)
async def test_what_is_delivered_again_is_passed_over(place: Place, act: Callable[[Place], Awaitable[object]]) -> None:
    await act(place)
    event = place.discord.gateway.repeat("INTERACTION_CREATE")

    def count_answers() -> int:
        return sum(event["token"] in request.path for request in place.world.requests)

    answers = count_answers()
    assert answers >= 1
    assert "Ever17" in texts(await (await place.reader.slash(place.general, "vn info", title="v17")).message())
    await finish_answers()
    assert count_answers() == answers


def test_everything_that_can_be_pressed_is_pressed_once() -> None:
    assert all(issubclass(item, Once) for item in ALL_ITEMS)
