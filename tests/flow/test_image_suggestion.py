"""What is suggested while an option of `/image` is typed."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from bot.playground.engine import Channel, texts
from bot.playground.service.fault import Fault
from bot.playground.service.nekos.data import (
    load_categories,
)
from tests.flow.conftest import Place
from tests.flow.image_message import SAFE, Nekos, start
from tests.flow.preview_message import set_server

Payload = dict[str, Any]


@pytest.fixture
async def nekos() -> AsyncGenerator[Nekos]:
    """The sample service with everything that it has."""
    async for started in start():
        yield started


@pytest.fixture
async def safe_nekos() -> AsyncGenerator[Nekos]:
    """The sample service with safe pictures alone: v1 has no filter, and each draw takes a second."""
    async for started in start(SAFE):
        yield started


async def complete(
    place: Place, command: str, focused: str, text: str, *, channel: Channel | None = None, **others: Any
) -> list[tuple[str, str]]:
    """The names and values that are offered while an option is typed."""
    typed: dict[str, Any] = {focused: text, **others}
    choices = await place.reader.autocomplete(channel or place.general, command, focused=focused, **typed)
    return [(choice["name"], choice["value"]) for choice in choices]


@pytest.mark.parametrize(
    ("command", "focused"), [("image random", "tags"), ("image search", "tags"), ("image search", "without")]
)
async def test_tags_are_suggested_from_pictures_that_there_are(
    unconnected: Place, nekos: Nekos, command: str, focused: str
) -> None:
    async with unconnected.connected(**nekos.v4):
        everything = await complete(unconnected, command, focused, "")
        assert ("straw hat", "straw_hat") in await complete(unconnected, command, focused, "Stra")
        more = await complete(unconnected, command, focused, "lake, stra")
        assert ("lake, straw hat", "lake,straw_hat") in more
        again = await complete(unconnected, command, focused, "lake,lak")
    assert 1 < len(everything) <= 25
    assert again == []
    assert nekos.asked == [{"limit": "100", "rating": "safe"}]


async def test_what_is_suggested_can_be_asked_for(unconnected: Place, nekos: Nekos) -> None:
    async with unconnected.connected(**nekos.v4):
        ((_, value),) = await complete(unconnected, "image random", "tags", "straw")
        message = await (await unconnected.reader.slash(unconnected.general, "image random", tags=value)).message()
    assert "straw hat" in texts(message)


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("fault", ["500", "rubbish", "null", "cut"])
async def test_nothing_is_suggested_while_the_service_fails(unconnected: Place, nekos: Nekos, fault: Fault) -> None:
    nekos.service.fault = fault
    async with unconnected.connected(**nekos.v4):
        assert await complete(unconnected, "image random", "tags", "la") == []


async def test_nothing_is_suggested_where_no_picture_may_stand(unconnected: Place, nekos: Nekos) -> None:
    async with unconnected.connected(**nekos.v4):
        await set_server(unconnected, image_level=-1)
        assert await complete(unconnected, "image random", "tags", "la") == []
    assert nekos.asked == []


async def test_v1_suggests_artists_and_categories(unconnected: Place, safe_nekos: Nekos) -> None:
    async with unconnected.connected(**safe_nekos.v1):
        assert ("Shiosai Paperworks", "Shiosai Paperworks") in await complete(
            unconnected, "image search", "artist", "shio"
        )
        ((name, value),) = await complete(unconnected, "image search", "category", "straw")
        assert await complete(unconnected, "image random", "tags", "lake,straw") == [
            (f"lake, {name.lower()}", "lake,straw_hat")
        ]
        shown = await unconnected.reader.slash(unconnected.general, "image search", category=value)
        assert "straw hat" in texts(await shown.message()).lower()


async def test_v1_suggests_no_marked_category_for_safe_pictures(unconnected: Place, nekos: Nekos) -> None:
    marked = [one.name for one in load_categories() if one.nsfw]
    dark = unconnected.world.after_dark
    async with unconnected.connected(**nekos.v1):
        for channel, rating in ((unconnected.general, "safe"), (unconnected.general, "borderline"), (dark, "safe")):
            offered = await complete(
                unconnected, "image search", "category", marked[0][:4], channel=channel, rating=rating
            )
            assert marked[0] not in [name for name, _ in offered]
        offered = await complete(
            unconnected, "image search", "category", marked[0][:4], channel=dark, rating="borderline"
        )
        assert marked[0] in [name for name, _ in offered]
