"""`python -m bot admin lanes` beside a bot that is looked at."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from bot.verb.admin import run
from bot.verb.call import Call
from tests.watch.conftest import Watched


async def test_it_tells_what_the_running_bot_knows(watched: Watched, capsys: pytest.CaptureFixture[str]) -> None:
    place, asked = watched.place, Call()
    asked.verb, asked.act = "admin", "lanes"
    place.services.vndb.fault = "hang"
    waiting = asyncio.create_task(place.reader.slash(place.general, "vn info", title="v17"))
    await watched.wait_for("/metrics", 'shiori_service_in_flight{service="VNDB"} 1.0')
    config = msgspec.structs.replace(place.build_config(), port=watched.lookout.port, listen="0.0.0.0")
    assert await asyncio.to_thread(run, asked, config) == 0
    told = capsys.readouterr().out
    assert "the running bot: 1 on their way" in told
    assert told.count("the running bot: asked as usual") >= 3
    place.services.vndb.fault = None
    waiting.cancel()
