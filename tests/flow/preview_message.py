"""What tests of previews share: what the bot has done with a message, once it has done it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.links.target import parse_gallery_reference
from bot.playground.engine import Channel, Person, buttons
from bot.playground.engine.message import Form, build_message
from bot.playground.engine.model import COMPONENTS_V2, Message
from bot.playground.service import Sample
from tests.flow.conftest import Place
from tests.support.choose import choose

Payload = dict[str, Any]

REMOVE = "preview:remove"


def find_url(place: Place, sample: int) -> str:
    """The link to a sample gallery."""
    return place.services.ehentai.library[sample].url


def list_gids(message: Payload) -> list[int]:
    """The galleries whose cards a message shows, in its order."""
    links = [button["url"] for button in buttons(message) if str(button.get("label")).startswith("Open")]
    targets = [parse_gallery_reference(link) for link in links]
    return [target.gid for target in targets if target is not None]


async def settle(place: Place) -> None:
    """Wait until the bot has heard everything, and has done what there was to do. It may have been nothing."""
    while True:
        heard = place.shiori.wait_for("guild_channel_update", timeout=30)
        place.world.change_channel(place.general)  # events come in order, so the others have come before this one
        await heard
        if not await finish_work():
            return


async def finish_work() -> bool:
    """Wait until the bot is done with what it has heard of. Whether there were messages among it."""
    await _finish("discord.py: ")  # its listeners, which may hand messages on
    return await _finish("preview ")


async def _finish(name: str) -> bool:
    working = [task for task in asyncio.all_tasks() if task.get_name().startswith(name)]
    if working:
        await asyncio.wait(working)
    return bool(working)


async def let_half_a_year_pass(place: Place) -> None:
    """What the daily round does 180 days after all that was posted until now."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.preview.previewer.REMEMBERED_S", -60.0)
        await place.shiori.previewer.prune()


async def leave_guild(place: Place) -> None:
    """Take the bot out of the server, and wait until it is done with that."""
    heard = place.shiori.wait_for("guild_remove", timeout=30)
    place.world.leave_guild()
    await heard
    await finish_work()


def list_replies(place: Place, channel: Channel) -> list[Payload]:
    """The bot's messages that everybody sees, oldest first."""
    seen = place.world.visible_messages(channel, place.world.bot)
    return [message for message in seen if message["author"]["id"] == place.world.bot.id]


async def post(place: Place, channel: Channel, text: str, *, by: Person | None = None) -> Payload:
    """Post a message (the reader does), and wait until the bot is done with it."""
    message = await (by or place.reader).post(channel, text)
    await settle(place)
    return message


async def preview(place: Place, text: str, *, channel: Channel | None = None) -> tuple[Payload, Payload]:
    """A message that is posted (in an age-restricted channel), and the one reply to it."""
    channel = channel or place.world.after_dark
    message = await post(place, channel, text)
    (reply,) = list_replies(place, channel)
    return message, reply


def list_calls(place: Place, method: str, ending: str = "") -> list[str]:
    """Paths of the REST requests with that method, and that end so."""
    return [one.path for one in place.world.requests if one.method == method and one.path.endswith(ending)]


def find_message(place: Place, message: Payload) -> Payload:
    """A message as it is now."""
    return place.world.messages[message["id"]].payload


def exists(place: Place, message: Payload) -> bool:
    """Whether nobody has deleted it."""
    return message["id"] in place.world.messages


async def wait_until_gone(place: Place, message: Payload) -> None:
    """Return when somebody has deleted it."""
    events = place.world.subscribe()
    while exists(place, message):
        await asyncio.wait_for(events.get(), timeout=30)
    place.world.unsubscribe(events)


async def wait_until(reached: Callable[[], bool]) -> None:
    """Return when this is true; a request to a sample service is no event, so it is looked at again and again."""
    for _ in range(3000):
        if reached():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


def forge_button(place: Place, channel: Channel, custom_id: str) -> Payload:
    """A message of the bot with a button that it never made here: of an older version, or of an older setting."""
    row = {"type": 1, "components": [{"type": 2, "style": 2, "label": "Open", "custom_id": custom_id}]}
    form = Form({"flags": COMPONENTS_V2, "components": [row]})
    message = Message(build_message(place.world, channel, place.world.bot, form), channel)
    place.world.add_message(message)
    return message.payload


def find_custom_id(message: Payload, beginning: str) -> str | None:
    """The custom id of a button that begins so."""
    found = (str(button.get("custom_id", "")) for button in buttons(message))
    return next((custom_id for custom_id in found if custom_id.startswith(beginning)), None)


# Settings


async def set_server(place: Place, **chosen: Any) -> None:
    """What is not given has its default."""
    await place.shiori.store.change_server(int(place.world.guild_id), lambda _: choose(**chosen))


async def set_channel(place: Place, channel: Channel, **chosen: Any) -> None:
    """What is not given is inherited."""
    guild_id, channel_id = int(place.world.guild_id), int(channel.id)
    await place.shiori.store.change_channel(guild_id, channel_id, lambda _: choose(**chosen))


async def set_reader(place: Place, **chosen: Any) -> None:
    """What is not given has its default."""
    reader_id = int(place.world.reader.id)
    await place.shiori.store.change_person(reader_id, lambda _: choose(**chosen))


# What may become of a message; each returns which galleries are shown then


Change = Callable[[Place, Payload], Awaitable[list[list[int]]]]


async def edit_to_another(place: Place, message: Payload) -> list[list[int]]:
    await place.reader.edit(message, find_url(place, Sample.MANGA))
    return [[Sample.MANGA]]


async def edit_to_nothing(place: Place, message: Payload) -> list[list[int]]:
    await place.reader.edit(message, "never mind")
    return []


async def edit_around(place: Place, message: Payload) -> list[list[int]]:
    await place.reader.edit(message, f"this: {find_url(place, Sample.PLAIN)}")
    return [[Sample.PLAIN]]


async def delete(place: Place, message: Payload) -> list[list[int]]:
    await place.reader.delete(message)
    return []
