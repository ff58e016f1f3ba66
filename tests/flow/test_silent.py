"""PostgreSQL goes silent, as in a failover: the program serves again soon, and it stops when it is told to."""

from __future__ import annotations

import asyncio
import signal

from tests.flow.conftest import Place
from tests.flow.setting_message import SAVED, open_panel
from tests.flow.test_start import start_program
from tests.support.wire import relayed

PRESSES = 3
"""With the bot's own limits a press fails within ten seconds, and the next is served."""


async def set_until_saved(place: Place, value: str) -> int:
    for press in range(1, PRESSES + 1):
        panel = await open_panel(place.moderator, place.general)
        said = await panel.set("set:s:vndb", value)
        if SAVED in said:
            return press
        assert "Shiori cannot reach its own database" in said
    return PRESSES + 1


async def test_a_silent_database_delays_settings_and_not_the_end(unconnected: Place, postgresql_url: str) -> None:
    events = unconnected.world.subscribe()
    async with relayed(postgresql_url) as (wire, url):
        process = await start_program(unconnected, DATABASE_URL=url)
        while not unconnected.world.bot_connected:
            await asyncio.wait_for(events.get(), timeout=30)
        assert await set_until_saved(unconnected, "on") == 1
        wire.silence()
        assert await set_until_saved(unconnected, "off") <= PRESSES
        wire.silence()
        process.send_signal(signal.SIGTERM)
        _, stderr = await asyncio.wait_for(process.communicate(), timeout=60)
    assert (process.returncode, b"Traceback" in stderr) == (0, False), stderr.decode()
