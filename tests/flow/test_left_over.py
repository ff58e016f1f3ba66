"""What has been answered leaves nothing behind in the process."""

from __future__ import annotations

import asyncio

from bot.playground.engine import texts
from tests.flow.conftest import Place
from tests.flow.setting_message import open_panel
from tests.flow.vn_message import press


def list_time_outs() -> list[str]:
    """The tasks with which discord.py waits until it forgets what can be pressed in a message."""
    return [shown for task in asyncio.all_tasks() if "timeout_task" in (shown := repr(task))]


async def test_nobody_waits_for_what_may_be_pressed_in_an_answer(shared: Place) -> None:
    panel = await open_panel(shared.moderator, shared.general)
    assert "Settings" in panel.text
    said = await shared.reader.slash(shared.general, "vn info", title="v9999999")
    assert said.ephemeral
    listed = await (await shared.reader.slash(shared.general, "vn search", title="a")).message()
    copy = await press(shared.moderator, listed, "Go to…")
    assert texts(await (await shared.moderator.submit(copy, {"number": "1"})).message())
    assert list_time_outs() == []
