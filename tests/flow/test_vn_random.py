"""`/vn random`, as people use it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.playground.engine import buttons, selects, texts
from tests.flow.conftest import Place
from tests.flow.vn_message import find_askers

Payload = dict[str, Any]


def again(message: Payload) -> str:
    (custom_id,) = [button["custom_id"] for button in buttons(message) if button.get("label") == "Another one"]
    return custom_id


async def test_it_gives_a_card_with_a_button_for_another_one(shared: Place) -> None:
    message = await (await shared.reader.slash(shared.general, "vn random")).message()
    assert texts(message).startswith("## ")
    assert again(message).startswith("again:")


async def test_another_one_changes_the_message(shared: Place) -> None:
    message = await (await shared.reader.slash(shared.general, "vn random")).message()
    seen = {texts(message)}
    for _ in range(5):
        message = await (await shared.reader.press(message, again(message))).message()
        seen.add(texts(message))
    assert len(seen) > 1
    assert len(shared.reader.messages(shared.general)) == 1


async def test_another_person_gets_a_card_of_their_own(shared: Place) -> None:
    message = await (await shared.reader.slash(shared.general, "vn random")).message()
    pressed = await shared.moderator.press(message, again(message))
    assert find_askers(await pressed.message()) == {shared.moderator.user.id}
    assert pressed.ephemeral
    assert texts(shared.reader.messages(shared.general)[0]) == texts(message)


async def is_russian(place: Place, message: Payload) -> bool:
    (menu,) = [one for one in selects(message) if one["custom_id"].startswith("menu:")]
    details = next(option["value"] for option in menu["options"] if option["label"] == "Details")
    exchange = await place.moderator.select(message, menu["custom_id"], [details])
    return "Russian" in texts(await exchange.message())


async def test_the_button_works_after_a_restart_and_keeps_the_filters(unconnected: Place) -> None:
    async with unconnected.connected():
        wish: dict[str, Any] = {"original_language": "ru"}
        exchange = await unconnected.reader.slash(unconnected.general, "vn random", **wish)
        message = await exchange.message()
        assert await is_russian(unconnected, message)
    async with unconnected.connected():
        for _ in range(3):
            message = await (await unconnected.reader.press(message, again(message))).message()
            assert await is_russian(unconnected, message)


async def test_the_message_stays_when_the_service_is_down(place: Place) -> None:
    wish: dict[str, Any] = {"original_language": "ru"}
    message = await (await place.reader.slash(place.general, "vn random", **wish)).message()
    place.services.vndb.fault = "500"
    for _ in range(12):  # what is remembered still serves; sooner or later a novel must be asked for
        pressed = await place.reader.press(message, again(message))
        await pressed.message()
    assert texts(place.reader.messages(place.general)[0]).startswith("## ")


@pytest.mark.usefixtures("hurried")
async def test_a_message_deleted_meanwhile_is_no_error(place: Place) -> None:
    message = await (await place.reader.slash(place.general, "vn random")).message()
    place.services.vndb.latency_s = 1.0
    pressed = await place.reader.press(message, again(message))
    await place.moderator.delete(message)
    with pytest.raises(TimeoutError):
        await pressed.message(timeout_s=2.5)


@pytest.mark.parametrize(
    "options",
    [
        {"original_language": "ja", "language": "en", "platform": "win", "length": 5, "min_rating": 8.5,
         "min_votes": 100, "released_after": "2000", "released_before": "2015-12", "tags": "g23"},
        {"language": "Japanese", "platform": "windows"},
        {"tags": "Mystery"},
        {"released_after": "2004-04-28", "released_before": "2004-04-28"},
    ],
)  # fmt: skip
async def test_every_option_is_understood(shared: Place, options: dict[str, Any]) -> None:
    exchange = await shared.reader.slash(shared.general, "vn random", **options)
    assert texts(await exchange.message()).startswith("## ")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"original_language": "Klingon"}, "original language"),
        ({"platform": "toaster"}, "platform"),
        ({"tags": "no such tag"}, "tag"),
        ({"released_after": "soon"}, "release date"),
        ({"released_after": "2004-13-99"}, "there is no such day"),
        ({"released_after": "2030-01-01", "released_before": "2031"}, "VNDB has no"),
        ({"min_rating": 10.0}, "VNDB has no"),
    ],
)
async def test_what_cannot_be_used_is_said(shared: Place, options: dict[str, Any], sentence: str) -> None:
    exchange = await shared.reader.slash(shared.general, "vn random", **options)
    assert sentence in texts(await exchange.message())
    assert exchange.ephemeral


@pytest.mark.parametrize(
    ("focused", "typed", "name", "value"),
    [
        ("original_language", "jap", "Japanese", "ja"),
        ("language", "EN", "English", "en"),
        ("platform", "win", "Windows", "win"),
        ("tags", "myst", "Mystery", None),
    ],
)
async def test_options_complete_by_name(shared: Place, focused: str, typed: str, name: str, value: str | None) -> None:
    options: dict[str, Any] = {focused: typed}
    choices = await shared.reader.autocomplete(shared.general, "vn random", focused=focused, **options)
    assert name in [choice["name"] for choice in choices]
    if value is not None:
        assert choices[0] == {"name": name, "value": value}
