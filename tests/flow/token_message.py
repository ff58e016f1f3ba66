"""What people do to link a token of VNDB, and tokens that the sample VNDB knows."""

from __future__ import annotations

import base64
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from bot.playground.engine import Channel, Exchange, Person, texts
from bot.playground.service.vndb.token import Access, Tokens
from tests.flow.conftest import Place

Payload = dict[str, Any]

KEY, OTHER_KEY = (base64.b64encode(byte * 32).decode() for byte in (b"k", b"o"))

RW = "efso-br1cz-bzoyj-ah4u-8ybtm-a56po-gbzk"
RO = "1cao-yfqdn-djyy9-fn6c-1ybwg-zjixo-85bq"
NONE = "e3oo-bxkoq-m6ob3-xmii-zyyw1-q9f6y-g6nq"
WRITE_ONLY = "th9y-b6bpi-6koyi-4ogk-8yyii-th7ry-8sbx"
OTHERS = "5rwo-bnoo4-gayyh-4ag9-qyy16-amssy-k3y5"
UNKNOWN = "se7y-y4wr8-8yybz-xfkf-cybr9-83rgy-g8t1"

BOTH = frozenset({"listread", "listwrite"})
SCREEN = "## Your list on VNDB"


def give_tokens(place: Place) -> None:
    """Have the sample VNDB know tokens of testreader (u3) and AyaReads (u5)."""
    place.services.vndb.tokens = Tokens(
        {
            RW: Access("u3", BOTH),
            RO: Access("u3", frozenset({"listread"})),
            NONE: Access("u3"),
            WRITE_ONLY: Access("u3", frozenset({"listwrite"})),
            OTHERS: Access("u5", BOTH),
        }
    )


@asynccontextmanager
async def connected(place: Place, *keys: str, **changed: Any) -> AsyncGenerator[None]:
    """The bot, with these keys."""
    give_tokens(place)
    async with place.connected(secret_keys=",".join(keys), **changed):
        yield


async def open_screen(person: Person, channel: Channel) -> Payload:
    """The private message on which a token is linked."""
    return await (await person.slash(channel, "vndb link")).message()


async def enter(person: Person, screen: Payload, text: str) -> Exchange:
    """Press the button on the screen, type a token, and send it."""
    opened = await person.press(screen, "vndb-token:enter")
    return await person.submit(opened, {"token": text})


async def say(exchange: Exchange) -> str:
    """What is said then."""
    return texts(await exchange.message())


async def link(place: Place, person: Person, text: str = RW) -> str:
    """Link a token. Returns what is said then."""
    return await say(await enter(person, await open_screen(person, place.general), text))


def count_asked(place: Place) -> int:
    """How often VNDB was asked whose a token is."""
    return sum(request.path.endswith("/authinfo") for request in place.services.vndb.requests)
