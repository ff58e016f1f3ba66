"""What people do with the bot's messages: open a page by its name, turn pages, find out what a link says."""

from __future__ import annotations

from typing import Any

import aiohttp

from bot.playground.engine import Exchange, Person, buttons, selects, walk
from tests.flow.conftest import Place

Payload = dict[str, Any]


def read_contents(message: Payload) -> str:
    """The text that is read as markdown: not labels, in which nothing is."""
    return "\n".join(str(one["content"]) for one in walk(message["components"]) if one.get("content"))


def find_button(message: Payload, label: str) -> str | None:
    """The custom id of the button with that label, if there is one that can be pressed."""
    found = (button for button in buttons(message) if button.get("label") == label and not button["disabled"])
    return next((str(button["custom_id"]) for button in found), None)


def find_askers(message: Payload) -> set[str]:
    """The ids of those whose message it is, by what can be pressed in it."""
    ids = [str(part.get("custom_id") or "").split(":") for part in walk(message["components"])]
    return {parts[1] for parts in ids if parts[0] in {"go", "to", "again", "menu", "open", "back"}}


def find_link(message: Payload, label: str) -> str | None:
    """Where the link button with that label leads."""
    return next((str(button["url"]) for button in buttons(message) if button.get("label") == label), None)


def list_values(message: Payload) -> set[str]:
    """The addresses that a message's selects lead to."""
    return {option["value"] for select in selects(message) for option in select["options"]}


async def press(person: Person, message: Payload, label: str) -> Exchange:
    """Press the button with that label."""
    custom_id = find_button(message, label)
    assert custom_id is not None, f"there is no button {label!r}"
    return await person.press(message, custom_id)


async def choose(person: Person, message: Payload, value: str) -> Exchange:
    """Pick the option with that value, whichever select has it."""
    options = [(select["custom_id"], option["value"]) for select in selects(message) for option in select["options"]]
    custom_id = next((custom_id for custom_id, offered in options if offered == value), None)
    assert custom_id is not None, f"there is no option {value!r}"
    return await person.select(message, custom_id, [value])


async def list_pages(person: Person, message: Payload) -> list[Payload]:
    """This page and all that follow it."""
    pages = [message]
    while find_button(pages[-1], "Next"):
        pages.append(await (await press(person, pages[-1], "Next")).message())
    return pages


async def build_search_link(place: Place, prefix: str, filters: list[Any]) -> str:
    """A link to VNDB's advanced search, as one copies it from there."""
    path = {"v": "vn", "r": "release", "c": "character", "s": "staff", "p": "producer"}[prefix]
    question = {"filters": filters, "compact_filters": True, "results": 0}
    url = f"{place.services.vndb.api_url}/{path}"
    async with aiohttp.ClientSession() as session, session.post(url, json=question) as response:
        answer = await response.json()
    return f"https://vndb.org/{prefix}?f={answer['compact_filters']}"
