"""The program is killed in the middle of a change of one's own list: what stands there in the end is as without that.

`make test` kills it three times, `make test-deep` forty.
"""

from __future__ import annotations

import asyncio
import random
from asyncio.subprocess import Process
from functools import partial
from typing import Any

import msgspec
from hypothesis import settings

from bot.account.seal import Sealer
from bot.account.token import Tokens
from bot.http import Secret, SystemClock
from bot.playground.service.limit import SlidingWindow
from bot.playground.service.vndb import token
from bot.store.store import open_store
from tests.flow.conftest import Place
from tests.flow.my_list_message import ACCESS, BOTH, KEY, RW, find_listed, open_panel, type_into
from tests.flow.program import start_program
from tests.flow.vn_message import find_button, press
from tests.support.connected import until

Payload = dict[str, Any]

KILLS = max(3, 40 * settings().max_examples // 300)
WANTED = (90, "kept", None, "2022-02-01", [2, 7, 10, 11], {"r40": 1, "r44": 3, "r51": 4})
LATENCY_S = 0.04


async def kill(process: Process) -> None:
    process.kill()
    await process.wait()


async def link_before(place: Place) -> None:
    """Have the reader's token in the database that the program opens."""
    config = msgspec.structs.replace(place.build_config(), secret_keys=KEY)
    store = await open_store(config.store_url, clock=SystemClock())
    tokens = Tokens(store.database, Sealer(config.keys), clock=SystemClock())
    secret = Secret(RW.replace("-", ""))
    await tokens.keep(int(place.reader.user.id), secret, uid="u3", name="testreader", permissions=BOTH)
    await store.close()


def describe(place: Place) -> object:
    """What the list has of the novel; None if it is off the list."""
    own, entry = place.services.vndb.lists.find("u3"), find_listed(place)
    assert own is not None
    releases = {id_: status for id_, status in own.releases.items() if id_ in WANTED[-1]}
    return entry and (entry.vote, entry.notes, entry.started, entry.finished, sorted(entry.labels), releases)


def is_reached(place: Place, number: int, pressing: asyncio.Task[Any]) -> bool:
    """Whether so many requests have come, or nothing more comes."""
    return len(place.services.vndb.requests) >= number or pressing.done()


async def ask(place: Place) -> Payload:
    """Whether the start is to be taken away is asked, if there is one."""
    panel = await open_panel(place, place.reader)
    return await type_into(place.reader, panel, "Start and finish", started="", finished="2022-02-01")


async def test_a_kill_at_any_moment_changes_nothing_of_what_stands_there_in_the_end(unconnected: Place) -> None:
    place, vndb, rng = unconnected, unconnected.services.vndb, random.Random(7)
    vndb.tokens = token.Tokens(ACCESS)
    vndb.window = SlidingWindow(10**6, 300.0)  # each start begins to count anew, and is not what is tried here
    place.world.answer_within_s = 30.0
    await link_before(place)
    own = vndb.lists.find("u3")
    assert own is not None
    untouched = msgspec.structs.replace(own.entries["v17"], notes="kept", labels=[2, 7, 10, 11])
    process = await start_program(place, SECRET_KEYS=KEY)
    try:
        for _ in range(KILLS):
            own.entries["v17"] = untouched
            own.releases.update(WANTED[-1])
            asked = await ask(place)
            vndb.latency_s = LATENCY_S
            pressing = asyncio.create_task(press(place.reader, asked, "Take it away"))
            # By how far the change is, not by time: so many of its requests have come.
            reached = len(vndb.requests) + rng.randrange(12)
            await until(partial(is_reached, place, reached, pressing))
            await kill(process)
            pressing.cancel()
            await asyncio.gather(pressing, return_exceptions=True)
            vndb.latency_s = 0.0
            process = await start_program(place, SECRET_KEYS=KEY)
            asked = await ask(place)
            if find_button(asked, "Take it away"):  # nothing had been begun yet
                await (await press(place.reader, asked, "Take it away")).message()
            assert describe(place) == WANTED
    finally:
        await kill(process)
