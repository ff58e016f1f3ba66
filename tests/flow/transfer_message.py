"""What people do with their lists: link a token, attach a file, wait until an import is over."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from bot.http import Secret
from bot.playground.engine import Exchange, texts
from bot.playground.engine.message import Upload
from bot.playground.service.vndb.list import UserList
from tests.flow.conftest import Place
from tests.flow.token_message import KEY, RW, give_tokens

Payload = dict[str, Any]

UID = "u3"
BOTH = ("listread", "listwrite")


@asynccontextmanager
async def linked(place: Place, *, permissions: tuple[str, ...] = BOTH) -> AsyncGenerator[None]:
    """The bot, connected, with the reader's token."""
    give_tokens(place)
    async with place.connected(secret_keys=KEY):
        await link(place, permissions=permissions)
        yield


async def link(place: Place, *, uid: str = UID, permissions: tuple[str, ...] = BOTH) -> None:
    """As `/vndb link` does, which has tests of its own."""
    user_id, token = int(place.world.reader.id), Secret(RW.replace("-", ""))
    await place.shiori.tokens.keep(user_id, token, uid=uid, name="testreader", permissions=permissions)


def list_of(place: Place, uid: str = UID) -> UserList:
    """Somebody's list, as the sample VNDB has it."""
    found = place.services.vndb.lists.find(uid)
    assert found is not None
    return found


async def bring(place: Place, text: str | bytes, name: str = "list.csv") -> Exchange:
    """Attach a file to `/vndb import`."""
    data = text.encode() if isinstance(text, str) else text
    return await place.reader.slash(place.general, "vndb import", file=Upload(name, "text/csv", data))


async def offer(place: Place, text: str | bytes, name: str = "list.csv") -> Payload:
    """What is said of a file."""
    return await (await bring(place, text, name)).message()


async def look(place: Place) -> Payload:
    """How an import stands."""
    return await (await place.reader.slash(place.general, "vndb import")).message()


async def export(place: Place) -> Payload:
    return await (await place.reader.slash(place.general, "vndb export")).message()


async def wait_until_said(exchange: Exchange, words: str) -> Payload:
    """The answer once it says that."""
    message = await exchange.message()
    while words not in texts(message):
        message = await exchange.changed()
    return message


def read_files(place: Place, message: Payload) -> dict[str, bytes]:
    """What a message has attached, by the ends of the names."""
    files = {one["filename"]: one["url"] for one in message["attachments"]}
    kept = place.world.attachments
    return {
        name.rpartition(".")[2]: next(data for path, data in kept.items() if url.endswith(path))
        for name, url in files.items()
    }


def count_writes(place: Place) -> int:
    return sum(one.method == "PATCH" for one in place.services.vndb.requests)
