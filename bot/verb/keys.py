"""`python -m bot keys check | rotate`."""

from __future__ import annotations

import asyncio

from bot.account.keys import tell_keys
from bot.account.seal import Sealer
from bot.config import Config
from bot.errors import StoreError
from bot.verb.call import Call, say
from bot.verb.database import open_ready


def run(call: Call, config: Config) -> int:
    """As `run_keys`."""
    return asyncio.run(run_keys(config, rotate=call.act == "rotate"))


async def run_keys(config: Config, *, rotate: bool) -> int:
    """Say what is sealed with which key, after sealing it anew if it is to `rotate`.

    The exit code: 0 all can be opened, 1 something cannot, or the database cannot be used.
    """
    try:
        async with open_ready(config) as database:
            return await tell_keys(database, Sealer(config.keys), rotate=rotate)
    except StoreError as error:
        say(f"The database cannot be opened: {error.reason}.")
        return 1
