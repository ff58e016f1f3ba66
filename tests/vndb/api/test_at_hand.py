"""Names at hand of VNDB: what a page asks for, and that it is in nobody's way."""

from __future__ import annotations

import asyncio
import random
from typing import Any, cast

import msgspec

from bot.http import Client, MemoryCache, Priority, Request, asking
from bot.vndb.api import at_hand
from bot.vndb.api.client import Vndb, policy
from bot.vndb.api.kind import VN
from bot.vndb.api.model import Title, Vn
from tests.support.clock import FakeClock
from tests.support.transport import Reply, ScriptedTransport


def read(request: Request) -> dict[str, Any]:
    return cast("dict[str, Any]", msgspec.json.decode(request.body or b"{}"))


async def test_a_command_is_answered_while_a_page_of_names_is_on_its_way() -> None:
    clock = FakeClock()
    transport = ScriptedTransport(clock)
    row = {"id": "v17", "title": "Ever17"}
    body = msgspec.json.encode({"results": [row], "more": True, "time": 4})
    transport.answer = lambda request: Reply(body=body, after_s=4.0 if read(request)["sort"] == "votecount" else 0.1)
    client = Client(transport, clock=clock, cache=MemoryCache(), policies=[policy()], rng=random.Random(1))
    vndb = Vndb(client, base_url="http://vndb.test", rng=random.Random(1), clock=clock)

    async def fill() -> None:
        with asking(clock, within_s=20.0, priority=Priority.LEFTOVER):
            found = await vndb.fetch_best_known(3)
        assert (found.more, [vn.id for vn in found.items]) == (True, ["v17"])

    async def search() -> float:
        began_s = clock.monotonic()
        with asking(clock, within_s=20.0, priority=Priority.COMMAND):
            await vndb.search(VN, "ever17")
        return clock.monotonic() - began_s

    filling = asyncio.create_task(fill())
    await clock.settle()
    searching = asyncio.create_task(search())
    await clock.advance(1.0)
    assert searching.result() < 0.2
    assert not filling.done()
    await clock.advance(4.0)
    await filling
    asked = read(transport.sent[0].request)
    assert (asked["sort"], asked["reverse"], asked["results"], asked["page"]) == ("votecount", True, 100, 3)
    await client.close()


def test_what_is_kept_of_a_novel_is_what_a_suggestion_shows() -> None:
    titles = [Title(lang="en", title="Ever17: The Out of Infinity"), Title(lang="ja", title="エバーセブンティーン")]
    vn = Vn(id="v17", title="Ever17", titles=titles, aliases=["e17"], olang="ja", released="2002", votecount=9000)
    known = at_hand.describe(vn)
    assert known is not None
    assert (known.id, known.adult, known.weight) == (17, False, 9000)
    assert {"Ever17", "エバーセブンティーン", "e17"} <= set(known.names)
    assert known.work == Vn(id="v17", title="Ever17", titles=titles[:1], olang="ja", released="2002")
    assert at_hand.describe(Vn(id="x")) is None
