"""What a reader does with cards: opens a page, turns it, looks at what came with it."""

from __future__ import annotations

from typing import Any

from bot.playground.engine import Exchange, Person, selects
from tests.flow.conftest import Place
from tests.flow.vn_message import press

Payload = dict[str, Any]

REVEAL = "Show spoilers to me"


async def pick(person: Person, message: Payload, label: str) -> Exchange:
    """Pick the option with that label, whichever select has it."""
    options = [(select["custom_id"], option) for select in selects(message) for option in select["options"]]
    found = next(((custom_id, option["value"]) for custom_id, option in options if option["label"] == label), None)
    assert found is not None, f"there is no option {label!r}"
    return await person.select(message, found[0], [found[1]])


async def open_page(place: Place, message: Payload, label: str) -> Payload:
    """The message after its reader picked that option."""
    return await (await pick(place.reader, message, label)).message()


async def turn(place: Place, message: Payload, label: str) -> Payload:
    """The message after its reader pressed that button."""
    return await (await press(place.reader, message, label)).message()


def list_files(message: Payload) -> list[str]:
    """The names of the files that came with a message."""
    return [attachment["filename"] for attachment in message["attachments"]]
