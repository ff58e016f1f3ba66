"""The way back: from a card to the list that it was opened from."""

from __future__ import annotations

from typing import Any

from bot.playground.engine import buttons, selects, texts
from tests.flow.conftest import Place

Payload = dict[str, Any]


def find_return(message: Payload) -> str | None:
    return next((one["custom_id"] for one in buttons(message) if one.get("label") == "Back"), None)


async def open_first(place: Place, listed: Payload) -> Payload:
    select = next(one for one in selects(listed) if one["custom_id"].startswith("open:"))
    return await (await place.reader.select(listed, select["custom_id"], [select["options"][0]["value"]])).message()


async def go_to(place: Place, message: Payload, address: str) -> Payload:
    menu = next(one for one in selects(message) if one["custom_id"].startswith("menu:"))
    return await (await place.reader.select(message, menu["custom_id"], [address])).message()


async def test_a_list_that_is_opened_by_a_command_has_no_way_back(shared: Place) -> None:
    listed = await (await shared.reader.slash(shared.general, "vn top")).message()
    assert find_return(listed) is None


async def test_a_card_leads_back_to_the_page_of_the_list_with_its_filter_after_a_restart(unconnected: Place) -> None:
    place = unconnected
    options: dict[str, Any] = {"original_language": "ja", "min_rating": 7.0}
    async with place.connected():
        first = await (await place.reader.slash(place.general, "vn search", **options)).message()
        further = next(one["custom_id"] for one in buttons(first) if one.get("label") == "Next")
        second = await (await place.reader.press(first, further)).message()
        opened = await open_first(place, second)
        menu = next(one for one in selects(opened) if one["custom_id"].startswith("menu:"))
        card = await go_to(place, opened, menu["options"][4]["value"])
    async with place.connected():
        custom_id = find_return(card)
        assert custom_id is not None
        returned = await (await place.reader.press(card, custom_id)).message()
    assert texts(returned) == texts(second)
    assert find_return(returned) is None


async def test_a_character_leads_back_to_the_novel_it_was_found_in(shared: Place) -> None:
    card = await (await shared.reader.slash(shared.general, "vn info", title="v2002")).message()
    cast = await go_to(shared, card, "v2002/characters")
    character = await open_first(shared, cast)
    custom_id = find_return(character)
    assert custom_id is not None
    returned = await (await shared.reader.press(character, custom_id)).message()
    assert texts(returned) == texts(cast)


async def test_a_private_copy_has_the_way_back_too(shared: Place) -> None:
    listed = await (await shared.reader.slash(shared.general, "vn top")).message()
    select = selects(listed)[0]
    opened = await shared.moderator.select(listed, select["custom_id"], [select["options"][0]["value"]])
    assert find_return(await opened.message()) is not None
