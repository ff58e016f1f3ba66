"""`python -m bot keys check | rotate`."""

from __future__ import annotations

import asyncio

from bot.account.keys import run_keys
from bot.config import Config
from bot.verb.call import Call


def run(call: Call, config: Config) -> int:
    """Say what is sealed with which key, after sealing it anew if that was asked for. The exit code."""
    return asyncio.run(run_keys(config, rotate=call.act == "rotate"))
