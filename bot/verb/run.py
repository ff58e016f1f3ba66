"""`python -m bot`: connects to Discord and serves; at a terminal and without a token, the playground."""

from __future__ import annotations

import asyncio

from bot import PROGRAM
from bot.config import Config
from bot.log import blot_out
from bot.verb.call import Call, is_watched, say


def run(call: Call, config: Config) -> int:
    """Serve until it is told to stop. The exit code: 0 it was, 1 it could not, 2 there is no token."""
    if not config.discord_token:
        if is_watched():
            from bot.verb.playground import run as run_playground  # noqa: PLC0415 - a bot that serves holds none

            return run_playground(call, config)
        say(
            f"Configuration: DISCORD_TOKEN is not set (developer portal, Bot, Reset Token; `{PROGRAM} setup` takes "
            f"it), and nobody sits at a terminal to use the playground. To open it all the same: {PROGRAM} playground"
        )
        return 2
    from bot.app import run_bot  # noqa: PLC0415 - nor is discord.py needed to say the above
    from bot.connection import StartError  # noqa: PLC0415

    try:
        asyncio.run(run_bot(config))
    except StartError as error:
        say(blot_out(str(error), config.secrets))
        return 1
    return 0
